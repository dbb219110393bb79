"""The mixed model: its closed form, its fit to incomplete tables, and how often it claims what is not there."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from simtui.analysis import mixed_reml
from simtui.analysis.mixed import interval_of_r, mixed
from simtui.analysis.mixed_reml import reml
from tests.analysis.data import HOMEWORK_RATINGS, HOMEWORK_SIMILARITY, simulated


@pytest.fixture(scope="module")
def eights(shared: Path) -> tuple[np.ndarray, np.ndarray]:
    """fc and the ratings of digit 8."""
    layers = json.loads((shared / "ratings" / "digits8_reference.json").read_text(encoding="utf-8"))["digit_8"]
    with (shared / "ratings" / "digits8_ratings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    ratings = np.array([row[1:] for row in rows], dtype=np.float64).T
    return np.array(layers["layers"]["fc"]["similarity"]), ratings


def test_real_ratings(eights: tuple[np.ndarray, np.ndarray]) -> None:
    found = mixed(*eights)
    assert (found.slope, found.se) == pytest.approx((0.588282, 0.238240), abs=1e-6)
    assert (found.df, found.p) == pytest.approx((17.98, 0.0238), abs=5e-3)
    assert found.p == pytest.approx(0.0238, abs=5e-5)
    assert (found.differ_f, found.differ_p) == pytest.approx((3.051, 0.0074), abs=5e-4)
    assert found.ci is not None
    assert found.slope is not None
    assert sum(found.ci) / 2 == pytest.approx(found.slope)


def test_homework() -> None:
    found = mixed(HOMEWORK_SIMILARITY, HOMEWORK_RATINGS)
    assert (found.slope, found.se, found.p) == pytest.approx((-0.2765, 0.3761, 0.472), abs=5e-4)
    assert found.df == 18
    assert found.var_rater_slope == 0


@pytest.mark.parametrize("k", [2, 5, 12])
def test_fit_by_reml_of_a_complete_table_is_the_closed_form(k: int) -> None:
    rng = np.random.default_rng(k)
    x = rng.standard_normal(25)
    ratings = (0.5 + 0.5 * rng.standard_normal((k, 1))) * x + rng.standard_normal(25) + rng.standard_normal((k, 25))
    ratings += 2 * rng.standard_normal((k, 1))
    expected = mixed(x, ratings)
    assert expected.var_rater_slope is not None
    assert expected.var_rater_slope > 0
    found = reml((x - x.mean()) / x.std(), ratings)
    assert found is not None
    assert (found.slope, found.se, found.var_pair, found.var_rater_slope) == pytest.approx(
        (expected.slope, expected.se, expected.var_pair, expected.var_rater_slope), rel=1e-3
    )
    assert found.df == pytest.approx(expected.df, rel=0.01)


STATSMODELS = {"slope": 1.179790, "se": 0.331661, "var_pair": 1.018376, "var_rater_slope": 0.413355}
"""Of 0.15.0: mixedlm("y ~ x", groups=one, vc_formula={pairs, raters, raters:x}).fit(reml=True)."""


def test_incomplete_table_as_statsmodels_fits_it() -> None:
    x, ratings = _incomplete()
    found = mixed(x, ratings)
    assert found.slope == pytest.approx(STATSMODELS["slope"], abs=1e-4)
    assert found.var_pair == pytest.approx(STATSMODELS["var_pair"], rel=5e-3)
    assert found.var_rater_slope == pytest.approx(STATSMODELS["var_rater_slope"], rel=2e-2)
    assert found.se == pytest.approx(STATSMODELS["se"], rel=5e-3)


def _incomplete() -> tuple[np.ndarray, np.ndarray]:
    x, ratings = simulated(8, 30, seed=3)
    rng = np.random.default_rng(4)
    ratings = ratings + rng.standard_normal((8, 1)) * (1 + x)
    ratings[rng.random(ratings.shape) < 0.35] = np.nan
    return x + rng.standard_normal(30), ratings


def test_either_side_can_be_eliminated() -> None:
    """With few pairs and many raters the raters go first, else the pairs: the fit is the same model's."""
    x, ratings = simulated(9, 16, seed=5)
    ratings += np.random.default_rng(1).standard_normal((9, 1)) * x
    ratings[0, 0] = np.nan
    twice = mixed(np.tile(x, 2)[:18], np.pad(ratings, ((0, 0), (0, 2)), constant_values=np.nan))
    once = mixed(x, ratings)
    assert (twice.slope, twice.se, twice.differ_f) == pytest.approx((once.slope, once.se, once.differ_f), rel=1e-6)


@pytest.mark.parametrize("own", [False, True])
def test_who_differs_may_take_out_raters_or_pairs_first(own: bool) -> None:
    x, ratings = _incomplete()
    x = x - x.mean()
    first, second = (rest(x, ratings, own=own) for rest in (mixed_reml._rest_by_pairs, mixed_reml._rest_by_raters))
    assert first == pytest.approx(second)


