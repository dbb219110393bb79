"""How well people agree with each other: each statistic by itself, on ratings of shape (raters, pairs)."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import krippendorff
import numpy as np
from numpy.typing import NDArray

from simtui.analysis.correlation import (
    MIN_PAIRS,
    Matrix,
    Vector,
    mean_rating,
    optional,
    pearson_rows,
    zscore_raters,
)
from simtui.analysis.mean_squares import complete_tables, lists_in, pooled
from simtui.analysis.results import Reliability
from simtui.analysis.usable import mean_of_others

MAX_SPLITS = 2_000
"""Halvings of the raters: all of them up to this many, else as many at random."""

_BLOCK = 1 << 21

_NIL = 1e-12


def pairwise_r(ratings: Matrix, keep_up_to: int) -> tuple[Matrix | None, float | None]:
    """The rater × rater matrix of Pearson r over the pairs that both rated, and its mean off the diagonal.

    NaN where two raters share under three pairs or one is constant over them; the mean leaves these out.
    The matrix is None for more than `keep_up_to` raters: too large to display.
    """
    k, n = ratings.shape
    matrix = np.full((k, k), np.nan) if k <= keep_up_to else None
    if matrix is None and (lists := lists_in(np.isfinite(ratings))):
        return None, _mean_r([ratings[np.ix_(*one)] for one in lists])
    total, count = 0.0, 0
    many = _ManyRaters.of(ratings) if matrix is None else None
    step = max(1, _BLOCK // max(1, k * (n if many is None else 16)))
    for start in range(0, k, step):
        if many is not None:
            rows = many.r_of(slice(start, start + step))
        else:
            rows = pearson_rows(ratings[start : start + step, None, :], ratings)
        if matrix is not None:
            matrix[start : start + step] = rows
        own = np.arange(len(rows))
        rows[own, start + own] = np.nan
        total += float(np.nansum(rows))
        count += int(np.isfinite(rows).sum())
    if matrix is not None:
        np.fill_diagonal(matrix, np.where(np.isfinite(np.diag(matrix)), 1.0, np.nan))
    return matrix, total / count if count else None


def _mean_r(tables: Sequence[Matrix]) -> float | None:
    """The mean of r of any two raters of one complete table, over all tables: Σ r = (Σ z)² − k, pair by pair of them.

    It costs as much as there are ratings, and not as there are pairs of raters.
    """
    total, count = 0.0, 0
    for table in tables:
        z = zscore_raters(table)
        z = z[np.isfinite(z).all(axis=1)]
        k, n = z.shape
        if n >= MIN_PAIRS:
            both = z.sum(axis=0)
            total += float(both @ both) / n - k
            count += k * (k - 1)
    return total / count if count else None


@dataclass(frozen=True, slots=True)
class _ManyRaters:
    """The sums that r of any two of many raters takes, as products of matrices.

    known: ratings less the rater's mean, 0 where there is none; square: their squares; rated: 1 where there is one.
    """

    known: Matrix
    square: Matrix
    rated: Matrix

    @classmethod
    def of(cls, ratings: Matrix) -> _ManyRaters:
        rated = np.isfinite(ratings)
        mean = np.where(rated, ratings, 0.0).sum(axis=1, keepdims=True) / np.maximum(
            rated.sum(axis=1, keepdims=True), 1
        )
        known = np.where(rated, ratings - mean, 0.0)
        return cls(known, known**2, rated.astype(np.float64))

    def r_of(self, some: slice) -> Matrix:
        """Pearson r of some of the raters with all, over the pairs that both rated; NaN as `pearson_rows` has it."""
        n = self.rated[some] @ self.rated.T
        size = np.maximum(n, 1.0)
        first = self.known[some] @ self.rated.T / size
        second = self.rated[some] @ self.known.T / size
        own = self.square[some] @ self.rated.T / size
        others = self.rated[some] @ self.square.T / size
        # What is left of a spread that should be nothing is rounding.
        flat = (own - first**2 <= _NIL * own) | (others - second**2 <= _NIL * others)
        spread = np.sqrt(np.where(flat, np.nan, (own - first**2) * (others - second**2)))
        r = (self.known[some] @ self.known.T / size - first * second) / spread
        return np.where(n >= MIN_PAIRS, np.clip(r, -1.0, 1.0), np.nan)


def leave_one_out_r(ratings: Matrix) -> Vector:
    """Each rater's Pearson r with the mean of all others, shape (raters,)."""
    return pearson_rows(ratings, mean_of_others(ratings))


