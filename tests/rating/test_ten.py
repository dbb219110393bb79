"""A 10 typed as it is written, 1 and 0, with real keys on a real terminal, is a 10 on disk."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from simtui.session import file as session_file
from simtui.session.model import Trial
from simtui.study.model import Study
from tests.builders import saved, small_study
from tests.commands import in_process
from tests.slow_line import SlowLine
from tests.terminal_session import SIMTUI, TerminalSession

PAIRS = 3


def rating(folder: Path, study: Study) -> TerminalSession:
    saved(study, folder)
    return TerminalSession([*SIMTUI, "rate", "study.json", "--participant", "P01"], cwd=folder)


def trials(folder: Path) -> list[Trial]:
    (path,) = folder.glob("sessions/*/P01_run-1.json")
    return session_file.load(path).trials


def to_first_pair(terminal: TerminalSession) -> None:
    terminal.wait_for("Enter starts")
    terminal.send("\r")
    terminal.wait_for("Pair 1 of 3")
    rest(terminal, 0.4)


def rest(terminal: TerminalSession, seconds: float) -> None:
    """Take in what comes for so long."""
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0:
        terminal.pump(left)


def type_ten(terminal: TerminalSession, gap_s: float) -> None:
    terminal.send("1")
    rest(terminal, gap_s)
    terminal.send("0")


@pytest.mark.parametrize(("gap_s", "blank_ms"), [(0.03, 300), (0.15, 300), (0.45, 300), (0.03, 0), (0.15, 0)])
def test_a_ten_is_a_ten_at_the_first_pair_and_at_the_last(tmp_path: Path, gap_s: float, blank_ms: int) -> None:
    with rating(tmp_path, small_study(pairs=PAIRS, blank_ms=blank_ms, min_viewing_ms=200)) as terminal:
        to_first_pair(terminal)
        type_ten(terminal, gap_s)
        terminal.wait_for(lambda _: [t.response for t in trials(tmp_path)] == [10])
        terminal.wait_for("Pair 2 of 3")
        terminal.press_until("5", lambda text: "Pair 3 of 3" in text)
        rest(terminal, 0.4)
        type_ten(terminal, gap_s)
        terminal.wait_for("Thank you!")
    found = trials(tmp_path)
    assert [(t.response, t.key) for t in found] == [(10, "10"), (5, "5"), (10, "10")]
    assert [t.revisions for t in found] == [[], [], []]
    for trial in (found[0], found[2]):
        assert trial.rt is not None
        assert trial.onset is not None
        assert trial.time_elapsed is not None
        assert abs(trial.onset + trial.rt - trial.time_elapsed) < 0.3
    checked = in_process.simtui(tmp_path, "validate", "study.json", "sessions")
    assert checked.returncode == 0, checked.stdout


def test_a_ten_is_a_ten_on_a_slow_line(tmp_path: Path) -> None:
    saved(small_study(pairs=PAIRS, blank_ms=0), tmp_path)
    argv = [*SIMTUI, "rate", "study.json", "--participant", "P01", "--colors", "ascii"]
    with SlowLine(argv, cwd=tmp_path, bits_a_second=9600, delay_s=0.05) as terminal:
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        terminal.wait_until_drawn(b"most similar")
        terminal.settle(0.3)
        type_ten(terminal, 0.15)
        terminal.wait_for(lambda _: [(t.response, t.key) for t in trials(tmp_path)] == [(10, "10")])


def test_a_0_when_the_next_pair_may_be_answered_is_its_answer(tmp_path: Path) -> None:
    with rating(tmp_path, small_study(pairs=PAIRS, min_viewing_ms=200)) as terminal:
        to_first_pair(terminal)
        terminal.send("1")
        terminal.wait_for("Pair 2 of 3")
        rest(terminal, 0.45)
        terminal.press_until("0", lambda text: "Pair 3 of 3" in text)
    assert [(t.response, t.key) for t in trials(tmp_path)] == [(1, "1"), (10, "0")]


def test_killed_between_the_two_keys_the_answer_is_on_disk_as_what_was_pressed(tmp_path: Path) -> None:
    with rating(tmp_path, small_study(pairs=PAIRS, blank_ms=300)) as terminal:
        to_first_pair(terminal)
        terminal.send("1")
        terminal.wait_for("[1]")
        terminal.kill()
    assert [(t.response, t.key) for t in trials(tmp_path)] == [(1, "1")]


@pytest.mark.parametrize("colors", ["24", "256", "16", "ascii", "NO_COLOR"])
@pytest.mark.parametrize("size", [(80, 24), (62, 16)])
def test_the_scale_shows_the_key_of_the_ten_and_the_answer_through_the_blank(
    tmp_path: Path, colors: str, size: tuple[int, int]
) -> None:
    saved(small_study(pairs=PAIRS, blank_ms=1000), tmp_path)
    options = [] if colors == "NO_COLOR" else ["--colors", colors]
    with TerminalSession(
        [*SIMTUI, "rate", "study.json", "--participant", "P01", *options],
        cwd=tmp_path,
        columns=size[0],
        rows=size[1],
        environment={"NO_COLOR": "1"} if colors == "NO_COLOR" else {},
    ) as terminal:
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        text = terminal.wait_for(lambda text: "10 <0>" in text and "most similar" in text)
        assert "least similar" in text
        terminal.press_until("7", lambda text: "[7]" in text)
        blank = terminal.wait_for(lambda text: not any(row.strip() for row in text.splitlines()[5:10]))
        assert "[7]" in blank
        row = next(y for y, line in enumerate(terminal.screen.display) if "[7]" in line)
        column = terminal.screen.display[row].index("[7]")
        assert terminal.screen.buffer[row][column].reverse
