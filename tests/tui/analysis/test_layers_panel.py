"""The Layers tab: the table with no column cut, and below it in words all that the text says of a layer."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from simtui.analysis.layer_results import Mixed, Pearson
from simtui.analysis.ratings import collect
from simtui.analysis.results import Report
from simtui.network.layers import KNOWN, LAYERS
from simtui.reporting.blocks import Bullets, Heading, Table
from simtui.reporting.layers import LEGEND
from simtui.reporting.numbers import interval, number, p_is, p_value
from simtui.reporting.text import as_text, render
from simtui.study.model import Study
from simtui.tui.analysis.layer_table import LayerTable, layer_blocks, layer_rows
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.dialogs import keys_of
from simtui.tui.widgets.reading import Reading
from tests.analysis.reports import analyze
from tests.tui.driving import app_with, focused, on_screen, settled, terminal
from tests.tui.worlds import drawn_study, rated


@pytest.fixture(scope="module")
def study() -> Study:
    return drawn_study(pairs=6, digits=(3, 8, 0))


@pytest.fixture(scope="module")
def folder(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rated(study, tmp_path_factory.mktemp("sessions"), "Ann", "Ben", "P10")


@pytest.fixture(scope="module")
def report(study: Study, folder: Path) -> Report:
    return analyze(study, collect(study, [folder]))


def headers(table: LayerTable) -> list[str]:
    return [word for column in table.ordered_columns for word in str(column.label).split() if word != "%"]


def words_of(report: Report, layer: str) -> str:
    return render([*layer_blocks(report, layer)], width=400)


@pytest.mark.parametrize("layer", LAYERS)
def test_everything_the_table_has_no_room_for_is_in_words(report: Report, layer: str) -> None:
    told = words_of(report, layer)

    assert KNOWN[layer].description in told
    for group in report.groups:
        assert f"Digit {group.digit}: 6 pairs" in told
        found = group.layers[layer]
        for ends in (found.pearson.ci_bca, found.pearson.ci_crossed):
            assert ends is None or interval(ends) in told
        given = found.partial_given_pixels
        if given.r is not None:
            assert (
                f"{layer} given pixels: partial r = {number(given.r)}, {p_is(given.p)}, degrees of freedom {given.df}"
                in told
            )
        gaps = [gap for gap in group.differences if layer in (gap.first, gap.second)]
        assert len(gaps) == len(LAYERS) - 1
        for gap in gaps:
            sign = 1 if gap.first == layer else -1
            assert f"{number(sign * gap.difference)} (95 % " in told
            assert p_is(gap.p) in told
        if layer in group.untrained:
            each = [r for r in group.untrained[layer].each if r is not None]
            assert f"{number(min(each))} to {number(max(each))}" in told
        assert f"6 pairs show a true r of {number(group.detectable_r, 2)} with 80 % power" in told


def test_with_one_digit_they_are_the_sentences_of_the_text(tmp_path: Path) -> None:
    study = drawn_study()
    report = analyze(study, collect(study, [rated(study, tmp_path, "Ann", "Ben", "P10")]))
    text = as_text(report, "conv2", width=400)

    heading, sentences, table = layer_blocks(report, "conv2")

    assert heading == Heading(f"conv2: {KNOWN['conv2'].description}")
    assert isinstance(sentences, Bullets)
    for sentence in sentences.items:
        assert sentence in text
    assert isinstance(table, Table)
    assert [row[0] for row in table.rows] == [gap.layer for gap in report.overall.differences]
    for gap, row in zip(report.overall.differences, table.rows, strict=True):
        assert gap.ci_crossed is not None
        assert row[1:3] == (number(gap.dz), interval(gap.ci, 2))
        assert row[3:5] == (interval(gap.ci_crossed, 2), p_value(gap.p_family))
        assert row[5] == ("yes" if gap.equivalent else "not shown")


def test_no_p_is_zero(report: Report) -> None:
    group = report.groups[0]
    found = msgspec.structs.replace(group.layers["fc"], pearson=Pearson(r=0.9), mixed=Mixed(p=0.00001))
    one = msgspec.structs.replace(group, layers=group.layers | {"fc": found})
    sure = msgspec.structs.replace(report, groups=(one,))

    assert "<0.0001" in layer_rows(sure)[1][0][1]


@pytest.mark.parametrize("size", [(80, 24), (62, 16), (132, 43)])
async def test_everything_is_reached_with_the_keys(
    study: Study, folder: Path, report: Report, size: tuple[int, int]
) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal(*size)))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        await pilot.press("l")
        await pilot.pause()
        table, reading = app.screen.query_one(LayerTable), app.screen.query_one("LayersPanel Reading")
        assert focused(pilot) is table
        # The keys of the table turn the pages of the text.
        seen = on_screen(pilot)
        while reading.scroll_offset.y < reading.max_scroll_y:
            await pilot.press("pagedown")
            await pilot.pause()
            seen += f" {on_screen(pilot)}"
        for part in (KNOWN["fc"].description, "Digit 0: 6 pairs", "Digit 3: 6 pairs", "Digit 8: 6 pairs"):
            assert part in seen
        assert all(f"{name}:" in seen for name in ("untrained", "given pixels", "Spearman", "Kendall"))
        assert ("show other" in seen) == table.is_cut == (size[0] < 80)
        # No column is lost, none is cut.
        names, last = set(headers(table)), [""]
        while last != (last := headers(table)):
            names |= set(last)
            assert table.max_scroll_x == 0
            await pilot.press("right")
            await pilot.pause()
        assert {name.split()[0] for name in layer_rows(report)[0]} <= names
        assert (last[1] == "←") == table.is_cut
        for _ in names:
            await pilot.press("left")
        assert headers(table)[1] == "r"
        await pilot.press("tab")
        assert focused(pilot) is reading
        await pilot.press("home")
        await pilot.wait_for_scheduled_animations()
        assert reading.scroll_offset.y == 0
        await pilot.press("left")
        assert focused(pilot) is table


async def test_the_words_go_with_the_layer_and_begin_at_their_top(study: Study, folder: Path) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("l", "pagedown")
        await pilot.pause()
        reading = app.screen.query_one("LayersPanel Reading")
        assert reading.scroll_offset.y > 0
        await pilot.press("1")
        await pilot.pause()
        assert reading.scroll_offset.y == 0
        assert f"conv1: {KNOWN['conv1'].description}" in on_screen(pilot)
        # From row to row, up and down alike, through those of the digits too.
        table = app.screen.query_one(LayerTable)
        rows = []
        for key in ("up", "up", "up", "up", "up", "down", "down"):
            await pilot.press(key)
            await pilot.pause()
            rows.append(table.cursor_row)
        assert rows == [11, 10, 9, 8, 7, 8, 9]
        assert "conv2: second convolution" in on_screen(pilot)


async def test_the_columns_stay_where_they_are_when_the_layer_changes(
    study: Study, folder: Path, report: Report
) -> None:
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal(62, 16)))
    async with app.run_test(size=(62, 16)) as pilot:
        await settled(pilot)
        await pilot.press("l", "down", "right", "right")
        await pilot.pause()
        table = app.screen.query_one(LayerTable)
        before = headers(table)
        assert before[:3] == ["layer", "←", "p"]
        assert table.cursor_row == 1
        await pilot.press("2", "down")
        await pilot.pause()
        assert headers(table) == before
        await pilot.resize_terminal(100, 24)
        await pilot.pause()
        await pilot.pause()
        assert headers(table) == [word for name in layer_rows(report)[0] for word in name.split() if word != "%"]
        assert table.cursor_row == 9


def test_the_legend_explains_every_column_and_the_list_has_every_key(report: Report) -> None:
    assert all(f"{name}: " in LEGEND for name in layer_rows(report)[0] if name not in ("layer", "95 % interval", "p"))
    listed = dict(keys_of([LayerTable, Reading]))
    for key in ("←", "→", "PgUp", "PgDn", "Tab"):
        assert any(keys == key for keys, _ in listed["Layers"])
