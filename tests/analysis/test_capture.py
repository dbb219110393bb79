"""What is captured, on data where it is known: the family-wise level, what is missed, and when nothing is said."""

from __future__ import annotations

import tracemalloc

import msgspec
import numpy as np
import pytest

from simtui.analysis.capture import capture, disagreements
from simtui.analysis.correlation import partial
from simtui.analysis.covariates import COVARIATES
from simtui.analysis.layer_results import LEVEL

N = 40


def measures(seed: int, n: int = N, **given: np.ndarray) -> dict[str, np.ndarray]:
    """All covariates at random, some of them given."""
    rng = np.random.default_rng(seed)
    return {name: given.get(name, rng.normal(size=n)) for name in COVARIATES}


def test_r_and_the_partial_rs() -> None:
    rng = np.random.default_rng(1)
    known, human, fc = measures(2), rng.normal(size=N), rng.normal(size=N)

    found = capture(known, {"fc": fc}, human)

    assert [covariate.name for covariate in found.covariates] == list(COVARIATES)
    for covariate in found.covariates:
        values = known[covariate.name]
        layer = covariate.layers["fc"]
        assert covariate.people.r == pytest.approx(np.corrcoef(values, human)[0, 1])
        assert layer.layer.r == pytest.approx(np.corrcoef(values, fc)[0, 1])
        missed, added = partial(values, human, fc[None, :]), partial(values, fc, human[None, :])
        assert missed is not None
        assert added is not None
        assert layer.people_given_layer.r == pytest.approx(missed.r)
        assert layer.layer_given_people.r == pytest.approx(added.r)


def test_noise_seldom_passes_the_threshold_of_the_family() -> None:
    passed = 0
    for seed in range(120):
        human = np.random.default_rng([seed, 1]).normal(size=20)
        found = capture(measures(seed, 20), {}, human, seed=seed)
        hits = [c.people.p is not None and c.people.p <= LEVEL for c in found.covariates]
        passed += any(hits)
    # Eleven independent covariates at p < .05 each would give about 52 of 120.
    assert 1 <= passed <= 14


def test_threshold_and_p_say_the_same() -> None:
    for seed in range(5):
        rng = np.random.default_rng(seed)
        human = rng.normal(size=N)
        known = measures(seed, ssim=human + 2 * rng.normal(size=N), slant=1.5 * rng.normal(size=N) - human)
        found = capture(known, {"fc": human + rng.normal(size=N)}, human, seed=seed)
        assert found.covariate_threshold is not None
        for covariate in found.covariates:
            r, p = covariate.people.r, covariate.people.p
            assert r is not None
            assert p is not None
            assert (abs(r) > found.covariate_threshold) == (p <= LEVEL)


def test_what_people_follow_and_the_layer_misses_is_read_out() -> None:
    rng = np.random.default_rng(3)
    overlap, upright = rng.normal(size=N), rng.normal(size=N)
    human = overlap + 1.5 * upright + 0.3 * rng.normal(size=N)
    fc = overlap + 0.2 * rng.normal(size=N)

    found = capture(measures(4, pixel_cosine=overlap, deskewed_cosine=upright), {"fc": fc}, human)

    reading = found.captures["fc"].reading
    assert reading is not None
    assert reading.startswith("People go with shape once slant and position are taken out (deskewed cosine, r = 0.")
    assert "fc tracks where the ink lies (pixel cosine, r = 0.9" in reading
    assert "what fc leaves unexplained in people goes with shape once slant" in reading


def test_nothing_is_read_out_of_noise() -> None:
    rng = np.random.default_rng(5)

    found = capture(measures(6), {"fc": rng.normal(size=N)}, rng.normal(size=N))

    assert found.captures["fc"].reading is None


def test_an_r_in_the_wrong_direction_is_not_read_out() -> None:
    rng = np.random.default_rng(7)
    human = rng.normal(size=N)

    found = capture(measures(8, slant=human + 0.2 * rng.normal(size=N)), {"fc": rng.normal(size=N)}, human)

    slant = next(c for c in found.covariates if c.name == "slant")
    assert slant.people.p is not None
    assert slant.people.p <= LEVEL
    assert "slant difference" not in (found.captures["fc"].reading or "")


def test_pixels_are_not_held_against_themselves() -> None:
    rng = np.random.default_rng(9)
    pixels, human = rng.normal(size=N), rng.normal(size=N)

    found = capture(measures(10, pixel_cosine=pixels), {"pixels": pixels}, human)

    itself = next(c for c in found.covariates if c.name == "pixel_cosine")
    assert itself.people.r is not None
    assert itself.layers["pixels"].layer.r is None
    assert itself.layers["pixels"].people_given_layer.r is None


def test_constant_and_missing_covariates_are_said_and_left_out() -> None:
    rng = np.random.default_rng(11)
    blank = rng.normal(size=N)
    blank[3] = np.nan

    found = capture(measures(12, holes=np.ones(N), ssim=blank), {"fc": rng.normal(size=N)}, rng.normal(size=N))

    without = {c.name for c in found.covariates if c.people.r is None}
    assert without == {"holes", "ssim"}
    assert found.notes == (
        "An image without ink leaves these covariates without r: structural similarity.",
        "The same for all pairs, and so without r: holes difference.",
    )