def test_thousands_of_people_who_share_out_lists_are_fitted_as_if_one_by_one() -> None:
    """Who rated the same pairs is taken together: the fit is that of the table with each of them alone."""
    rng = np.random.default_rng(6)
    x = rng.standard_normal(30)
    ratings = (0.5 + 0.4 * rng.standard_normal((60, 1))) * x + rng.standard_normal(30) + rng.standard_normal((60, 30))
    for person, row in enumerate(ratings):
        row[np.arange(30) % 3 != person % 3] = np.nan
    together = mixed(x, ratings)
    table = mixed_reml._Table(x - x.mean(), ratings)
    assert len(table._counts) == 3
    alone = mixed_reml._Table(x - x.mean(), ratings)
    alone._counts = np.ones(60)
    every = np.isfinite(ratings)
    weights, known = every.astype(float), np.where(every, ratings, 0.0)
    centred = x - x.mean()
    columns = np.stack([weights, weights * centred], axis=1)
    slopes = weights @ centred
    sums = np.stack([[weights.sum(1), slopes, known.sum(1)], [slopes, weights @ centred**2, known @ centred]])
    alone._outer = np.concatenate([columns, sums.transpose(2, 0, 1)], axis=2)
    alone._blocks = sums[:, :2].transpose(2, 0, 1)
    alone._scatter = np.zeros((60, 2, 2))
    for ratios in ((0.5, 0.2, 0.1), (2.0, 0.0, 0.5)):
        a, b = table.at(*ratios), alone.at(*ratios)
        assert (a.log_det, a.rss) == pytest.approx((b.log_det, b.rss))
        assert a.fixed == pytest.approx(b.fixed)
        assert a.covariance == pytest.approx(b.covariance)
    assert together.p is not None


@pytest.mark.parametrize("ratings", [np.full((3, 5), 4.0), np.arange(5.0)[None], np.arange(6.0).reshape(3, 2)])
def test_nothing_where_there_is_nothing_to_say(ratings: np.ndarray) -> None:
    found = mixed(np.arange(ratings.shape[1], dtype=float), ratings)
    assert found.slope is None
    assert found.p is None


def test_people_who_agree_wholly_do_not_differ() -> None:
    x, ratings = simulated(1, 20, seed=1)
    found = mixed(x, np.repeat(ratings, 4, axis=0))
    assert found.differ_f is None
    assert found.p is not None


@pytest.mark.parametrize("k", [2, 4, 9])
def test_the_interval_of_r_excludes_zero_exactly_where_that_of_the_slope_does(k: int) -> None:
    seen = set()
    for seed in range(120):
        x, ratings = simulated(k, 14, seed=seed)
        found = mixed(0.5 * x + np.random.default_rng(1000 + seed).standard_normal(14), ratings)
        assert found.ci is not None
        assert found.p is not None
        claims = found.ci[0] > 0 or found.ci[1] < 0
        of_r = found.ci_r is not None and (found.ci_r[0] > 0 or found.ci_r[1] < 0)
        assert claims == of_r == (found.p < 0.05)
        # One that would reach from -1 to 1 is left out.
        assert found.ci_r is None or found.ci_r[1] - found.ci_r[0] < 1.99
        seen.add(claims)
    assert seen == {True, False}


def test_with_the_raters_as_they_are_the_interval_of_r_is_nearly_fishers() -> None:
    r, n = 0.5, 20
    t = 2.100922
    found = interval_of_r(r, n, t * np.sqrt((1 - r * r) / (n - 2)))
    reach = 1.959964 / np.sqrt(n - 3)
    assert found == pytest.approx((np.tanh(np.arctanh(r) - reach), np.tanh(np.arctanh(r) + reach)), abs=0.003)


@pytest.mark.parametrize("missing", [0.0, 0.4])
def test_false_claims_where_people_share_nothing_with_the_network(missing: float) -> None:
    """Pairs, and people's own slopes, are drawn anew: p < .05 comes up in 3 to 6 of a hundred studies, ± chance."""
    rng = np.random.default_rng(7)
    studies = 1000 if not missing else 200
    wrong = 0
    for _ in range(studies):
        x = rng.standard_normal(20)
        own = 0.5 * rng.standard_normal((6, 1)) * x
        ratings = own + rng.standard_normal(20) + rng.standard_normal((6, 1)) + 1.2 * rng.standard_normal((6, 20))
        if missing:
            ratings[rng.random(ratings.shape) < missing] = np.nan
        p = mixed(x, ratings).p
        wrong += p is not None and p < 0.05
    assert 0.02 <= wrong / studies <= 0.075
