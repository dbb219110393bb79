"""The audit counts what the plans say, and what it says of a balanced design is true."""

from __future__ import annotations

from msgspec.structs import replace

from simtui.study.audit import audit, participants_of_list, shared_images
from simtui.study.schedule import plan
from tests.builders import small_study
from tests.study.test_schedule import designed


def test_every_trial_is_counted_once() -> None:
    study = designed(10, digits=2, repeats=4, catch=3)
    found = audit(study, participants_of_list(14, 1, 0))
    assert found.trials == 27
    assert sum(sum(pair.thirds) for pair in found.pairs) == 14 * 20
    assert sum(sum(pair.shown) for pair in found.pairs) == sum(sum(pair.sides) for pair in found.pairs) == 14 * 24
    assert sum(pair.repeated for pair in found.pairs) == 14 * 4
    assert all(sum(pair.shown) == sum(pair.thirds) + pair.repeated for pair in found.pairs)


def test_the_numbers_of_one_run_are_those_of_its_plan() -> None:
    study = designed(12, repeats=2, catch=2)
    trials = plan(study, "P01", 1).trials
    found = audit(study, ["P01"])
    places = {kind: [i for i, trial in enumerate(trials) if trial.trial_type == kind] for kind in ("repeat", "catch")}
    first = {trial.pair_id: i for i, trial in enumerate(trials) if trial.trial_type == "main"}
    lags = sorted(i - first[trials[i].pair_id] for i in places["repeat"])
    assert found.repeat_lags is not None
    assert found.catch_distances is not None
    assert (found.repeat_lags.least, found.repeat_lags.most) == (lags[0], lags[-1])
    assert found.repeat_lags.least >= found.lag_needed
    assert found.catch_distances.least == found.catch_distances.most == places["catch"][1] - places["catch"][0]
    for pair in found.pairs:
        assert pair.thirds[3 * first[pair.pair_id] // len(trials)] == 1


def test_a_balanced_design_is_seen_to_be_one() -> None:
    found = audit(designed(21), participants_of_list(42, 1, 0))
    assert [(third.least, third.mean, third.most) for third in found.thirds] == [(14, 14.0, 14)] * 3
    assert [(side.least, side.most) for side in found.sides] == [(21, 21)] * 2
    assert found.longest_streak is None
    assert (found.repeat_lags, found.mirrored, found.catch_distances) == (None, None, None)


def test_an_unbalanced_one_too() -> None:
    study = small_study(pairs=9)
    fixed = replace(study, design=replace(study.design, order="fixed", swap_sides=False))
    found = audit(fixed, participants_of_list(10, 1, 0))
    assert [(third.least, third.most) for third in found.thirds] == [(0, 10)] * 3
    assert [(side.least, side.most) for side in found.sides] == [(10, 10), (0, 0)]


def test_streaks_and_shared_images_are_counted() -> None:
    study = designed(6, digits=2)
    fixed = replace(study, design=replace(study.design, order="fixed"))
    assert audit(study, participants_of_list(40, 1, 0)).longest_streak in {2, 3}
    in_rows = replace(fixed, pairs=sorted(fixed.pairs, key=lambda pair: str(pair.digit)))
    assert audit(in_rows, ["P01"]).longest_streak == 6
    shared = replace(fixed, pairs=[replace(pair, left="l0") for pair in fixed.pairs[:3]])
    assert audit(shared, ["P01", "P02"]).shared_images == 4
    assert shared_images(shared, [], {}) == 0


def test_participants_take_turns_at_the_lists() -> None:
    assert participants_of_list(5, 2, 0) == ["P01", "P03", "P05"]
    assert participants_of_list(5, 2, 1) == ["P02", "P04"]
    assert participants_of_list(100, 1, 0)[:2] == ["P001", "P002"]


def test_pairs_of_two_digits_alone_have_no_streak() -> None:
    study = designed(6, digits=2)
    mixed = replace(study, pairs=[replace(pair, right_digit=9) for pair in study.pairs])
    assert audit(mixed, ["P01"]).longest_streak == 0
