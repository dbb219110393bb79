"""Pair lists: the one with the fewest runs, those just begun included, whoever asks and however many at once."""

from __future__ import annotations

import io
import json
import os
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from simtui.errors import SimtuiError
from simtui.rating.plain import rate_plain
from simtui.rating.run import Run
from simtui.session import file as session_file
from simtui.session.store import SessionStore
from simtui.session.validation import check
from simtui.study import file as study_file
from simtui.study.audit import participants_of_list
from simtui.study.model import Study
from simtui.study.sampling import sample_study
from simtui.study.schedule import list_by_number, list_of
from tests.builders import ENVIRONMENT, complete_run, noise_images, saved
from tests.commands.in_process import simtui
from tests.sessions import change

CLASS, LISTS = 60, 4


def study_of_lists(lists: int, claim_minutes: int = 30) -> Study:
    return sample_study(noise_images(40), digits=[8], pairs=4, seed=1, lists=lists, claim_minutes=claim_minutes)


def begun(study: Study, root: Path, name: str) -> Path:
    """The file of a run in which nothing is answered yet."""
    with SessionStore(root, study.id).hold(name) as hold:
        return Run.begin(study, hold, ENVIRONMENT).path


def list_in(path: Path) -> int | None:
    return session_file.load(path).list_index


@pytest.mark.posix("people are forked off here")
def test_a_class_that_starts_at_once_is_spread_over_the_lists(tmp_path: Path) -> None:
    """Sixty real processes, let go at the same instant, every other one in lines of text; at no moment unbalanced."""
    study = study_of_lists(LISTS)
    reading, writing = os.pipe()
    children = [_one_of_the_class(study, tmp_path, number, reading, writing) for number in range(CLASS)]
    os.close(reading)
    os.close(writing)  # the pipe is at its end: that is the sign
    assert [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children] == [0] * CLASS
    sessions = [session_file.load(path) for path in (tmp_path / study.id).glob("*.json")]
    assert Counter(session.list_index for session in sessions) == dict.fromkeys(range(LISTS), CLASS // LISTS)
    assert all(list_of(study, session.schedule.order) == session.list_index for session in sessions)
    given: Counter[int | None] = Counter(range(LISTS))
    for session in sorted(sessions, key=lambda session: session.started_at):
        given[session.list_index] += 1
        assert max(given.values()) - min(given.values()) <= 1
    saved(study, tmp_path)
    assert not check([tmp_path]).findings


def _one_of_the_class(study: Study, root: Path, number: int, reading: int, writing: int) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        os.close(writing)
        os.read(reading, 1)
        store = SessionStore(root, study.id)
        if number % 2:
            with store.hold(f"person{number}x") as hold:
                Run.begin(study, hold, ENVIRONMENT)
            code = 0
        else:
            code = rate_plain(study, store, store.hold(f"person{number}x"), io.BytesIO(b"5\n"), io.StringIO())
    except BaseException as error:
        sys.__stderr__.write(f"{number}: {error}\n") if sys.__stderr__ else None
    finally:
        os._exit(code)


def test_lists_fill_up_evenly_whatever_the_ids(tmp_path: Path) -> None:
    study = study_of_lists(3)
    files = [complete_run(study, tmp_path, name, {}) for name in ("zoe", "P09", "P01", "adam", "Q1", "X")]
    assert [list_in(path) for path in files] == [0, 1, 2, 0, 1, 2]
    for path in files:
        shown = {trial.pair_id for trial in session_file.load(path).main_trials()}
        assert shown == {pair.id for pair in study.list_pairs(list_in(path) or 0)}


def ago(**time: float) -> Callable[[Any], None]:
    """Of the moment at which the test runs, which may be long after it was collected."""

    def moment() -> str:
        return (datetime.now(UTC) - timedelta(**time)).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    return lambda document: document.update(updated_at=moment())


@pytest.mark.parametrize(
    ("edit", "kept"),
    [
        (ago(minutes=19), True),
        (ago(minutes=21), False),
        (ago(minutes=-90), True),
        (lambda document: document.update(updated_at="yesterday"), True),
        (lambda document: document.update(status="withdrawn"), False),
        (lambda document: document.update(study_sha256="0" * 64), False),
        (lambda document: document.pop("list"), True),
    ],
)
def test_a_run_without_an_answer_keeps_its_list_as_long_as_the_study_says(
    tmp_path: Path, edit: Callable[[Any], None], kept: bool
) -> None:
    study = study_of_lists(2, claim_minutes=20)
    path = begun(study, tmp_path, "P01")
    change(path, edit)
    assert list_in(begun(study, tmp_path, "P02")) == int(kept)


def test_a_run_with_an_answer_keeps_its_list_for_good(tmp_path: Path) -> None:
    study = study_of_lists(2)
    with SessionStore(tmp_path, study.id).hold("P01") as hold:
        run = Run.begin(study, hold, ENVIRONMENT)
        run.answer(5, "5", run.now(), run.now() + 1)
    change(run.path, ago(days=3))
    assert list_in(begun(study, tmp_path, "P02")) == 1


def test_a_study_with_lists_states_how_long_and_another_says_nothing(tmp_path: Path) -> None:
    written = {}
    for name, options in (("usual", ()), ("own", ("--claim-minutes", "5")), ("one", ("--lists", "1"))):
        lists = () if name == "one" else ("--lists", "2")
        assert simtui(tmp_path, "new", f"{name}.json", "--pairs", "4", *lists, *options).returncode == 0
        written[name] = json.loads((tmp_path / f"{name}.json").read_bytes())["design"].get("claim_minutes")
    assert written == {"usual": 30, "own": 5, "one": None}
    refused = simtui(tmp_path, "new", "x.json", "--claim-minutes", "5")
    assert (refused.returncode, "about --lists" in refused.stderr) == (2, True)


def test_impossible_times_are_refused(tmp_path: Path) -> None:
    path = saved(study_of_lists(2), tmp_path)
    change(path, lambda document: document["design"].update(claim_minutes=0))
    with pytest.raises(SimtuiError, match=r"claim_minutes is 0, not 1 to 10080"):
        study_file.load(path)


def test_the_recorded_list_is_checked(tmp_path: Path) -> None:
    study = study_of_lists(2)
    saved(study, tmp_path)
    change(begun(study, tmp_path, "P01"), lambda document: document.update(list=1))
    assert [finding.where for finding in check([tmp_path]).findings] == ["list"]


def test_the_plan_shows_the_lists_that_ids_lead_to() -> None:
    for k in range(3):
        assert {list_by_number(name, 3) for name in participants_of_list(12, 3, k)} == {k}
