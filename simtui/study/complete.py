"""Complete designs: every two of some images are a pair, so that what people see becomes a space of the images.

With lists the pairs are shared out, each to one list: where all lists are rated by equally many people, every pair
is rated as often as any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Unpack

from simtui.errors import SimtuiError, printable
from simtui.stimuli.image_set import ImageSet
from simtui.stimuli.source import Label
from simtui.study.between import Chosen
from simtui.study.model import COMPLETE, MAX_LISTS, Study
from simtui.study.sampling import (
    Presentation,
    build_study,
    check_classes,
    check_room,
    practice_pairs,
)
from simtui.study.selection import Selection, digit_generator, shuffled_positions

FEWEST_IMAGES, MOST_IMAGES = 4, 100
"""Three images lie in a plane whatever people say; a hundred have 4,950 pairs."""


def shares(images: int, classes: int) -> list[int]:
    """How many of the images each class has: equally many, the first ones one more where that cannot be."""
    return [images // classes + (i < images % classes) for i in range(classes)]


def complete_study(
    images: ImageSet,
    *,
    digits: Sequence[Label],
    count: int,
    seed: int,
    practice: int | None = None,
    lists: int = 1,
    **presentation: Unpack[Presentation],
) -> Study:
    """A study of every pair of `count` images, which the digits share; pairs of two digits too where there are several.

    practice: None takes 2 where there are images to spare. Raises SimtuiError where a digit is unknown, has too few
    images, or the lists or a run have no room for what was asked.
    """
    pairs = count * (count - 1) // 2
    if not FEWEST_IMAGES <= count <= MOST_IMAGES:
        raise SimtuiError(f"A complete design is of {FEWEST_IMAGES} to {MOST_IMAGES} images, not {count}.")
    if count < len(digits):
        raise SimtuiError(f"{count} images are fewer than the {len(digits)} digits that share them: ask for more.")
    if not 1 <= lists <= min(MAX_LISTS, pairs):
        raise SimtuiError(f"{pairs} pairs can be shared out among 1 to {min(MAX_LISTS, pairs)} lists, not {lists}.")
    needed = dict(zip(digits, shares(count, len(digits)), strict=True))
    check_classes(images, digits)
    for digit in digits:
        if len(images.where(digit)) < needed[digit]:
            raise SimtuiError(
                f"{count} images need {needed[digit]} of “{printable(digit)}” and this source has "
                f"{len(images.where(digit))}: ask for fewer."
            )
    check_room(pairs // lists, presentation)
    shuffled = {
        digit: shuffled_positions(images.where(digit), digit_generator(seed, digit, "complete")) for digit in digits
    }
    chosen = [(digit, position) for digit in digits for position in shuffled[digit][: needed[digit]]]
    in_order = [_pair(chosen[a], chosen[b]) for a, b in rounds(count)]
    edges = [k * len(in_order) // lists for k in range(lists + 1)]
    left_over = {digit: shuffled[digit][needed[digit] :] for digit in digits}
    practised = practice_pairs(images, left_over, practice, f"a complete design of {count} images")
    taken = {position for _, a, b in practised for position in (a, b)}
    return build_study(
        images,
        lists=[in_order[start:end] for start, end in pairwise(edges)],
        practice_pairs=practised,
        catch_supply={
            digit: [i for i in left_over[digit] if i not in taken] + shuffled[digit][: needed[digit]]
            for digit in digits
        },
        selection=Selection(COMPLETE),
        seed=seed,
        **presentation,
    )


def _pair(left: tuple[Label, int], right: tuple[Label, int]) -> Chosen:
    return left[0], left[1], right[1]


def rounds(n: int) -> list[tuple[int, int]]:
    """Every pair of n things once, in rounds in which each comes once: the circle of a tournament.

    A stretch of it has every image about equally often, so that lists cut from it are alike. Sides take turns.
    """
    size = n + n % 2
    ring = list(range(size))
    found = []
    for turn in range(size - 1):
        for i in range(size // 2):
            a, b = ring[i], ring[-1 - i]
            if max(a, b) < n:
                found.append((a, b) if (i + turn) % 2 == 0 else (b, a))
        ring = [ring[0], ring[-1], *ring[1:-1]]
    return found
