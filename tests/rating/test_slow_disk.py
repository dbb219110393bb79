"""A disk that takes its time: the screen says so, keeps its pair until the answer is there, and ends when told to."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from simtui.session import file as session_file
from simtui.session.model import Trial
from tests.builders import saved, small_study
from tests.terminal_session import TerminalSession

WAITING = """
import os, sys, time
from pathlib import Path
on_disk = os.fsync
def fsync(descriptor):
    while Path("slow").exists():
        time.sleep(0.01)
    on_disk(descriptor)
os.fsync = fsync
from simtui.cli import main
main()
"""
"""The real program on a disk that is slow as long as there is a file of that name."""

SAVING = "Saving … the disk takes its time ("


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved(small_study(pairs=3), tmp_path)
    return tmp_path


def rating(folder: Path) -> TerminalSession:
    command = [sys.executable, "-c", WAITING, "rate", "study.json", "--participant", "P1"]
    return TerminalSession(command, cwd=folder)


def trials(folder: Path) -> list[Trial]:
    (path,) = folder.glob("sessions/*/P1_run-1.json")
    return session_file.load(path).trials


def test_after_half_a_second_the_screen_says_that_it_is_saving(folder: Path) -> None:
    with rating(folder) as terminal:
        terminal.wait_for("Enter starts")
        (folder / "slow").touch()
        terminal.press_until("\r", lambda text: SAVING in text)
        assert "Enter starts" in terminal.text
        (folder / "slow").unlink()
        assert SAVING not in terminal.wait_for("Pair 1 of 3")

        (folder / "slow").touch()
        terminal.press_until("4", lambda text: SAVING in text)
        first, second = (terminal.wait_for(f"({seconds} s)") for seconds in (2, 3))
        assert "Pair 1 of 3" in first
        assert [line for line in first.splitlines() if SAVING not in line] == [
            line for line in second.splitlines() if SAVING not in line
        ]
        assert trials(folder) == []
        terminal.send("7")
        (folder / "slow").unlink()
        text = terminal.wait_for("Pair 2 of 3")
        assert terminal.settles(lambda text: SAVING not in text and "How similar" in text), text
        assert [trial.response for trial in trials(folder)] == [4]
        terminal.press_until("5", lambda text: "Pair 3 of 3" in text)
    assert [trial.response for trial in trials(folder)] == [4, 5]


def test_it_ends_within_a_second_though_the_disk_does_not_answer(folder: Path) -> None:
    with rating(folder) as terminal:
        terminal.wait_for("Enter starts")
        terminal.press_until("\r", lambda text: "Pair 1 of 3" in text)
        (folder / "slow").touch()
        terminal.press_until("4", lambda text: SAVING in text)
        terminal.kill(signal.SIGTERM)
        assert terminal.exited(1.5)
        assert terminal.status == 128 + signal.SIGTERM


def test_in_lines_it_is_said_once(folder: Path) -> None:
    (folder / "slow").touch()
    with subprocess.Popen(
        [sys.executable, "-c", WAITING, "rate", "study.json", "--participant", "P1", "--plain"],
        cwd=folder,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("4\n5\n6\n")
        process.stdin.close()
        for line in process.stdout:
            if SAVING in line:
                break
        (folder / "slow").unlink()
        rest = process.stdout.read()
    assert SAVING not in rest
    assert "3 answers were saved" in rest
