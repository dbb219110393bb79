"""A layer beside one more person, and beside the ceiling, when pairs and people are drawn anew.

The bootstrap draws people with replacement. A person who was drawn twice agrees with the copy wholly, which would make
people look better than they are: whoever is compared with the others is compared with those who are somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from simtui.analysis.correlation import Matrix, Vector, optional
from simtui.analysis.layer_results import Interval, VsPerson
from simtui.analysis.mean_squares import lists_in
from simtui.analysis.resampling import Units, independent_units, percentile_interval, standardised

MARGIN = 0.1
"""An r that is lower by less counts as no worse than that of one more person."""

MOST_RESAMPLES, FEWEST_RESAMPLES = 4_999, 999

_BUDGET = 40_000_000
"""Ratings that all resamples together may hold: larger studies, whose intervals vary less, have fewer of them."""

_AT_ONCE = 1 << 17

_IN_CACHE = 1 << 16
"""Numbers of some of the people's ratings that are looked at together where ratings are missing."""

_NIL = 1e-12
"""A variance, of standardised numbers, that is rounding error."""

_STREAMS = 6, 7
"""The generators of pairs and of people; other resampling uses the streams 0 to 5 of the same seed."""


@dataclass(frozen=True, slots=True)
class BesidePeople:
    """Of each layer, in the order given: against one more person, and the interval of r over the ceiling.

    r_over_ceiling: resampling pairs and people; None where a table is incomplete.
    """

    vs_person: tuple[VsPerson, ...]
    r_over_ceiling: tuple[Interval | None, ...]


class _Part(Protocol):
    """Raters who are each other's others, and the pairs that they rated."""

    def gaps(self, weights: Matrix, people: Matrix) -> tuple[Matrix, Vector]:
        """r(layer, others) − r(person, others) summed over the people drawn, (resamples, layers), and their number.

        weights: how often each pair counts, (resamples, pairs); people: how often each person does. Who or whose
        others do not vary is not counted, and a layer that does not vary there is NaN.
        """


