"""Catch pairs: one image twice, which is rated at the top of the scale, or different material, rated at the bottom.

Different material is an image of the study's classes beside one of another class, or, where no other class is plainly
different, beside a pattern that is made for it. Both kinds are there from two catch pairs on, so that neither end of
the scale, pressed throughout, answers all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import cycle, islice

import numpy as np
from numpy.typing import NDArray

from simtui.stimuli.image_set import SIZE, ImageSet
from simtui.stimuli.pixels import pixel_cosine_matrix
from simtui.stimuli.source import Label
from simtui.study.model import Pair, Scale
from simtui.study.selection import DECIMALS, MatrixOf, Selection, digit_generator, ranks, shuffled_positions

LEAST_ALIKE = Selection("least alike", ("pixels",), (pixel_cosine_matrix,))
"""How different material is chosen without a network."""

PATTERN = "pattern made by simtui"
"""The class of what is made where no image is different enough."""

_OF_DIGITS = ("mnist", "drawn")
"""Sources whose classes are digits, whatever else a class of pictures may be called 3 or 8."""

LOOKED_AT = 40
"""Images of each class that are compared."""

_ALIKE = {0: (6, 8), 1: (7,), 2: (3, 7, 8), 3: (5, 8), 4: (9,), 5: (6, 8), 6: (8,), 7: (9,), 8: (9,)}
_WRITTEN_ALIKE = frozenset(frozenset((digit, other)) for digit, others in _ALIKE.items() for other in others)
"""Digits that are taken for one another, by people as by networks: never plainly different, whatever the pixels say."""


@dataclass(frozen=True, slots=True)
class CatchSupply:
    """What catch pairs are made of.

    own: by class of the study, the positions of its images, those to be used first at the front.
    other: the same of classes that are in no pair of the study.
    busy: positions that are in another pair.
    """

    own: Mapping[Label, Sequence[int]]
    other: Mapping[Label, Sequence[int]]
    busy: Collection[int] = ()


def other_classes(images: ImageSet, own: Collection[Label], seed: int) -> dict[Label, list[int]]:
    """By class that is none of the study's own, the positions of its images in an order that follows from the seed."""
    return {
        label: shuffled_positions(images.where(label), digit_generator(seed, label, "catch"))
        for label in images.classes()
        if label not in own
    }


