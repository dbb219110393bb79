"""Two processes that want the same participant at the same moment: exactly one gets it, nothing is overwritten."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from simtui.session import file as session_file
from simtui.study import file as study_file
from simtui.study.model import Study
from tests.builders import saved, small_study
from tests.faults.running import PAIRS, Rating, rate, says, start

SCREEN_ROUNDS = 6
HOLD_ROUNDS = 250

RACER = """
import json, sys, time
from pathlib import Path
from simtui.study import file as study_file
from simtui.rating.run import Run
from simtui.session.store import BusyError, SessionStore
from tests.builders import ENVIRONMENT

study_path, root, rating, rounds = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
study = study_file.load(study_path)
print("ready", flush=True)
begin = float(sys.stdin.readline())
outcomes, holds = [], []
for number in range(rounds):
    while time.monotonic() < begin + number * 0.008:  # both at the same instant: nothing else would do
        pass
    try:
        hold = SessionStore(root, study.id).hold(f"P{number:03d}")
    except BusyError:
        outcomes.append("busy")
        continue
    holds.append(hold)
    run = Run.begin(study, hold, ENVIRONMENT)
    run.answer(rating, str(rating), run.now(), run.now() + 1)
    outcomes.append("held")
print(json.dumps(outcomes), flush=True)
sys.stdin.readline()
"""

EXCLUSION = """
import os, sys, time
from pathlib import Path
from simtui.session.store import BusyError, SessionStore

root, rounds = Path(sys.argv[1]), int(sys.argv[2])
store, inside = SessionStore(root, "s"), root / "inside"
held = 0
while held < rounds:
    try:
        hold = store.hold("P01")
    except BusyError:
        continue
    os.close(os.open(inside, os.O_CREAT | os.O_EXCL))  # fails where the other is inside too
    inside.unlink()
    hold.release()
    held += 1
"""


@pytest.fixture(scope="module")
def study_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(small_study(pairs=PAIRS), tmp_path_factory.mktemp("two"))


@pytest.fixture(scope="module")
def study(study_path: Path) -> Study:
    return study_file.load(study_path)


def test_two_windows_opened_at_once(tmp_path: Path, study: Study, study_path: Path) -> None:
    """The real command twice, on two terminals, within a millisecond; the loser says so and ends."""
    for number in range(SCREEN_ROUNDS):
        rating = Rating(study, study_path, tmp_path / str(number))
        with rating.screen() as one, rating.screen() as other:
            for terminal in (one, other):
                while "Enter starts" not in terminal.text and not terminal.exited(0.0):
                    terminal.pump(0.05)
            losers = [terminal for terminal in (one, other) if terminal.exited(0.0)]
            assert len(losers) == 1, f"round {number}: {len(losers)} of the two were turned away"
            assert losers[0].status == 2
            assert says("another window")(losers[0].text)
            winner = other if losers[0] is one else one
            start(winner)
            rate(winner, range(1, 2))
            winner.kill()
        assert [path.name for path in rating.folder.glob("*.json")] == ["P01_run-1.json"]
        rating.is_whole(1)


def test_the_same_instant_many_times(tmp_path: Path, study: Study, study_path: Path) -> None:
    """Two processes wait for the same instants of the one clock, and each wants participant after participant."""
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, str(study_path), str(tmp_path), str(mark), str(HOLD_ROUNDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for mark in (2, 7)
    ]
    try:
        lines = [racer.stdout.readline() for racer in racers if racer.stdout]
        assert lines == ["ready\n"] * 2
        begin = time.monotonic() + 0.05
        for racer in racers:
            assert racer.stdin is not None
            racer.stdin.write(f"{begin}\n")
            racer.stdin.flush()
        outcomes = [json.loads(racer.stdout.readline()) for racer in racers if racer.stdout]
    finally:
        for racer in racers:
            racer.communicate("\n", timeout=30)
    assert [racer.returncode for racer in racers] == [0, 0]
    for number, pair in enumerate(zip(*outcomes, strict=True)):
        assert sorted(pair) == ["busy", "held"], f"round {number}: {pair}"
        mark = 2 if pair[0] == "held" else 7
        session = session_file.load(tmp_path / study.id / f"P{number:03d}_run-1.json")
        assert [trial.response for trial in session.trials] == [mark]
    assert len(list(tmp_path.rglob("*.json"))) == HOLD_ROUNDS
    assert len({tuple(pair) for pair in zip(*outcomes, strict=True)}) == 2, "both should have won now and then"


def test_taking_and_releasing_never_lets_two_in(tmp_path: Path) -> None:
    """One releases while the other takes hold, again and again: the moment at which lock files go wrong."""
    hammers = [
        subprocess.Popen([sys.executable, "-c", EXCLUSION, str(tmp_path), "400"], stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    errors = [hammer.communicate(timeout=60)[1] for hammer in hammers]
    assert errors == ["", ""]
    assert [hammer.returncode for hammer in hammers] == [0, 0]


def test_a_folder_removed_under_a_run_lets_another_in_and_still_nothing_is_overwritten(
    tmp_path: Path, study: Study, study_path: Path
) -> None:
    """The lock goes with the folder, so a second process can begin: the first must not write over its file."""
    rating = Rating(study, study_path, tmp_path)
    with rating.screen() as first:
        start(first)
        rate(first, range(1, 3))
        shutil.rmtree(rating.folder)
        with rating.screen() as second:
            start(second)
            rate(second, range(1, 2))
            theirs = rating.file.read_bytes()
            first.press_until("3", says("written by somebody else"))
            assert f"Pair 3 of {PAIRS}" in first.text
            assert rating.file.read_bytes() == theirs
            rate(second, range(2, 3))
    rating.is_whole(2)
