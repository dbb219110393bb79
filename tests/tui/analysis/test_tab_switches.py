"""Going from tab to tab costs few frames, and none of them shows what is half done."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Footer, Static

from simtui.tui.analysis.axis_bar import AxisBar
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.analysis.tabs import TABS
from simtui.tui.app import SimtuiApp
from tests.tui.driving import app_with, settled, terminal
from tests.tui.worlds import drawn_study, rated


class Frames:
    """What stood in the summary's lines at each frame of an app."""

    def __init__(self, app: SimtuiApp, monkeypatch: pytest.MonkeyPatch) -> None:
        self._app = app
        self.lines: list[tuple[str, str]] = []
        monkeypatch.setattr(app, "post_display_hook", self._note)

    def _note(self) -> None:
        about = str(self._app.screen.query_one("#r-about", Static).content)
        self.lines.append((about, self._app.screen.query_one(AxisBar).render().plain))


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_tabs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]) -> None:
    study = drawn_study(pairs=6)
    folder = rated(study, tmp_path, "Ann", "Ben")
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for key in (tab.key for tab in TABS.values()):  # at the first visit the widgets of a tab get their sizes
            await pilot.press(key)
            await pilot.pause()
        walked = {tab.key: tab.walked for tab in TABS.values()}
        footer = list(app.screen.query_one(Footer).query("FooterKey"))
        frames = Frames(app, monkeypatch)
        await pilot.press("w")
        await pilot.pause()
        for key in ("s", "w", "r", "l", "w", "e"):
            frames.lines.clear()
            await pilot.press(key)
            await pilot.pause()
            await pilot.pause()
            assert app.screen.focused is app.screen.query_one(walked[key])
            assert 1 <= len(frames.lines) <= 4, f"{key}: {len(frames.lines)} frames"
            assert len(set(frames.lines)) == 1, f"{key}: {frames.lines}"
        assert list(app.screen.query_one(Footer).query("FooterKey")) == footer
        await pilot.press("w", "2", "r")
        await pilot.pause()
        assert " · conv2 · " in frames.lines[-1][0]


async def test_a_layer_chosen_where_one_row_is_shown_is_there_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = drawn_study(pairs=6)
    folder = rated(study, tmp_path, "Ann", "Ben")
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("w", "2")
        await pilot.pause()
        frames = Frames(app, monkeypatch)
        await pilot.press("s")
        await pilot.pause()
        assert all(" · conv2 · " in about for about, _ in frames.lines)
        assert len({legend for _, legend in frames.lines}) == 1
