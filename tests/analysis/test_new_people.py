"""r for new people over several digits, and of shared images: how often it claims what is not there."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np
import pytest

from simtui.analysis import layer_differences, resampling
from simtui.analysis.correlation import mean_rating, pearson_rows
from simtui.analysis.distributions import t_upper
from simtui.analysis.layer_differences import DigitTable, over_digits
from simtui.analysis.layer_results import ForNew
from simtui.analysis.new_people import for_new, own_r
from simtui.analysis.resampling import independent_units
from tests.analysis.data import simulated

Part = tuple[np.ndarray, np.ndarray]
"""Similarity (pairs,) and ratings (people, pairs)."""


def test_people_and_pairs_both_widen_it() -> None:
    rng = np.random.default_rng(0)
    resampled = 0.5 + 0.2 * rng.standard_normal(2000)
    alike = for_new(0.5, np.full(6, 0.5), resampled, 18, 20)
    unlike = for_new(0.5, 0.5 + 0.3 * rng.standard_normal(6), resampled, 18, 20)
    assert alike.ci is not None
    assert unlike.ci is not None
    assert alike.df == pytest.approx(18)
    assert alike.p == pytest.approx(2 * t_upper(2.5, 18), abs=0.005)
    assert unlike.ci[0] < alike.ci[0] < alike.ci[1] < unlike.ci[1]
    assert unlike.df is not None
    assert 5 < unlike.df < 23


def test_r_of_a_complete_table_is_the_mean_of_what_people_add() -> None:
    x, ratings = simulated(5, 20, seed=3)
    assert own_r(x, ratings).mean() == pytest.approx(np.corrcoef(x, ratings.mean(axis=0))[0, 1])
    ratings[0, 2:] = np.nan
    assert np.isnan(own_r(x, ratings)).tolist() == [True] + [False] * 4


@pytest.mark.parametrize(
    ("without", "resampled"), [([0.5], [0.4, 0.6]), ([0.5, np.nan], [0.4, 0.6]), ([0.5, 0.6], [np.nan, 0.6])]
)
def test_nothing_where_there_is_nothing_to_say(without: list[float], resampled: list[float]) -> None:
    assert for_new(0.5, np.array(without), np.array(resampled), 18, 20) == ForNew()


def test_over_digits_it_is_wider_than_resampling_where_people_are_few() -> None:
    digits = []
    for seed in range(3):
        x, ratings = simulated(3, 20, seed=seed)
        digits.append(DigitTable(x[None], ratings + np.array([[-0.6], [0], [0.6]]) * x, independent_units(20)))
    found = over_digits(digits, ["fc"], "pixels")
    (crossed,), (new,) = found.ci_crossed, found.for_new
    assert crossed is not None
    assert new.ci is not None
    assert new.ci[1] - new.ci[0] > crossed[1] - crossed[0]
    assert new == over_digits(digits, ["fc"], "pixels").for_new[0]


def claims(found: ForNew, crossed: tuple[float, float] | None, people: int) -> bool:
    """As `reporting.conclusion` claims that a layer predicts people."""
    level = 0.005 if people == 2 else 0.05
    both = [found.ci, crossed]
    return found.p is not None and found.p < level and all(ends is not None and ends[0] > 0 for ends in both)


def digits_of(rng: np.random.Generator, people: int, sizes: Sequence[int]) -> list[Part]:
    """Each goes with the network, or against it, in a way of their own, the same in all digits."""
    taste = 0.7 * rng.standard_normal((people, 1))
    parts = []
    for n in sizes:
        x = rng.standard_normal(n)
        noise = 0.5 * rng.standard_normal(n) + 1.2 * rng.standard_normal((people, n))
        parts.append((x, taste * x + noise))
    return parts


@pytest.mark.parametrize(("people", "sizes"), [(2, (20, 20, 20)), (3, (20, 20)), (6, (10, 12, 8))])
def test_false_claims_over_digits(people: int, sizes: tuple[int, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(layer_differences, "N_RESAMPLES", 299)
    rng, studies, said = np.random.default_rng(100 + people), 300, 0
    for seed in range(studies):
        parts = digits_of(rng, people, sizes)
        tables = [DigitTable(x[None], y, independent_units(len(x))) for x, y in parts]
        found = over_digits(tables, ["fc"], "pixels", seed=seed)
        said += claims(found.for_new[0], found.ci_crossed[0], people)
    assert said / studies <= 0.06


@pytest.mark.parametrize(("people", "images"), [(2, 12), (4, 10)])
def test_false_claims_of_shared_images(people: int, images: int) -> None:
    pairs = [(str(a), str(b)) for a, b in itertools.combinations(range(images), 2)]
    units, n = independent_units(len(pairs), pairs), len(pairs)
    rng, studies, said = np.random.default_rng(people), 200, 0

    def near() -> np.ndarray:
        where = rng.standard_normal((images, 2))
        gaps = np.array([np.linalg.norm(where[int(a)] - where[int(b)]) for a, b in pairs])
        return np.asarray((gaps.mean() - gaps) / gaps.std())

    for seed in range(studies):
        x = near()
        y = 0.8 * rng.standard_normal((people, 1)) * x + 0.7 * near() + 1.2 * rng.standard_normal((people, n))
        mean = mean_rating(y)
        streams = [np.random.default_rng([seed, i]) for i in range(3)]
        boot = resampling.bootstrap(x[None], mean, units, streams[0], 299)[:, 0]
        found = for_new(float(pearson_rows(x, mean)), own_r(x, y), boot, images - 2, n)
        crossed = resampling.crossed_bootstrap(x[None], y, units, (streams[1], streams[2]), 299)
        said += claims(found, resampling.percentile_interval(crossed[:, 0]), people)
    assert said / studies <= 0.06
