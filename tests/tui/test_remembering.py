"""The theme follows the terminal's background; what the user switches to, and chooses, is there the next time."""

from __future__ import annotations

from pathlib import Path

import pytest

from simtui.network import checkpoint
from simtui.network.net import untrained
from simtui.stimuli import mnist
from simtui.storage import remembered
from simtui.tui.analysis.checkpoint import CheckpointScreen
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.home.screen import HomeScreen
from simtui.tui.theme import DARK, LIGHT
from tests.builders import saved, small_study
from tests.terminal_session import SIMTUI, TerminalSession
from tests.tui.driving import app_with, on_top, settled, terminal, until
from tests.tui.worlds import drawn_study, rated

ASKED = b"\x1b]11;?\x1b\\"


def begun(argv: list[str], folder: Path, *, reply: bytes) -> TerminalSession:
    """A session of a terminal that answers with its background, and with where its cursor is."""
    session = TerminalSession([*SIMTUI, *argv], cwd=folder, environment={"COLORTERM": "truecolor"})
    session.wait_for_bytes(ASKED)
    session.send((reply + b"\x1b[1;1R").decode())
    return session


def background(session: TerminalSession) -> str:
    return f"#{session.screen.buffer[0][0].bg}"


@pytest.mark.parametrize(("reply", "theme"), [(b"\x1b]11;rgb:ffff/ffff/ffff\x1b\\", LIGHT), (b"", DARK)])
def test_home_begins_as_the_terminal_is_and_then_as_the_user_left_it(
    tmp_path: Path, reply: bytes, theme: object
) -> None:
    with begun([], tmp_path, reply=reply) as session:
        session.wait_for("Rate yourself now")
        first, other = (LIGHT, DARK) if theme is LIGHT else (DARK, LIGHT)
        assert background(session) == first.background
        session.press_until_true("t", lambda: bool(session.text) and background(session) == other.background)
    assert remembered.load().theme == ("dark" if other is DARK else "light")
    with begun([], tmp_path, reply=reply) as session:
        session.wait_for("Rate yourself now")
        assert background(session) == other.background


def test_who_rates_has_the_terminals_theme_and_switches_for_now_alone(tmp_path: Path) -> None:
    saved(small_study(pairs=2), tmp_path)
    remembered.keep(theme="dark")
    argv = ["rate", "study.json", "--participant", "P01"]
    with begun(argv, tmp_path, reply=b"\x1b]11;rgb:ffff/ffff/ffff\x07") as session:
        session.wait_for("Enter starts")
        assert background(session) == LIGHT.background
        session.press_until_true("t", lambda: bool(session.text) and background(session) == DARK.background)
        session.press_until_true("t", lambda: bool(session.text) and background(session) == LIGHT.background)
    assert remembered.load().theme == "dark"


async def test_the_checkpoint_that_was_chosen_is_that_of_the_next_analysis(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    study = drawn_study(pairs=4)
    saved(study, tmp_path)
    folder = rated(study, tmp_path / "sessions", "Ann", "Ben")
    checkpoint.save(tmp_path / "mine.pt", untrained(1))
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        assert remembered.load().checkpoint is None
        await pilot.press("k")
        await until(pilot, lambda: on_top(pilot, CheckpointScreen))
        await pilot.press("down", "enter")
        await settled(pilot)
    assert remembered.checkpoint() == tmp_path / "mine.pt"
    app = app_with(lambda: HomeScreen(terminal()))
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("a")
        await pilot.pause()
        await until(
            pilot, lambda: bool(app.screen.query("OptionList")) and app.screen.query_one("OptionList").has_focus
        )
        await pilot.press("enter")
        await until(pilot, lambda: on_top(pilot, AnalysisScreen))
        await settled(pilot)
        screen = app.screen
        assert isinstance(screen, AnalysisScreen)
        assert screen.report is not None
        assert screen.report.checkpoint.file == "mine.pt"


def test_the_data_folder_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SIMTUI_DATA", raising=False)
    before = mnist.data_folder()
    mnist.remember(tmp_path)
    assert mnist.data_folder() == before
    for name in mnist.FILES["test"]:
        (tmp_path / name).write_bytes(b"")
    mnist.remember(tmp_path)
    assert mnist.data_folder() == tmp_path
    assert mnist.data_folder(tmp_path / "other") == tmp_path / "other"
