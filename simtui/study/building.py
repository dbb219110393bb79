"""Building: from what is asked of a study to its images, its texts, and what its author should know."""

from __future__ import annotations

import shlex
from collections import Counter
from pathlib import Path

import numpy as np
from msgspec.structs import replace

from simtui.errors import SimtuiError, printable
from simtui.stimuli.image_set import ImageSet
from simtui.stimuli.load import load_images
from simtui.stimuli.source import Label
from simtui.study.audit import audit, participants_of_list
from simtui.study.model import QUESTION, Scale, Study
from simtui.study.question_file import read_questions
from simtui.study.sampling import Presentation, images_needed
from simtui.study.wording import FIELDS, read_text, read_texts
from simtui.words import counted

_TRIED = 12
"""Runs that are planned to see whether a study leaves a way to plan it."""

_MOST_DRAWN = 5_000
"""Pairs of drawn digits of one class: more take minutes to draw."""


_OTHERS_DRAWN = 10
"""Drawings of each digit that is in no pair, to choose catch pairs from."""


def presentation(
    *,
    title: str,
    question: str,
    consent: Path | None,
    debrief: Path | None,
    texts: Path | None,
    questions: Path | None = None,
    scale: Scale | None = None,
) -> Presentation:
    """What participants read; an option of its own goes before the file of texts.

    Raises SimtuiError where a file cannot be used.
    """
    given = read_texts(texts) if texts is not None else {}
    for name, path in (("consent", consent), ("debrief", debrief)):
        if path is not None:
            given[name] = read_text(path, f"a text for --{name}")
    usual, scale = Scale(), scale or Scale()
    labels = {
        name: own if (own := getattr(scale, name)) != getattr(usual, name) else given.get(name, own)
        for name in ("low_label", "high_label")
    }
    asked: Presentation = {"question_pages": read_questions(questions)} if questions is not None else {}
    return {
        "title": title or given.get("title", ""),
        "question": question if question != QUESTION else given.get("question", QUESTION),
        "scale": replace(scale, **labels),
        "texts": {name: text for name, text in given.items() if name not in FIELDS},
        **asked,
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
    images, labels = load_images(source, labels, drawn=wanted, seed=seed, split=split, data=data)
    if source == "drawn" and catch:
        images = _beside_others(images, max(_OTHERS_DRAWN, catch), seed)
    return images, labels


def _beside_others(images: ImageSet, each: int, seed: int) -> ImageSet:
    """The drawn images, and so many of every other digit, for catch pairs of different material."""
    from simtui.stimuli import drawn as drawn_digits

    others = drawn_digits.load([digit for digit in range(10) if digit not in images.labels], each, seed)
    return ImageSet(
        pixels=np.concatenate([images.pixels, others.pixels]),
        labels=images.labels + others.labels,
        ids=images.ids + others.ids,
        source=images.source,
    )


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


def summary(study: Study, path: Path) -> str:
    """What was made, and what to do with it."""
    design = study.design
    more = {
        "for practice": len(study.practice_pairs),
        "repeated" if design.repeats == 1 else "of them repeated": design.repeats,
        "to catch who does not look": design.catch,
    }
    counts = [f"{number} {what}" for what, number in more.items() if number]
    lists = f" in {design.lists} lists" if design.lists > 1 else ""
    n_images = len({image for pair in study.pairs for image in (pair.left, pair.right)})
    sampled = {
        "stratified": f"stratified by {design.by}",
        "controversial": f"{' against '.join(design.between or [])}",
        "complete": f"every two of {n_images} images",
    }
    how = f", {sampled[design.sampling]}" if design.sampling in sampled else ""
    pairs = counted(len(study.pairs), "pair")
    return (
        f"{printable(path)}: {pairs}{lists}{' and ' if counts else ''}{', '.join(counts)} "
        f"({printable(study.source.described)}), seed {design.seed}{how}, id {study.id}\n"
        f"Rate it with: simtui rate {printable(shlex.quote(str(path)))}"
    )
