"""Layers against the pixels over digits: one test for all, the same people in every digit."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from simtui.analysis.correlation import mean_rating, pearson_rows
from simtui.analysis.layer_differences import (
    DigitTable,
    OverDigits,
    family_p,
    heterogeneity,
    over_digits,
    williams_t,
)
from simtui.analysis.resampling import independent_units
from tests.analysis.data import simulated

NAMES = ["fc", "conv2", "pixels"]


def _digit(seed: int, *, n: int = 25, k: int = 6, better: float = 0.0) -> DigitTable:
    rng = np.random.default_rng([seed, 1])
    x, ratings = simulated(k, n, seed=seed)
    noise = rng.standard_normal((3, n))
    layers = 0.6 * x + noise
    layers[0] += better * x
    return DigitTable(layers, ratings, independent_units(n))


def test_real_ratings_within_a_digit(shared: Path) -> None:
    layers = json.loads((shared / "ratings" / "digits8_reference.json").read_text(encoding="utf-8"))["digit_8"]
    with (shared / "ratings" / "digits8_ratings.csv").open(encoding="utf-8", newline="") as file:
        ratings = np.array([row[1:] for row in list(csv.reader(file))[1:]], dtype=np.float64).T
    conv2, pixels = (np.array(layers["layers"][name]["similarity"]) for name in ("conv2", "pixel"))
    assert williams_t(conv2, pixels, mean_rating(ratings)) == pytest.approx((1.372, 0.181), abs=5e-4)


def test_one_digit_counts_as_itself() -> None:
    digit = _digit(3)
    found = over_digits([digit], NAMES, "pixels")
    z = np.arctanh(pearson_rows(digit.layers, mean_rating(digit.ratings)))
    assert [gap.layer for gap in found.differences] == ["fc", "conv2"]
    assert [gap.dz for gap in found.differences] == pytest.approx(z[:2] - z[2])


def test_digits_count_by_their_pairs() -> None:
    many, few = _digit(3, n=60), _digit(4, n=6)
    alone, both = over_digits([many], NAMES, "pixels"), over_digits([many, few], NAMES, "pixels")
    few_alone = over_digits([few], NAMES, "pixels")
    for a, b, c in zip(alone.differences, both.differences, few_alone.differences, strict=True):
        assert b.dz == pytest.approx((57 * a.dz + 3 * c.dz) / 60)


def test_what_all_people_share_between_digits_is_not_averaged_away() -> None:
    """The same table in every digit: more digits make the pairs' part of the error smaller, not the people's."""

    def width(found: OverDigits, crossed: bool) -> float:
        gap = found.differences[0]
        ends = gap.ci_crossed if crossed else gap.ci
        assert ends is not None
        return ends[1] - ends[0]

    rng = np.random.default_rng(0)
    x = rng.standard_normal((3, 100))
    # Half of the people go by fc alone, the other half by the pixels.
    ratings = np.where(np.arange(4)[:, None] % 2 == 0, x[0], x[2]) + 0.1 * rng.standard_normal((4, 100))
    digit = DigitTable(x, ratings, independent_units(100))
    one, four = over_digits([digit], NAMES, "pixels"), over_digits([digit] * 4, NAMES, "pixels")
    assert width(four, crossed=False) < 0.6 * width(one, crossed=False)
    assert width(four, crossed=True) > 0.9 * width(one, crossed=True)


def test_a_layer_that_is_better_is_found_so() -> None:
    found = over_digits([_digit(seed, better=3.0, n=40, k=10) for seed in range(3)], NAMES, "pixels")
    fc, conv2 = found.differences
    assert fc.ci_crossed is not None
    assert fc.ci_crossed[0] > 0
    assert fc.p_family is not None
    assert fc.p_family < 0.01
    assert conv2.p_family is not None
    assert conv2.p_family > 0.05
    assert conv2.equivalent is False


def test_a_layer_that_says_the_same_is_equivalent() -> None:
    digit = _digit(1, n=40)
    layers = digit.layers.copy()
    layers[0] = layers[2] + 0.01 * layers[1]
    found = over_digits([DigitTable(layers, digit.ratings, digit.units)], NAMES, "pixels")
    assert found.differences[0].equivalent is True


def test_the_family_p_is_above_that_of_one_layer() -> None:
    rng = np.random.default_rng(2)
    resampled = rng.standard_normal((4999, 10))
    seen = np.full(10, 0.0)
    seen[0] = 2.2
    alone, among = family_p(seen[:1], resampled[:, :1] + 2.2)[0], family_p(seen, resampled + seen)[0]
    assert alone is not None
    assert among is not None
    assert alone == pytest.approx(0.028, abs=0.006)
    assert among == pytest.approx(1 - (1 - 0.0278) ** 10, abs=0.02)


def test_one_person_gives_no_interval_for_new_people() -> None:
    digit = _digit(1, k=1)
    found = over_digits([digit], NAMES, "pixels")
    assert found.ci_crossed == (None, None, None)
    assert all(gap.p_family is None and gap.ci is not None for gap in found.differences)


def test_heterogeneity_as_written_down() -> None:
    found = heterogeneity([(0.5, 23), (0.1, 43), (0.5, 3)])
    z, w = np.arctanh([0.5, 0.1]), np.array([20, 40])
    assert found is not None
    assert found.q == pytest.approx((w * (z - (w @ z) / 60) ** 2).sum())
    assert found.df == 1
    assert heterogeneity([(0.5, 20)]) is None


def test_false_differences_in_at_most_eight_of_a_hundred_studies() -> None:
    wrong = 0
    for seed in range(120):
        found = over_digits([_digit(seed, n=20), _digit(1000 + seed, n=20)], NAMES, "pixels", seed=seed)
        wrong += any(gap.p_family is not None and gap.p_family < 0.05 for gap in found.differences)
    assert wrong / 120 <= 0.08
