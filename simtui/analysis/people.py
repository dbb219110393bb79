"""People against people: reliability, ceilings and `another person` of one group of ratings, with reasons."""

from __future__ import annotations

import math

import numpy as np
from msgspec import Struct
from msgspec.structs import replace
from numpy.typing import NDArray

from simtui.analysis.caveats import (
    NIL_ICC,
    about_people,
    why_no_ceiling_of_mean,
    why_no_individual_ceiling,
)
from simtui.analysis.correlation import Matrix, optional
from simtui.analysis.mean_squares import MeanSquares, complete_tables, pooled
from simtui.analysis.reliability import (
    icc,
    individual_ceiling,
    krippendorff_alpha,
    mean_defined,
    pairwise_r,
    split_half_r,
)
from simtui.analysis.results import Ceilings, NoCeilings, Reliability
from simtui.analysis.usable import UsableRatings

MATRIX_LIMIT = 200
"""Beyond this many raters the rater × rater matrix is not kept (its mean still is)."""


class People(Struct, frozen=True, kw_only=True):
    """Everything that the ratings of one group alone say, named as in `Group`; `notes` is for the Report."""

    reliability: Reliability
    ceilings: Ceilings
    no_ceilings: NoCeilings
    another_person_r: float | None
    leave_one_out_r: tuple[float | None, ...]
    pairwise_r: tuple[tuple[float | None, ...], ...] | None
    notes: tuple[str, ...]


def people(ratings: UsableRatings, *, seed: int = 0) -> People:
    """Reliability and ceilings of a group's ratings, with a sentence for each number that they lack.

    another_person_r, the split halves and the ceiling of the mean are those of the ratings as they are averaged; ICC
    and α in `reliability` are always of the ratings as given, the individual ceilings always of z-scores. Every
    correlation and α allow missing ratings; split halves use the pairs that all raters rated, and so does ICC, unless
    the ratings are lists, complete tables of their own, whose mean squares are pooled.
    `seed` is for the halvings, where there are too many to take them all.
    """
    h, averaged = ratings.given, ratings.averaged
    lists = len(complete_tables(h)) if len(h) else 0
    another, mean_pairwise = None, None
    squares: MeanSquares | None = None
    bounds: tuple[float | None, float | None] = (None, None)
    matrix: Matrix | None = np.full((len(h), len(h)), np.nan) if len(h) <= MATRIX_LIMIT else None
    reliability = Reliability()
    if len(h) >= 2:
        matrix, mean_pairwise = pairwise_r(h, MATRIX_LIMIT)
        another = mean_defined(ratings.r_with_others)
        bounds = individual_ceiling(h)
        squares = pooled(complete_tables(averaged))
        halves = split_half_r(averaged[:, np.isfinite(h).all(axis=0)], seed=seed)
        reliability = replace(
            icc(h),
            mean_pairwise_r=mean_pairwise,
            alpha_interval=krippendorff_alpha(h, "interval"),
            alpha_ordinal=krippendorff_alpha(h, "ordinal"),
            split_half_r=halves,
            # Stepping up a negative correlation gives a number, and no reliability.
            split_half_sb=2 * halves / (1 + halves) if halves is not None and halves >= 0 else None,
        )
    for_mean, ends = (None, None) if squares is None else (squares.icc_ck, squares.icc_ck_interval)
    no_ceilings = NoCeilings(
        individual=why_no_individual_ceiling(h, bounds, mean_pairwise),
        mean=why_no_ceiling_of_mean(h, for_mean, lists=lists),
    )
    return People(
        reliability=reliability,
        ceilings=Ceilings(
            individual_lower=bounds[0],
            individual_upper=bounds[1],
            mean=math.sqrt(for_mean) if for_mean is not None and for_mean > NIL_ICC else None,
            mean_ci=None if ends is None or ends[1] <= 0 else (math.sqrt(max(0.0, ends[0])), math.sqrt(ends[1])),
        ),
        no_ceilings=no_ceilings,
        another_person_r=another,
        leave_one_out_r=ratings.for_everybody(ratings.r_with_others),
        pairwise_r=_for_everybody(matrix, ratings.kept),
        notes=tuple(about_people(ratings, reliability, no_ceilings, lists=lists)),
    )


def _for_everybody(matrix: Matrix | None, kept: NDArray[np.bool_]) -> tuple[tuple[float | None, ...], ...] | None:
    """The matrix with a row and a column for everybody; None where that is too large to display."""
    if matrix is None or len(kept) > MATRIX_LIMIT:
        return None
    whole = np.full((len(kept), len(kept)), np.nan)
    whole[np.ix_(kept, kept)] = matrix
    return tuple(tuple(optional(value) for value in row) for row in whole)
