"""The ratings of one group by those who tell its pairs apart, and what every statistic needs of them, computed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simtui.analysis.correlation import Matrix, Vector, is_constant, mean_rating, optional, pearson_rows, zscore_raters
from simtui.errors import printable


@dataclass(frozen=True, slots=True)
class UsableRatings:
    """A rater whose ratings are all the same, or fewer than two, is left out: they correlate with nothing.

    kept: of all raters, (raters,), which are used. names: of those who are used; left_out: a sentence for each of the
    others. given: their ratings, (used raters, pairs), NaN where one is missing; averaged: the same, z-scored by rater
    where that was asked for. mean: of these over the raters, (pairs,), NaN for a pair that nobody rated.
    others: for each rater the mean of all others; r_with_others: each rater's r with it, (used raters,).
    """

    kept: NDArray[np.bool_]
    names: tuple[str, ...]
    left_out: tuple[str, ...]
    given: Matrix
    averaged: Matrix
    mean: Vector
    others: Matrix
    r_with_others: Vector

    @property
    def rated(self) -> NDArray[np.bool_]:
        """The pairs with a rating, (pairs,)."""
        return np.isfinite(self.mean)

    def for_everybody(self, values: Vector) -> tuple[float | None, ...]:
        """A number of each rater who is used, (used raters,), at the places of all raters; None for the others."""
        row = np.full(len(self.kept), np.nan)
        row[self.kept] = values
        return tuple(optional(value) for value in row)


def usable(ratings: Matrix, names: Sequence[str] | None = None, *, zscore: bool = False) -> UsableRatings:
    """The usable ones of `ratings`, (raters, pairs), NaN where one is missing.

    names: the raters' ids; without them they are called rater 1, 2, … zscore: ratings are z-scored before they are
    averaged. Raises ValueError where the names do not fit or a rating is infinite.
    """
    if ratings.ndim != 2 or (names is not None and len(names) != len(ratings)):
        raise ValueError(f"ratings of shape {ratings.shape} do not fit {names}")
    if np.isinf(ratings).any():
        raise ValueError("a rating is infinite")
    called = list(names) if names is not None else [f"rater {i + 1}" for i in range(len(ratings))]
    kept = np.array([not is_constant(row) for row in ratings], dtype=bool)
    given = ratings[kept]
    averaged = zscore_raters(given) if zscore else given
    others = mean_of_others(averaged)
    return UsableRatings(
        kept=kept,
        names=tuple(name for name, used in zip(called, kept, strict=True) if used),
        left_out=tuple(
            _why_left_out(row, name) for row, name, used in zip(ratings, called, kept, strict=True) if not used
        ),
        given=given,
        averaged=averaged,
        mean=mean_rating(averaged),
        others=others,
        r_with_others=pearson_rows(averaged, others),
    )


def mean_of_others(ratings: Matrix) -> Matrix:
    """For each rater the mean rating of all others, shape (raters, pairs); NaN where no other rated."""
    rated = np.isfinite(ratings)
    known = np.where(rated, ratings, 0.0)
    others = rated.sum(axis=0) - rated
    total = known.sum(axis=0) - known
    mean: Matrix = np.divide(total, others, out=np.full(ratings.shape, np.nan), where=others > 0)
    return mean


def _why_left_out(ratings: Vector, name: str) -> str:
    given = ratings[np.isfinite(ratings)]
    who = printable(name)
    if given.size > 1:
        return f"{who} rated every pair {given[0]:g} and was left out: no variation, no correlation."
    return f"{who} gave {('no', 'only one')[given.size]} rating and was left out: no variation, no correlation."
