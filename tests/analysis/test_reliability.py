from __future__ import annotations

import itertools

import numpy as np
import pytest

from simtui.analysis import reliability
from simtui.analysis.correlation import zscore_raters
from simtui.analysis.results import ICC_NAMES, Reliability
from tests.analysis.data import (
    HOMEWORK_RATINGS,
    KRIPPENDORFF,
    KRIPPENDORFF_ALPHA,
    SHROUT_FLEISS,
    SHROUT_FLEISS_ICC,
    simulated,
)


def test_icc_of_shrout_and_fleiss() -> None:
    found = reliability.icc(SHROUT_FLEISS)
    for name, published in SHROUT_FLEISS_ICC.items():
        assert round(getattr(found, name), 2) == published, ICC_NAMES[name]


# pingouin's own use of pandas is deprecated, which is not ours to mend.
@pytest.mark.filterwarnings("ignore")
def test_icc_is_that_of_pingouin() -> None:
    pingouin = pytest.importorskip("pingouin", reason="pingouin (dev extra) is not installed")
    pandas = pytest.importorskip("pandas")
    _, ratings = simulated(6, 24, seed=1)
    table = pandas.DataFrame(
        [(pair, rater, ratings[rater, pair]) for rater in range(6) for pair in range(24)],
        columns=["pair", "rater", "rating"],
    )
    theirs = pingouin.intraclass_corr(table, targets="pair", raters="rater", ratings="rating").set_index("Type")
    found = reliability.icc(ratings)
    # pingouin renamed its rows; both schemes are in ICC_NAMES, Shrout & Fleiss's without brackets before that.
    for name, (mcgraw_wong, shrout_fleiss) in ICC_NAMES.items():
        older = shrout_fleiss.replace("(", "").replace(",1)", "").replace(",k)", "k")
        row = next(row for row in (mcgraw_wong, older) if row in theirs.index)
        assert getattr(found, name) == pytest.approx(theirs.loc[row, "ICC"], abs=1e-10)


def test_icc_consistency_ignores_leniency_and_agreement_does_not() -> None:
    _, ratings = simulated(4, 20, seed=2)
    lenient = ratings + np.array([[0.0], [1], [3], [6]])
    before, after = reliability.icc(ratings), reliability.icc(lenient)
    assert after.icc_ck == pytest.approx(before.icc_ck)
    assert after.icc_c1 == pytest.approx(before.icc_c1)
    assert before.icc_a1 is not None
    assert after.icc_a1 is not None
    assert after.icc_a1 < before.icc_a1 - 0.1


def test_icc_at_its_limits() -> None:
    same = np.tile(np.array([1.0, 4, 2, 8]), (3, 1))
    assert reliability.icc(same) == Reliability(icc_a1=1.0, icc_ak=1.0, icc_c1=1.0, icc_ck=1.0)
    assert reliability.icc(same[:1]) == Reliability()
    assert reliability.icc(same[:, :2]) == Reliability()
    # No pair differs from another in its mean: C,k has a nil denominator.
    opposite = np.array([[1.0, 2, 3, 4], [4.0, 3, 2, 1]])
    found = reliability.icc(opposite)
    assert found.icc_ck is None
    assert found.icc_a1 is not None
    assert found.icc_a1 < 0


def test_alpha_of_krippendorffs_own_example() -> None:
    for level in ("interval", "ordinal"):
        alpha = reliability.krippendorff_alpha(KRIPPENDORFF, level)
        assert alpha is not None
        assert round(alpha, 3) == KRIPPENDORFF_ALPHA[level]


def test_alpha_interval_is_its_formula_without_the_coincidence_matrix() -> None:
    _, ratings = simulated(3, 10, seed=3)
    ratings[0, 2] = ratings[1, 5] = ratings[2, 5] = np.nan
    units = [column[np.isfinite(column)] for column in ratings.T]
    units = [unit for unit in units if unit.size > 1]
    every = np.concatenate(units)
    within = sum(sum((a - b) ** 2 for a, b in itertools.permutations(unit, 2)) / (unit.size - 1) for unit in units)
    between = sum((a - b) ** 2 for a, b in itertools.permutations(every, 2)) / (every.size - 1)
    assert reliability.krippendorff_alpha(ratings, "interval") == pytest.approx(1 - within / between, abs=1e-12)


def test_alpha_without_variation_or_overlap_is_none() -> None:
    nan = np.nan
    assert reliability.krippendorff_alpha(np.full((3, 4), 5.0), "interval") is None
    assert reliability.krippendorff_alpha(np.array([[1.0, nan], [nan, 2.0]]), "ordinal") is None
    # The only differing value is of a pair with one rating, which does not count.
    lone = np.array([[5.0, 5, 9], [5.0, 5, nan]])
    assert reliability.krippendorff_alpha(lone, "interval") is None


def test_split_half_takes_every_halving_once() -> None:
    _, ratings = simulated(4, 12, seed=4)
    halvings = [((0, 1), (2, 3)), ((0, 2), (1, 3)), ((0, 3), (1, 2))]
    expected = np.mean(
        [np.corrcoef(ratings[list(a)].mean(axis=0), ratings[list(b)].mean(axis=0))[0, 1] for a, b in halvings]
    )
    assert reliability.split_half_r(ratings) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("k", [2, 3, 5, 6, 7])
