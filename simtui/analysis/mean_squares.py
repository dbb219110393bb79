"""The two-way analysis of variance of ratings, of one complete table or pooled over lists, and what ICC(C,k) owes it.

With `--lists` each participant rates one list of pairs: every list is a complete table of its own, and mean squares
within lists can be pooled, each with its degrees of freedom.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simtui.analysis.correlation import MIN_PAIRS, Matrix
from simtui.analysis.distributions import f_quantile
from simtui.analysis.layer_results import Interval


@dataclass(frozen=True, slots=True)
class MeanSquares:
    """Between pairs, between raters, and residual, with the degrees of freedom of the first and the last.

    n: pairs of a table, k: ratings of a pair; over lists the means, that of k weighted with the lists' degrees of
    freedom. nil: below it a mean square is rounding error.
    """

    between_pairs: float
    between_raters: float
    residual: float
    df_pairs: int
    df_residual: int
    n: float
    k: float
    nil: float

    @property
    def icc_ck(self) -> float | None:
        """(MSB − MSE) / MSB: the reliability of the mean rating; None where pairs do not differ."""
        if self.between_pairs <= self.nil:
            return None
        return (self.between_pairs - self.residual) / self.between_pairs

    @property
    def icc_ck_interval(self) -> Interval | None:
        """1 − F.975 / F and 1 − F.025 / F with F = MSB / MSE (Shrout & Fleiss, 1979); None where one of them is nil."""
        if self.between_pairs <= self.nil or self.residual <= self.nil:
            return None
        f = self.between_pairs / self.residual
        low, high = (f_quantile(level, self.df_pairs, self.df_residual) for level in (0.025, 0.975))
        return 1 - high / f, 1 - low / f


def pooled(tables: Sequence[Matrix]) -> MeanSquares | None:
    """Those of complete tables, (raters, pairs) each, pooled; tables under two raters or three pairs do not count."""
    used = [table for table in tables if table.shape[0] >= 2 and table.shape[1] >= MIN_PAIRS]
    if not used:
        return None
    sums = np.zeros(3)
    df_pairs = df_raters = df_residual = n = 0
    k = nil = 0.0
    for table in used:
        raters, pairs = table.shape
        centred = table - table.mean()
        pair, rater = centred.mean(axis=0), centred.mean(axis=1)
        left = centred - pair - rater[:, None]
        sums += raters * float(pair @ pair), pairs * float(rater @ rater), float((left**2).sum())
        df_pairs += pairs - 1
        df_raters += raters - 1
        df_residual += (pairs - 1) * (raters - 1)
        n += pairs
        k += raters * (pairs - 1)
        # Below this share of the total variance a mean square is rounding error.
        nil = max(nil, 1e-20 * float((table**2).sum()))
    pairs_ms, raters_ms, residual = (float(total) for total in sums / (df_pairs, df_raters, df_residual))
    return MeanSquares(pairs_ms, raters_ms, residual, df_pairs, df_residual, n / len(used), k / df_pairs, nil)


def complete_tables(ratings: Matrix) -> list[Matrix]:
    """The complete tables that ratings (raters, pairs) with NaN are made of: of each list, else of what all rated."""
    rated = np.isfinite(ratings)
    lists = lists_in(rated)
    return [ratings[np.ix_(*one)] for one in lists] if lists else [ratings[:, rated.all(axis=0)]]


def lists_in(rated: NDArray[np.bool_]) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """The raters and the pairs of each list, where `rated` (raters, pairs) says who rated what; one where all did.

    Raters of one list rated the same pairs, and no pair that a rater of another list rated. Empty where there are none
    such.
    """
    members: dict[bytes, list[int]] = {}
    for rater, row in enumerate(rated):
        members.setdefault(row.tobytes(), []).append(rater)
    found = [(np.array(raters, dtype=np.intp), np.flatnonzero(rated[raters[0]])) for raters in members.values()]
    shared = np.bincount(np.concatenate([pairs for _, pairs in found]) if found else [], minlength=1).max() > 1
    return [] if shared else found
