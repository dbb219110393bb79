from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import optimize, stats

from simtui.analysis import correlation
from simtui.analysis.layer_results import Partial
from tests.analysis.data import HOMEWORK_R, HOMEWORK_RATINGS, HOMEWORK_SIMILARITY, simulated

NAN = float("nan")


def test_the_homeworks_own_numbers() -> None:
    net = correlation.normalize(HOMEWORK_SIMILARITY)
    human = correlation.normalize(correlation.mean_rating(HOMEWORK_RATINGS))
    assert net is not None
    assert human is not None
    assert (net.min(), net.max()) == (0.0, 1.0)
    r = correlation.pearson(net, human)
    assert r is not None
    assert round(r, 3) == HOMEWORK_R
    assert r == pytest.approx(np.corrcoef(HOMEWORK_SIMILARITY, HOMEWORK_RATINGS.mean(axis=0))[0, 1], abs=1e-14)


def test_normalize_has_no_scale_for_a_constant_and_keeps_gaps() -> None:
    assert correlation.normalize(np.full(5, 0.3)) is None
    # Equal on paper, not in the last bit.
    assert correlation.normalize(np.array([0.1 + 0.2, 0.3])) is None
    found = correlation.normalize(np.array([2.0, NAN, 4.0, 3.0]))
    assert found is not None
    np.testing.assert_array_equal(found, np.array([0, NAN, 1, 0.5]))


def test_correlations_are_those_of_scipy_with_ties() -> None:
    latent, ratings = simulated(3, 25, seed=1)
    for row in ratings:
        assert correlation.pearson(latent, row) == pytest.approx(stats.pearsonr(latent, row).statistic, abs=1e-13)
        assert correlation.spearman(latent, row) == pytest.approx(stats.spearmanr(latent, row).statistic, abs=1e-13)
        assert correlation.kendall(latent, row) == pytest.approx(stats.kendalltau(latent, row).statistic, abs=1e-13)


def test_kendall_and_spearman_of_ties_by_hand() -> None:
    a, b = np.array([1.0, 1, 2, 3]), np.array([1.0, 2, 2, 3])
    # Of six pairs four agree, one is tied in a, one in b: 4 / √(5 · 5).
    assert correlation.kendall(a, b) == pytest.approx(0.8)
    # Ranks 1.5 1.5 3 4 and 1 2.5 2.5 4, each with variance 4.5 / 4, covariance 3.75 / 4.
    assert correlation.spearman(a, b) == pytest.approx(3.75 / 4.5)


def test_ranks_do_not_see_rounding_error() -> None:
    a = np.array([0.1 + 0.2, 0.3, 0.5, 0.7])
    b = np.array([2.0, 1.0, 3.0, 4.0])
    assert a[0] != a[1]
    assert correlation.spearman(a, b) == correlation.spearman(np.array([0.3, 0.3, 0.5, 0.7]), b)
    assert correlation.kendall(a, b) == correlation.kendall(np.array([0.3, 0.3, 0.5, 0.7]), b)


@pytest.mark.parametrize("function", [correlation.pearson, correlation.spearman, correlation.kendall])
def test_what_has_no_correlation_is_none(function: object) -> None:
    assert callable(function)
    assert function(np.array([1.0, 2.0]), np.array([1.0, 3.0])) is None
    assert function(np.array([1.0, 2.0, NAN]), np.array([1.0, 3.0, 4.0])) is None
    assert function(np.full(6, 0.7), np.arange(6.0)) is None
    assert function(np.arange(6.0), np.full(6, 3.0)) is None
    assert function(np.array([]), np.array([])) is None


def test_pearson_rows_uses_what_both_have() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(4, 12)), rng.normal(size=(4, 12))
    a[0, :3] = NAN
    b[0, 5] = NAN
    a[1, 2:] = NAN
    b[2] = 4.0
    r = correlation.pearson_rows(a, b)
    both = np.isfinite(a[0]) & np.isfinite(b[0])
    assert r[0] == pytest.approx(np.corrcoef(a[0][both], b[0][both])[0, 1], abs=1e-14)
    assert np.isnan(r[1:3]).all()
    assert r[3] == pytest.approx(np.corrcoef(a[3], b[3])[0, 1], abs=1e-14)


