"""Selection: which images of one class are put together into pairs. No image is in two pairs.

- random: as the homework does it.
- stratified: random pairs lie close together in similarity, and a narrow range makes every correlation smaller;
  these are spread evenly over the range of a layer's similarity.
- controversial: the pairs on which two layers disagree most, by rank; half are more alike to one of them, half to
  the other.

Their correlations are not comparable with each other: the study names its sampling.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simtui.errors import SimtuiError
from simtui.stimuli.source import Label

MatrixOf = Callable[[NDArray[np.uint8]], NDArray[np.float64]]
"""From n images, shape (n, 28, 28), the similarity of each with each, shape (n, n); NaN where there is none."""

IMAGES_A_PAIR = 10
"""Images that a source without limit should offer for each pair to be selected by similarity."""

POOL = 1_000
"""Images of a class that are compared, chosen at random: they give 499,500 pairs, enough to fill every stratum."""

LARGEST_POOL = 3_000

_TRIMMED = 0.005
"""Share of the pairs at either end that does not stretch the range: one odd pair must not set it."""

DECIMALS = 6
"""Networks agree so far on every machine; what follows must not decide which pairs are chosen."""


@dataclass(frozen=True, slots=True)
class Selection:
    """How pairs are selected.

    sampling: "random", "stratified" or "controversial"; "least alike" for catch pairs of different material.
    layers: those whose similarities select: none, one, or two.
    matrices: what gives the similarities in each of these layers.
    checkpoint_sha256: of the network's file, where a layer is one of its.
    """

    sampling: str = "random"
    layers: tuple[str, ...] = ()
    matrices: tuple[MatrixOf, ...] = ()
    checkpoint_sha256: str | None = None

    @property
    def by(self) -> str | None:
        """As in Design: the layer of a stratified selection."""
        return self.layers[0] if self.sampling == "stratified" else None

    @property
    def between(self) -> list[str] | None:
        """As in Design: the two layers of a controversial selection."""
        return list(self.layers) if self.sampling == "controversial" else None


RANDOM = Selection()


def digit_generator(seed: int, digit: Label, design: str = "pairs") -> random.Random:
    """One stream a digit, so that adding a digit to a study leaves the pairs of the others as they were."""
    return random.Random(f"simtui {design} 1|{seed}|{digit}")


def shuffled_positions(positions: Sequence[int], rng: random.Random) -> list[int]:
    """Sorted by random(), the one method whose sequence Python promises to keep."""
    return [position for _, position in sorted((rng.random(), position) for position in positions)]


def select(
    selection: Selection,
    pixels: NDArray[np.uint8],
    shuffled: Sequence[int],
    pairs: int,
    lists: int,
    rng: random.Random,
) -> list[list[tuple[int, int]]]:
    """`lists` lists of `pairs` pairs of positions in `pixels`, out of the `shuffled` ones of a class.

    The caller has seen to it that there are images enough. Raises SimtuiError where their similarities cannot
    select so many pairs.
    """
    if selection.sampling == "random":
        return [_random_pairs(shuffled[2 * pairs * k :], pairs) for k in range(lists)]
    wanted = pairs * lists
    if 2 * wanted > LARGEST_POOL:
        raise SimtuiError(
            f"{wanted} pairs of each class are too many to select by similarity: ask for at most {LARGEST_POOL // 2}."
        )
    pool = shuffled[: max(POOL, 2 * wanted)]
    similarities = [np.round(matrix(pixels[list(pool)]), DECIMALS) for matrix in selection.matrices]
    candidates = _Candidates(similarities)
    if selection.sampling == "stratified":
        chosen = _stratified(candidates, wanted, rng)
    else:
        chosen = _controversial(candidates, wanted)
    # Neighbours in similarity go to different lists, so that every list has the whole range.
    dealt: list[list[tuple[int, int]]] = [[] for _ in range(lists)]
    for number, (first, second) in enumerate(chosen):
        sides = (first, second) if rng.random() < 0.5 else (second, first)
        # To and fro, so that no list gets the higher one every time.
        place = number % (2 * lists)
        dealt[min(place, 2 * lists - 1 - place)].append((pool[sides[0]], pool[sides[1]]))
    return [_in_random_order(one, rng) for one in dealt]


def _random_pairs(shuffled: Sequence[int], pairs: int) -> list[tuple[int, int]]:
    return list(zip(shuffled[:pairs], shuffled[pairs : 2 * pairs], strict=True))


class _Candidates:
    """All pairs of a pool of images with their similarities, of which those are left whose images are free."""

    def __init__(self, similarities: Sequence[NDArray[np.float64]]) -> None:
        first, second = np.triu_indices(len(similarities[0]), 1)
        values = [similarity[first, second] for similarity in similarities]
        known = np.logical_and.reduce([np.isfinite(value) for value in values])
        self.first, self.second = first[known], second[known]
        self.values = [value[known] for value in values]
        self.free = np.ones(len(self.first), dtype=bool)

    def take(self, place: int) -> tuple[int, int]:
        """The pair at `place`, whose images are free no more."""
        a, b = int(self.first[place]), int(self.second[place])
        self.free &= (self.first != a) & (self.first != b) & (self.second != a) & (self.second != b)
        return a, b

    def best(self, score: NDArray[np.float64]) -> int:
        """The place of the first free pair with the highest score."""
        if not self.free.any():
            raise SimtuiError(
                "Too few of the images have a similarity in that layer to select so many pairs by it: "
                "ask for fewer pairs or another layer."
            )
        return int(np.argmax(np.where(self.free, score, -np.inf)))


def _stratified(candidates: _Candidates, wanted: int, rng: random.Random) -> list[tuple[int, int]]:
    """One pair from each of `wanted` equal strata of the range, lowest first; where a stratum has none, the next."""
    (values,) = candidates.values
    if not len(values):
        candidates.best(values)
    low, high = (float(end) for end in np.quantile(values, [_TRIMMED, 1 - _TRIMMED]))
    width = (high - low) / wanted or 1.0
    stratum = np.clip(np.floor((values - low) / width), 0, wanted - 1).astype(int)
    sizes = np.bincount(stratum, minlength=wanted)
    chosen: dict[int, tuple[int, int]] = {}
    # The rarest similarities first: their images must not have gone into pairs that others could make as well.
    for number in np.argsort(sizes, kind="stable").tolist():
        free = np.flatnonzero(candidates.free & (stratum == number))
        if len(free):
            place = int(free[int(rng.random() * len(free))])
        else:
            place = candidates.best(-np.abs(values - (low + (number + 0.5) * width)))
        chosen[number] = candidates.take(place)
    return [chosen[number] for number in range(wanted)]


def _controversial(candidates: _Candidates, wanted: int) -> list[tuple[int, int]]:
    """The pairs whose ranks in two layers are furthest apart, in turn to one side and to the other; ordered by it."""
    if not len(candidates.values[0]):
        candidates.best(candidates.values[0])
    ranked = [ranks(values) for values in candidates.values]
    difference = ranked[0] - ranked[1]
    chosen: list[tuple[float, tuple[int, int]]] = []
    for number in range(wanted):
        place = candidates.best(difference if number % 2 == 0 else -difference)
        chosen.append((float(difference[place]), candidates.take(place)))
    return [pair for _, pair in sorted(chosen)]


def ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Ranks from 0 to 1, the mean rank for equal values."""
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    mean = np.cumsum(counts) - (counts - 1) / 2
    return np.asarray(mean[inverse.reshape(-1)] / len(values), dtype=np.float64)


def _in_random_order(items: Sequence[tuple[int, int]], rng: random.Random) -> list[tuple[int, int]]:
    return [item for _, item in sorted((rng.random(), item) for item in items)]
