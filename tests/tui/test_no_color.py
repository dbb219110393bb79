"""NO_COLOR on a real terminal: every screen is in the terminal's own two colours, and can be read."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from tests.builders import saved, small_study
from tests.terminal_session import SIMTUI, TerminalSession
from tests.tui.worlds import drawn_study, rated

TERMINALS = [
    {"TERM": term, "NO_COLOR": "1"} | color
    for term in ("xterm", "xterm-256color", "linux")
    for color in ({}, {"COLORTERM": "truecolor"})
]


def own_colors(screen: TerminalSession) -> bool:
    """Whether no cell of the screen has a colour other than the terminal's own, not even a blank one."""
    assert screen.text.strip()
    buffer = screen.screen.buffer
    cells = [buffer[y][x] for y in range(screen.screen.lines) for x in range(screen.screen.columns)]
    return all((cell.fg, cell.bg) == ("default", "default") for cell in cells)


@pytest.mark.parametrize("environment", TERMINALS, ids=lambda e: " ".join(e.values()))
def test_rating(environment: dict[str, str], tmp_path: Path) -> None:
    saved(small_study(pairs=2), tmp_path)
    argv = [*SIMTUI, "rate", "study.json", "--participant", "P01"]
    with TerminalSession(argv, cwd=tmp_path, environment=environment) as terminal:
        terminal.wait_for("Enter starts")
        assert own_colors(terminal)
        terminal.send("\r")
        terminal.wait_for("Pair 1 of 2")
        terminal.wait_for_bytes(b"\x1b[7m")  # the paper of the images, which are drawn past every filter
        terminal.wait_for("How similar do these two images look to you?")
        terminal.wait_for(lambda text: re.search(r"1 +2 +3 +4", text) is not None)
        assert own_colors(terminal)


def contains(words: str, text: str) -> bool:
    return words in text


def opened(argv: list[str], what: str, keys: dict[str, str], folder: Path) -> None:
    environment = {"NO_COLOR": "1", "COLORTERM": "truecolor"}
    with TerminalSession([*SIMTUI, *argv], cwd=folder, environment=environment) as terminal:
        terminal.wait_for(what)
        assert own_colors(terminal)
        for key, shown in keys.items():
            terminal.press_until(key, partial(contains, shown))
            assert own_colors(terminal)


def test_home(tmp_path: Path) -> None:
    opened([], "Rate yourself now", {"t": "Quit", "o": "Which study?"}, tmp_path)


def test_analysis(tmp_path: Path) -> None:
    study = drawn_study(pairs=6)
    saved(study, tmp_path)
    rated(study, tmp_path / "sessions", "Ann", "Ben")
    keys = {"l": "tau-b", "e": "space: one", "w": "r of each measure", "r": "rank by similarity", "n": "Your notes"}
    opened(["analyze", "study.json", "--screen"], "95 % interval", keys, tmp_path)
