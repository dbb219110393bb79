"""The plan of a run: every pair once, each participant's own order, the same when rebuilt."""

from __future__ import annotations

from msgspec.structs import replace

from simtui.schedule import plan, schedule_seed
from tests.builders import small_study

STUDY = small_study(pairs=20, practice=2)


def test_every_pair_comes_once_after_the_practice() -> None:
    made = plan(STUDY, "P01", 1)
    assert sorted(made.order) == [pair.id for pair in STUDY.pairs]
    assert [trial.pair_id for trial in made.trials[2:]] == made.order
    assert [trial.trial_type for trial in made.trials] == ["practice"] * 2 + ["main"] * 20


def test_it_can_be_rebuilt_and_differs_between_participants_runs_and_studies() -> None:
    assert plan(STUDY, "P01", 1) == plan(STUDY, "P01", 1)
    orders = {tuple(plan(STUDY, f"P{p:02d}", run).order) for p in range(50) for run in (1, 2)}
    assert len(orders) == 100
    assert plan(STUDY, "P01", 1).seed == schedule_seed(STUDY.sha256, "P01", 1) < 2**48
    assert schedule_seed("another", "P01", 1) != schedule_seed(STUDY.sha256, "P01", 1)


def test_order_and_sides_are_balanced_over_many_participants() -> None:
    plans = [plan(STUDY, f"P{p}", 1) for p in range(400)]
    first = STUDY.pairs[0].id
    mean_place = sum(made.order.index(first) for made in plans) / len(plans)
    swapped = sum(t.swapped for made in plans for t in made.trials) / sum(len(made.trials) for made in plans)
    # Standard errors: 5.8 / sqrt(400) = 0.29 places, and 0.5 / sqrt(8800) = 0.005.
    assert abs(mean_place - 9.5) < 1.2
    assert abs(swapped - 0.5) < 0.02


def test_a_fixed_order_and_fixed_sides_are_kept() -> None:
    fixed = replace(STUDY, design=replace(STUDY.design, order="fixed", swap_sides=False))
    made = plan(fixed, "P01", 1)
    assert made.order == [pair.id for pair in STUDY.pairs]
    assert not any(trial.swapped for trial in made.trials)
