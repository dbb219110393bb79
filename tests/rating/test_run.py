"""Runs: the right next trial after answers, going back, kills and resumption; times that never run backwards."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
from msgspec.structs import replace

from simtui.errors import SimtuiError
from simtui.rating.run import AUTO_REPEAT, CHANGED, Run
from simtui.session import file as session_file
from simtui.session.store import Hold, SessionStore
from simtui.study.model import Study
from tests.builders import ENVIRONMENT, small_study


@pytest.fixture(scope="module")
def study() -> Study:
    return small_study(practice=2)


@pytest.fixture
def hold(tmp_path: Path, study: Study) -> Hold:
    return SessionStore(tmp_path, study.id).hold("P01")


def answer(run: Run, rating: int = 5, after: float = 1.0) -> None:
    onset = run.now()
    run.answer(rating, str(rating % 10), onset, onset + after)


def test_a_run_shows_each_planned_pair_with_its_sides(study: Study, hold: Hold) -> None:
    run = Run.begin(study, hold, ENVIRONMENT)
    for index, planned in enumerate(run.planned):
        shown, pair = run.current(), study.pair(planned.pair_id)
        assert shown.index == index
        assert {shown.left, shown.right} == {pair.left, pair.right}
        assert (shown.left == pair.right) == planned.swapped
        answer(run)
    assert run.finished
    assert run.session.complete
    assert run.session.finished_at is not None
    assert [t.trial_type for t in run.session.trials] == ["practice"] * 2 + ["main"] * 4
    assert len(run.session.main_trials()) == 4


def test_times_are_milliseconds_of_the_monotonic_clock(study: Study, hold: Hold) -> None:
    run = Run.begin(study, hold, ENVIRONMENT, clock=lambda: 1000.0)
    run.answer(7, "7", 1001.5, 1003.25)
    trial = run.session.trials[0]
    assert (trial.onset, trial.time_elapsed, trial.rt) == (1500.0, 3250.0, 1750.0)
    assert (trial.timestamp or "").endswith("Z")


def test_going_back_keeps_the_earlier_response_as_a_revision(study: Study, hold: Hold) -> None:
    run = Run.begin(study, hold, ENVIRONMENT)
    assert not run.back()
    answer(run, 3)
    answer(run, 4)
    assert run.back()
    assert run.current().index == 1
    assert run.current().earlier_response == 4
    assert [t.response for t in session_file.load(run.path).trials] == [3, 4]
    answer(run, 9)
    trial = session_file.load(run.path).trials[1]
    assert trial.response == 9
    assert [(r.response, r.reason) for r in trial.revisions] == [(4, CHANGED)]
    assert run.current().index == 2


def test_going_back_twice_and_answering_returns_to_the_first_unanswered_trial(study: Study, hold: Hold) -> None:
    run = Run.begin(study, hold, ENVIRONMENT)
    answer(run, 3)
    answer(run, 4)
    assert run.back()
    assert run.back()
    answer(run, 8)
    assert run.current().index == 2
    assert [t.response for t in run.session.trials] == [8, 4]


def test_an_earlier_response_can_be_kept(study: Study, hold: Hold) -> None:
    run = Run.begin(study, hold, ENVIRONMENT)
    assert not run.keep()
    answer(run, 3)
    run.back()
    assert run.keep()
    assert run.current().index == 1
    assert run.session.trials[0].revisions == []


def test_a_held_keys_answer_is_taken_back_on_disk_and_its_pair_waits(study: Study, hold: Hold) -> None:
    run = Run.begin(study, hold, ENVIRONMENT)
    answer(run, 3)
    answer(run, 3)
    run.retract(AUTO_REPEAT)
    on_disk = session_file.load(run.path)
    assert [t.response for t in on_disk.trials] == [3, None]
    assert run.current().index == 1
    answer(run, 6)
    trial = session_file.load(run.path).trials[1]
    assert trial.response == 6
    assert [(r.response, r.reason) for r in trial.revisions] == [(3, AUTO_REPEAT)]


def test_taking_back_the_last_answer_reopens_the_run(study: Study, hold: Hold) -> None:
    run = Run.begin(study, hold, ENVIRONMENT)
    while not run.finished:
        answer(run)
    run.retract(AUTO_REPEAT)
    assert run.current().index == 5
    assert session_file.load(run.path).status == "in_progress"
    assert session_file.load(run.path).finished_at is None


def test_an_interrupted_run_goes_on_at_the_right_pair_and_its_times_go_on(study: Study, hold: Hold) -> None:
    first = Run.begin(study, hold, ENVIRONMENT)
    answer(first)
    answer(first)
    elapsed = first.session.trials[-1].time_elapsed or 0.0
    stored = hold.store.runs("P01")[0]
    second = Run.resume(study, hold, stored, ENVIRONMENT)
    assert second.current().index == 2
    assert second.session.session_id == first.session.session_id
    assert [r.trial_index for r in second.session.resumptions] == [2]
    answer(second)
    assert (second.session.trials[-1].onset or 0.0) >= elapsed
    assert [p.name for p in second.path.parent.glob("*.json")] == ["P01_run-1.json"]


def test_what_cannot_be_resumed_is_said(study: Study, hold: Hold) -> None:
    run = Run.begin(study, hold, ENVIRONMENT)
    answer(run)
    stored = hold.store.runs("P01")[0]
    assert stored.session is not None
    with pytest.raises(SimtuiError, match="not an interrupted run of this study"):
        Run.resume(small_study(seed=9), hold, stored, ENVIRONMENT)
    strange = replace(stored.session, trials=[replace(stored.session.trials[0], pair_id="p99")])
    with pytest.raises(SimtuiError, match="does not follow its own plan"):
        Run.resume(study, hold, dataclasses.replace(stored, session=strange), ENVIRONMENT)


def test_a_rating_off_the_scale_is_a_programming_error(study: Study, hold: Hold) -> None:
    run = Run.begin(study, hold, ENVIRONMENT)
    with pytest.raises(ValueError, match="not on the scale"):
        run.answer(11, "?", 0.0, 0.0)
    assert run.answered == 0
