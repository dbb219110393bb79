"""Esc goes up one level and never out; q leaves; the keys of each place are one page."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Static, TabbedContent

from simtui.network.layers import LAYERS
from simtui.study.model import Study
from simtui.tui.analysis.capture_panel import Gallery
from simtui.tui.analysis.layer_strip import LayerStrip
from simtui.tui.analysis.results import Results
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.analysis.tabs import TABS
from simtui.tui.dialogs import HelpScreen
from simtui.tui.home.screen import CHOICES, HomeScreen
from simtui.tui.widgets.scatter_plot import ScatterPlot
from tests.tui.driving import app_with, focused, on_screen, on_top, settled, shown, terminal, until
from tests.tui.worlds import drawn_study, rated


@pytest.fixture(scope="module")
def study() -> Study:
    return drawn_study(pairs=6)


@pytest.fixture(scope="module")
def folder(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rated(study, tmp_path_factory.mktemp("sessions"), "Ann", "Ben")


async def test_enter_on_a_point_opens_the_pair_and_escape_comes_back_to_the_point(study: Study, folder: Path) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await settled(pilot)
        results = app.screen.query_one(Results)
        tabs = results.query_one(TabbedContent)
        await pilot.press("right", "right")
        pair = results.pair
        await pilot.press("enter")
        await pilot.pause()
        assert tabs.active == "pairs"
        await pilot.press("escape")
        await pilot.pause()
        assert (tabs.active, results.pair) == ("scatter", pair)
        assert isinstance(focused(pilot), ScatterPlot)
        # From what the pair was opened from, and from there to the first tab.
        await pilot.press("w", "enter")
        await pilot.pause()
        assert tabs.active == "pairs"
        await pilot.press("escape")
        await pilot.pause()
        assert tabs.active == "captures"
        assert isinstance(focused(pilot), Gallery)
        # A tab that one went to by its key was opened from nowhere.
        await pilot.press("r", "escape")
        await pilot.pause()
        assert tabs.active == "scatter"
        report = results.report
        await pilot.press("escape", "escape")
        await pilot.pause()
        assert on_top(pilot, AnalysisScreen)
        assert results.report is report
        await until(pilot, lambda: "q leaves the analysis" in shown(app))
        await pilot.press("q")
        await pilot.pause()
        assert not app.is_running


async def test_the_strip_marks_the_layer_and_takes_clicks(study: Study, folder: Path) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        results, strip = app.screen.query_one(Results), app.screen.query_one(LayerStrip)
        line = strip.render().plain
        assert line.split() == ["Layer", "f", "[fc]", "o", "pool2", "2", "conv2", "1", "conv1", "p", "pixels"]
        for layer in LAYERS:
            await pilot.click(LayerStrip, offset=(1 + line.index(layer), 0))
            await pilot.pause()
            assert results.shown_layer == layer
            assert f"[{layer}]" in strip.render().plain
            assert strip.render().plain.count("[") == 1


@pytest.mark.parametrize("size", [(80, 24), (62, 16), (132, 43)])
async def test_the_keys_of_every_tab_are_one_page_and_escape_closes_it(
    study: Study, folder: Path, size: tuple[int, int]
) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal(*size)))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        for tab in TABS.values():
            await pilot.press(tab.key, "question_mark")
            await pilot.pause()
            assert on_top(pilot, HelpScreen)
            await until(pilot, lambda: "Esc closes this page" in on_screen(pilot))
            assert f"Keys: {tab.label}" in on_screen(pilot)
            assert "Esc  Up one level" in str(app.screen.query_one("#keys", Static).content)
            page = app.screen.query_one(".help")
            # In a lower window it scrolls, and says so.
            assert (page.max_scroll_y == 0) is ("↑ ↓ scroll" not in on_screen(pilot))
            assert page.max_scroll_y == 0 or size[1] < 24, f"{tab.name} scrolls at {size}:\n{shown(app)}"
            await pilot.press("escape")
            await pilot.pause()
            assert on_top(pilot, AnalysisScreen)


@pytest.mark.parametrize("size", [(80, 24), (62, 16)])
async def test_the_home_screen_has_all_entries_in_every_window_help_and_only_two_ways_out(
    size: tuple[int, int],
) -> None:
    for key in ("q", "ctrl+q"):
        app = app_with(lambda: HomeScreen(terminal(*size)))
        async with app.run_test(size=size, notifications=True) as pilot:
            await until(pilot, lambda: CHOICES[-1][2] in on_screen(pilot))
            for letter, _, name, _ in CHOICES:
                assert f"{letter} {name}" in on_screen(pilot)
            assert "How well does a convnet explain them?" in on_screen(pilot)
            await pilot.press("question_mark")
            await until(pilot, lambda: "Esc closes this page" in on_screen(pilot))
            await pilot.press("escape", "escape")
            await until(pilot, lambda: "q leaves simtui" in on_screen(pilot))
            await pilot.press(key)
            await pilot.pause()
            assert not app.is_running
