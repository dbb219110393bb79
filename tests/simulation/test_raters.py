"""Raters made of formulas: that they agree as well as was asked, and that nothing they do leaves the scale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simtui.errors import SimtuiError
from simtui.simulation import raters as formulas
from simtui.simulation.raters import (
    Raters,
    Vector,
    calibrated,
    draw_noise,
    draw_styles,
    lapse,
    mean_rating,
    rate,
    usual_raters,
)


def latent(n: int, seed: int = 1) -> Vector:
    z: Vector = np.random.default_rng(seed).standard_normal(n)
    return np.asarray((z - z.mean()) / z.std())


def ratings(people: Raters, z: Vector, count: int, seed: int = 2) -> Vector:
    """(raters, pairs)"""
    rng = np.random.default_rng(seed)
    style = draw_styles(people, (count, 1), rng)
    return lapse(people, rate(people, z, rng.standard_normal((count, len(z))), style), rng)


def mean_pairwise_r(matrix: Vector) -> float:
    r = np.corrcoef(matrix)
    k = len(matrix)
    return float((r.sum() - k) / (k * (k - 1)))


@pytest.mark.parametrize(("low", "high", "wanted", "lapses"), [
    (1, 10, 0.2, 0.0), (1, 10, 0.4, 0.02), (1, 10, 0.6, 0.1), (1, 10, 0.9, 0.0), (1, 5, 0.4, 0.05), (0, 1, 0.2, 0.0),
])  # fmt: skip
def test_raters_agree_as_well_as_was_asked(low: int, high: int, wanted: float, lapses: float) -> None:
    """300 raters of 600 pairs: the mean r of 45,000 pairs of raters, with a standard error below 0.01."""
    z = latent(600)
    people = calibrated(usual_raters(low, high, lapses), [z], wanted)
    assert mean_pairwise_r(ratings(people, z, 300)) == pytest.approx(wanted, abs=0.02)
    assert formulas.reliability(people, z) == pytest.approx(wanted, abs=2e-3)


def test_the_more_reliable_the_less_noise() -> None:
    shared = [calibrated(usual_raters(1, 10, 0.02), [latent(40)], wanted).shared for wanted in (0.0, 0.2, 0.5, 0.8)]
    assert shared == sorted(shared)
    assert shared[0] == pytest.approx(0, abs=1e-9)
    assert 0.2 < shared[1] < shared[3] < 1


def test_groups_are_calibrated_together() -> None:
    groups = [latent(30, 3), latent(50, 4)]
    people = calibrated(usual_raters(1, 10, 0.02), groups, 0.4)
    found = [formulas.reliability(people, z) for z in groups]
    assert sum(found) / 2 == pytest.approx(0.4, abs=1e-6)
    assert found[0] != found[1]


def test_the_mean_rating_is_that_of_thousands() -> None:
    z = latent(25)
    people = calibrated(usual_raters(1, 10, 0.1), [z], 0.5)
    matrix = ratings(people, z, 20_000)
    error = matrix.std(axis=0) / np.sqrt(len(matrix))
    assert np.abs((matrix.mean(axis=0) - mean_rating(people, z)) / error).max() < 4


def test_a_reliability_out_of_reach_is_refused_with_the_most_there_is() -> None:
    with pytest.raises(SimtuiError, match=r"0\.95 is out of reach.*1 to 10.*50%.*at most r = 0\.\d\d") as caught:
        calibrated(usual_raters(1, 10, 0.5), [latent(40)], 0.95)
    most = float(str(caught.value).rsplit("=", 1)[1].rstrip("."))
    assert calibrated(usual_raters(1, 10, 0.5), [latent(40)], most).shared > 0.9


def test_two_pairs_have_no_reliability() -> None:
    with pytest.raises(SimtuiError, match="three pairs"):
        calibrated(usual_raters(1, 10, 0.0), [latent(2), latent(2)], 0.4)


@pytest.mark.parametrize(("low", "high"), [(1, 10), (0, 9), (1, 7), (0, 1)])
def test_ratings_are_steps_of_the_scale_and_use_all_of_it(low: int, high: int) -> None:
    people = replace(usual_raters(low, high, 0.02), shared=0.5)
    given = ratings(people, latent(50), 200)
    assert set(np.unique(given)) == set(range(low, high + 1))
    assert given.mean() == pytest.approx((low + high) / 2, abs=0.1 * (high - low))


def test_lapses_are_as_many_as_said_and_every_step_alike() -> None:
    people = replace(usual_raters(1, 10, 0.3), shared=0.5)
    before = np.full(200_000, -1.0)
    after = lapse(people, before, np.random.default_rng(5))
    lapsed = after[after != -1]
    assert len(lapsed) / len(before) == pytest.approx(0.3, abs=4 * np.sqrt(0.3 * 0.7 / len(before)))
    counts = np.unique_counts(lapsed)
    assert list(counts.values) == list(range(1, 11))
    expected = len(lapsed) / 10
    assert ((counts.counts - expected) ** 2 / expected).sum() < 27.9, "chi-squared with 9 degrees of freedom, p = .001"
    assert lapse(replace(people, lapses=0.0), before, np.random.default_rng(5)) is before


def test_somebody_who_always_lapses_looks_at_nothing() -> None:
    people = replace(usual_raters(1, 10, 1.0), shared=0.99)
    assert abs(mean_pairwise_r(ratings(people, latent(500), 40))) < 0.02


def test_a_rater_agrees_more_with_themselves_than_with_others() -> None:
    """Views stay, slips do not: the retest r is that of the shared and the own part together."""
    z, rng = latent(20_000), np.random.default_rng(7)
    people = replace(usual_raters(1, 10, 0.0), shared=0.4, offset_sd=0.0, slope_sd=0.0, spread=1.2)
    view, other = rng.standard_normal((2, len(z)))
    style = draw_styles(people, (1,), rng)
    first, second, elses = (rate(people, z, draw_noise(people, v, rng), style) for v in (view, view, other))
    assert np.corrcoef(first, second)[0, 1] == pytest.approx(0.4 + 0.6 * people.own, abs=0.05)
    assert np.corrcoef(first, elses)[0, 1] == pytest.approx(0.4, abs=0.05)


def test_the_tail_of_the_normal_distribution() -> None:
    known = {0.0: 0.5, 1.0: 0.15865525, -1.0: 0.84134475, 1.959964: 0.025, 3.0: 0.00134990, 9.0: 0.0, -9.0: 1.0}
    found = formulas._upper_tail(np.array(list(known)))
    assert found == pytest.approx(list(known.values()), abs=1e-6)
