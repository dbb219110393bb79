"""What `simtui new` makes of its options about the images, how pairs are selected, and what participants read."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simtui.design.audit import audit, participants_of_list
from simtui.design.sampling import Presentation
from simtui.design.selection import RANDOM, MatrixOf, Selection, pixel_similarities
from simtui.design.wording import FIELDS, read_text, read_texts
from simtui.errors import SimtuiError, printable
from simtui.network.layers import check_layers
from simtui.stimuli.imageset import ImageSet
from simtui.stimuli.source import Label
from simtui.study import QUESTION, Scale, Study

_TRIED = 12
"""Runs that are planned to see whether a study leaves a way to plan it."""


def presentation(
    *, title: str, question: str, consent: Path | None, debrief: Path | None, texts: Path | None
) -> Presentation:
    """What participants read; an option of its own goes before the file of texts.

    Raises SimtuiError where a file cannot be used.
    """
    given = read_texts(texts) if texts is not None else {}
    for name, path in (("consent", consent), ("debrief", debrief)):
        if path is not None:
            given[name] = read_text(path, f"a text for --{name}")
    scale = Scale()
    return {
        "title": title or given.get("title", ""),
        "question": question if question != QUESTION else given.get("question", QUESTION),
        "scale": Scale(
            low_label=given.get("low_label", scale.low_label), high_label=given.get("high_label", scale.high_label)
        ),
        "texts": {name: text for name, text in given.items() if name not in FIELDS},
    }


def load_images(
    source: str,
    labels: list[Label],
    *,
    pairs: int,
    seed: int,
    practice: int | None = None,
    lists: int = 1,
    catch: int = 0,
    selected: bool = False,
    split: str = "test",
    data: Path | None = None,
) -> tuple[ImageSet, list[Label]]:
    """The images of a source, and the classes to pair up (8 where none is asked for and nothing else is there).

    selected: whether there must be more images than pairs need, to select the pairs by their similarity.
    Raises SimtuiError where the source cannot be had.
    """
    if source == "drawn":
        from simtui.design.sampling import images_needed
        from simtui.stimuli import drawn

        labels = labels or [8]
        wrong = [label for label in labels if not (isinstance(label, int) and 0 <= label <= 9)]
        if wrong:
            raise SimtuiError(f"“{printable(wrong[0])}” is no digit that can be drawn: use 0 to 9.")
        if pairs * lists > 5_000:
            raise SimtuiError(f"{pairs * lists} pairs of drawn digits are too many: ask for at most 5000 a digit.")
        wanted = images_needed(pairs, 1 if practice is None else practice, lists=lists, catch=catch, selected=selected)
        return drawn.load([int(label) for label in labels], wanted, seed), labels
    if source == "mnist":
        from simtui.stimuli import mnist

        return mnist.load(split, data), labels or [8]
    from simtui.stimuli.files import load_folder

    folder = Path(source)
    if not folder.is_dir():
        raise SimtuiError(
            f"“{printable(source)}” is neither drawn nor mnist nor a folder of images: check the name after --source."
        )
    images = load_folder(folder, labels[0] if len(labels) == 1 else None)
    classes = images.classes()
    return images, labels or (classes if len(classes) == 1 else [8])


def selection(sampling: str, by: str | None, between: tuple[str, str] | None, checkpoint: Path | None) -> Selection:
    """How pairs are selected, with the network behind it where a layer is one of its.

    Raises SimtuiError where the options contradict each other, a layer is unknown, or there is no network.
    """
    if by is not None and sampling != "stratified":
        raise SimtuiError("--by says what stratified pairs are spread over: use it with --sampling stratified.")
    if between is not None and sampling != "controversial":
        raise SimtuiError("--between names the layers of controversial pairs: use it with --sampling controversial.")
    wanted = {"random": (), "stratified": (by or "pixels",), "controversial": between or ("fc", "pixels")}[sampling]
    layers = check_layers(wanted)
    if len(layers) != len(wanted):
        raise SimtuiError("--between takes two different layers: one does not disagree with itself.")
    of_network = [layer for layer in layers if layer != "pixels"]
    if checkpoint is not None and not of_network:
        raise SimtuiError("--checkpoint is the network of --by and --between, and they name no layer of one.")
    if not layers:
        return RANDOM
    if not of_network:
        return Selection(sampling, layers, (pixel_similarities,))
    matrices, sha256 = _network(sampling, layers, checkpoint)
    return Selection(sampling, layers, matrices, sha256)


def neighbours_note(study: Study) -> str:
    """What a researcher should know where the pairs share images and cannot always be kept apart; else empty."""
    images = Counter(text for pair in study.pairs for text in {study.images[pair.left], study.images[pair.right]})
    if max(images.values()) == 1:
        return ""
    participants = participants_of_list(_TRIED, 1, 0)
    found = sum(audit(study, participants, k).shared_images for k in range(study.design.lists))
    if not found:
        return ""
    return (
        "The pairs share images so often that not every order keeps an image out of two trials in a row: "
        f"it happens {found} times in the first {_TRIED} runs (see simtui plan)."
    )


def _network(sampling: str, layers: tuple[str, ...], path: Path | None) -> tuple[tuple[MatrixOf, ...], str]:
    """The similarities in these layers, and the checksum of the network's file."""
    from simtui.commands.extras import check_checkpoints, require_analysis

    require_analysis(f"--sampling {sampling} with a layer of the network", ("torch",))
    check_checkpoints([path])
    from simtui.network import checkpoint
    from simtui.network.cosines import cosine_matrix
    from simtui.network.similarity import activations

    found = checkpoint.load(path or checkpoint.default_checkpoint())

    def matrix(layer: str) -> MatrixOf:
        def similarities(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
            return cosine_matrix(activations(found.net, pixels, [layer])[layer])

        return similarities

    return tuple(pixel_similarities if layer == "pixels" else matrix(layer) for layer in layers), found.sha256
