"""The real ratings of 30 pairs by seven people, and the reference values computed from them by other code."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from simtui.analysis import correlation, resampling
from simtui.analysis.agreement import Agreement
from simtui.analysis.correlation import mean_rating, pearson_rows, zscore_raters
from simtui.analysis.people import People
from simtui.analysis.reliability import icc
from simtui.analysis.usable import usable
from tests.analysis.data import agreement_of, people_of

EXACT = 1e-4
INTERVAL = 0.01
P = 0.002
LAYERS = {"fc": "fc", "conv2": "conv2", "conv1": "conv1", "pixels": "pixel"}


@pytest.fixture(scope="module")
def reference(shared: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((shared / "ratings" / "digits8_reference.json").read_text(encoding="utf-8"))
    return found["digit_8"]  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def ratings(shared: Path) -> np.ndarray:
    with (shared / "ratings" / "digits8_ratings.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return np.array([row[1:] for row in rows], dtype=np.float64).T


@pytest.fixture(scope="module")
def similarities(reference: dict[str, Any]) -> dict[str, np.ndarray]:
    return {ours: np.array(reference["layers"][theirs]["similarity"]) for ours, theirs in LAYERS.items()}


@pytest.fixture(scope="module")
def found_people(ratings: np.ndarray) -> People:
    return people_of(ratings)


@pytest.fixture(scope="module")
def found(similarities: dict[str, np.ndarray], ratings: np.ndarray, found_people: People) -> Agreement:
    return agreement_of(similarities, ratings, ceilings=found_people.ceilings, seed=0)


def test_reliability(found_people: People, reference: dict[str, Any]) -> None:
    expected, ours = reference["reliability"], found_people.reliability
    assert ours.mean_pairwise_r == pytest.approx(expected["mean_pairwise_r"], abs=EXACT)
    assert ours.icc_a1 == pytest.approx(expected["icc"]["ICC2_1"], abs=EXACT)
    assert ours.icc_ak == pytest.approx(expected["icc"]["ICC2_k"], abs=EXACT)
    assert ours.icc_ck == pytest.approx(expected["icc"]["ICC3_k"], abs=EXACT)
    assert ours.icc_c1 == pytest.approx(expected["icc"]["ICC3_1"], abs=EXACT)
    assert ours.alpha_interval == pytest.approx(expected["krippendorff"]["interval"], abs=EXACT)
    assert ours.alpha_ordinal == pytest.approx(expected["krippendorff"]["ordinal"], abs=EXACT)
    assert ours.split_half_r == pytest.approx(expected["split_half_raw"]["mean_r"], abs=EXACT)
    assert ours.split_half_sb == pytest.approx(expected["split_half_raw"]["sb_of_mean_r"], abs=EXACT)
    assert found_people.pairwise_r is not None
    np.testing.assert_allclose(
        np.array(found_people.pairwise_r, dtype=float), expected["pairwise_r_matrix"], atol=EXACT
    )


def test_ceilings(found_people: People, reference: dict[str, Any]) -> None:
    noise = reference["noise_ceiling"]
    assert found_people.ceilings.individual_lower == pytest.approx(noise["z_pearson"]["lower"], abs=EXACT)
    assert found_people.ceilings.individual_upper == pytest.approx(noise["z_pearson"]["upper"], abs=EXACT)
    expected = reference["reliability"]["ceiling_for_mean_sqrtICC3k"]
    assert found_people.ceilings.mean == pytest.approx(expected, abs=EXACT)
    assert found_people.another_person_r == pytest.approx(noise["raw_pearson"]["lower"], abs=EXACT)
    assert found_people.leave_one_out_r == pytest.approx(noise["raw_pearson"]["loo_each"], abs=EXACT)


def test_zscored(ratings: np.ndarray, similarities: dict[str, np.ndarray], reference: dict[str, Any]) -> None:
    scored = people_of(ratings, zscore=True)
    noise = reference["noise_ceiling"]["z_pearson"]
    assert scored.another_person_r == pytest.approx(noise["lower"], abs=EXACT)
    assert scored.leave_one_out_r == pytest.approx(noise["loo_each"], abs=EXACT)
    expected = reference["reliability"]
    assert scored.reliability.split_half_r == pytest.approx(expected["split_half_z"]["mean_r"], abs=EXACT)
    assert icc(zscore_raters(ratings)).icc_ck == pytest.approx(expected["icc3_k_zscored"], abs=EXACT)
    assert scored.ceilings.mean == pytest.approx(expected["icc3_k_zscored"] ** 0.5, abs=EXACT)
    ours = agreement_of(similarities, ratings, zscore=True, n_bootstrap=99, n_permutations=99)
    assert usable(ratings, zscore=True).mean == pytest.approx(reference["mean_rating_z"], abs=EXACT)
    for name, theirs in LAYERS.items():
        assert ours.layers[name].pearson.r == pytest.approx(reference["layers"][theirs]["pearson_z_mean"], abs=EXACT)


@pytest.mark.parametrize("name", LAYERS)
def test_layer(name: str, found: Agreement, reference: dict[str, Any]) -> None:
    ours, expected = found.layers[name], reference["layers"][LAYERS[name]]
    assert ours.pearson.r == pytest.approx(expected["pearson"], abs=EXACT)
    assert ours.pearson.ci == pytest.approx(expected["ci_fisher"], abs=EXACT)
    assert ours.spearman.rho == pytest.approx(expected["spearman"], abs=EXACT)
    assert ours.kendall.tau_b == pytest.approx(expected["kendall_tau_b"], abs=EXACT)
    assert ours.mean_individual_r == pytest.approx(expected["mean_individual_r"], abs=EXACT)
    assert found.layers[name].individual_r == pytest.approx(expected["individual_r"], abs=EXACT)
    mean_of_others = np.mean(expected["loo_rater_pearson"])
    assert found.layers[name].as_another_person_r == pytest.approx(mean_of_others, abs=EXACT)
    assert ours.r_over_ceiling == pytest.approx(expected["r_corrected_icc3k"], abs=EXACT)
    assert ours.pearson.ci_bca == pytest.approx(expected["ci_bca"], abs=INTERVAL)
    assert ours.pearson.p == pytest.approx(expected["perm_p"], abs=P)


def test_percentile_interval(
    similarities: dict[str, np.ndarray], ratings: np.ndarray, reference: dict[str, Any]
) -> None:
    layers = np.stack(list(similarities.values()))
    boot = resampling.bootstrap(
        layers, mean_rating(ratings), resampling.independent_units(30), np.random.default_rng(0)
    )
    for column, theirs in zip(boot.T, LAYERS.values(), strict=True):
        expected = reference["layers"][theirs]["ci_percentile"]
        assert resampling.percentile_interval(column) == pytest.approx(expected, abs=INTERVAL)


def test_crossed_interval(
    found: Agreement, similarities: dict[str, np.ndarray], ratings: np.ndarray, reference: dict[str, Any]
) -> None:
    """The reference has 9,999 resamples, too few for its lower ends to be good to 0.01 (they are up to 0.018
    from where a million resamples put them). So: its own resamples, drawn again, give its own ends exactly,
    and ours, from other resamples and more of them, are within what is left of its error.
    """
    rng = np.random.default_rng(20240215)
    drawn = [(rng.integers(0, 30, 30), rng.integers(0, 7, 7)) for _ in range(9_999)]
    weights = np.stack([np.bincount(pairs, minlength=30) for pairs, _ in drawn]).astype(float)
    raters = np.stack([np.bincount(raters, minlength=7) for _, raters in drawn])
    layers = resampling.standardised(np.stack(list(similarities.values())))
    centred = (ratings - ratings.mean()) / ratings.std()
    r = resampling.weighted_r(weights, layers, raters @ centred / 7)
    for column, (name, theirs) in zip(r.T, LAYERS.items(), strict=True):
        expected = reference["layers"][theirs]["ci_crossed"]
        assert resampling.percentile_interval(column) == pytest.approx(expected, abs=1e-9)
        ours = found.layers[name].pearson.ci_crossed
        assert ours is not None
        assert ours[0] == pytest.approx(expected[0], abs=0.025)
        assert ours[1] == pytest.approx(expected[1], abs=INTERVAL)


@pytest.mark.parametrize("name", ["fc", "conv2", "conv1"])
def test_partial_given_pixels(name: str, found: Agreement, reference: dict[str, Any]) -> None:
    expected = reference["partial_correlations_with_mean_rating"][f"{name}|pixel"]
    ours = found.layers[name].partial_given_pixels
    assert ours.r == pytest.approx(expected["r"], abs=EXACT)
    assert ours.p == pytest.approx(expected["p"], abs=EXACT)
    assert found.layers[name].partial_given_pixels.df == expected["df"]


@pytest.mark.parametrize("covariates", [("conv1", "conv2"), ("conv1", "conv2", "pixels")])
def test_partial_given_several(
    covariates: tuple[str, ...],
    similarities: dict[str, np.ndarray],
    ratings: np.ndarray,
    reference: dict[str, Any],
) -> None:
    given = np.stack([similarities[name] for name in covariates])
    ours = correlation.partial(similarities["fc"], mean_rating(ratings), given)
    key = "fc|" + "+".join(LAYERS[name] for name in covariates)
    expected = reference["partial_correlations_with_mean_rating"][key]
    assert ours is not None
    assert (ours.r, ours.p, ours.df) == pytest.approx((expected["r"], expected["p"], expected["df"]), abs=EXACT)


def test_layer_differences(found: Agreement, reference: dict[str, Any]) -> None:
    for ours in found.differences:
        expected = reference["layer_difference_boot"][f"{LAYERS[ours.first]}-{LAYERS[ours.second]}"]
        assert ours.difference == pytest.approx(expected["diff"], abs=EXACT)
        assert ours.ci == pytest.approx(expected["ci"], abs=INTERVAL)
        assert ours.p == pytest.approx(expected["p_two_sided"], abs=0.015)
    assert len(found.differences) == 6


def test_layers_with_each_other(similarities: dict[str, np.ndarray], reference: dict[str, Any]) -> None:
    for key, expected in reference["layer_layer_pearson"].items():
        first, second = key.replace("pixel", "pixels").split("-")
        assert float(pearson_rows(similarities[first], similarities[second])) == pytest.approx(expected, abs=EXACT)
