"""People against people: reliability, ceilings and `another person` of one group of ratings, with reasons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simtui.analysis.correlation import Matrix, Vector, is_constant, optional, zscore_raters
from simtui.analysis.mean_squares import MeanSquares, complete_tables, pooled
from simtui.analysis.reasons import (
    NIL_ICC,
    about_excluded,
    about_people,
    why_no_ceiling_of_mean,
    why_no_individual_ceiling,
)
from simtui.analysis.reliability import (
    icc,
    individual_ceiling,
    krippendorff_alpha,
    leave_one_out_r,
    mean_defined,
    pairwise_r,
    split_half,
)
from simtui.analysis.results import Ceilings, NoCeilings, Reliability

MATRIX_LIMIT = 200
"""Beyond this many raters the rater × rater matrix is not kept (its mean still is)."""


@dataclass(frozen=True, slots=True)
class People:
    """Everything that the ratings of one group alone say.

    another_person_r: mean over raters of r with the mean of all others. pairwise_r: the rater × rater
    matrix, None beyond `MATRIX_LIMIT` raters. leave_one_out_r: each rater's r with the mean of all others.
    Rows and columns are in the order of the raters given, None for one who was left out.
    n_raters, n_pairs: raters who were
    used, pairs that at least one of them rated; n_complete_pairs: pairs that all of them rated, which are
    those of the ICC and of the split halves. excluded: places of the raters who were left out.
    """

    reliability: Reliability
    ceilings: Ceilings
    no_ceilings: NoCeilings
    another_person_r: float | None
    pairwise_r: tuple[tuple[float | None, ...], ...] | None
    leave_one_out_r: tuple[float | None, ...]
    n_raters: int
    n_pairs: int
    n_complete_pairs: int
    excluded: tuple[int, ...]
    notes: tuple[str, ...]


def usable_raters(ratings: Matrix, names: Sequence[str] | None = None) -> tuple[NDArray[np.bool_], tuple[str, ...]]:
    """Which raters tell pairs apart, shape (raters,), and a sentence for each who does not.

    `names` are the raters' ids; without them they are called rater 1, 2, …
    """
    if ratings.ndim != 2 or (names is not None and len(names) != len(ratings)):
        raise ValueError(f"ratings of shape {ratings.shape} do not fit {names}")
    if np.isinf(ratings).any():
        raise ValueError("a rating is infinite")
    kept = np.array([not is_constant(row) for row in ratings], dtype=bool)
    called = names if names is not None else [f"rater {i + 1}" for i in range(len(ratings))]
    notes = [about_excluded(row, name) for row, name, keep in zip(ratings, called, kept, strict=True) if not keep]
    return kept, tuple(notes)


def people(ratings: Matrix, names: Sequence[str] | None = None, *, zscore: bool = False, seed: int = 0) -> People:
    """Reliability and ceilings of `ratings`, shape (raters, pairs), NaN where a rating is missing.

    Constant raters are left out. With `zscore`, raters are z-scored before their ratings are averaged, and
    another_person_r, the split halves and the ceiling of the mean are those of such means; ICC and α in
    `reliability` are always of the ratings as given, the individual ceilings always of z-scores. Every
    correlation and α allow missing ratings; split halves use the pairs that all raters rated, and so does ICC, unless
    the ratings are lists, complete tables of their own, whose mean squares are pooled.
    `seed` is for the halvings, where there are too many to take them all.
    """
    kept, excluded = usable_raters(ratings, names)
    notes = list(excluded)
    h = ratings[kept]
    averaged = zscore_raters(h) if zscore else h
    complete: NDArray[np.bool_] = np.asarray(np.isfinite(h).all(axis=0))
    lists = len(complete_tables(h)) if len(h) else 0
    halves, another, mean_pairwise = None, None, None
    squares: MeanSquares | None = None
    lower: float | None = None
    upper: float | None = None
    matrix: Matrix | None = np.full((len(h), len(h)), np.nan) if len(h) <= MATRIX_LIMIT else None
    loo = np.full(len(h), np.nan)
    reliability = Reliability()
    if len(h) >= 2:
        matrix, mean_pairwise = pairwise_r(h, MATRIX_LIMIT)
        loo = leave_one_out_r(averaged)
        another = mean_defined(loo)
        raw = icc(h)
        halves = split_half(averaged[:, complete], seed=seed)
        lower, upper = individual_ceiling(h)
        squares = pooled(complete_tables(averaged))
        reliability = Reliability(
            mean_pairwise_r=mean_pairwise,
            icc_a1=raw.icc_a1,
            icc_ak=raw.icc_ak,
            icc_ck=raw.icc_ck,
            alpha_interval=krippendorff_alpha(h, "interval"),
            alpha_ordinal=krippendorff_alpha(h, "ordinal"),
            # Stepping up a negative correlation gives a number, and no reliability.
            split_half_sb=halves.sb if halves and halves.r >= 0 else None,
            icc_c1=raw.icc_c1,
            split_half_r=halves.r if halves else None,
        )
    for_mean, ends = (None, None) if squares is None else (squares.icc_ck, squares.icc_ck_interval)
    ceilings = Ceilings(
        individual_lower=lower,
        individual_upper=upper,
        mean=math.sqrt(for_mean) if for_mean is not None and for_mean > NIL_ICC else None,
        mean_ci=None if ends is None or ends[1] <= 0 else (math.sqrt(max(0.0, ends[0])), math.sqrt(ends[1])),
    )
    no_ceilings = NoCeilings(
        individual=why_no_individual_ceiling(h, (lower, upper), mean_pairwise),
        mean=why_no_ceiling_of_mean(h, for_mean, lists=lists),
    )
    places = np.flatnonzero(kept)
    called = [names[place] if names is not None else f"rater {place + 1}" for place in places.tolist()]
    notes += about_people(h, reliability, no_ceilings, another=loo, called=called, halves=halves, lists=lists)
    return People(
        reliability=reliability,
        ceilings=ceilings,
        no_ceilings=no_ceilings,
        another_person_r=another,
        pairwise_r=_matrix(matrix, places, len(ratings)),
        leave_one_out_r=_spread(loo, places, len(ratings)),
        n_raters=len(h),
        n_pairs=int(np.isfinite(h).any(axis=0).sum()),
        n_complete_pairs=int(complete.sum()) if len(h) else 0,
        excluded=tuple(int(place) for place in np.flatnonzero(~kept)),
        notes=tuple(notes),
    )


def _spread(values: Vector, places: NDArray[np.intp], n: int) -> tuple[float | None, ...]:
    row = np.full(n, np.nan)
    row[places] = values
    return tuple(optional(value) for value in row)


def _matrix(matrix: Matrix | None, places: NDArray[np.intp], n: int) -> tuple[tuple[float | None, ...], ...] | None:
    if matrix is None or n > MATRIX_LIMIT:
        return None
    whole = np.full((n, n), np.nan)
    whole[np.ix_(places, places)] = matrix
    return tuple(tuple(optional(value) for value in row) for row in whole)
