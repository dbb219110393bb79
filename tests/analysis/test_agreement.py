from __future__ import annotations

import msgspec
import numpy as np
import pytest

from simtui.analysis import correlation
from simtui.analysis.correlation import mean_rating, zscore_raters
from simtui.analysis.layer_results import LayerAgreement, LayerDifference, Partial, Pearson
from simtui.analysis.results import Ceilings
from simtui.analysis.usable import usable
from simtui.errors import SimtuiError
from tests.analysis.data import HOMEWORK_R, HOMEWORK_RATINGS, HOMEWORK_SIMILARITY, agreement_of, people_of, simulated


def layers_for(latent: np.ndarray, seed: int = 0) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(seed)
    pixels = latent + rng.normal(size=latent.shape)
    return {"fc": latent + 0.5 * rng.normal(size=latent.shape), "conv1": pixels + 0.2 * latent, "pixels": pixels}


def numbers(value: object) -> list[object]:
    """Every number and None anywhere in what msgspec makes of a result."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (list, tuple)):
        return [number for item in value for number in numbers(item)]
    return [value] if value is None or isinstance(value, (int, float)) else []


def test_the_homeworks_own_numbers() -> None:
    found = agreement_of({"fc": HOMEWORK_SIMILARITY}, HOMEWORK_RATINGS, ["P1", "P2"])
    pearson = found.layers["fc"].pearson
    assert pearson.r is not None
    assert round(pearson.r, 3) == HOMEWORK_R
    assert pearson.ci == pytest.approx((-0.5702, 0.2940), abs=1e-4)
    assert pearson.p is not None
    assert 0.4 < pearson.p < 0.55
    assert (found.n_rated, found.units.kind, found.verdict) == (20, "pairs", True)
    assert [note.partition(":")[0] for note in found.notes] == ["Two people say little of how much people differ"]


def test_every_number_of_a_layer() -> None:
    latent, ratings = simulated(5, 24, seed=1)
    layers = layers_for(latent)
    ceiling = people_of(ratings).ceilings.mean
    assert ceiling is not None
    found = agreement_of(layers, ratings, ceilings=Ceilings(mean=ceiling))
    human = ratings.mean(axis=0)
    for name, values in layers.items():
        layer = found.layers[name]
        r = np.corrcoef(values, human)[0, 1]
        assert layer.pearson.r == pytest.approx(r, abs=1e-12)
        assert layer.pearson.ci == pytest.approx(correlation.fisher_ci(r, 24))
        assert layer.pearson.ci_bca is not None
        assert layer.pearson.ci_crossed is not None
        assert layer.pearson.ci_bca[0] < r < layer.pearson.ci_bca[1]
        assert layer.pearson.ci_crossed[0] < r < layer.pearson.ci_crossed[1]
        assert layer.spearman.rho == correlation.spearman(values, human)
        assert layer.kendall.tau_b == correlation.kendall(values, human)
        each = [np.corrcoef(values, row)[0, 1] for row in ratings]
        assert layer.individual_r == pytest.approx(each)
        assert layer.mean_individual_r == pytest.approx(np.mean(each))
        assert layer.r_over_ceiling == pytest.approx(r / ceiling)
        others = [np.corrcoef(values, np.delete(ratings, i, axis=0).mean(axis=0))[0, 1] for i in range(5)]
        assert layer.as_another_person_r == pytest.approx(np.mean(others))
        assert layer.pairs_needed == correlation.pairs_needed(r)
    given = correlation.partial(layers["fc"], human, layers["pixels"][None, :])
    assert given is not None
    assert found.layers["fc"].partial_given_pixels == Partial(r=given.r, p=given.p, df=21)
    assert found.layers["pixels"].partial_given_pixels == Partial()
    assert found.detectable_r == correlation.detectable_r(24)
    assert found.notes == ()


def test_r_over_ceiling_is_not_capped() -> None:
    latent, ratings = simulated(2, 20, seed=2, noise=3.0)
    found = agreement_of({"fc": ratings.mean(axis=0) + 1e-3 * latent}, ratings, ceilings=Ceilings(mean=0.5))
    assert found.layers["fc"].r_over_ceiling == pytest.approx(2.0, abs=1e-3)


def test_the_same_seed_gives_the_same_numbers_and_another_seed_other_intervals() -> None:
    latent, ratings = simulated(4, 20, seed=3)
    layers = layers_for(latent)
    one, again, other = (agreement_of(layers, ratings, seed=seed) for seed in (5, 5, 6))
    assert (one.layers, one.differences) == (again.layers, again.differences)
    assert one.layers["fc"].pearson.r == other.layers["fc"].pearson.r
    assert one.layers["fc"].pearson.ci_bca != other.layers["fc"].pearson.ci_bca
    assert one.layers["fc"].pearson.ci_bca == pytest.approx(other.layers["fc"].pearson.ci_bca, abs=0.02)


def test_a_layers_numbers_do_not_depend_on_the_other_layers() -> None:
    latent, ratings = simulated(4, 20, seed=4)
    layers = layers_for(latent)
    together, alone = agreement_of(layers, ratings), agreement_of({"conv1": layers["conv1"]}, ratings)
    a, b = together.layers["conv1"].pearson, alone.layers["conv1"].pearson
    assert a.p == b.p
    assert a.ci_bca == pytest.approx(b.ci_bca, abs=1e-12)
    assert a.ci_crossed == pytest.approx(b.ci_crossed, abs=1e-12)


def test_differences_of_layers_are_paired() -> None:
    latent, ratings = simulated(4, 30, seed=5)
    rng = np.random.default_rng(6)
    near = latent + 0.01 * rng.normal(size=30)
    found = agreement_of({"a": latent, "b": near, "c": rng.normal(size=30)}, ratings)
    by_name = {(d.first, d.second): d for d in found.differences}
    assert set(by_name) == {("a", "b"), ("a", "c"), ("b", "c")}
    for (first, second), d in by_name.items():
        a, b = found.layers[first].pearson.r, found.layers[second].pearson.r
        assert a is not None
        assert b is not None
        assert d.difference == pytest.approx(a - b)
        assert d.ci is not None
        assert d.ci[0] < d.difference < d.ci[1]
    # Two nearly equal layers differ little in any resample: their own intervals would hide that.
    near_ci, far = by_name["a", "b"].ci, by_name["a", "c"]
    assert near_ci is not None
    assert near_ci[1] - near_ci[0] < 0.02
    assert far.p is not None
    assert far.p < 0.01


def test_zscored_means() -> None:
    latent, ratings = simulated(4, 20, seed=7)
    ratings[0] *= 4
    found, raw = agreement_of({"fc": latent}, ratings, zscore=True), agreement_of({"fc": latent}, ratings)
    expected = np.corrcoef(latent, zscore_raters(ratings).mean(axis=0))[0, 1]
    assert found.layers["fc"].pearson.r == pytest.approx(expected)
    assert found.layers["fc"].pearson.r != raw.layers["fc"].pearson.r
    assert found.layers["fc"].mean_individual_r == pytest.approx(raw.layers["fc"].mean_individual_r)


def test_a_constant_rater_changes_nothing() -> None:
    latent, ratings = simulated(3, 20, seed=8)
    found = agreement_of({"fc": latent}, np.vstack([ratings, np.full(20, 5.0)]), ["P1", "P2", "P3", "P4"])
    without = agreement_of({"fc": latent}, ratings)
    alone = without.layers["fc"]
    assert found.layers["fc"] == msgspec.structs.replace(alone, individual_r=(*alone.individual_r, None))
    assert found.notes == without.notes


def test_only_a_constant_rater() -> None:
    found = agreement_of({"fc": np.arange(6.0)}, np.full((1, 6), 3.0))
    assert found.layers == {"fc": LayerAgreement(individual_r=(None,))}
    assert not found.verdict
    assert found.notes == ("There are no usable ratings: nothing can be compared with the network.",)


def test_one_rater() -> None:
    latent, ratings = simulated(1, 20, seed=9)
    found = agreement_of({"fc": latent}, ratings, ["P1"])
    layer = found.layers["fc"]
    assert layer.pearson.r == pytest.approx(np.corrcoef(latent, ratings[0])[0, 1])
    assert layer.mean_individual_r == pytest.approx(layer.pearson.r)
    assert layer.pearson.ci_bca is not None
    assert layer.pearson.ci_crossed is None
    assert found.layers["fc"].as_another_person_r is None
    assert found.notes == ("One person's ratings give no interval for new raters.",)


@pytest.mark.parametrize("n", [1, 2])
def test_under_three_pairs_there_is_no_correlation(n: int) -> None:
    found = agreement_of({"fc": np.arange(n) / 2}, np.arange(2.0 * n).reshape(2, n) % 3)
    assert found.layers == {"fc": LayerAgreement(individual_r=(None, None))}
    assert found.differences == ()
    assert not found.verdict
    assert any("a correlation needs 3" in note or "no usable ratings" in note for note in found.notes)


@pytest.mark.parametrize("n", [3, 4])
def test_under_five_pairs_numbers_are_shown_and_the_verdict_withheld(n: int) -> None:
    latent, ratings = simulated(3, n, seed=10)
    found = agreement_of({"fc": latent}, ratings)
    assert found.layers["fc"].pearson.r == pytest.approx(np.corrcoef(latent, ratings.mean(axis=0))[0, 1])
    assert found.layers["fc"].pearson.p is not None
    assert (found.layers["fc"].pearson.ci is None) == (n == 3)
    assert not found.verdict
    assert f"Only {n} pairs: the numbers are shown, but nothing can be concluded from fewer than 5." in found.notes
    assert ("Three pairs have no Fisher interval: it needs four." in found.notes) == (n == 3)


def test_constant_similarities() -> None:
    latent, ratings = simulated(3, 20, seed=11)
    found = agreement_of({"fc": np.full(20, 0.97), "conv2": latent}, ratings, ceilings=Ceilings(mean=0.9))
    assert found.layers["fc"] == LayerAgreement(individual_r=(None, None, None))
    assert found.layers["conv2"].pearson.r is not None
    assert found.verdict
    assert found.notes == ("Layer fc gives all pairs the same similarity: it correlates with nothing.",)


def test_one_mean_rating_for_all_pairs() -> None:
    found = agreement_of({"fc": np.arange(6.0)}, np.array([[1.0, 2, 3, 4, 5, 6], [6.0, 5, 4, 3, 2, 1]]))
    layer = found.layers["fc"]
    assert layer.pearson == Pearson()
    assert layer.mean_individual_r == pytest.approx(0.0, abs=1e-12)
    assert not found.verdict
    assert found.notes == ("All pairs have the same mean rating: nothing correlates with it.",)


def test_a_perfect_layer() -> None:
    _, ratings = simulated(3, 20, seed=12)
    found = agreement_of({"fc": mean_rating(ratings)}, ratings)
    assert found.layers["fc"].pearson.r == pytest.approx(1.0)
    assert found.layers["fc"].pearson.p == pytest.approx(1e-4)
    assert found.layers["fc"].pairs_needed is None or found.layers["fc"].pairs_needed <= 4


def test_a_layer_that_is_pixels_has_nothing_left_and_it_is_said() -> None:
    latent, ratings = simulated(3, 20, seed=13)
    found = agreement_of({"fc": 2 * latent, "pixels": latent}, ratings)
    assert found.layers["fc"].partial_given_pixels == Partial()
    assert found.notes == ("No partial r given pixels for fc: too few pairs, or no variation left.",)


def test_missing_ratings_and_unrated_pairs_are_said() -> None:
    latent, ratings = simulated(3, 20, seed=14)
    ratings[0, 2] = ratings[1, 9] = np.nan
    ratings[:, 5] = np.nan
    found = agreement_of({"fc": latent}, ratings)
    keep = np.arange(20) != 5
    human = np.nanmean(ratings[:, keep], axis=0)
    assert found.n_rated == 19
    layer = found.layers["fc"]
    assert layer.pearson.r == pytest.approx(np.corrcoef(latent[keep], human)[0, 1])
    assert layer.pearson.ci == pytest.approx(correlation.fisher_ci(layer.pearson.r or 0, 19))
    assert layer.spearman.rho == correlation.spearman(latent[keep], human)
    assert layer.pearson.ci_crossed is not None
    assert found.notes[0] == "1 of 20 pairs has no usable rating."
    assert found.notes[1].startswith("Ratings are missing (2 of 57)")


def test_pairs_that_share_images_are_said_and_widen_the_interval() -> None:
    rng = np.random.default_rng(15)
    pairs = [(i, j) for i in range(9) for j in range(i)]
    feature, taste = rng.normal(size=(2, 9))
    left, right = np.array(pairs).T
    layer = feature[left] + feature[right]
    ratings = layer + 2 * (taste[left] + taste[right]) + 0.1 * rng.normal(size=(3, 36))
    images = [(f"i{a}", f"i{b}") for a, b in pairs]
    plain, shared = agreement_of({"fc": layer}, ratings), agreement_of({"fc": layer}, ratings, images=images)
    assert shared.units.kind == "images"
    assert any(note.startswith("Some pairs share an image") for note in shared.notes)
    a, b = plain.layers["fc"].pearson, shared.layers["fc"].pearson
    assert (a.r, a.ci) == (b.r, b.ci)
    # Every two of the images are a pair: images are permuted, not pairs.
    assert a.p is not None
    assert b.p is not None
    assert b.p > a.p
    assert shared.layers["fc"].mixed.p is None
    assert a.ci_bca is not None
    assert b.ci_bca is not None
    assert b.ci_bca[1] - b.ci_bca[0] > 1.3 * (a.ci_bca[1] - a.ci_bca[0])


def test_images_of_unrated_pairs_do_not_count() -> None:
    latent, ratings = simulated(2, 8, seed=16)
    images = [(f"a{i}", f"b{i}") for i in range(8)]
    images[7] = images[0]
    ratings[:, 7] = np.nan
    assert agreement_of({"fc": latent}, ratings, images=images).units.kind == "pairs"


def test_a_similarity_that_is_no_number_is_refused() -> None:
    latent, ratings = simulated(2, 8, seed=17)
    latent[[3, 5]] = np.nan
    with pytest.raises(SimtuiError, match="Layer fc has no similarity for pair number 4 and 1 more"):
        agreement_of({"fc": latent}, ratings)
    with pytest.raises(ValueError, match="similarities"):
        agreement_of({"fc": latent[:5]}, ratings)


def awkward() -> list[tuple[str, dict[str, np.ndarray], np.ndarray]]:
    rng = np.random.default_rng(18)
    nan = np.nan
    return [
        ("no raters", {"fc": rng.random(6)}, np.empty((0, 6))),
        ("no pairs", {"fc": np.empty(0)}, np.empty((2, 0))),
        ("two pairs", {"fc": np.array([0.1, 0.2])}, np.array([[1.0, 2], [2, 1]])),
        ("three, two alike", {"fc": np.array([0.1, 0.2, 0.2])}, np.array([[1.0, 2, 2], [2, 1, 2]])),
        ("four on a line", {"fc": np.arange(4.0), "pixels": np.arange(4.0)}, np.array([[1.0, 2, 3, 4]])),
        ("one differs", {"fc": np.eye(1, 9)[0], "pixels": rng.random(9)}, np.array([np.eye(1, 9)[0] + 1])),
        ("gaps everywhere", {"fc": rng.random(4)}, np.array([[1.0, nan, nan, 3], [nan, 2, 4, nan], [nan] * 4])),
        ("disjoint", {"fc": rng.random(6)}, np.array([[1.0, 2, 3, nan, nan, nan], [nan, nan, nan, 4, 2, 6]])),
        ("many ties", {"fc": np.repeat([0.3, 0.6], 5)}, np.array([np.repeat([2.0, 3], 5), np.tile([2.0, 3], 5)])),
    ]


@pytest.mark.parametrize(("layers", "ratings"), [pytest.param(*case[1:], id=case[0]) for case in awkward()])
@pytest.mark.parametrize("zscore", [False, True])
def test_never_nan_never_a_warning_and_always_a_reason(
    layers: dict[str, np.ndarray], ratings: np.ndarray, zscore: bool
) -> None:
    layers = {"pixels": np.random.default_rng(1).random((ratings.shape[1],))} | layers
    others = people_of(ratings, zscore=zscore)
    found = agreement_of(layers, ratings, ceilings=others.ceilings, zscore=zscore)
    assert msgspec.json.decode(msgspec.json.encode(found.layers), type=dict[str, LayerAgreement]) == found.layers
    differences = msgspec.json.encode(found.differences)
    assert msgspec.json.decode(differences, type=tuple[LayerDifference, ...]) == found.differences
    if None in numbers(msgspec.to_builtins(found.layers["fc"])):
        assert found.notes + others.notes + usable(ratings).left_out


def test_numbers_are_plain_ones() -> None:
    latent, ratings = simulated(3, 12, seed=19)
    found = agreement_of(layers_for(latent), ratings)

    def check(value: object) -> None:
        if isinstance(value, dict):
            value = tuple(value.values())
        if isinstance(value, (tuple, list)):
            for item in value:
                check(item)
        else:
            assert type(value) in (int, float, str, bool, type(None)), value

    check(msgspec.to_builtins((found.layers, found.differences, found.n_rated, found.detectable_r)))
