"""What it captures: the tab shows what the Report holds, and leads to the pairs."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from textual.widgets import Static, TabbedContent

from simtui.analysis.ratings import collect
from simtui.analysis.results import Report
from simtui.reporting.captures import measures, reading
from simtui.study.model import Study
from simtui.tui.analysis.capture_panel import CapturePanel, Gallery, known_images, measures_text
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


def test_the_measures_stand_in_two_tables_where_one_has_no_room(report: Report) -> None:
    found = measures(report.groups[0], "conv2")
    narrow, wide = (measures_text(found, stacked=stacked).plain.splitlines() for stacked in (True, False))
    assert max(map(len, narrow)) <= 46
    # The names of the columns with the other held constant take two lines more.
    wide = wide[2:]
    assert len(narrow) == 2 * len(wide) + 1
    for i, row in enumerate(found.rows, start=1):
        assert wide[i].removeprefix(str(row[0])).split() == [*row[1:]]
        assert narrow[i].removeprefix(str(row[0])).split() == [*row[1:3]]
        assert narrow[len(wide) + 1 + i].removeprefix(str(row[0])).split() == [*row[3:]]


def test_what_is_beyond_chance_is_bold(report: Report) -> None:
    found = measures(report.groups[0], "conv2")
    text = measures_text(found, stacked=False)
    bold = {text.plain[span.start : span.end] for span in text.spans if span.style == "bold"}
    assert bold == {str(cell) for row in found.rows for cell in row[1:] if str(cell).endswith("*")}
    # People who rate the overlap itself follow it beyond chance.
    assert bold


def test_images_that_the_network_does_not_know_are_a_warning(report: Report) -> None:
    group = report.groups[0]
    fine, warned = known_images(msgspec.structs.replace(group, accuracy_on_stimuli=0.97), centred=False)
    assert ("97.0 %" in fine, warned) == (True, False)
    few = msgspec.structs.replace(group, accuracy_on_stimuli=0.92, accuracy_is_low=True)
    low, warned = known_images(few, centred=False)
    assert warned
    assert low == "! The network reads only 92.0 % of these images rightly: try --centre"
    assert "--centre" not in known_images(few, centred=True)[0]
    assert known_images(msgspec.structs.replace(group, accuracy_on_stimuli=None), centred=False) == ("", False)


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
        assert f"The network reads {100 * (group.accuracy_on_stimuli or 0):.1f} %" in screen
        assert all(covariate.label in screen for covariate in group.covariates)
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
                assert "pair of network rank people rank" in screen
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
        assert "PgDn: r, the other held constant" in shown(app)
        await pilot.press("pagedown", "pagedown")
        await pilot.pause()
        screen = shown(app)
        assert "r, the other held constant" in screen
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
