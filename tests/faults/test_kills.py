"""SIGKILL at random moments of real runs on real terminals: nothing that the screen had moved on from is lost."""

from __future__ import annotations

import random
import re
import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import pytest

from simtui.session import file as session_file
from simtui.study import file as study_file
from simtui.study.model import Study
from simtui.study.schedule import plan
from tests.builders import saved, small_study
from tests.preloaded import Preloaded
from tests.terminal_session import TerminalSession

RUNS = 200
PAIRS = 20
RESUMED_EVERY = 10

_PAIR = re.compile(rb"Pair (\d+) of 20")


@pytest.fixture(scope="module")
def simtui() -> Iterator[Preloaded]:
    with Preloaded() as preloaded:
        yield preloaded


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kills")
    saved(small_study(pairs=PAIRS), folder)
    return folder


def rate(simtui: Preloaded, folder: Path, participant: str) -> TerminalSession:
    return simtui.run("rate", "study.json", "--participant", participant, cwd=folder)


def moved_on(terminal: TerminalSession) -> int:
    """How many pairs the screen has moved on from: it shows the one after them."""
    found = _PAIR.findall(terminal.raw)
    return int(found[-1]) - 1 if found else 0


def is_past(terminal: TerminalSession, number: int) -> bool:
    """Whether the screen has moved on from so many pairs, and one more."""
    return moved_on(terminal) > number or b"Thank you" in terminal.raw


def press_through(terminal: TerminalSession, rng: random.Random, *, keys: int, extra_s: float) -> list[int]:
    """Press `keys` keys, each once the pair before has been moved on from; the keys, in order.

    Then one more key, and SIGKILL up to `extra_s` seconds after it: in the write, the rename, the repaint.
    """
    pressed: list[int] = []
    for number in range(keys):
        # Never the same key twice: sooner than a finger can, it would be taken for its auto-repeat.
        rating = rng.choice([key for key in range(1, 10) if key not in pressed[-1:]])
        terminal.press_until_true(str(rating), partial(is_past, terminal, number))
        pressed.append(rating)
    terminal.send("7")
    terminal.pump(rng.uniform(0, extra_s))
    terminal.kill(signal.SIGKILL)
    assert terminal.exited(10)
    while terminal.pump(0.0):
        pass
    return pressed


def one_run(simtui: Preloaded, folder: Path, study: Study, number: int) -> int:
    """One killed run; how many answers its file has."""
    rng, participant = random.Random(number), f"K{number:03d}"
    with rate(simtui, folder, participant) as terminal:
        terminal.wait_for_bytes(b"Enter starts", 60)
        terminal.send("\r")
        terminal.wait_for_bytes(b"Pair 1 of 20", 60)
        # Early more often than late: all answers are written in the same way, and the late ones take longest.
        pressed = press_through(terminal, rng, keys=rng.randrange(rng.randrange(1, PAIRS)), extra_s=0.02)
        seen = moved_on(terminal)
    path = folder / "sessions" / study.id / f"{participant}_run-1.json"
    session = session_file.load(path)
    responses = [trial.response for trial in session.trials]
    assert len(responses) >= seen, f"run {number}: the screen had moved on from {seen}, the file has {len(responses)}"
    assert responses[: len(pressed)] == pressed
    assert responses[len(pressed) :] in ([], [7])
    assert [t.pair_id for t in session.trials] == plan(study, participant, 1).order[: len(responses)]
    assert not list(path.parent.glob(f"{participant}_run-2*"))
    if number % RESUMED_EVERY == 0:
        resume_and_finish(simtui, folder, participant, path, len(responses))
    return len(responses)


def resume_and_finish(simtui: Preloaded, folder: Path, participant: str, path: Path, answered: int) -> None:
    with rate(simtui, folder, participant) as terminal:
        assert f"stopped after {answered} of 20" in terminal.wait_for("Go on from there", 60)
        terminal.send("y")
        terminal.wait_for("Enter starts", 60)
        terminal.send("\r")
        for number in range(answered, PAIRS):
            terminal.wait_for_bytes(f"Pair {number + 1} of 20".encode(), 60)
            terminal.press_until_true(str(3 + number % 2), partial(is_past, terminal, number))
    session = session_file.load(path)
    assert session.complete
    assert [t.response for t in session.trials[answered:]] == [3 + number % 2 for number in range(answered, PAIRS)]


@pytest.mark.slow
def test_no_answer_is_lost_in_two_hundred_killed_runs(simtui: Preloaded, folder: Path) -> None:
    study = study_file.load(folder / "study.json")
    with ThreadPoolExecutor(max_workers=4) as pool:
        answered = list(pool.map(lambda number: one_run(simtui, folder, study, number), range(RUNS)))
    assert len(answered) == RUNS
    assert len(set(answered)) > 10, "the kills should have come at many different moments"
