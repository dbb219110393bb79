from __future__ import annotations

import math

import msgspec
import pytest
from rich.color import Color
from textual.app import App, ComposeResult

from simtui.analysis.ratings import collect
from simtui.analysis.results import Report
from simtui.reporting.blocks import Scatter
from simtui.reporting.plot import Plot
from simtui.reporting.plot import draw as draw_plot
from simtui.tui.widgets import scatter_plot
from simtui.tui.widgets.scatter_plot import ScatterPlot
from tests.analysis.reports import analyze
from tests.tui.worlds import drawn_study, rated


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    study = drawn_study(pairs=10, digits=(1, 4))
    folder = rated(study, tmp_path_factory.mktemp("sessions"), "Ann", "Ben")
    return analyze(study, collect(study, [folder]))


class PlotApp(App[None]):
    """One plot, and what it says."""

    def __init__(self, report: Report | None) -> None:
        super().__init__()
        self._shown_report = report
        self.news: list[int] = []

    def compose(self) -> ComposeResult:
        yield ScatterPlot()

    def on_mount(self) -> None:
        plot = self.query_one(ScatterPlot)
        plot.shown_layer, plot.report = "fc", self._shown_report
        plot.focus()

    def on_scatter_plot_selected(self, event: ScatterPlot.Selected) -> None:
        self.news.append(event.index)


@pytest.mark.parametrize(("forward", "backward", "axis"), [("right", "left", 0), ("up", "down", 1)])
async def test_the_arrows_reach_every_point_in_the_order_of_an_axis(
    report: Report, forward: str, backward: str, axis: int
) -> None:
    app = PlotApp(report)
    async with app.run_test(size=(80, 24)) as pilot:
        plot = app.query_one(ScatterPlot)
        pairs = [pair for group in report.groups for pair in group.pairs]
        scores = [(pair.similarity_normalized["fc"], pair.human_normalized) for pair in pairs]
        await pilot.press(*[forward] * len(pairs))
        assert sorted(app.news) == list(range(len(pairs)))
        values = [scores[i][axis] or 0.0 for i in app.news]
        assert values == sorted(values)
        there = list(app.news)
        await pilot.press(forward)
        await pilot.pause()
        app.news.clear()
        await pilot.press(*[backward] * (len(pairs) - 1))
        assert app.news == there[-2::-1]
        assert plot.selected == there[0]


async def test_a_plot_of_nothing_takes_every_key_and_click() -> None:
    app = PlotApp(None)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.press("left", "right", "up", "down")
        await pilot.click(ScatterPlot, offset=(10, 10))
        await pilot.pause()
        assert app.news == []


async def test_a_click_far_from_every_point_selects_none(report: Report) -> None:
    app = PlotApp(report)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.click(ScatterPlot, offset=(1, 23))
        await pilot.pause()
        assert app.news == []


async def test_the_mouse_selects_what_it_is_moved_to_and_draws_the_points_once(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawings: list[Plot] = []

    def draw(what: Scatter, width: int, height: int, *, braille: bool, note: str) -> Plot:
        drawings.append(draw_plot(what, width, height, braille=braille, note=note))
        return drawings[-1]

    monkeypatch.setattr(scatter_plot, "draw", draw)
    app = PlotApp(report)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        drawn = app.query_one(ScatterPlot).plot()
        assert drawn is not None
        assert app.news == []
        alone = [
            (i, cell)
            for i, cell in enumerate(drawn.positions)
            if cell is not None and min(_apart(cell, other) for j, other in enumerate(drawn.positions) if j != i) > 1
        ]
        assert len(alone) > 3
        for index, cell in alone:
            await pilot.hover(ScatterPlot, offset=cell)
            await pilot.pause()
            assert app.query_one(ScatterPlot).selected == index
        assert app.news == [index for index, _ in alone]
        assert len(drawings) == 1
        # Beside the same point, and far from every point, nothing is said and nothing is painted.
        painted: list[None] = []
        monkeypatch.setattr(ScatterPlot, "refresh", lambda *_, **__: painted.append(None))
        column, row = alone[-1][1]
        for offset in ((column + 1, row), (column, row), (1, 23), (0, 0)):
            await pilot.hover(ScatterPlot, offset=offset)
            await pilot.pause()
        assert app.news == [index for index, _ in alone]
        assert painted == []


@pytest.mark.parametrize("theme", ["textual-dark", "textual-light", "ansi-dark", "ansi-light"])
async def test_points_are_coloured_by_digit_in_every_theme(report: Report, theme: str) -> None:
    app = PlotApp(report)
    async with app.run_test(size=(80, 24)) as pilot:
        app.theme = theme
        await pilot.pause()
        plot = app.query_one(ScatterPlot)
        drawn = plot.plot()
        assert drawn is not None
        lines = plot.render().split("\n")
        colours: dict[str, set[Color | None]] = {"1": set(), "4": set()}
        for column, row in drawn.spots:
            colours[lines[row].plain[column]].add(lines[row].get_style_at_offset(app.console, column).color)
        assert all(len(found) == 1 for found in colours.values())
        assert colours["1"] != colours["4"]


async def test_of_points_in_one_cell_the_mouse_leaves_the_selected_one(report: Report) -> None:
    pairs = [msgspec.structs.replace(pair, similarity_normalized={"fc": 0.5}) for pair in report.groups[0].pairs]
    pairs = [msgspec.structs.replace(pair, human_normalized=0.5) for pair in pairs]
    group = msgspec.structs.replace(report.groups[0], pairs=tuple(pairs))
    app = PlotApp(msgspec.structs.replace(report, groups=(group,)))
    async with app.run_test(size=(80, 24)) as pilot:
        plot = app.query_one(ScatterPlot)
        await pilot.press("right", "right", "right")
        chosen = plot.selected
        assert chosen not in (None, 0)
        drawn = plot.plot()
        assert drawn is not None
        await pilot.hover(ScatterPlot, offset=drawn.positions[0] or (0, 0))
        await pilot.pause()
        assert plot.selected == chosen


def _apart(one: tuple[int, int], other: tuple[int, int] | None) -> float:
    return math.inf if other is None else max(abs(one[0] - other[0]), 2 * abs(one[1] - other[1]))


@pytest.mark.parametrize(("size", "hint"), [((80, 24), "Enter shows the pair"), ((62, 12), "Enter: pair")])
async def test_the_screens_axis_names_the_layer_and_the_keys_are_told(
    report: Report, size: tuple[int, int], hint: str
) -> None:
    app = PlotApp(report)
    async with app.run_test(size=size) as pilot:
        plot = app.query_one(ScatterPlot)
        for layer, what in (("conv2", "network similarity, conv2"), ("pixels", "pixel similarity")):
            plot.shown_layer = layer
            await pilot.pause()
            text = plot.render().plain
            assert f"{what} (normalized)" in text
            line = next(line for line in text.splitlines() if line.lstrip().startswith("human similarity (normalized)"))
            assert "arrows walk" in line
            assert line.rstrip().endswith(hint)
            assert ("vs. human similarity judgments" in text) is (size[1] >= 16)
            assert ("Convnet" in text) is (layer == "conv2" and size[1] >= 16)
