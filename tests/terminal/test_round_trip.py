"""The question to the terminal: measured where it is answered, and without a trace where it is not."""

from __future__ import annotations

import os
import select
import termios
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from simtui.session import file as session_file
from simtui.session import model as sessions
from simtui.terminal.round_trip import BACKGROUND, QUESTION, RoundTrip, RoundTrips, round_trips
from tests.builders import saved, small_study
from tests.terminal_session import SIMTUI, TerminalSession

Pty = tuple[int, int]


@pytest.fixture
def line() -> Iterator[Pty]:
    """The far end of a terminal, and the terminal."""
    far, near = os.openpty()
    yield far, near
    os.close(far)
    os.close(near)


def answering(far: int, *pieces: bytes, questions: int = 1) -> threading.Thread:
    """A terminal that answers so many questions, each with these pieces, waiting until each piece was read."""

    def answer() -> None:
        for _ in range(questions):
            heard = b""
            while QUESTION not in heard:
                heard += os.read(far, 100)
            for piece in pieces:
                os.write(far, piece)

    thread = threading.Thread(target=answer)
    thread.start()
    return thread


def test_an_answer_is_timed_and_the_terminal_given_back_as_it_was(line: Pty) -> None:
    far, near = line
    before = termios.tcgetattr(near)
    thread = answering(far, b"\x1b[24;80R")
    with RoundTrip(5.0, near, near) as trip:
        assert not termios.tcgetattr(near)[3] & (termios.ECHO | termios.ICANON)
    thread.join()
    assert trip.ms is not None
    assert 0 < trip.ms < 5000
    assert termios.tcgetattr(near) == before


def test_keys_and_an_answer_in_pieces(line: Pty) -> None:
    far, near = line
    thread = answering(far, b"5q\x1b[2", b"4;8", b"0R")
    assert round_trips(1, 5.0, stdin=near, stdout=near).answers == 1
    thread.join()
    assert not select.select([near], [], [], 0)[0]


@pytest.mark.parametrize(
    ("reply", "light"),
    [
        (b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\", True),
        (b"\x1b]11;rgb:1c1c/1c1c/1c1c\x07", False),
        (b"\x1b]11;rgb:fd/f6/e3\x1b\\", True),
        (b"\x1b]11;rgb:00/2b/36\x07", False),
        (b"\x1b]11;nothing\x07", None),
        (b"", None),
    ],
)
def test_the_background_is_asked_for_in_front_of_the_cursors_position(
    line: Pty, reply: bytes, light: bool | None
) -> None:
    far, near = line
    thread = answering(far, reply, b"\x1b[24;80R")
    with RoundTrip(5.0, near, near, BACKGROUND) as trip:
        pass
    thread.join()
    assert trip.ms is not None
    assert trip.light is light


def test_several_samples(line: Pty) -> None:
    far, near = line
    thread = answering(far, b"\x1b[1;1R", questions=5)
    assert round_trips(5, 10.0, stdin=near, stdout=near).answers == 5
    thread.join()


def test_an_answer_that_is_late_counts_for_nothing_and_is_not_left_for_others(line: Pty) -> None:
    far, near = line

    def answer_late() -> None:
        os.read(far, 100)
        select.select([], [], [], 0.1)  # far beyond the 5 ms that any answer is waited for
        os.write(far, b"\x1b[1;1R")

    thread = threading.Thread(target=answer_late)
    thread.start()
    assert round_trips(3, 0.0, 20.0, stdin=near, stdout=near) == RoundTrips(None, 0)
    thread.join()
    assert not select.select([near], [], [], 0)[0]


def test_a_mute_terminal_costs_the_timeout_and_leaves_nothing_behind(line: Pty) -> None:
    far, near = line
    before = termios.tcgetattr(near)
    os.write(far, b"typed")
    assert round_trips(3, 0.05, 0.0, stdin=near, stdout=near) == RoundTrips(None, 0)
    assert termios.tcgetattr(near) == before
    assert not select.select([near], [], [], 0)[0]
    assert os.read(far, 100).endswith(QUESTION)  # asked once, not three times


def test_what_goes_wrong_meanwhile_gives_the_terminal_back(line: Pty) -> None:
    _, near = line
    before = termios.tcgetattr(near)
    with pytest.raises(KeyboardInterrupt), RoundTrip(60.0, near, near):
        raise KeyboardInterrupt
    assert termios.tcgetattr(near) == before


def test_a_terminal_that_hangs_up_meanwhile() -> None:
    far, near = os.openpty()
    with RoundTrip(60.0, near, near) as trip:
        os.close(far)
    assert trip.ms is None
    os.close(near)


@pytest.mark.parametrize("term", ["dumb", ""])
def test_what_would_print_the_question_is_not_asked(line: Pty, term: str, monkeypatch: pytest.MonkeyPatch) -> None:
    far, near = line
    monkeypatch.setenv("TERM", term)
    assert round_trips(1, stdin=near, stdout=near).ms is None
    assert not select.select([far], [], [], 0)[0]


def test_no_terminal_at_all(tmp_path: Path) -> None:
    with (tmp_path / "file").open("w+") as file:
        assert round_trips(1, stdin=file.fileno(), stdout=file.fileno()).ms is None
        assert file.read() == ""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved(small_study(pairs=3), tmp_path)
    return tmp_path


def session(folder: Path) -> sessions.Session:
    (path,) = folder.glob("sessions/*/*.json")
    return session_file.load(path)


def test_rate_stores_it(folder: Path) -> None:
    with TerminalSession([*SIMTUI, "rate", "study.json", "--participant", "P01"], cwd=folder) as terminal:
        terminal.wait_for(lambda _: QUESTION in terminal.raw)
        terminal.send("\x1b[1;1R")
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        terminal.wait_for("Pair 1 of 3")
    taken = session(folder).environment.terminal_round_trip_ms
    assert taken is not None
    assert 0 < taken < 5000


def test_an_answer_that_comes_too_late_is_no_key(folder: Path) -> None:
    with TerminalSession([*SIMTUI, "rate", "study.json"], cwd=folder) as terminal:
        terminal.wait_for("Enter starts")
        terminal.send("\x1b[1;1R")
        terminal.send("\r")
        terminal.wait_for("participant id")
        terminal.send("\x1b[1;1R\x1b[24;80R")
        terminal.send("P01")
        terminal.wait_for("P01")
        terminal.send("\r")
        terminal.wait_for("Pair 1 of 3")
        terminal.send("\x1b[24;80R")
        terminal.press_until("5", lambda text: "Pair 2 of 3" in text)
    found = session(folder)
    assert found.participant_id == "P01"
    assert found.trials[0].response == 5
    assert found.environment.terminal_round_trip_ms is None
