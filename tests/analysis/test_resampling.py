from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from scipy import stats

from simtui.analysis import resampling
from simtui.analysis.correlation import mean_rating, pearson_rows
from simtui.analysis.resampling import Units, independent_units
from tests.analysis.data import simulated


def standard(values: np.ndarray) -> np.ndarray:
    return resampling.standardised(values)


def test_a_weighted_r_is_the_r_of_the_repeated_pairs() -> None:
    rng = np.random.default_rng(0)
    layers, rating = rng.normal(size=(3, 12)), rng.normal(size=12)
    drawn = rng.integers(0, 12, size=(50, 12))
    weights = np.stack([np.bincount(row, minlength=12) for row in drawn]).astype(float)
    expected = np.stack([pearson_rows(layers[:, row], rating[row]) for row in drawn])
    found = resampling.weighted_r(weights, standard(layers), standard(rating))
    np.testing.assert_allclose(found, expected, atol=1e-12)
    each = np.repeat(standard(rating)[None, :], 50, axis=0)
    np.testing.assert_allclose(resampling.weighted_r(weights, standard(layers), each), expected, atol=1e-12)


def test_a_resample_without_variation_has_no_r() -> None:
    layers, rating = np.array([[1.0, 1, 1, 2, 3]]), np.array([1.0, 2, 3, 4, 4])
    weights = np.array([[5.0, 0, 0, 0, 0], [2, 2, 1, 0, 0], [0, 0, 0, 3, 2], [0, 0, 0, 0, 0], [1, 1, 1, 1, 1]])
    found = resampling.weighted_r(weights, standard(layers), standard(rating))
    assert np.isnan(found[:4]).all()
    assert np.isfinite(found[4])


def test_bootstrap_interval_is_that_of_scipy() -> None:
    latent, ratings = simulated(4, 25, seed=1)
    rating = mean_rating(ratings)
    boot = resampling.bootstrap(latent[None, :], rating, independent_units(25), np.random.default_rng(0))[:, 0]
    theirs = stats.bootstrap(
        (latent, rating),
        lambda x, y, axis: pearson_rows(x, y),
        paired=True,
        vectorized=True,
        n_resamples=49_999,
        method="percentile",
        rng=np.random.default_rng(1),
    ).confidence_interval
    assert resampling.percentile_interval(boot) == pytest.approx(tuple(theirs), abs=0.008)


def test_the_jackknife_leaves_out_one_pair() -> None:
    latent, ratings = simulated(1, 25, seed=1)
    weights = independent_units(25).leave_one_out()
    found = resampling.weighted_r(weights, standard(latent[None, :]), standard(ratings[0]))[:, 0]
    expected = [np.corrcoef(np.delete(latent, i), np.delete(ratings[0], i))[0, 1] for i in range(25)]
    np.testing.assert_allclose(found, expected, atol=1e-12)


def test_bca_of_given_resamples_is_scipys_to_the_last_digit() -> None:
    latent, ratings = simulated(1, 15, seed=2)
    theirs = stats.bootstrap(
        (latent, ratings[0]),
        lambda x, y, axis: pearson_rows(x, y),
        paired=True,
        vectorized=True,
        n_resamples=2_000,
        method="BCa",
        rng=np.random.default_rng(3),
    )
    jackknife = np.array([np.corrcoef(np.delete(latent, i), np.delete(ratings[0], i))[0, 1] for i in range(15)])
    seen = float(np.corrcoef(latent, ratings[0])[0, 1])
    found = resampling.bca_interval(theirs.bootstrap_distribution, seen, jackknife)
    assert found == pytest.approx(tuple(theirs.confidence_interval), abs=1e-12)


def test_crossed_bootstrap_is_the_loop_it_replaces() -> None:
    latent, ratings = simulated(5, 16, seed=3)
    ratings[2, 4] = ratings[3, 9] = np.nan
    units = independent_units(16)
    n = 300
    found = resampling.crossed_bootstrap(
        latent[None, :], ratings, units, (np.random.default_rng(0), np.random.default_rng(1)), n
    )[:, 0]
    pairs = np.random.default_rng(0).integers(0, 16, size=(n, 16))
    raters = np.random.default_rng(1).integers(0, 5, size=(n, 5))
    expected = [pearson_rows(latent[p], mean_rating(ratings[np.ix_(q, p)])) for p, q in zip(pairs, raters, strict=True)]
    np.testing.assert_allclose(found, np.array(expected, dtype=float), atol=1e-10)


