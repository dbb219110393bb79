"""Pairs: the table beside the images says as much as there is room for, and which digit."""

from __future__ import annotations

from pathlib import Path

import pytest

from simtui.tui.analysis.pair_table import PairTable
from simtui.tui.analysis.results import Results
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.widgets.digit_pair import DigitPair
from tests.tui.driving import app_with, settled, shown, terminal
from tests.tui.worlds import drawn_study, rated


@pytest.mark.parametrize("digits", [(8,), (3, 8)])
async def test_the_table_has_the_scores_where_there_is_room_and_always_the_digit(
    tmp_path: Path, digits: tuple[int, ...]
) -> None:
    study = drawn_study(pairs=8, digits=digits)
    folder = rated(study, tmp_path, "Ann", "Ben")
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal()))
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("r", "down", "down")
        await pilot.pause()
        results, table = app.screen.query_one(Results), app.screen.query_one("#pairs PairTable", PairTable)
        images = app.screen.query_one("#pairs DigitPair", DigitPair)
        chosen = results.pair
        digit = ["digit"] if len(digits) > 1 else []
        for size, scored in (((80, 24), False), ((100, 24), True), ((120, 40), True), ((80, 24), False)):
            await pilot.resize_terminal(*size)
            await pilot.pause()
            await pilot.pause()
            names = [str(column.label).strip() for column in table.ordered_columns]
            assert names == ["pair", *digit, *(["network", "people"] if scored else []), "gap"]
            assert table.virtual_size.width < table.size.width
            assert images.is_on_screen
            assert images.region.width == 62
            assert images.region.right <= size[0]
            assert results.pair == chosen
            row = [str(cell).strip() for cell in table.get_row_at(table.cursor_row)]
            group = next(g for g in results.report.groups if any(p.id == row[0] for p in g.pairs))  # type: ignore[union-attr]
            pair = next(p for p in group.pairs if p.id == row[0])
            assert row[1:-1] == [
                *([str(group.digit)] if digit else []),
                *([f"{pair.similarity['fc']:.2f}", f"{pair.human:.1f}"] if scored else []),
            ]
            legend = app.screen.query_one("#pairs-legend")
            assert legend.region.height == 1
            assert legend.region.bottom < size[1]
            assert "gap: ranks apart, largest first; + more alike for the network" in shown(app)
        await pilot.press("p")
        await pilot.pause()
        assert "+ more alike in pixels" in shown(app)
