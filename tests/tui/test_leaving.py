"""The process ends within a second when it is told to, whatever its terminal does or has done."""

from __future__ import annotations

import os
import signal
import termios
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from simtui.session import file as session_file
from tests.builders import saved, small_study
from tests.terminal_session import SIMTUI, TerminalSession


@pytest.fixture
def rating(tmp_path: Path) -> Iterator[TerminalSession]:
    saved(small_study(), tmp_path)
    with TerminalSession([*SIMTUI, "rate", "study.json", "--participant", "P1"], cwd=tmp_path) as session:
        session.wait_for("Enter starts")
        yield session


def ends_unread(session: TerminalSession, within_s: float) -> bool:
    """Whether the process ends although nobody reads what it writes."""
    end = time.monotonic() + within_s
    while time.monotonic() < end:
        pid, status = os.waitpid(session.pid, os.WNOHANG)
        if pid:
            session.status = os.waitstatus_to_exitcode(status)
            return True
        time.sleep(0.01)
    return False


def fill(session: TerminalSession) -> None:
    """Have the program write more than the terminal takes in unread, until it has no more room for anything."""
    session.send("\r")
    end = time.monotonic() + 3.0
    columns = 80
    while time.monotonic() < end:
        columns = 181 - columns
        termios.tcsetwinsize(session.fd, (24, columns))
        time.sleep(0.03)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_terminal_that_does_not_read_holds_nobody_up(rating: TerminalSession, number: signal.Signals) -> None:
    before = termios.tcgetattr(rating.fd)
    fill(rating)
    rating.kill(number)
    assert ends_unread(rating, 1.2)
    assert rating.status == 128 + number
    if number is signal.SIGTERM:
        assert termios.tcgetattr(rating.fd)[3] & termios.ICANON, f"still raw: {before}"


def threads(session: TerminalSession) -> list[str]:
    """The names of the threads of the process, of which Python tells the system none before 3.14."""
    return sorted(path.name for path in Path(f"/proc/{session.pid}/task").iterdir())


@pytest.mark.posix("threads are listed there", "/proc")
@pytest.mark.parametrize("stopped", [True, False])
@pytest.mark.parametrize("word", ["rate", "kiosk"])
def test_after_a_stop_from_outside_one_thread_reads_keys_and_the_pair_is_shown_anew(
    tmp_path: Path, stopped: bool, word: str
) -> None:
    saved(small_study(), tmp_path)
    rest = ["--participant", "P1"] if word == "rate" else ["--sessions", "sessions"]
    with TerminalSession([*SIMTUI, word, "study.json", *rest], cwd=tmp_path) as session:
        if word == "kiosk":
            session.wait_for("Your participant id")
            session.send("P1")
            session.wait_for("▊ P1 ")
            session.send("\r")
        session.wait_for("Enter starts")
        session.send("\r")
        session.press_until("4", lambda text: "Pair 2 of 4" in text)
        session.settles(lambda _: False)
        running = threads(session)
        for _ in range(3):
            if stopped:
                session.kill(signal.SIGSTOP)
                session.settles(lambda _: False, 0.05)
            drawn = session.raw.count(b"Pair 2 of 4")
            session.kill(signal.SIGCONT)
            session.wait_for(lambda _, n=drawn: session.raw.count(b"Pair 2 of 4") > n)  # type: ignore[misc]
        session.settles(lambda _: False)
        assert threads(session) == running
        session.press_until("5", lambda text: "Pair 3 of 4" in text)
        session.kill(signal.SIGTERM)
        assert session.exited(2)
    (path,) = tmp_path.glob("sessions/*/P1_run-1.json")
    first, second = session_file.load(path).trials
    assert (first.response, first.interruptions) == (4, 0)
    assert second.response == 5
    assert 1 <= second.interruptions <= 3


def test_leaving_after_a_stop_from_outside_does_not_hang(rating: TerminalSession) -> None:
    for _ in range(4):
        rating.kill(signal.SIGSTOP)
        rating.kill(signal.SIGCONT)
    rating.settles(lambda _: False)
    rating.send("q")
    assert rating.exited(3)
    assert rating.status == 0