def test_crossed_bootstrap_leaves_out_pairs_that_no_drawn_rater_rated() -> None:
    latent, ratings = simulated(2, 12, seed=4)
    ratings[0, :3] = np.nan
    found = resampling.crossed_bootstrap(
        latent[None, :], ratings, independent_units(12), (np.random.default_rng(0), np.random.default_rng(1)), 200
    )[:, 0]
    pairs = np.random.default_rng(0).integers(0, 12, size=(200, 12))
    raters = np.random.default_rng(1).integers(0, 2, size=(200, 2))
    expected = [pearson_rows(latent[p], mean_rating(ratings[np.ix_(q, p)])) for p, q in zip(pairs, raters, strict=True)]
    np.testing.assert_allclose(found, np.array(expected, dtype=float), atol=1e-10)


def test_new_raters_widen_the_interval() -> None:
    latent, ratings = simulated(4, 40, seed=5, noise=2.0)
    units = independent_units(40)
    pairs = resampling.percentile_interval(
        resampling.bootstrap(latent[None, :], mean_rating(ratings), units, np.random.default_rng(0))[:, 0]
    )
    streams = (np.random.default_rng(0), np.random.default_rng(1))
    both = resampling.percentile_interval(resampling.crossed_bootstrap(latent[None, :], ratings, units, streams)[:, 0])
    assert pairs is not None
    assert both is not None
    assert both[1] - both[0] > 1.2 * (pairs[1] - pairs[0])


def test_resamples_do_not_depend_on_the_size_of_the_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    latent, ratings = simulated(3, 20, seed=6)
    layers = np.stack([latent, latent**2])

    def everything() -> list[np.ndarray]:
        units = independent_units(20)
        streams = (np.random.default_rng(1), np.random.default_rng(2))
        return [
            resampling.bootstrap(layers, mean_rating(ratings), units, np.random.default_rng(0), 1_000),
            resampling.crossed_bootstrap(layers, ratings, units, streams, 1_000),
            resampling.permutation_p(layers, mean_rating(ratings), np.random.default_rng(3), 1_000),
        ]

    whole = everything()
    monkeypatch.setattr(resampling, "_PRODUCT", 1)
    for one, other in zip(whole, everything(), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-12)


def test_permutation_p_is_exact_where_all_orders_can_be_counted() -> None:
    layer, rating = np.array([1.0, 2, 4, 3, 6]), np.array([2.0, 1, 5, 4, 5])
    exact = stats.permutation_test(
        (rating,),
        lambda y: abs(np.corrcoef(layer, y)[0, 1]),
        permutation_type="pairings",
        alternative="greater",
    ).pvalue
    p = resampling.permutation_p(layer[None, :], rating, np.random.default_rng(0), 49_999)
    assert p[0] == pytest.approx(exact, abs=0.006)


def test_permutation_p_is_never_0_and_counts_the_order_seen() -> None:
    x = np.arange(30.0)
    p = resampling.permutation_p(np.stack([x, -x]), x, np.random.default_rng(0), 999)
    np.testing.assert_array_equal(p, [0.001, 0.001])


def test_permutation_p_is_uniform_without_an_effect() -> None:
    rng = np.random.default_rng(8)
    rating = rng.normal(size=20)
    p = resampling.permutation_p(rng.normal(size=(2_000, 20)), rating, rng, 499)
    assert stats.kstest(p, "uniform").pvalue > 0.01


def test_pairs_of_different_images_are_drawn_themselves() -> None:
    images = [(f"a{i}", f"b{i}") for i in range(6)]
    for units in (independent_units(6), independent_units(6, images)):
        assert (units.kind, units.count) == ("pairs", 6)
        weights = units.draw(np.random.default_rng(0), 40)
        assert weights.shape == (40, 6)
        np.testing.assert_array_equal(weights.sum(axis=1), 6)
        np.testing.assert_array_equal(units.leave_one_out(), 1 - np.eye(6))


def test_a_few_shared_images_tie_their_pairs_together() -> None:
    # 0-1 and 2-3-4 (a chain) share images; 5 to 7 stand alone.
    images = [("a", "b"), ("b", "c"), ("d", "e"), ("f", "e"), ("f", "g"), ("h", "i"), ("j", "k"), ("l", "m")]
    units = independent_units(8, images)
    assert (units.kind, units.count) == ("groups", 5)
    weights = units.draw(np.random.default_rng(0), 200)
    np.testing.assert_array_equal(weights[:, 0], weights[:, 1])
    np.testing.assert_array_equal(weights[:, 2], weights[:, 4])
    assert Counter(units.leave_one_out().sum(axis=1)) == {6.0: 1, 5.0: 1, 7.0: 3}