def test_pearson_is_exact_far_from_zero() -> None:
    x = np.array([1.0, 2.0, 4.0, 3.0, 7.0])
    y = np.array([2.0, 1.0, 3.0, 5.0, 4.0])
    assert correlation.pearson(1e8 + x, y) == pytest.approx(np.corrcoef(x, y)[0, 1], abs=1e-7)


def test_zscores_have_mean_0_and_population_sd_1_over_what_was_rated() -> None:
    ratings = np.array([[1.0, 2, 3, NAN, 6], [5, 5, 5, 5, 5], [2, 9, NAN, 4, 4]])
    z = correlation.zscore_raters(ratings)
    np.testing.assert_allclose(np.nanmean(z[[0, 2]], axis=1), 0, atol=1e-15)
    np.testing.assert_allclose(np.nanstd(z[[0, 2]], axis=1), 1)
    assert np.isnan(z[1]).all()
    np.testing.assert_array_equal(np.isnan(z[[0, 2]]), np.isnan(ratings[[0, 2]]))


def test_mean_rating_is_over_those_who_rated() -> None:
    np.testing.assert_array_equal(
        correlation.mean_rating(np.array([[1.0, NAN, NAN], [4.0, 6.0, NAN]])), [2.5, 6.0, NAN]
    )


def test_fisher_interval_is_that_of_scipy() -> None:
    latent, ratings = simulated(1, 20, seed=3)
    seen = stats.pearsonr(latent, ratings[0])
    expected = seen.confidence_interval(0.95)
    assert correlation.fisher_ci(seen.statistic, 20) == pytest.approx((expected.low, expected.high), abs=1e-12)
    assert correlation.fisher_ci(0.5, 3) is None
    assert correlation.fisher_ci(1.0, 20) is None
    assert correlation.fisher_ci(-1.0, 20) is None


def test_fisher_mean_of_digits() -> None:
    mean = correlation.fisher_mean([(0.2, 20), (0.8, 20)])
    assert mean is not None
    z = (math.atanh(0.2) + math.atanh(0.8)) / 2
    reach = 1.959964 / math.sqrt(2 * 17)
    assert mean[0] == pytest.approx(math.tanh(z))
    assert mean[1] == pytest.approx((math.tanh(z - reach), math.tanh(z + reach)), abs=1e-7)
    alone = correlation.fisher_mean([(0.3, 20)])
    assert alone is not None
    assert alone[0] == pytest.approx(0.3)
    assert alone[1] == pytest.approx(correlation.fisher_ci(0.3, 20))
    assert correlation.fisher_mean([]) is None
    assert correlation.fisher_mean([(1.0, 20), (0.2, 20)]) == (1.0, None)
    assert correlation.fisher_mean([(1.0, 20), (-1.0, 20)]) is None
    weighted = correlation.fisher_mean([(0.2, 13), (0.8, 23)])
    assert weighted is not None
    assert weighted[0] == pytest.approx(math.tanh((10 * math.atanh(0.2) + 20 * math.atanh(0.8)) / 30))
    # Three pairs have no interval, and no weight beside more.
    assert correlation.fisher_mean([(0.9, 3), (0.3, 20)]) == alone
    small = correlation.fisher_mean([(0.5, 3), (0.5, 3)])
    assert small is not None
    assert small[0] == pytest.approx(0.5)
    assert small[1] is None


def test_partial_r_with_one_covariate_is_the_textbook_formula() -> None:
    rng = np.random.default_rng(4)
    z = rng.normal(size=40)
    x, y = z + rng.normal(size=40), z + rng.normal(size=40)
    xy, xz, yz = np.corrcoef(x, y)[0, 1], np.corrcoef(x, z)[0, 1], np.corrcoef(y, z)[0, 1]
    found = correlation.partial(x, y, z[None, :])
    assert found.r is not None
    assert found.r == pytest.approx((xy - xz * yz) / math.sqrt((1 - xz**2) * (1 - yz**2)), abs=1e-12)
    assert found.df == 37
    t = found.r * math.sqrt(37 / (1 - found.r**2))
    assert found.p == pytest.approx(2 * stats.t.sf(abs(t), 37), rel=1e-12)