@dataclass(frozen=True, slots=True)
class _Complete:
    """Everybody rated every pair: all sums are products of matrices, whose cost is that of the ratings.

    layers: (layers, pairs), standardised. known: the ratings, and squared: their squares, both (raters, pairs).
    """

    layers: Matrix
    known: Matrix
    squared: Matrix

    def gaps(self, weights: Matrix, people: Matrix) -> tuple[Matrix, Vector]:
        """See `_Part`."""
        size = np.maximum(weights.sum(axis=1, keepdims=True), 1)
        total = people @ self.known
        others = people.sum(axis=1, keepdims=True) - people
        divisor = np.maximum(others, 1) * size
        weighted = weights * total
        own, square, cross = (
            w @ x.T for w, x in ((weights, self.known), (weights, self.squared), (weighted, self.known))
        )
        of_mean = (weighted.sum(axis=1, keepdims=True) - people * own) / divisor
        spread = (weighted * total).sum(axis=1, keepdims=True) - 2 * people * cross + people**2 * square
        spread = spread * size / divisor**2 - of_mean**2
        person = (cross - people * square) / divisor - own / size * of_mean
        own_spread = square / size - (own / size) ** 2
        share = np.where((others > 0) & (spread > _NIL) & (own_spread > _NIL), people, 0.0)
        drawn = share.sum(axis=1)
        share = share / np.sqrt(np.where(share > 0, spread, 1.0))
        by_person = (share * person / np.sqrt(np.where(share > 0, own_spread, 1.0))).sum(axis=1)
        # What the layers have in common with each person's others, summed over the people before over the pairs.
        shared = total * (share / divisor).sum(axis=1, keepdims=True) - (share * people / divisor) @ self.known
        level = weights @ self.layers.T / size
        by_layer = (weights * shared) @ self.layers.T - level * (share * of_mean).sum(axis=1, keepdims=True)
        layer_spread = weights @ (self.layers**2).T / size - level**2
        by_layer /= np.sqrt(np.where(layer_spread > _NIL, layer_spread, np.nan))
        return np.where(drawn[:, None] > 0, by_layer - by_person[:, None], 0.0), drawn

    def over_ceiling(self, weights: Matrix, people: Matrix) -> Matrix:
        """r with the mean over √ICC(C,k), shape (resamples, layers), of a complete table.

        That is cov(layer, mean) / (sd of the layer · √c), c the mean covariance of two different people.
        """
        size = np.maximum(weights.sum(axis=1, keepdims=True), 1)
        total = people @ self.known
        level = (weights * total).sum(axis=1, keepdims=True) / size
        centred = weights * (total - level)
        of_each = weights @ (self.known**2).T / size - (weights @ self.known.T / size) ** 2
        both = np.einsum("rn,rn->r", centred, total) / size[:, 0] - (people**2 * of_each).sum(axis=1)
        n_people = people.sum(axis=1)
        twos = n_people**2 - (people**2).sum(axis=1)
        shared = both / np.where(twos > 0, twos, np.nan)
        spread = weights @ (self.layers**2).T / size - (weights @ self.layers.T / size) ** 2
        product = centred @ self.layers.T / size / n_people[:, None]
        below = np.where(spread > 1e-12, spread, np.nan) * np.where(shared > 1e-12, shared, np.nan)[:, None]
        return np.asarray(product / np.sqrt(below), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class _Incomplete:
    """Ratings are missing here and there, so that everybody has a mean of the others of their own.

    known: 0 where there is no rating; rated: 1 where there is one.
    """

    layers: Matrix
    known: Matrix
    rated: Matrix

    def gaps(self, weights: Matrix, people: Matrix) -> tuple[Matrix, Vector]:
        """See `_Part`."""
        at_once = max(1, _IN_CACHE // weights.size)
        found = [
            self._gaps_of(slice(start, start + at_once), weights, people)
            for start in range(0, len(self.known), at_once)
        ]
        return np.sum([gap for gap, _ in found], axis=0), np.sum([n for _, n in found], axis=0)

    def _gaps_of(self, some: slice, weights: Matrix, people: Matrix) -> tuple[Matrix, Vector]:
        """The same of some of the people, beside all others."""
        known, rated, drawn = self.known[some], self.rated[some], people[:, some]
        count = drawn[:, :, None]
        others = (people @ self.rated)[:, None, :] - count * rated
        present = rated * (others > 0)
        mean = ((people @ self.known)[:, None, :] - count * known) * present / np.maximum(others, 1)
        given = present * known

        def sums(values: NDArray[np.float64], columns: Matrix) -> NDArray[np.float64]:
            """Of values (…, raters, pairs), times each column (columns, pairs): (resamples, raters, columns)."""
            return values @ (weights[:, None, :] * columns).transpose(0, 2, 1)

        one, k = np.ones((1, weights.shape[1])), len(self.layers)
        of_layers = sums(present, np.concatenate([one, self.layers, self.layers**2]))
        size = np.maximum(of_layers[:, :, 0], 1)
        level = of_layers[:, :, 1 : k + 1] / size[:, :, None]
        layer_spread = of_layers[:, :, k + 1 :] / size[:, :, None] - level**2
        with_layers = sums(mean, np.concatenate([one, self.layers])) / size[:, :, None]
        of_mean = with_layers[:, :, 0]
        own, square, product, mean_square = (
            sums(values, one)[:, :, 0] / size for values in (given, given * known, mean * known, mean**2)
        )
        spread, own_spread = mean_square - of_mean**2, square - own**2
        share = np.where((spread > _NIL) & (own_spread > _NIL), drawn, 0.0)
        scale = np.sqrt(np.where(share > 0, spread, np.nan))
        by_person = (product - own * of_mean) / (scale * np.sqrt(np.where(share > 0, own_spread, np.nan)))
        layer = with_layers[:, :, 1:] - level * of_mean[:, :, None]
        by_layer = layer / (scale[:, :, None] * np.sqrt(np.where(layer_spread > _NIL, layer_spread, np.nan)))
        gap = np.where(share[:, :, None] > 0, by_layer - by_person[:, :, None], 0.0)
        return np.einsum("rk,rkl->rl", share, gap), share.sum(axis=1)


@dataclass(frozen=True, slots=True)
class People:
    """The ratings in parts that have nothing to do with each other: all, or list by list.

    places: raters and pairs of each. held: numbers that one resample holds at once.
    """

    parts: tuple[_Part, ...]
    places: tuple[tuple[NDArray[np.intp], NDArray[np.intp]], ...]
    held: int

    @classmethod
    def of(cls, layers: Matrix, ratings: Matrix) -> People:
        k, n = ratings.shape
        rated = np.isfinite(ratings)
        known = np.where(rated, ratings, 0.0)
        lists = lists_in(rated)
        if not lists:
            whole = _Incomplete(layers, known, rated.astype(np.float64))
            return cls((whole,), ((np.arange(k), np.arange(n)),), k * n)
        tables = [(layers[:, pairs], known[np.ix_(raters, pairs)]) for raters, pairs in lists]
        return cls(tuple(_Complete(layer, table, table**2) for layer, table in tables), tuple(lists), k + n)

    @property
    def complete(self) -> _Complete | None:
        """The one table that there is, where everybody rated every pair."""
        first = self.parts[0]
        return first if len(self.parts) == 1 and isinstance(first, _Complete) else None

    def differences(self, weights: Matrix, people: Matrix) -> Matrix:
        """r(layer, others) − r(person, others), mean over the people drawn, shape (resamples, layers)."""
        found = [
            part.gaps(weights[:, pairs], people[:, raters])
            for part, (raters, pairs) in zip(self.parts, self.places, strict=True)
        ]
        drawn = np.sum([n for _, n in found], axis=0)
        gaps = np.sum([gap for gap, _ in found], axis=0)
        return np.asarray(gaps / np.where(drawn > 0, drawn, np.nan)[:, None], dtype=np.float64)


def beside_people(layers: Matrix, ratings: Matrix, units: Units, *, seed: int = 0) -> BesidePeople:
    """Each of `layers` (layers, pairs) beside people, whose `ratings` are (raters, pairs) with NaN where missing.

    No layer and no rater may be constant. All None under two raters.
    """
    k, n = ratings.shape
    if k < 2:
        return BesidePeople((VsPerson(),) * len(layers), (None,) * len(layers))
    centred = (ratings - np.nanmean(ratings)) / (np.nanstd(ratings) or 1.0)
    compared = People.of(standardised(layers), centred)
    everybody = np.ones((1, k))
    seen = compared.differences(np.ones((1, n)), everybody)[0]
    resamples = int(np.clip(_BUDGET // (k * n), FEWEST_RESAMPLES, MOST_RESAMPLES))
    of_pairs, of_people = (np.random.default_rng([seed, stream]) for stream in _STREAMS)
    raters, complete = independent_units(k), compared.complete
    alone, crossed, over = (np.full((resamples, len(layers)), np.nan) for _ in range(3))
    step = max(1, _AT_ONCE // compared.held)
    for start in range(0, resamples, step):
        block = slice(start, min(start + step, resamples))
        weights = units.draw(of_pairs, block.stop - block.start)
        people = raters.draw(of_people, len(weights))
        alone[block] = compared.differences(weights, everybody)
        crossed[block] = compared.differences(weights, people)
        if complete is not None:
            over[block] = complete.over_ceiling(weights, people)
    return BesidePeople(
        tuple(_vs_person(optional(seen[i]), alone[:, i], crossed[:, i]) for i in range(len(layers))),
        tuple(None if complete is None else percentile_interval(over[:, i]) for i in range(len(layers))),
    )


def _vs_person(difference: float | None, alone: NDArray[np.float64], crossed: NDArray[np.float64]) -> VsPerson:
    if difference is None:
        return VsPerson()
    ci = percentile_interval(crossed)
    defined = crossed[np.isfinite(crossed)]
    return VsPerson(
        difference=difference,
        ci=percentile_interval(alone),
        ci_crossed=ci,
        margin=MARGIN,
        p_noninferior=None if ci is None else float((np.sum(defined <= -MARGIN) + 1) / (len(defined) + 1)),
    )