def test_every_halving_counts_once(k: int) -> None:
    _, ratings = simulated(k, 10, seed=5)
    # Of an even number each halving comes up twice here, which changes no mean.
    smaller = [list(members) for members in itertools.combinations(range(k), k // 2)]
    each = [
        np.corrcoef(ratings[half].mean(axis=0), np.delete(ratings, half, axis=0).mean(axis=0))[0, 1] for half in smaller
    ]
    assert reliability.split_half_r(ratings) == pytest.approx(np.mean(each), abs=1e-12)


def test_random_halvings_repeat_with_their_seed_and_are_near_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    _, ratings = simulated(12, 15, seed=6)
    every = reliability.split_half_r(ratings)
    monkeypatch.setattr(reliability, "MAX_SPLITS", 400)
    one, again, other = (reliability.split_half_r(ratings, seed=seed) for seed in (1, 1, 2))
    assert every is not None
    assert one is not None
    assert other is not None
    assert one == again != other
    assert one == pytest.approx(every, abs=0.01)


def test_halves_of_opposites_and_of_nobody() -> None:
    up = np.arange(6.0)
    assert reliability.split_half_r(np.stack([up, -up])) == pytest.approx(-1)
    assert reliability.split_half_r(np.stack([up, np.ones(6)])) is None
    assert reliability.split_half_r(up[None, :]) is None


def test_two_raters_lower_bound_is_their_correlation() -> None:
    r12 = np.corrcoef(*HOMEWORK_RATINGS)[0, 1]
    lower, upper = reliability.individual_ceiling(HOMEWORK_RATINGS)
    assert lower == pytest.approx(r12, abs=1e-12)
    z = zscore_raters(HOMEWORK_RATINGS)
    assert upper == pytest.approx(np.mean([np.corrcoef(row, z.mean(axis=0))[0, 1] for row in z]), abs=1e-12)
    # Each z-scored rater with the mean of two: √((1 + r) / 2).
    assert upper == pytest.approx(np.sqrt((1 + r12) / 2), abs=1e-12)


def test_no_predictor_has_a_higher_mean_individual_r_than_the_upper_bound() -> None:
    _, ratings = simulated(5, 20, seed=7)
    _, upper = reliability.individual_ceiling(ratings)
    assert upper is not None
    rng = np.random.default_rng(8)
    best = zscore_raters(ratings).mean(axis=0)
    for scale in (0.0, 0.05, 0.3, 1.0):
        guess = best + scale * rng.normal(size=20)
        mean = np.mean([np.corrcoef(guess, row)[0, 1] for row in ratings])
        assert mean <= upper + 1e-12


def test_leave_one_out_with_gaps_is_the_loop_it_replaces() -> None:
    _, ratings = simulated(4, 14, seed=9)
    ratings[0, :4] = ratings[1, 3] = ratings[2, 3] = ratings[3, 3] = np.nan
    found = reliability.leave_one_out_r(ratings)
    for i in range(4):
        others = np.delete(ratings, i, axis=0)
        usable = np.isfinite(ratings[i]) & np.isfinite(others).any(axis=0)
        expected = np.corrcoef(ratings[i, usable], np.nanmean(others[:, usable], axis=0))[0, 1]
        assert found[i] == pytest.approx(expected, abs=1e-12)


def test_pairwise_matrix_and_its_mean(monkeypatch: pytest.MonkeyPatch) -> None:
    _, ratings = simulated(6, 15, seed=10)
    expected = np.corrcoef(ratings)
    matrix, mean = reliability.pairwise_r(ratings, 10)
    assert matrix is not None
    np.testing.assert_allclose(matrix, expected, atol=1e-12)
    assert mean == pytest.approx(expected[np.triu_indices(6, 1)].mean(), abs=1e-12)
    monkeypatch.setattr(reliability, "_BLOCK", 1)
    matrix, blocked = reliability.pairwise_r(ratings, 3)
    assert matrix is None
    assert blocked == pytest.approx(mean, abs=1e-12)
    ratings[:3, :7] = ratings[3:, 7:] = np.nan
    assert reliability.pairwise_r(ratings, 3)[1] == pytest.approx(reliability.pairwise_r(ratings, 10)[1], abs=1e-12)
    ratings[0, 10] = np.nan
    assert reliability.pairwise_r(ratings, 3)[1] == pytest.approx(reliability.pairwise_r(ratings, 10)[1], abs=1e-12)


def test_raters_who_share_no_pairs_have_no_correlation() -> None:
    _, ratings = simulated(3, 12, seed=11)
    ratings[0, 6:] = np.nan
    ratings[1, :6] = np.nan
    matrix, mean = reliability.pairwise_r(ratings, 10)
    assert matrix is not None
    assert np.isnan(matrix[0, 1])
    assert mean == pytest.approx((matrix[0, 2] + matrix[1, 2]) / 2, abs=1e-12)