def individual_ceiling(ratings: Matrix) -> tuple[float | None, float | None]:
    """Lower and upper bound of the mean r of any predictor with single raters (Nili et al., 2014).

    Ratings are z-scored by rater first. Lower: the mean r of a rater with the mean of the others, which
    knows too little; upper: with the mean of all, which knows that rater already. With two raters the
    lower bound is their correlation.
    """
    z = zscore_raters(ratings)
    lower, upper = leave_one_out_r(z), pearson_rows(z, mean_rating(z))
    return mean_defined(lower), mean_defined(upper)


def mean_defined(values: Vector) -> float | None:
    """Mean of the finite entries; None if there is none."""
    finite = values[np.isfinite(values)]
    return float(finite.mean()) if finite.size else None


def icc(ratings: Matrix) -> Reliability:
    """ICC(A,1), ICC(A,k), ICC(C,1) and ICC(C,k) of the pairs that all rated, or pooled over lists.

    With n pairs, k raters and the mean squares between pairs MSB, between raters MSJ and residual MSE:
    A,1 = (MSB − MSE) / (MSB + (k − 1) MSE + k (MSJ − MSE) / n), A,k = (MSB − MSE) / (MSB + (MSJ − MSE) / n),
    C,1 = (MSB − MSE) / (MSB + (k − 1) MSE), C,k = (MSB − MSE) / MSB (Shrout & Fleiss, 1979).
    None where a denominator is nil, and all under two raters or three pairs; below 0 where people differ more within a
    pair than chance would have it.
    """
    squares = pooled(complete_tables(ratings))
    if squares is None:
        return Reliability()
    msb, msj, mse, n, k = (
        squares.between_pairs,
        squares.between_raters,
        squares.residual,
        squares.n,
        squares.k,
    )

    def ratio(denominator: float) -> float | None:
        return (msb - mse) / denominator if denominator > squares.nil else None

    return Reliability(
        icc_a1=ratio(msb + (k - 1) * mse + k * (msj - mse) / n),
        icc_ak=ratio(msb + (msj - mse) / n),
        icc_c1=ratio(msb + (k - 1) * mse),
        icc_ck=squares.icc_ck,
    )


def krippendorff_alpha(ratings: Matrix, level: Literal["interval", "ordinal"]) -> float | None:
    """Krippendorff's α; pairs with under two ratings do not count. None where all ratings are one value."""
    paired = ratings[:, np.isfinite(ratings).sum(axis=0) >= 2]
    if np.unique(paired[np.isfinite(paired)]).size < 2:
        return None
    return optional(float(krippendorff.alpha(reliability_data=paired, level_of_measurement=level)))


def split_half_r(ratings: Matrix, *, seed: int = 0) -> float | None:
    """Mean Pearson r of the means of two halves of the raters, of a complete table.

    All halvings (of an odd number: the smaller half one short) up to `MAX_SPLITS`, else that many at random from
    `seed`. None under two raters or three pairs, or where no halving has a correlation.
    """
    k, n = ratings.shape
    if k < 2 or n < MIN_PAIRS:
        return None
    total = ratings.sum(axis=0)
    found = []
    for first in _halves(k, np.random.default_rng([seed, 4])):
        sizes, of_first = first.sum(axis=1, keepdims=True), first @ ratings
        found.append(pearson_rows(of_first / sizes, (total - of_first) / (k - sizes)))
    return mean_defined(np.concatenate(found))


def _halves(k: int, rng: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    """Rows of 0 and 1, in all (splits, k): 1 marks the first, smaller half."""
    size = k // 2
    # An even number of raters gives each halving twice, once from either side.
    n_splits = math.comb(k, size) // (2 if k % 2 == 0 else 1)
    if n_splits > MAX_SPLITS:
        step = max(1, _BLOCK // (4 * k))
        for start in range(0, MAX_SPLITS, step):
            order = np.argsort(rng.random((min(step, MAX_SPLITS - start), k)), axis=1)
            yield (order < size).astype(np.float64)
        return
    chosen = itertools.islice(itertools.combinations(range(k), size), n_splits)
    halves = np.zeros((n_splits, k))
    for row, members in zip(halves, chosen, strict=True):
        row[list(members)] = 1.0
    yield halves
