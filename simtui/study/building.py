"""Building: from what is asked of a study to its images, its texts, and what its author should know."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from simtui.errors import SimtuiError
from simtui.stimuli.image_set import ImageSet
from simtui.stimuli.load import load_images
from simtui.stimuli.source import Label
from simtui.study.audit import audit, participants_of_list
from simtui.study.model import QUESTION, Scale, Study
from simtui.study.sampling import Presentation, images_needed
from simtui.study.wording import FIELDS, read_text, read_texts

_TRIED = 12
"""Runs that are planned to see whether a study leaves a way to plan it."""

_MOST_DRAWN = 5_000
"""Pairs of drawn digits of one class: more take minutes to draw."""


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


def images_for(
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
    """The images that a study of so many pairs a class is sampled from, and its classes; see `load_images`.

    selected: whether there must be more images than pairs need, to select the pairs by their similarity.
    Raises SimtuiError where the source cannot be had.
    """
    if source == "drawn" and pairs * lists > _MOST_DRAWN:
        raise SimtuiError(f"{pairs * lists} pairs of drawn digits are too many: ask for at most 5000 a digit.")
    wanted = images_needed(pairs, 1 if practice is None else practice, lists=lists, catch=catch, selected=selected)
    return load_images(source, labels, drawn=wanted, seed=seed, split=split, data=data)


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