def test_unrated_pairs_and_broken_layers_are_left_out() -> None:
    rng = np.random.default_rng(13)
    human, fc, broken = rng.normal(size=N), rng.normal(size=N), rng.normal(size=N)
    human[5] = np.nan
    broken[0] = np.nan
    known = measures(14)

    found = capture(known, {"fc": fc, "conv1": broken, "flat": np.ones(N)}, human)

    keep = np.arange(N) != 5
    assert found.covariates[0].people.r == pytest.approx(np.corrcoef(known["pixel_cosine"][keep], human[keep])[0, 1])
    assert set(found.captures) == {"fc"}


@pytest.mark.parametrize("n", [3, 4])
def test_under_five_pairs_the_measures_are_shown_and_not_judged(n: int) -> None:
    rng = np.random.default_rng(15)
    known, fc, human = measures(16, n), rng.normal(size=n), rng.normal(size=n)

    found = capture(known, {"fc": fc}, human)

    assert (found.covariate_threshold, found.captures["fc"].threshold, found.captures["fc"].reading) == (
        None,
        None,
        None,
    )
    for covariate in found.covariates:
        assert covariate.people.r == pytest.approx(np.corrcoef(known[covariate.name], human)[0, 1])
        assert covariate.people.p is None
        assert covariate.layers["fc"].people_given_layer.r is None
    assert any("shown and not judged" in note for note in found.notes)


def test_of_no_pairs_nothing_is_said() -> None:
    found = capture(measures(16, 0), {"fc": np.zeros(0)}, np.zeros(0))

    assert (found.covariates, found.covariate_threshold, found.captures) == ((), None, {})


@pytest.mark.parametrize("n", [6, 12])
def test_noise_seldom_passes_the_thresholds_of_what_is_left(n: int) -> None:
    # With the residuals only shuffled, one family in six would pass at six pairs.
    passed = [0, 0]
    for seed in range(150):
        human, fc = np.random.default_rng([seed, 2]).normal(size=(2, n))
        for covariate in (found := capture(measures(seed, n), {"fc": fc}, human, seed=seed)).covariates:
            assert covariate.layers["fc"].people_given_layer.r is not None
        for i, threshold in enumerate(
            (found.captures["fc"].threshold_people_given_layer, found.captures["fc"].threshold_layer_given_people)
        ):
            assert threshold is not None
            passed[i] += any(
                abs((c.layers["fc"].people_given_layer, c.layers["fc"].layer_given_people)[i].r or 0) > threshold
                for c in found.covariates
            )
    assert all(1 <= count <= 15 for count in passed), passed


def test_the_same_seed_gives_the_same_numbers() -> None:
    rng = np.random.default_rng(17)
    known, fc, human = measures(18), rng.normal(size=N), rng.normal(size=N)

    first, again, other = (capture(known, {"fc": fc}, human, seed=seed) for seed in (1, 1, 2))

    assert msgspec.to_builtins(first) == msgspec.to_builtins(again)
    assert first.covariate_threshold != other.covariate_threshold


def test_disagreements_are_the_largest_differences_of_rank() -> None:
    human = np.array([9.0, 8, 7, 6, 5, 4, 3, 2])
    fc = np.array([0.2, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.9])

    found = disagreements([f"p{i}" for i in range(8)], {"fc": fc}, human, most=2)["fc"]

    assert [pair.id for pair in found.people_higher] == ["p0"]
    assert [pair.id for pair in found.network_higher] == ["p7"]
    assert (found.people_higher[0].human_rank, found.people_higher[0].network_rank) == (1, 8)


def test_ties_share_their_rank_and_agreement_is_empty() -> None:
    human = np.array([5.0, 5, 1, np.nan])
    fc = np.array([0.5, 0.4, 0.3, 0.9])

    found = disagreements(["a", "b", "c", "d"], {"fc": fc}, human)["fc"]

    assert [(p.id, p.human_rank, p.network_rank) for p in found.people_higher] == [("b", 1.5, 2)]
    assert [(p.id, p.human_rank, p.network_rank) for p in found.network_higher] == [("a", 1.5, 1)]
    assert disagreements(["a", "b"], {"fc": np.array([0.1, 0.2])}, np.array([1.0, 2.0]))["fc"].people_higher == ()


def test_many_pairs_take_little_memory() -> None:
    n = 2_000
    rng = np.random.default_rng(19)
    known, human = measures(20, n), rng.normal(size=n)
    tracemalloc.start()
    try:
        found = capture(known, {"fc": rng.normal(size=n)}, human)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert peak < 150e6
    assert found.covariate_threshold is not None
    # The largest of eleven |r| of 2,000 pairs of noise: near the Bonferroni bound, 2.84 / sqrt(2000).
    assert 0.055 < found.covariate_threshold < 0.075
