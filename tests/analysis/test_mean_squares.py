"""The analysis of variance of ratings: the interval of ICC(C,k), and lists pooled."""

from __future__ import annotations

import numpy as np
import pytest

from simtui.analysis.mean_squares import complete_tables, pooled
from tests.analysis.data import SHROUT_FLEISS, simulated


def test_interval_of_shrout_and_fleiss() -> None:
    found = pooled([SHROUT_FLEISS])
    assert found is not None
    assert found.icc_ck == pytest.approx(0.909, abs=5e-4)
    assert found.icc_ck_interval == pytest.approx((0.676, 0.986), abs=5e-4)


def test_covers_the_true_reliability_in_95_of_100_studies() -> None:
    covered = 0
    for seed in range(400):
        rng = np.random.default_rng(seed)
        found = pooled([rng.standard_normal(15) + rng.standard_normal((4, 15))])
        assert found is not None
        assert found.icc_ck_interval is not None
        low, high = found.icc_ck_interval
        covered += low <= 0.8 <= high
    assert 0.925 <= covered / 400 <= 0.975


def test_lists_are_taken_apart_and_pooled() -> None:
    _, ratings = simulated(3, 12, seed=1)
    lists = np.full((6, 24), np.nan)
    lists[::2, ::2], lists[1::2, 1::2] = ratings, ratings
    tables = complete_tables(lists)
    assert [table.shape for table in tables] == [(3, 12), (3, 12)]
    alone, both = pooled([ratings]), pooled(tables)
    assert alone is not None
    assert both is not None
    assert (both.icc_ck, both.k, both.n) == pytest.approx((alone.icc_ck, 3, 12))
    assert (both.df_pairs, both.df_residual) == (2 * alone.df_pairs, 2 * alone.df_residual)
    assert alone.icc_ck_interval is not None
    assert both.icc_ck_interval is not None
    assert both.icc_ck_interval[0] > alone.icc_ck_interval[0]


def test_ratings_missing_here_and_there_leave_the_pairs_that_all_rated() -> None:
    _, ratings = simulated(3, 12, seed=1)
    ratings[0, 5] = np.nan
    assert [table.shape for table in complete_tables(ratings)] == [(3, 11)]


@pytest.mark.parametrize("table", [np.zeros((1, 9)), np.zeros((5, 2)), np.zeros((0, 0))])
def test_nothing_of_too_little(table: np.ndarray) -> None:
    assert pooled([table]) is None


def test_people_who_agree_wholly_have_no_interval() -> None:
    found = pooled([np.tile(np.arange(8.0), (3, 1))])
    assert found is not None
    assert found.icc_ck == 1
    assert found.icc_ck_interval is None
