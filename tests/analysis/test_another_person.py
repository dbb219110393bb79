"""A layer beside one more person and beside the ceiling, with pairs and people drawn anew."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest

from simtui.analysis.another_person import MARGIN, BesidePeople, People, beside_people
from simtui.analysis.correlation import mean_rating, pearson_rows
from simtui.analysis.mean_squares import pooled
from simtui.analysis.reliability import leave_one_out_r
from simtui.analysis.resampling import independent_units, standardised
from simtui.analysis.usable import mean_of_others
from tests.analysis.data import simulated


def _found(layers: np.ndarray, ratings: np.ndarray) -> BesidePeople:
    return beside_people(layers, ratings, independent_units(ratings.shape[1]))


def test_real_ratings(shared: Path) -> None:
    layers = json.loads((shared / "ratings" / "digits8_reference.json").read_text(encoding="utf-8"))["digit_8"]
    with (shared / "ratings" / "digits8_ratings.csv").open(encoding="utf-8", newline="") as file:
        ratings = np.array([row[1:] for row in list(csv.reader(file))[1:]], dtype=np.float64).T
    fc = np.array(layers["layers"]["fc"]["similarity"])
    found = _found(fc[None], ratings).vs_person[0]
    assert found.difference == pytest.approx(-0.068, abs=5e-4)
    assert found.ci == pytest.approx((-0.301, 0.198), abs=0.02)
    assert found.ci_crossed is not None
    assert found.ci_crossed[0] < -0.301
    assert found.ci_crossed[1] > 0.198
    squares = pooled([ratings])
    assert squares is not None
    assert squares.icc_ck_interval is not None
    assert [low_high**0.5 for low_high in squares.icc_ck_interval] == pytest.approx([0.819, 0.945], abs=5e-4)
    assert squares.icc_ck is not None
    assert squares.icc_ck**0.5 == pytest.approx(0.896, abs=5e-4)


def _with_gaps(ratings: np.ndarray, gaps: str) -> np.ndarray:
    """Ratings as they are, missing here and there, or as two lists of which every rater has one."""
    if gaps == "scattered":
        return np.where(np.random.default_rng(0).random(ratings.shape) < 0.3, np.nan, ratings)
    if gaps == "lists":
        of_rater, of_pair = (np.arange(n) % 2 for n in ratings.shape)
        return np.where(of_rater[:, None] == of_pair, ratings, np.nan)
    return ratings


def _by_definition(layer: np.ndarray, ratings: np.ndarray, pairs: np.ndarray, people: np.ndarray) -> float:
    """r of the layer, less that of each person drawn, with the mean of the others drawn, over the pairs drawn."""
    found = []
    for person in people:
        others = ratings[people[people != person]][:, pairs]
        own, x = ratings[person, pairs], layer[pairs]
        there = np.isfinite(own) & np.isfinite(others).any(axis=0)
        if there.any() and np.ptp(own[there]) > 0:
            mean = np.nanmean(others[:, there], axis=0)
            if np.ptp(mean) > 1e-9:
                found.append(np.corrcoef(x[there], mean)[0, 1] - np.corrcoef(own[there], mean)[0, 1])
    return float(np.mean(found))


@pytest.mark.parametrize("gaps", ["none", "scattered", "lists"])
def test_pairs_and_people_that_are_drawn_twice_count_twice(gaps: str) -> None:
    x, ratings = simulated(8, 20, seed=6)
    ratings = _with_gaps(ratings, gaps)
    rng = np.random.default_rng(7)
    pairs, people = rng.integers(0, 20, (12, 20)), rng.integers(0, 8, (12, 8))
    weights, counts = (np.array([np.bincount(row, minlength=n) for row in of]) for of, n in ((pairs, 20), (people, 8)))
    found = People.of(standardised(np.stack([x, rng.standard_normal(20)])), ratings).differences(
        weights.astype(float), counts.astype(float)
    )
    assert found[:, 0] == pytest.approx(
        [_by_definition(x, ratings, *drawn) for drawn in zip(pairs, people, strict=True)]
    )


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_the_difference_is_that_of_the_two_means(missing: float) -> None:
    x, ratings = simulated(5, 18, seed=2)
    ratings[np.random.default_rng(0).random(ratings.shape) < missing] = np.nan
    found = _found(x[None], ratings)
    others = np.where(np.isfinite(ratings), mean_of_others(ratings), np.nan)
    expected = (pearson_rows(others, x) - leave_one_out_r(ratings)).mean()
    assert found.vs_person[0].difference == pytest.approx(expected)
    assert (found.r_over_ceiling[0] is None) == bool(missing)


def test_a_layer_that_is_the_raters_common_ground_is_better_than_one_more_person() -> None:
    x, ratings = simulated(8, 60, seed=3, noise=1.5)
    good, bad = _found(np.stack([x, np.random.default_rng(1).standard_normal(60)]), ratings).vs_person
    assert good.ci_crossed is not None
    assert good.ci_crossed[0] > 0
    assert good.p_noninferior is not None
    assert good.p_noninferior < 0.01
    assert bad.ci_crossed is not None
    assert bad.ci_crossed[1] < -MARGIN
    assert bad.p_noninferior is not None
    assert bad.p_noninferior > 0.95


def test_copies_of_a_person_do_not_agree_with_each_other() -> None:
    """With raters of pure noise no resample may find that people agree: the difference stays about r of the layer."""
    rng = np.random.default_rng(5)
    ratings = rng.integers(1, 11, size=(6, 40)).astype(float)
    layer = rng.standard_normal((1, 40))
    found = _found(layer, ratings).vs_person[0]
    assert found.difference is not None
    assert found.ci_crossed is not None
    assert abs(sum(found.ci_crossed) / 2 - found.difference) < 0.05


def test_r_over_the_ceiling_lies_in_its_interval() -> None:
    x, ratings = simulated(6, 40, seed=4)
    similarity = x + np.random.default_rng(2).standard_normal(40)
    ends = _found(similarity[None], ratings).r_over_ceiling[0]
    squares = pooled([ratings])
    assert squares is not None
    assert squares.icc_ck is not None
    seen = float(pearson_rows(similarity, mean_rating(ratings))) / squares.icc_ck**0.5
    assert ends is not None
    assert ends[0] < seen < ends[1]


def test_one_person_has_no_other() -> None:
    x, ratings = simulated(1, 20, seed=1)
    assert _found(x[None], ratings).vs_person[0].difference is None


def test_the_same_seed_gives_the_same_numbers() -> None:
    x, ratings = simulated(4, 12, seed=9)
    assert _found(x[None], ratings) == _found(x[None], ratings)
