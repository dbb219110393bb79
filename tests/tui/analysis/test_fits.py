"""The analysis in small windows: what can be shown is whole, and what cannot says which window it needs."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from simtui.analysis.ratings import collect
from simtui.analysis.results import Report
from simtui.study.model import Study
from simtui.tui.analysis.headline import headline
from simtui.tui.analysis.pair_view import PairView
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.analysis.tabs import ALL_WORDS, TABS
from simtui.tui.widgets.digit_pair import DigitPair
from simtui.tui.widgets.scatter_plot import ScatterPlot
from tests.analysis.reports import analyze
from tests.tui.driving import app_with, settled, shown, terminal
from tests.tui.worlds import drawn_study, rated


@pytest.fixture(scope="module")
def study() -> Study:
    return drawn_study()


@pytest.fixture(scope="module")
def folder(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rated(study, tmp_path_factory.mktemp("sessions"), "Ann", "Ben", "P10")


@pytest.fixture(scope="module")
def report(study: Study, folder: Path) -> Report:
    return analyze(study, collect(study, [folder]))


@pytest.mark.parametrize("size", [(62, 16), (70, 20), (78, 19), (80, 24), (112, 24)])
async def test_number_tabs_keys_and_plot_are_there_in_every_size(
    study: Study, folder: Path, report: Report, size: tuple[int, int]
) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal(*size)))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        drawn = app.screen.query_one(ScatterPlot).plot()
        assert drawn is not None
        r, ci = report.overall.layers["fc"].r, report.overall.layers["fc"].ci
        assert ci is not None
        for tab in TABS.values():
            await pilot.press(tab.key)
            await pilot.pause()
            words = " ".join(shown(app).split())
            for other in TABS.values():
                assert f"{other.key} {other.label if size[0] >= ALL_WORDS else other.short or other.label}" in words
            assert "Layer f [fc] o pool2 2 conv2 1 conv1 p pixels" in words
            assert "v Strokes n Notes h Report i Plot k Checkpoint ? Keys q Leave" in words
            assert "fc · 3 people" in words
            if size[1] < 24:
                assert f"r = {r:.3f}" in words
                assert f"{ci[0]:.2f} to {ci[1]:.2f}" in words


@pytest.mark.parametrize(("size", "needed"), [((62, 16), (78, 20)), ((80, 18), (80, 20)), ((70, 24), (78, 24))])
async def test_a_pair_without_room_says_which_window_shows_it_and_that_does(
    study: Study, folder: Path, size: tuple[int, int], needed: tuple[int, int]
) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal(*size)))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("r")
        await pilot.pause()
        words = f"The two images need a window of {needed[0]}x{needed[1]}; this is {size[0]}x{size[1]}."
        view = app.screen.query_one("#pairs PairView", PairView)
        assert not view.query_one(DigitPair).display
        assert words in " ".join(str(line.render()) for line in view.query(".lacking"))
        assert "network" in shown(app)
        await pilot.resize_terminal(*needed)
        await pilot.pause()
        await pilot.pause()
        pair = view.query_one(DigitPair)
        assert pair.display
        assert pair.region.height == 14
        assert pair.region.right <= needed[0]
        assert pair.region.bottom < needed[1]
        assert "need a window" not in shown(app)


async def test_keys_that_need_a_report_come_with_it(study: Study, tmp_path: Path) -> None:
    app = app_with(lambda: AnalysisScreen(study, [tmp_path], terminal()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        words = " ".join(shown(app).split())
        assert "Report" not in words
        assert "i Plot" not in words
        assert "v Strokes n Notes k Checkpoint ? Keys q Leave" in words
        rated(study, tmp_path, "Ann")
        await pilot.press("enter")
        await settled(pilot)
        assert "v Strokes n Notes h Report i Plot" in " ".join(shown(app).split())
        assert "Layer f [fc] o pool2" in " ".join(shown(app).split())


@pytest.mark.parametrize("simulated", [False, True])
def test_the_headline_fits_and_names_what_must_not_be_overlooked(study: Study, report: Report, simulated: bool) -> None:
    named = msgspec.structs.replace(report.checkpoint, file="convnet_mnist.pt", test_acc=98.71)
    one = msgspec.structs.replace(report, checkpoint=named, simulated=simulated)
    everything = headline(study, one, 1000).replace("  ·  ", " · ")
    for width in range(20, 140):
        line = headline(study, one, width)
        assert len(line) <= width
        assert line.startswith("SIMULATED RATINGS") or not simulated
        assert ("98.71 % on MNIST" in line) == (len(everything) <= width)
        if width >= 64:
            assert "drawn digits, not MNIST · convnet_mnist.pt" in line.replace("  ·  ", " · ")
        if width >= 80:
            assert "Similarity" in line
