"""What it captures: the tab shows what the Report holds, and leads to the pairs."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from textual.widgets import Static, TabbedContent

from simtui.analysis.captured import Judged
from simtui.analysis.ratings import collect
from simtui.analysis.report import Report, analyze
from simtui.study import Study
from simtui.tui.capture_lines import accuracy, measures, passes, reading, thresholds
from simtui.tui.screens.analysis import AnalysisScreen
from simtui.tui.widgets.capture_panel import CapturePanel, Gallery
from simtui.tui.widgets.results import Results
from tests.tui.driving import app_with, settled, shown, terminal
from tests.tui.worlds import drawn_study, rated


@pytest.fixture(scope="module")
def study() -> Study:
    return drawn_study(pairs=16)


@pytest.fixture(scope="module")
def folder(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rated(study, tmp_path_factory.mktemp("sessions"), "Ann", "Ben", "P10")


@pytest.fixture(scope="module")
def report(study: Study, folder: Path) -> Report:
    return analyze(study, collect(study, [folder]))


def test_the_table_has_every_measure_and_marks_those_beyond_chance(report: Report) -> None:
    group = report.groups[0]
    narrow, wide = (measures(group, "conv2", given=given).plain.splitlines() for given in (False, True))
    assert len(narrow) == len(wide) == 1 + len(group.covariates)
    marked = 0
    for covariate, line, long in zip(group.covariates, narrow[1:], wide[1:], strict=True):
        of = covariate.layers["conv2"]
        cells = [f"{judged.r:.2f}{'*' if passes(judged) else ''}" for judged in (covariate.people, of.layer)]
        assert line.split()[-2:] == cells
        assert line.startswith(covariate.label)
        assert len(long.split()) == len(line.split()) + 2
        marked += sum("*" in cell for cell in cells)
    # People who rate the overlap itself follow it beyond chance.
    assert 0 < marked < 2 * len(group.covariates)
    assert max(map(len, narrow)) <= 46


def test_the_threshold_is_the_reports(report: Report) -> None:
    group = report.groups[0]
    line = thresholds(group, "fc", given=False)
    assert f"{group.covariate_threshold:.2f} people, {group.captures['fc'].threshold:.2f} fc" in line


@pytest.mark.parametrize(("p", "expected"), [(0.05, True), (0.0501, False), (None, False)])
def test_beyond_chance_is_up_to_five_percent(p: float | None, expected: bool) -> None:
    assert passes(Judged(r=0.5, p=p)) is expected


def test_images_that_the_network_does_not_know_are_a_warning(report: Report) -> None:
    group = report.groups[0]
    fine, warned = accuracy(msgspec.structs.replace(group, accuracy_on_stimuli=0.97))
    assert ("97 %" in fine, warned) == (True, False)
    low, warned = accuracy(msgspec.structs.replace(group, accuracy_on_stimuli=0.92, accuracy_is_low=True))
    assert warned
    assert low.startswith("! The network reads only 92 %")
    assert not accuracy(msgspec.structs.replace(group, accuracy_on_stimuli=None))[1]


def test_no_evidence_is_said_in_words(report: Report) -> None:
    group = report.groups[0]
    silent = {name: msgspec.structs.replace(found, reading=None) for name, found in group.captures.items()}
    assert "beyond chance" in reading(msgspec.structs.replace(group, captures=silent), "fc")
    assert "more pairs" in reading(msgspec.structs.replace(group, captures={}), "fc")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_the_tab_shows_it_all_at_once_and_enter_shows_the_pair(
    study: Study, folder: Path, report: Report, size: tuple[int, int]
) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("w")
        await pilot.pause()
        results, group = app.screen.query_one(Results), report.groups[0]
        screen = " ".join(shown(app).split())
        r = report.overall.layers["fc"].r
        assert r is not None
        if size == (80, 24):
            assert f"r = {r:.3f} · fc" in screen
        assert " ".join(reading(group, "fc").split()) in screen
        assert f"The network reads {100 * (group.accuracy_on_stimuli or 0):.0f} %" in screen
        assert all(covariate.label in screen for covariate in group.covariates)
        assert ("people|fc" in screen) is (size[0] == 120)
        gallery = app.screen.query_one(Gallery)
        assert app.focused is gallery
        found = group.disagreements["fc"]
        ranked = [*found.network_higher, *found.people_higher]
        signs = ["+"] * len(found.network_higher) + ["-"] * len(found.people_higher)
        rows = [[str(cell) for cell in gallery.get_row_at(i)] for i in range(gallery.row_count)]
        assert rows == [
            [f"{sign}{pair.id}", f"{pair.network_rank:g}", f"{pair.human_rank:g}"]
            for sign, pair in zip(signs, ranked, strict=True)
        ]
        await pilot.press(*["down"] * (len(rows) - 1))
        await pilot.pause()
        assert results.pair is not None
        assert group.pairs[results.pair].id == ranked[-1].id
        await pilot.press("enter")
        await pilot.pause()
        assert results.query_one(TabbedContent).active == "pairs"
        assert f"{ranked[-1].id}   network" in shown(app)


async def test_the_layer_keys_change_the_reading(study: Study, folder: Path, report: Report) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("w", "o")
        await pilot.pause()
        assert str(app.screen.query_one("#capture-reading", Static).content) == reading(report.groups[0], "pool2")


async def test_of_several_digits_it_shows_that_of_the_selected_pair(tmp_path: Path) -> None:
    study = drawn_study(pairs=8, digits=(3, 8))
    folder = rated(study, tmp_path, "Ann", "Ben")
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(120, 40)) as pilot:
        await settled(pilot)
        await pilot.press("w")
        await pilot.pause()
        results, panel = app.screen.query_one(Results), app.screen.query_one(CapturePanel)
        gallery = app.screen.query_one(Gallery)
        assert {str(gallery.get_row_at(i)[1]) for i in range(gallery.row_count)} == {"3", "8"}
        for pair, digit in ((0, 3), (8, 8)):
            results.pair = pair
            await pilot.pause()
            group = panel.group()
            assert group is not None
            assert group.digit == digit
            assert f"Digit {digit}: " in shown(app)


async def test_too_few_pairs_are_said_and_nobody_chosen_is_nothing(tmp_path: Path) -> None:
    study = drawn_study(pairs=3)
    folder = rated(study, tmp_path, "Ann", "Ben")
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("w", "down", "enter")
        await pilot.pause()
        assert "Nothing can be said of what it captures" in " ".join(shown(app).split())
        await pilot.press("e", "x")
        await settled(pilot)
        await pilot.press("w")
        await pilot.pause()
        assert "of these images" not in shown(app)
