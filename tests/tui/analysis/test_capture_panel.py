"""What it captures: the tab shows what the Report holds, and leads to the pairs."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from textual.widgets import Static, TabbedContent

from simtui.analysis.layer_results import Judged
from simtui.analysis.ratings import collect
from simtui.analysis.results import Report
from simtui.study.model import Study
from simtui.tui.analysis.capture_lines import accuracy, measures, passes, reading, thresholds
from simtui.tui.analysis.capture_panel import CapturePanel, Gallery
from simtui.tui.analysis.results import Results
from simtui.tui.analysis.screen import AnalysisScreen
from tests.analysis.reports import analyze
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
    n = len(group.covariates)
    assert len(narrow) == 2 * (1 + n) + 1
    assert len(wide) == 1 + n
    assert narrow[n + 2].startswith("r, the other taken out")
    marked = 0
    for i, (covariate, long) in enumerate(zip(group.covariates, wide[1:], strict=True), start=1):
        of = covariate.layers["conv2"]
        first, second = (covariate.people, of.layer), (of.people_given_layer, of.layer_given_people)
        for line, judged in ((narrow[i], first), (narrow[n + 2 + i], second), (long, (*first, *second))):
            assert line.startswith(covariate.label)
            cells = [f"{one.r:.2f}{'*' if passes(one) else ''}" if one.r is not None else "–" for one in judged]
            assert line.removeprefix(covariate.label).split() == cells
        marked += sum(passes(one) for one in first)
    # People who rate the overlap itself follow it beyond chance.
    assert 0 < marked < 2 * n
    assert max(map(len, narrow)) <= 46


def test_the_threshold_is_the_reports(report: Report) -> None:
    group = report.groups[0]
    line = thresholds(group, "fc", given=False)
    capture = group.captures["fc"]
    assert f"{group.covariate_threshold:.2f} people, {capture.threshold:.2f} fc" in line
    taken = capture.threshold_people_given_layer, capture.threshold_layer_given_people
    assert line.endswith(f"the other taken out, {taken[0]:.2f} people, {taken[1]:.2f} fc")
    assert f"{taken[0]:.2f} people|fc, {taken[1]:.2f} fc|people" in thresholds(group, "fc", given=True)


@pytest.mark.parametrize(("p", "expected"), [(0.05, True), (0.0501, False), (None, False)])
def test_beyond_chance_is_up_to_five_percent(p: float | None, expected: bool) -> None:
    assert passes(Judged(r=0.5, p=p)) is expected


def test_images_that_the_network_does_not_know_are_a_warning(report: Report) -> None:
    group = report.groups[0]
    fine, warned = accuracy(msgspec.structs.replace(group, accuracy_on_stimuli=0.97), centred=False)
    assert ("97 %" in fine, warned) == (True, False)
    few = msgspec.structs.replace(group, accuracy_on_stimuli=0.92, accuracy_is_low=True)
    low, warned = accuracy(few, centred=False)
    assert warned
    assert low == "! The network reads only 92 % of these images: try --centre"
    assert "--centre" not in accuracy(few, centred=True)[0]
    assert not accuracy(msgspec.structs.replace(group, accuracy_on_stimuli=None), centred=False)[1]


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
        rows = [[str(cell).strip() for cell in gallery.get_row_at(i)] for i in range(gallery.row_count)]
        pairs = {pair.id: pair for pair in group.pairs}
        assert rows == [
            [
                f"{sign}{pair.id}",
                f"{pairs[pair.id].similarity['fc']:.2f}",
                f"{pair.network_rank:g}",
                f"{pairs[pair.id].human:.1f}",
                f"{pair.human_rank:g}",
            ]
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
        assert {str(gallery.get_row_at(i)[1]).strip() for i in range(gallery.row_count)} == {"3", "8"}
        for pair, digit in ((0, 3), (8, 8)):
            results.pair = pair
            await pilot.pause()
            group = panel.group()
            assert group is not None
            assert group.digit == digit
            assert f"Digit {digit} · " in shown(app)


@pytest.mark.parametrize("size", [(80, 24), (62, 16)])
async def test_walking_the_pairs_keeps_the_digit_and_the_names_of_the_columns_in_sight(
    tmp_path: Path, size: tuple[int, int]
) -> None:
    study = drawn_study(pairs=8, digits=(3, 8))
    folder = rated(study, tmp_path, "Ann", "Ben")
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal(*size)))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("w")
        await pilot.pause()
        gallery = app.screen.query_one(Gallery)
        digits = []
        await pilot.press("home")
        for step in range(gallery.row_count):
            if step:
                await pilot.press("down")
            await pilot.pause()
            await pilot.pause()
            pair, digit = (str(cell).strip() for cell in gallery.get_row_at(gallery.cursor_row)[:2])
            screen = " ".join(shown(app).split())
            if step:
                assert f"Digit {digit} · " in screen
                assert "pair of net rank people rank" in screen
                assert pair in screen
            digits.append(digit)
        assert digits == sorted(digits)
        assert set(digits) == {"3", "8"}


async def test_at_80_columns_what_is_left_of_one_without_the_other_is_a_page_further_down(
    study: Study, folder: Path
) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("w")
        await pilot.pause()
        assert "PgDn: r, the other taken out" in shown(app)
        await pilot.press("pagedown", "pagedown")
        await pilot.pause()
        screen = shown(app)
        assert "r, the other taken out" in screen
        assert "The network reads" in screen


async def test_a_large_window_shows_the_selected_pair_beside_the_measures(study: Study, folder: Path) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal(132, 43)))
    async with app.run_test(size=(132, 43)) as pilot:
        await settled(pilot)
        await pilot.press("w", "down")
        await pilot.pause()
        results, gallery = app.screen.query_one(Results), app.screen.query_one(Gallery)
        pair = app.screen.query_one("CapturePanel PairView DigitPair")
        assert pair.is_on_screen
        assert pair.region.height == 14
        assert pair.region.right <= 132
        chosen = str(gallery.get_row_at(gallery.cursor_row)[0])[1:]
        assert f"{chosen}   network" in shown(app)
        await pilot.press("v")
        await settled(pilot)
        assert results.query_one(TabbedContent).active == "captures"
        assert results.strokes
        await pilot.resize_terminal(80, 24)
        await pilot.pause()
        assert not pair.is_on_screen


async def test_too_few_pairs_are_said_and_nobody_chosen_is_nothing(tmp_path: Path) -> None:
    study = drawn_study(pairs=3)
    folder = rated(study, tmp_path, "Ann", "Ben")
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("w")
        await pilot.pause()
        assert "So few pairs judge nothing" in " ".join(shown(app).split())
        await pilot.press("e", "x")
        await settled(pilot)
        await pilot.press("w")
        await pilot.pause()
        assert "of these images" not in shown(app)
