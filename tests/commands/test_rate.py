"""`simtui rate` on a terminal that says it can draw no screens."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import saved, small_study
from tests.terminal_session import SIMTUI, TerminalSession


@pytest.mark.parametrize(("term", "why"), [("dumb", "TERM=dumb"), ("", "TERM is not set")])
def test_a_dumb_terminal_is_pointed_to_plain_before_the_screen_opens(term: str, why: str, tmp_path: Path) -> None:
    saved(small_study(), tmp_path)
    rating = [*SIMTUI, "rate", "study.json", "--participant", "P1"]
    with TerminalSession(rating, cwd=tmp_path, environment={"TERM": term}) as terminal:
        terminal.wait_for("Enter starts")
        hint = f"simtui: {why}: if no screen appears here, press Ctrl+C and give --plain.".encode()
        assert 0 <= terminal.raw.find(hint) < terminal.raw.find(b"\x1b[?1049h")


def test_any_other_terminal_is_not(tmp_path: Path) -> None:
    saved(small_study(), tmp_path)
    with TerminalSession([*SIMTUI, "rate", "study.json", "--participant", "P1"], cwd=tmp_path) as terminal:
        terminal.wait_for("Enter starts")
        assert b"--plain" not in terminal.raw