def catch_pairs(
    count: int, supply: CatchSupply, images: ImageSet, scale: Scale, selection: Selection = LEAST_ALIKE
) -> tuple[list[Pair], ImageSet]:
    """`count` catch pairs, catch01 and so on, and the images with the patterns that were made for them.

    Half of them (rounded down, but one of one) are of different material: those least alike in every layer of
    `selection`, by rank among what was looked at.
    """
    if not count:
        return [], images
    digits = list(supply.own)
    different = max(1, count // 2)
    same = [
        (digit, *_same(supply, digit, number // len(digits))) for number, digit in _turns(digits, count - different)
    ]
    taken = {position for _, position, _ in same}
    chosen: list[tuple[Label, int, int]] = list(same)
    everything = images
    for place, digit in enumerate(digits):
        wanted = sum(1 for number in range(different) if number % len(digits) == place)
        found, everything = _different(wanted, digit, supply, everything, taken, selection.matrices)
        chosen += [(digit, a, b) for a, b in found]
        taken |= {position for pair in found for position in pair}
    width = max(2, len(str(count)))
    return [
        Pair(
            id=f"catch{number:0{width}d}",
            left=everything.ids[a],
            right=everything.ids[b],
            digit=digit,
            right_digit=None if a == b else everything.labels[b],
            expected=scale.high if a == b else scale.low,
        )
        for number, (digit, a, b) in enumerate(chosen, start=1)
    ], everything


def _turns(digits: Sequence[Label], count: int) -> Iterator[tuple[int, Label]]:
    return islice(enumerate(cycle(digits)), count)


def _same(supply: CatchSupply, digit: Label, turn: int) -> tuple[int, int]:
    """One image twice; after the last image of the class, the first again."""
    positions = supply.own[digit]
    return positions[turn % len(positions)], positions[turn % len(positions)]


def _different(
    count: int,
    digit: Label,
    supply: CatchSupply,
    images: ImageSet,
    taken: Collection[int],
    matrices: Sequence[MatrixOf],
) -> tuple[list[tuple[int, int]], ImageSet]:
    """`count` pairs of an image of `digit` and other material, and the images with what was made for it.

    First of the study's own classes, so that participants meet nothing new, then of the source's others: of digits
    that are not written alike, and of own pictures those less alike, in every layer, than any two images of the class.
    Where these are too few, patterns.
    """
    if not count:
        return [], images
    # Of digits it is known which are plainly different; of other classes only what they look like.
    within = None if images.source.name in _OF_DIGITS else supply.own[digit][:LOOKED_AT]
    lefts = _free(supply.own[digit], supply.busy, taken)
    found: list[tuple[int, int]] = []
    for classes in (supply.own, supply.other):
        rights = [
            position
            for label, positions in classes.items()
            if label != digit and frozenset((digit, label)) not in _WRITTEN_ALIKE
            for position in _free(positions, supply.busy, taken)
        ]
        found += _least_alike(count - len(found), images, lefts, rights, within, matrices)
        lefts = [i for i in lefts if i not in {a for a, _ in found}] or lefts
    if len(found) == count:
        return found, images
    images, patterns = _with_patterns(images)
    unused = [i for i in patterns if i not in taken] or patterns
    made = _least_alike(count - len(found), images, lefts, unused, None, matrices)
    # Nothing is like an empty image, and everything is plainly different from it.
    made = made or list(zip(cycle(lefts), unused, strict=False))
    return [*found, *islice(cycle(made), count - len(found))], images


def _free(positions: Sequence[int], busy: Collection[int], taken: Collection[int]) -> list[int]:
    """Those to look at: in no other pair, as long as there are any."""
    unpaired = [i for i in positions if i not in busy and i not in taken]
    return (unpaired or [i for i in positions if i not in taken] or list(positions))[:LOOKED_AT]


def _least_alike(
    count: int,
    images: ImageSet,
    lefts: Sequence[int],
    rights: Sequence[int],
    within: Sequence[int] | None,
    matrices: Sequence[MatrixOf],
) -> list[tuple[int, int]]:
    """Up to `count` pairs of one of the `lefts` and one of the `rights`, those least alike first.

    within: images of which any two are more alike than a pair may be; None for no such limit. An image is used
    again only after all others. What has no similarity, such as an empty image, is in no pair.
    """
    if not count or not lefts or not rights:
        return []
    alike, fits = [], np.ones(len(lefts) * len(rights), dtype=bool)
    for matrix in matrices:
        of_class = [] if within is None else list(within)
        compared = np.round(matrix(images.pixels[[*lefts, *rights, *of_class]]), DECIMALS)
        n = len(lefts) + len(rights)
        values = compared[: len(lefts), len(lefts) : n].ravel()
        fits &= np.isfinite(values)
        if within is not None:
            two = compared[n:, n:][np.triu_indices(len(of_class), 1)]
            fits &= values < min(two[np.isfinite(two)], default=-np.inf)
        alike.append(values)
    places = np.flatnonzero(fits)
    if not len(places):
        return []
    worst = np.max([ranks(values[places]) for values in alike], axis=0)
    in_order = [divmod(int(places[i]), len(rights)) for i in np.argsort(worst, kind="stable")]
    found: dict[tuple[int, int], None] = {}
    while len(found) < min(count, len(in_order)):
        seen: set[tuple[str, int]] = set()
        for a, b in in_order:
            if len(found) < count and (a, b) not in found and not seen & {("left", a), ("right", b)}:
                found[a, b] = None
                seen |= {("left", a), ("right", b)}
    return [(lefts[a], rights[b]) for a, b in found]


_DRAWN_BY: dict[str, Callable[[NDArray[np.int64], NDArray[np.int64]], NDArray[np.int64]]] = {
    "rows": lambda y, x: y // 4 + 0 * x,
    "columns": lambda y, x: x // 4 + 0 * y,
    "checks": lambda y, x: y // 4 + x // 4,
    "slants": lambda y, x: (y + x) // 4,
}
"""Whole numbers at every pixel: ink where they are even, or where they are odd."""


def _with_patterns(images: ImageSet) -> tuple[ImageSet, list[int]]:
    """The images and behind them, once, the patterns; and where those are."""
    if PATTERN not in images.labels:
        y, x = np.indices((SIZE, SIZE))
        made = {
            f"{name}-{phase}": np.where((value(y, x) + phase) % 2 == 0, 255, 0).astype(np.uint8)
            for name, value in _DRAWN_BY.items()
            for phase in (0, 1)
        }
        images = ImageSet(
            pixels=np.concatenate([images.pixels, np.stack(list(made.values()))]),
            labels=(*images.labels, *[PATTERN] * len(made)),
            ids=(*images.ids, *(f"pattern-made-by-simtui-{name}" for name in made)),
            source=images.source,
        )
    return images, images.where(PATTERN)
