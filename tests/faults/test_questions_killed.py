"""A kill between two pages of questions costs no answer of the first."""

from __future__ import annotations

from pathlib import Path

from simtui.session import file as session_file
from simtui.session.store import SessionStore
from tests.builders import saved
from tests.questions import asking_study
from tests.terminal_session import SIMTUI, TerminalSession

SIXTEEN = {"TERM": "xterm-16color", "COLORTERM": "", "LANG": "C.UTF-8"}


def test_on_a_terminal_of_16_colours_with_a_kill_after_the_first_page(tmp_path: Path) -> None:
    study = asking_study()
    path = saved(study, tmp_path)
    argv = [*SIMTUI, "rate", str(path), "--participant", "P01", "--sessions", str(tmp_path / "sessions")]
    store = SessionStore(tmp_path / "sessions", study.id)
    with TerminalSession(argv, cwd=tmp_path, environment=SIXTEEN) as terminal:
        terminal.wait_for("Do you agree to take part?")
        terminal.press_until("y", lambda text: "Enter starts" in text)
        terminal.press_until("\r", lambda text: "How old are you?" in text)
        terminal.send("30\r")
        terminal.send("1\r")
        terminal.wait_for("Now the pairs begin.")
        terminal.kill()
    session = session_file.load(store.path("P01", 1))
    assert [answer.answer for answer in session.answers] == [30, "left", None, None]
    with TerminalSession(argv, cwd=tmp_path, environment=SIXTEEN) as terminal:
        terminal.wait_for("stopped after 0 of 2")
        terminal.press_until("y", lambda text: "Enter starts" in text)
        terminal.press_until("\r", lambda text: "Pair 1 of 2" in text)
        terminal.press_until("3", lambda text: "Pair 2 of 2" in text)
        terminal.press_until("3", lambda text: "questions are left" in text)
        terminal.press_until("\r", lambda text: "Did you wear glasses?" in text)
        terminal.send("n\r")
        terminal.send("fine\r")
        terminal.wait_for("2 answers were saved to")
        terminal.press_until_true("\r", lambda: terminal.exited(0.0))
    session = session_file.load(store.path("P01", 1))
    assert session.complete
    assert [answer.answer for answer in session.answers] == [30, "left", False, "fine"]
