"""Power by simulation, against what theory says where theory has an answer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from msgspec.structs import replace

from simtui.analysis.correlation import fisher_ci, power_of_r
from simtui.analysis.layer_differences import DigitTable, over_digits
from simtui.analysis.mixed import mixed
from simtui.analysis.resampling import independent_units
from simtui.errors import SimtuiError
from simtui.progress import Progress, untold
from simtui.reporting import conclusion
from simtui.simulation import power_studies
from simtui.simulation.batches import Job
from simtui.simulation.engines import compute
from simtui.simulation.planned_tests import Table, p_for_new_people, p_of_difference, p_over_digits
from simtui.simulation.power import population
from simtui.simulation.power_studies import PowerCell, cells_of, power_job
from simtui.simulation.raters import Raters

M = 4000


def error(power: float) -> float:
    """Four standard errors of a share of M."""
    return 4 * math.sqrt(max(power * (1 - power), 0.01) / M)


def simulate_power(
    people: Raters,
    r: float,
    pairs: Sequence[int],
    raters: Sequence[int],
    *,
    simulations: int,
    seed: int = 0,
    lists: int = 1,
    digits: int = 1,
    r_pixels: float | None = None,
    on_progress: Progress = untold,
) -> tuple[PowerCell, ...]:
    """The cells for every number of pairs and of raters, computed here."""
    job = power_job(
        people, [(r, lists)], pairs, raters, simulations=simulations, seed=seed, digits=digits, r_pixels=r_pixels
    )
    return cells_of(job, compute(job, on_progress=on_progress))[0]


def cells(
    people: Raters, r: float, pairs: list[int], raters: list[int], *, seed: int = 1, m: int = M
) -> list[PowerCell]:
    return list(simulate_power(people, r, pairs, raters, simulations=m, seed=seed))


@pytest.fixture(scope="module")
def people() -> Raters:
    return population(1, 10, 0.4, 0.02)


@pytest.fixture(scope="module")
def sharp() -> Raters:
    """As near to perfect reliability as ten steps allow; the rounding leaves r = 0.99 of itself."""
    return population(1, 10, 0.95, 0.0)


@pytest.mark.parametrize("r", [0.3, 0.5, 0.7])
def test_almost_perfect_raters_have_the_power_of_the_formula(sharp: Raters, r: float) -> None:
    for cell in cells(sharp, r, [10, 20, 40, 80], [30]):
        found = 0.99 * r
        analytic = power_of_r(found, cell.pairs)
        # The formula is an approximation itself, good to about a percent.
        assert cell.detected == pytest.approx(analytic, abs=error(analytic) + 0.01)
        assert cell.mean_r == pytest.approx(found - found * (1 - found**2) / (2 * cell.pairs), abs=0.012)


def test_without_a_correlation_one_in_twenty_is_detected(people: Raters) -> None:
    for cell in cells(people, 0.0, [8, 30], [1, 6]):
        assert cell.detected == pytest.approx(0.05, abs=error(0.05))
        assert cell.mean_r == pytest.approx(0, abs=0.03)


def test_few_raters_hide_a_part_of_r(people: Raters) -> None:
    """The correction for attenuation: r falls by the square root of the reliability of the mean of K raters."""
    for cell in cells(people, 0.6, [200], [1, 2, 5, 20], m=500):
        of_mean = cell.raters * 0.4 / (1 + (cell.raters - 1) * 0.4)
        assert cell.mean_r == pytest.approx(0.6 * math.sqrt(of_mean), abs=0.01)


def test_more_pairs_more_raters_and_larger_r_have_more_power(people: Raters) -> None:
    by_place = {(c.pairs, c.raters): c.detected for c in cells(people, 0.5, [10, 20, 40], [1, 4, 16])}
    for k in (1, 4, 16):
        assert by_place[10, k] < by_place[20, k] < by_place[40, k]
    for n in (10, 20, 40):
        assert by_place[n, 1] < by_place[n, 4] < by_place[n, 16]
    assert cells(people, 0.3, [20], [4])[0].detected < by_place[20, 4] < cells(people, 0.8, [20], [4])[0].detected


def test_the_sign_of_r_makes_no_difference(people: Raters) -> None:
    plus, minus = (cells(people, r, [30], [5])[0] for r in (0.5, -0.5))
    assert minus.detected == pytest.approx(plus.detected, abs=2 * error(plus.detected))
    assert minus.mean_r is not None
    assert plus.mean_r == pytest.approx(-minus.mean_r, abs=0.02)


def test_the_width_is_that_of_fishers_interval(people: Raters) -> None:
    for cell in cells(people, 0.5, [50, 200], [10], m=500):
        assert cell.mean_r is not None
        interval = fisher_ci(cell.mean_r, cell.pairs)
        assert interval is not None
        assert cell.ci_width == pytest.approx(interval[1] - interval[0], rel=0.03)


def test_ratings_that_never_vary_detect_nothing() -> None:
    same = Raters(1, 9, shared=1.0, spread=1e-6, offset_sd=0.0)
    (cell,) = cells(same, 0.9, [10], [3], m=100)
    assert cell == PowerCell(pairs=10, raters=3, detected=0.0, mean_r=None, ci_width=None)


def test_the_same_seed_gives_the_same_table_and_another_does_not(people: Raters) -> None:
    first, again, other = (cells(people, 0.5, [20], [3], seed=seed, m=200) for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_progress_ends_with_all_of_them(people: Raters) -> None:
    seen: list[tuple[int, int]] = []
    simulate_power(
        people, 0.5, [400], [40], simulations=200, on_progress=lambda done, total, *_: seen.append((done, total))
    )
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert len(seen) > 2
    done, total = seen[-1]
    assert done == total


@pytest.mark.parametrize(("pairs", "raters"), [([3], [1]), ([20], [0])])
def test_what_has_no_interval_is_refused(people: Raters, pairs: list[int], raters: list[int]) -> None:
    with pytest.raises(ValueError, match="four pairs"):
        simulate_power(people, 0.5, pairs, raters, simulations=100)


@pytest.mark.parametrize("k", [2, 5])
def test_the_planned_test_is_that_of_the_analysis(k: int) -> None:
    rng = np.random.default_rng(k)
    x = rng.standard_normal((20, 15))
    ratings = (0.3 + 0.5 * rng.standard_normal((20, k, 1))) * x[:, None] + rng.standard_normal((20, k, 15))
    ratings += rng.standard_normal((20, 1, 15))
    expected = [mixed(*study).p for study in zip(x, ratings, strict=True)]
    assert p_for_new_people(x, ratings) == pytest.approx(np.array(expected, dtype=float))


def test_lists_have_fewer_raters_a_pair_and_so_less_power(people: Raters) -> None:
    (one,) = simulate_power(people, 0.5, [24], [4], simulations=M)
    (two,) = simulate_power(people, 0.5, [24], [4], simulations=M, lists=2)
    assert one.detected_new is not None
    assert two.detected_new is not None
    assert two.detected < one.detected
    assert two.detected_new < one.detected_new
    (alone,) = simulate_power(people, 0.5, [24], [2], simulations=M, lists=2)
    assert alone.detected_new is None


@pytest.mark.parametrize("lists", [1, 3])
def test_without_a_correlation_the_planned_test_detects_at_most_one_in_twenty(people: Raters, lists: int) -> None:
    (cell,) = simulate_power(people, 0.0, [24], [9], simulations=M, lists=lists)
    assert cell.detected_new == pytest.approx(0.05, abs=error(0.05) + 0.01)


def test_two_raters_are_held_to_what_the_analysis_asks_of_them(people: Raters) -> None:
    assert power_studies.LEVEL_OF_TWO == conclusion.LEVEL_OF_TWO
    (cell,) = simulate_power(people, 0.0, [24], [2], simulations=M)
    assert cell.detected_new is not None
    assert cell.detected_new < 0.03


def test_over_digits_the_planned_test_is_that_of_the_analysis() -> None:
    """Up to its bootstrap of pairs, for which there is a formula here."""
    rng = np.random.default_rng(2)
    x = [rng.standard_normal((12, 20)) for _ in range(3)]
    slopes = 0.4 + 0.4 * rng.standard_normal((12, 5, 1))
    y = [slopes * one[:, None] + rng.standard_normal((12, 1, 20)) + rng.standard_normal((12, 5, 20)) for one in x]
    found = p_over_digits([Table.of(one, ratings, 1) for one, ratings in zip(x, y, strict=True)])
    for study in range(12):
        digits = [
            DigitTable(one[[study]], ratings[study], independent_units(20)) for one, ratings in zip(x, y, strict=True)
        ]
        expected = over_digits(digits, ["fc"], "pixels").for_new[0].p
        assert expected is not None
        assert found[study] == pytest.approx(expected, abs=0.02, rel=0.35)


def test_several_digits_have_more_power(people: Raters) -> None:
    (one,), (three,) = (simulate_power(people, 0.4, [16], [6], simulations=1000, digits=d) for d in (1, 3))
    assert one.detected_new is not None
    assert three.detected_new is not None
    assert three.detected > one.detected + 0.1
    assert three.detected_new > one.detected_new + 0.1
    (nothing,) = simulate_power(people, 0.0, [16], [6], simulations=2000, digits=3)
    assert nothing.detected == pytest.approx(0.05, abs=0.025)
    assert nothing.detected_new is not None
    assert nothing.detected_new <= 0.06


def test_the_network_is_told_from_pixels_where_they_differ(people: Raters) -> None:
    def share(r: float, r_pixels: float, digits: int = 1) -> float:
        (cell,) = simulate_power(people, r, [40], [8], simulations=1000, digits=digits, r_pixels=r_pixels)
        assert cell.detected_from_pixels is not None
        return cell.detected_from_pixels

    assert share(0.4, 0.4) <= 0.07
    assert share(0.8, 0.1) > 0.8
    assert share(0.6, 0.3, digits=3) > share(0.6, 0.3) + 0.1
    (without,) = simulate_power(people, 0.4, [20], [4], simulations=100)
    assert without.detected_from_pixels is None


def test_what_is_asked_of_pixels_changes_no_other_number(people: Raters) -> None:
    (without,), (beside,) = (simulate_power(people, 0.4, [20], [4], simulations=200, r_pixels=p) for p in (None, 0.2))
    assert replace(beside, detected_from_pixels=None) == without


def test_a_difference_needs_several_raters() -> None:
    rng = np.random.default_rng(0)
    x, y = rng.standard_normal((3, 20)), rng.standard_normal((3, 4, 20))
    table, other = Table.of(x, y, 1), Table.of(rng.standard_normal((3, 20)), y, 1)
    assert np.all(p_of_difference([table], [other]) < 1)
    assert np.isnan(p_of_difference([Table.of(x, y[:, :1], 1)], [Table.of(x, y[:, :1], 1)])).all()


@pytest.mark.parametrize(
    "damaged", [[[[100, 9, 27.2, 111.4, 0]]], [[7]], [], None, [[[100, 9, 27.2, "x", 0, 0, 0, 0]]]]
)
def test_a_result_of_another_shape_is_refused_in_a_sentence(damaged: object) -> None:
    """As a line of a file of parts that was damaged on the way gives it."""
    whole = [[[100, 9, 27.2, 111.4, 100, 5, 0, 0]]]
    job = Job(
        kind="power",
        work="simtui.simulation.power_studies:studies",
        parameters={"settings": [[0.5, 1]], "pairs": [10], "raters": [4], "simulations": 200},
        seed=0,
        count=200,
        size=100,
    )
    assert cells_of(job, [whole, whole])[0][0].detected == 0.09
    with pytest.raises(SimtuiError, match="results of batch 1 are damaged"):
        cells_of(job, [whole, damaged])
