"""A layer beside one more person, and beside the ceiling, when pairs and people are drawn anew.

The bootstrap draws people with replacement. A person who was drawn twice agrees with the copy wholly, which would make
people look better than they are: whoever is compared with the others is compared with those who are somebody else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simtui.analysis.correlation import Matrix, optional
from simtui.analysis.layer_results import Interval, VsPerson
from simtui.analysis.resampling import Units, independent_units, percentile_interval, standardised

MARGIN = 0.1
"""An r that is lower by less counts as no worse than that of one more person."""

MOST_RESAMPLES, FEWEST_RESAMPLES = 4_999, 999

_BUDGET = 40_000_000
"""Ratings that all resamples together may hold: larger studies, whose intervals vary less, have fewer of them."""

_AT_ONCE = 1 << 17

_STREAMS = 6, 7
"""The generators of pairs and of people; other resampling uses the streams 0 to 5 of the same seed."""


@dataclass(frozen=True, slots=True)
class BesidePeople:
    """Of each layer, in the order given: against one more person, and the interval of r over the ceiling.

    r_over_ceiling: resampling pairs and people; None where a table is incomplete.
    """

    vs_person: tuple[VsPerson, ...]
    r_over_ceiling: tuple[Interval | None, ...]


@dataclass(frozen=True, slots=True)
class _Table:
    """layers: (layers, pairs), standardised. known: ratings, 0 where there is none; rated: 1 where there is one.

    complete: whether all are there.
    """

    layers: Matrix
    known: Matrix
    rated: Matrix
    complete: bool

    def differences(self, weights: Matrix, people: Matrix) -> Matrix:
        """r(layer, others) − r(person, others), mean over the people drawn, shape (resamples, layers).

        weights: how often each pair counts, (resamples, pairs); people: how often each person does.
        """
        if self.complete:
            return self._complete_differences(weights, people)
        count = people[:, :, None]
        others = (people @ self.rated)[:, None, :] - count * self.rated
        total = (people @ self.known)[:, None, :] - count * self.known
        mean = total / np.maximum(others, 1)
        weight = weights[:, None, :] * self.rated * (others > 0)
        size = np.maximum(weight.sum(axis=2), 1e-300)
        weighted = weight * mean
        of_mean = weighted.sum(axis=2) / size
        spread = np.einsum("rkn,rkn->rk", weighted, mean) / size - of_mean**2
        own = np.einsum("rkn,kn->rk", weight, self.known) / size
        own_spread = np.einsum("rkn,kn->rk", weight, self.known**2) / size - own**2
        person = np.einsum("rkn,kn->rk", weighted, self.known) / size - own * of_mean
        level = weight @ self.layers.T / size[:, :, None]
        layer_spread = weight @ (self.layers**2).T / size[:, :, None] - level**2
        layer = weighted @ self.layers.T / size[:, :, None] - level * of_mean[:, :, None]
        defined = (people > 0) & (spread > 1e-12) & (own_spread > 1e-12)
        scale = np.sqrt(np.where(defined, spread, np.nan))
        by_person = person / (scale * np.sqrt(np.where(defined, own_spread, np.nan)))
        by_layer = layer / (scale[:, :, None] * np.sqrt(np.where(layer_spread > 1e-12, layer_spread, np.nan)))
        share = np.where(defined, people, 0.0)
        drawn = share.sum(axis=1)
        gap = np.where(defined[:, :, None], by_layer - by_person[:, :, None], 0.0)
        mean_gap = np.einsum("rk,rkl->rl", share, gap) / np.where(drawn > 0, drawn, np.nan)[:, None]
        return np.asarray(mean_gap, dtype=np.float64)

    def _complete_differences(self, weights: Matrix, people: Matrix) -> Matrix:
        """The same where everybody rated every pair: sums over pairs are products of matrices, a tenth of the work."""
        size = np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
        total = people @ self.known
        others = people.sum(axis=1, keepdims=True) - people
        weighted, divisor = weights * total, np.maximum(others, 1)
        sums = {
            "own": weights @ self.known.T,
            "square": weights @ (self.known**2).T,
            "cross": weighted @ self.known.T,
            "total": weighted.sum(axis=1, keepdims=True),
            "total_square": (weighted * total).sum(axis=1, keepdims=True),
        }
        own = sums["own"] / size
        of_mean = (sums["total"] - people * sums["own"]) / (divisor * size)
        spread = sums["total_square"] - 2 * people * sums["cross"] + people**2 * sums["square"]
        spread = spread / (divisor**2 * size) - of_mean**2
        own_spread = sums["square"] / size - own**2
        person = (sums["cross"] - people * sums["square"]) / (divisor * size) - own * of_mean
        defined = (people > 0) & (others > 0) & (spread > 1e-12) & (own_spread > 1e-12)
        scale = np.sqrt(np.where(defined, spread, np.nan))
        by_person = person / (scale * np.sqrt(np.where(defined, own_spread, np.nan)))
        share = np.where(defined, people, 0.0)
        drawn = share.sum(axis=1)
        drawn = np.where(drawn > 0, drawn, np.nan)
        found = np.empty((len(weights), len(self.layers)))
        for i, layer in enumerate(self.layers):
            of_layer = weights * layer
            level = of_layer.sum(axis=1, keepdims=True) / size
            layer_spread = (of_layer * layer).sum(axis=1, keepdims=True) / size - level**2
            product = (of_layer * total).sum(axis=1, keepdims=True) - people * (of_layer @ self.known.T)
            covariance = product / (divisor * size) - level * of_mean
            by_layer = covariance / (scale * np.sqrt(np.where(layer_spread > 1e-12, layer_spread, np.nan)))
            gap = np.where(defined, by_layer - by_person, 0.0)
            found[:, i] = (share * gap).sum(axis=1) / drawn
        return found

    def over_ceiling(self, weights: Matrix, people: Matrix) -> Matrix:
        """r with the mean over √ICC(C,k), shape (resamples, layers), of a complete table.

        That is cov(layer, mean) / (sd of the layer · √c), c the mean covariance of two different people.
        """
        size = np.maximum(weights.sum(axis=1, keepdims=True), 1e-300)
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


def beside_people(layers: Matrix, ratings: Matrix, units: Units, *, seed: int = 0) -> BesidePeople:
    """Each of `layers` (layers, pairs) beside people, whose `ratings` are (raters, pairs) with NaN where missing.

    No layer and no rater may be constant. All None under two raters.
    """
    k, n = ratings.shape
    if k < 2:
        return BesidePeople((VsPerson(),) * len(layers), (None,) * len(layers))
    rated = np.isfinite(ratings)
    centred = (ratings - np.nanmean(ratings)) / (np.nanstd(ratings) or 1.0)
    table = _Table(standardised(layers), np.where(rated, centred, 0.0), rated.astype(np.float64), bool(rated.all()))
    everybody = np.ones((1, k))
    seen = table.differences(np.ones((1, n)), everybody)[0]
    resamples = int(np.clip(_BUDGET // (k * n), FEWEST_RESAMPLES, MOST_RESAMPLES))
    of_pairs, of_people = (np.random.default_rng([seed, stream]) for stream in _STREAMS)
    complete, raters = bool(rated.all()), independent_units(k)
    alone, crossed, over = (np.full((resamples, len(layers)), np.nan) for _ in range(3))
    step = max(1, _AT_ONCE // (k + n if complete else k * n))
    for start in range(0, resamples, step):
        block = slice(start, min(start + step, resamples))
        weights = units.draw(of_pairs, block.stop - block.start)
        people = raters.draw(of_people, len(weights))
        alone[block] = table.differences(weights, everybody)
        crossed[block] = table.differences(weights, people)
        if complete:
            over[block] = table.over_ceiling(weights, people)
    return BesidePeople(
        tuple(_vs_person(optional(seen[i]), alone[:, i], crossed[:, i]) for i in range(len(layers))),
        tuple(percentile_interval(over[:, i]) if complete else None for i in range(len(layers))),
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