def test_partial_r_counts_a_repeated_covariate_once() -> None:
    rng = np.random.default_rng(5)
    x, y, z = rng.normal(size=(3, 15))
    once, twice = correlation.partial(x, y, z[None, :]), correlation.partial(x, y, np.stack([z, 3 * z - 1]))
    constant = correlation.partial(x, y, np.stack([z, np.ones(15)]))
    assert once is not None
    assert twice is not None
    assert constant is not None
    assert twice.df == once.df == constant.df == 12
    assert twice.r == pytest.approx(once.r, abs=1e-12)


def test_partial_r_without_anything_left_is_none() -> None:
    rng = np.random.default_rng(6)
    x, y = rng.normal(size=(2, 15))
    assert correlation.partial(x, y, x[None, :]) == Partial()
    assert correlation.partial(x, y, (2 * x + 3)[None, :]) == Partial()
    assert correlation.partial(x[:3], y[:3], rng.normal(size=(1, 3))) == Partial()
    assert correlation.partial(np.ones(15), y, x[None, :]) == Partial()


def test_power_is_that_of_the_tables() -> None:
    # pwr.r.test(r = 0.3, n = 50) and its n for power 0.8, as in the manual of R's pwr package.
    assert correlation.power_of_r(0.3, 50) == pytest.approx(0.5715558, abs=1e-6)
    assert correlation.pairs_needed(0.3) == 85
    assert correlation.pairs_needed(-0.3) == 85
    assert correlation.pairs_needed(0.5) == 29


def test_power_is_what_simulation_finds() -> None:
    rng = np.random.default_rng(7)
    x = rng.normal(size=(20_000, 20))
    y = 0.6 * x + 0.8 * rng.normal(size=x.shape)
    r = correlation.pearson_rows(x, y)
    p = 2 * stats.t.sf(np.abs(r) * np.sqrt(18 / (1 - r**2)), 18)
    assert correlation.power_of_r(0.6, 20) == pytest.approx((p < 0.05).mean(), abs=0.015)


def test_detectable_r_and_pairs_needed_are_each_others_inverse() -> None:
    for n in (8, 20, 30, 100):
        r = correlation.detectable_r(n)
        assert r is not None
        assert correlation.power_of_r(r, n) == pytest.approx(0.8, abs=1e-6)
        assert correlation.pairs_needed(r + 1e-6) == n
        assert correlation.pairs_needed(r - 1e-3) in range(n, n + 3)
    assert correlation.detectable_r(3) is None
    assert correlation.pairs_needed(0.0) is None
    assert correlation.pairs_needed(1.0) is None


def test_power_is_that_of_pingouin() -> None:
    pingouin = pytest.importorskip("pingouin", reason="pingouin (dev extra) is not installed")
    for r, n in ((0.2, 30), (0.5, 20), (0.7, 10)):
        assert correlation.power_of_r(r, n) == pytest.approx(pingouin.power_corr(r=r, n=n), abs=1e-6)


@pytest.mark.parametrize(
    ("f", "low", "high"),
    [
        (lambda x: x**3 - 2 * x - 5, 2.0, 3.0),
        (lambda x: math.cos(x) - x, 0.0, 1.0),
        (lambda x: math.exp(x) - 2, -4.0, 4 / 3),
        (lambda x: x**9, -1.0, 1.5),
        (lambda x: x - 1, 0.0, 1.0),
        *((lambda r, n=n: correlation.power_of_r(r, n) - 0.8, 0.0, 1 - 1e-12) for n in (8, 20, 21, 500)),
    ],
)
def test_the_root_is_scipys_to_the_last_digit(f: Callable[[float], float], low: float, high: float) -> None:
    assert correlation.brent_root(f, low, high, xtol=1e-10) == optimize.brentq(f, low, high, xtol=1e-10)


def test_a_root_takes_a_change_of_sign() -> None:
    with pytest.raises(ValueError, match="same sign"):
        correlation.brent_root(lambda x: x * x + 1, -1.0, 1.0, xtol=1e-10)
