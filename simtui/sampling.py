"""Sampling: from a set of images to the pairs of a study, as the homework does it.

Pairs are of different images of one class, and no image is in two pairs.
"""

from __future__ import annotations

import base64
import hashlib
import random
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simtui import png
from simtui.errors import SimtuiError, printable
from simtui.stimuli.imageset import ImageSet
from simtui.stimuli.source import Label
from simtui.study import QUESTION, Design, Pair, Study, new_study

PRACTICE_SAMPLE = 20
"""Pairs looked at to find practice pairs that span the range of similarity."""


def images_needed(pairs: int, practice: int) -> int:
    """Images of one class that a source without limit should offer for this many pairs."""
    return 2 * pairs + (2 * PRACTICE_SAMPLE if practice else 0)


def sample_study(
    images: ImageSet,
    *,
    digits: Sequence[Label],
    pairs: int,
    seed: int,
    practice: int | None = None,
    title: str = "",
    question: str = QUESTION,
    min_viewing_ms: int = 200,
    blank_ms: int = 300,
) -> Study:
    """A study of `pairs` random pairs a digit, and up to `practice` practice pairs in all.

    practice: None takes 2 where there are images to spare, and fewer where there are not.
    Raises SimtuiError where a digit is unknown, or has too few images for what was asked.
    """
    _check_request(images, digits, pairs)
    generators = {digit: _generator(seed, digit) for digit in digits}
    shuffled = {digit: _shuffled(images.where(digit), generators[digit]) for digit in digits}
    wanted = 2 if practice is None else practice
    chosen: list[tuple[Label, int, int]] = []
    spare: list[tuple[Label, int, int]] = []
    for digit in digits:
        first, second = shuffled[digit][:pairs], shuffled[digit][pairs : 2 * pairs]
        chosen += [(digit, a, b) for a, b in zip(first, second, strict=True)]
        left_over = shuffled[digit][2 * pairs :][: 2 * PRACTICE_SAMPLE]
        spare += [(digit, a, b) for a, b in zip(left_over[::2], left_over[1::2], strict=False)]
    if practice is not None and len(spare) < wanted:
        raise SimtuiError(
            f"{wanted} practice pairs need {2 * wanted} more images than the {pairs} pairs a digit leave over: "
            f"ask for --practice {len(spare)} or for fewer pairs."
        )
    return build_study(
        images,
        pairs=chosen,
        practice_pairs=_spanning(images.pixels, spare, min(wanted, len(spare))),
        sampling="random",
        seed=seed,
        title=title,
        question=question,
        min_viewing_ms=min_viewing_ms,
        blank_ms=blank_ms,
    )


def given_pairs_study(
    left: ImageSet,
    right: ImageSet,
    *,
    seed: int,
    title: str = "",
    question: str = QUESTION,
    min_viewing_ms: int = 200,
    blank_ms: int = 300,
) -> Study:
    """A study of given pairs: the n-th left image with the n-th right one, as pairs p01, p02, … in order.

    There is no practice: the only images are those of the pairs.
    """
    n = len(left)
    images = ImageSet(
        pixels=np.concatenate([left.pixels, right.pixels]),
        labels=left.labels + right.labels,
        ids=left.ids + right.ids,
        source=left.source,
    )
    return build_study(
        images,
        pairs=[(left.labels[i], i, n + i) for i in range(n)],
        practice_pairs=[],
        sampling="given",
        seed=seed,
        title=title,
        question=question,
        min_viewing_ms=min_viewing_ms,
        blank_ms=blank_ms,
    )


