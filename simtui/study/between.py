"""Pairs of two classes: one image of each, and no image in two pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simtui.errors import SimtuiError, printable
from simtui.stimuli.source import Label

Classes = tuple[Label, Label]

Chosen = tuple[Label, int, int]
"""A pair: the class of the left image, and the positions of both."""


def check_between(between: Sequence[Classes]) -> None:
    """Raises SimtuiError where a pair of classes is no two of them, or is asked for twice."""
    seen: set[frozenset[Label]] = set()
    for first, second in between:
        if first == second:
            raise SimtuiError(f"--between takes two different classes, and “{printable(first)}” is there twice.")
        if frozenset((first, second)) in seen:
            raise SimtuiError(f"--between {printable(first)},{printable(second)} was asked for twice: name it once.")
        seen.add(frozenset((first, second)))


def pairs_between(
    between: Sequence[Classes], left_over: Mapping[Label, Sequence[int]], pairs: int, lists: int
) -> list[list[Chosen]]:
    """For each list `pairs` pairs of every two classes, of the images left over, which are shuffled by class.

    The image of the first class is the left one; runs exchange the sides. Raises SimtuiError where a class has too few.
    """
    supply = {label: iter(positions) for label, positions in left_over.items()}
    found: list[list[Chosen]] = []
    try:
        for _ in range(lists):
            found.append([(a, next(supply[a]), next(supply[b])) for a, b in between for _ in range(pairs)])
    except (StopIteration, RuntimeError):
        raise SimtuiError(
            f"{pairs} pairs of each two classes{f' in each of {lists} lists' if lists > 1 else ''} need more images "
            "than there are: ask for fewer."
        ) from None
    return found