def test_images_shared_throughout_are_what_is_drawn() -> None:
    names = "abcde"
    images = [(names[i], names[j]) for i in range(5) for j in range(i)]
    units = independent_units(10, images)
    assert (units.kind, units.count) == ("images", 5)
    # Without image "a" four pairs go.
    np.testing.assert_array_equal(units.leave_one_out().sum(axis=1), 6)
    weights = units.draw(np.random.default_rng(0), 100)
    drawn = np.random.default_rng(0).integers(0, 5, size=(100, 5))
    # Ids are numbered in the order in which they appear: b a c d e.
    order = list(dict.fromkeys(name for pair in images for name in pair))
    for row, draw in zip(weights, drawn, strict=True):
        count = Counter(order[i] for i in draw)
        assert row.tolist() == [count[left] * count[right] for left, right in images]


def test_an_image_beside_itself_counts_once() -> None:
    units = Units("images", 2, np.array([0, 0]), np.array([0, 1]))
    np.testing.assert_array_equal(units.leave_one_out(), [[0, 0], [1, 0]])
    assert units.draw(np.random.default_rng(0), 50)[:, 0].max() == 2


def test_shared_images_widen_the_interval() -> None:
    # Ratings that depend on one property of each image: pairs that share an image go together.
    rng = np.random.default_rng(9)
    images = [(f"i{i}", f"i{j}") for i in range(12) for j in range(i)]
    quality, feature = rng.normal(size=(2, 12))
    pairs = np.array([(i, j) for i in range(12) for j in range(i)])
    layer, rating = feature[pairs].sum(axis=1), quality[pairs].sum(axis=1) + feature[pairs].sum(axis=1)
    width = {}
    for name, units in (
        ("pairs", independent_units(len(pairs))),
        ("images", independent_units(len(pairs), images)),
    ):
        ci = resampling.percentile_interval(
            resampling.bootstrap(layer[None, :], rating, units, np.random.default_rng(0), 4_999)[:, 0]
        )
        assert ci is not None
        width[name] = ci[1] - ci[0]
    assert width["images"] > 1.5 * width["pairs"]


def test_no_interval_where_too_many_resamples_have_no_r() -> None:
    resamples = np.concatenate([np.linspace(-0.5, 0.9, 90), np.full(10, np.nan)])
    assert resampling.percentile_interval(resamples) is None
    assert resampling.bca_interval(resamples, 0.3, np.linspace(0.2, 0.4, 8)) is None
    assert resampling.sign_p(resamples) is None
    assert resampling.percentile_interval(np.append(resamples[:90], np.nan)) is not None


def test_no_bca_without_a_jackknife_or_on_one_side() -> None:
    resamples = np.linspace(-0.5, 0.9, 101)
    assert resampling.bca_interval(resamples, 0.3, np.array([0.2, np.nan, 0.4])) is None
    assert resampling.bca_interval(resamples, 0.95, np.linspace(0.2, 0.4, 8)) is None
    # Without skew in the jackknife and without bias it is the percentile interval.
    middle = float(resamples[50])
    even = resampling.bca_interval(resamples, middle, np.array([0.1, 0.2, 0.3]))
    assert even == pytest.approx(resampling.percentile_interval(resamples))
    assert resampling.bca_interval(resamples, middle, np.full(5, 0.2)) == pytest.approx(even)


def test_sign_p() -> None:
    assert resampling.sign_p(np.full(999, 0.2)) == pytest.approx(0.002)
    assert resampling.sign_p(np.linspace(-1, 1, 999)) == pytest.approx(1.0, abs=0.005)


def test_lists_by_themselves_give_what_all_ratings_together_give(monkeypatch: pytest.MonkeyPatch) -> None:
    x, ratings = simulated(9, 24, seed=8)
    of_rater, of_pair = (np.arange(n) % 3 for n in ratings.shape)
    ratings[of_rater[:, None] != of_pair] = np.nan

    def found() -> np.ndarray:
        generators = np.random.default_rng(1), np.random.default_rng(2)
        return resampling.crossed_bootstrap(x[None], ratings, independent_units(24), generators, 200)

    by_list = found()
    monkeypatch.setattr(resampling, "lists_in", lambda _: [])
    np.testing.assert_allclose(by_list, found(), atol=1e-12)