def build_study(
    images: ImageSet,
    *,
    pairs: Sequence[tuple[Label, int, int]],
    practice_pairs: Sequence[tuple[Label, int, int]],
    sampling: str,
    seed: int,
    title: str,
    question: str,
    min_viewing_ms: int,
    blank_ms: int,
) -> Study:
    """A study of these (digit, position, position) pairs of `images`."""
    digits = list(dict.fromkeys(digit for digit, _, _ in pairs))
    used = sorted({i for _, a, b in [*pairs, *practice_pairs] for i in (a, b)})
    encoded = {images.ids[i]: _png_text(images.pixels[i]) for i in used}
    width = max(2, len(str(len(pairs))))
    names = " and ".join(str(digit) for digit in digits)
    fields = {
        "title": title or f"Similarity of handwritten digits ({names})",
        "question": question,
        "source": images.source,
        "design": Design(
            digits=digits,
            seed=seed,
            sampling=sampling,
            practice=len(practice_pairs),
            min_viewing_ms=min_viewing_ms,
            blank_ms=blank_ms,
        ),
        "pairs": _pairs(images, pairs, "p", width),
        "practice_pairs": _pairs(images, practice_pairs, "practice", width),
        "images": encoded,
    }
    return new_study(id=_study_id(digits, len(pairs), fields), **fields)


def _check_request(images: ImageSet, digits: Sequence[Label], pairs: int) -> None:
    if pairs < 1:
        raise SimtuiError(f"A study needs at least 1 pair a digit, not {pairs}.")
    if len(set(digits)) != len(digits):
        raise SimtuiError("A digit was asked for twice: name each one once.")
    known = images.classes()
    for digit in digits:
        if digit not in known:
            listed = ", ".join(printable(label, 30) for label in known[:30])
            raise SimtuiError(f"There are no images of “{printable(digit)}” in this source: it has {listed}.")
        available = len(images.where(digit))
        if available < 2 * pairs:
            raise SimtuiError(
                f"{pairs} pairs of “{printable(digit)}” need {2 * pairs} images and this source has {available}: "
                f"ask for at most {available // 2} pairs."
            )


def _generator(seed: int, digit: Label) -> random.Random:
    """One stream a digit, so that adding a digit to a study leaves the pairs of the others as they were."""
    return random.Random(f"simtui pairs 1|{seed}|{digit}")


def _shuffled(positions: Sequence[int], rng: random.Random) -> list[int]:
    """Sorted by random(), the one method whose sequence Python promises to keep."""
    return [position for _, position in sorted((rng.random(), position) for position in positions)]


def _spanning(
    pixels: NDArray[np.uint8], candidates: Sequence[tuple[Label, int, int]], count: int
) -> list[tuple[Label, int, int]]:
    """`count` of the candidates, spread evenly from the least to the most similar by pixel cosine.

    They anchor the scale: a participant has seen about how alike and how different pairs will be.
    """
    if count == 0:
        return []
    flat = pixels.reshape(len(pixels), -1).astype(np.float64)
    norms = np.linalg.norm(flat, axis=1)
    ranked = sorted(candidates, key=lambda c: float(flat[c[1]] @ flat[c[2]]) / float(norms[c[1]] * norms[c[2]]))
    if count == 1:
        return [ranked[len(ranked) // 2]]
    return [ranked[round(k * (len(ranked) - 1) / (count - 1))] for k in range(count)]


def _pairs(images: ImageSet, chosen: Sequence[tuple[Label, int, int]], prefix: str, width: int) -> list[Pair]:
    return [
        Pair(id=f"{prefix}{n:0{width}d}", left=images.ids[a], right=images.ids[b], digit=digit)
        for n, (digit, a, b) in enumerate(chosen, start=1)
    ]


def _png_text(pixels: NDArray[np.uint8]) -> str:
    return base64.b64encode(png.encode([bytes(row) for row in pixels])).decode("ascii")


def _study_id(digits: Sequence[Label], pairs: int, fields: dict[str, object]) -> str:
    """Readable, and different for studies that differ in any way, so that no two share a session folder."""
    words = "".join(c if c.isascii() and c.isalnum() else "-" for c in "-".join(str(digit) for digit in digits))
    digest = hashlib.sha256(repr(sorted(fields.items())).encode()).hexdigest()
    return f"digit{words[:32].strip('-')}-{pairs}-{digest[:6]}"
