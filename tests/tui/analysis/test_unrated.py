"""A study that nobody has rated opens: its pairs, every layer's similarity, predictions and strokes."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import DataTable, Static

from simtui.analysis.similarities import compute_similarities
from simtui.network.layers import LAYERS
from simtui.study.model import Study
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.analysis.unrated import Unrated
from simtui.tui.widgets.saliency_pair import SaliencyPair
from tests.tui.driving import app_with, on_screen, settled, terminal, until
from tests.tui.worlds import drawn_study


@pytest.fixture(scope="module")
def study() -> Study:
    return drawn_study(pairs=6)


@pytest.mark.parametrize("size", [(80, 24), (132, 43)])
async def test_pairs_layers_predictions_and_strokes(study: Study, tmp_path: Path, size: tuple[int, int]) -> None:
    found = compute_similarities(study)
    app = app_with(lambda: AnalysisScreen(study, [tmp_path], terminal(*size)))
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        screen = app.screen.query_one(Unrated)
        assert "people's columns are empty" in str(screen.query_one("#unrated-why", Static).content)
        assert "Layer f [fc] o pool2" in on_screen(pilot)
        await pilot.press("down", "down", "2")
        await pilot.pause()
        table, pair = screen.query_one(DataTable), study.pairs[2]
        header = [str(column.label).strip() for column in table.ordered_columns]
        shown = LAYERS if size[0] > 100 else ("conv2",)
        assert header == ["pair", *shown, "people"]
        row = [str(cell).strip() for cell in table.get_row_at(2)]
        assert row == [pair.id, *(f"{found.layers[layer][2]:.2f}" for layer in shown), "–"]
        words = on_screen(pilot)
        assert f"{pair.id} network {found.layers['conv2'][2]:.2f} people: not rated" in words
        assert all(f"{layer} {found.layers[layer][2]:.2f}" in words for layer in LAYERS)
        left, right = found.predicted[pair.left], found.predicted[pair.right]
        assert f"the network reads them as {left} and {right}" in words
        await pilot.press("v")
        await until(pilot, lambda: screen.query_one(SaliencyPair).display)
        # Nothing to hand in, to plot or to turn to yet; help says what there is.
        await pilot.press("h", "i", "l", "question_mark")
        await until(pilot, lambda: "Esc closes this page" in on_screen(pilot))
        await pilot.press("escape", "q")
        await pilot.pause()
        assert not app.is_running


async def test_of_several_digits_every_pair_is_there(tmp_path: Path) -> None:
    study = drawn_study(pairs=3, digits=(3, 8))
    app = app_with(lambda: AnalysisScreen(study, [tmp_path], terminal(132, 43)))
    async with app.run_test(size=(132, 43)) as pilot:
        await settled(pilot)
        table = app.screen.query_one(Unrated).query_one(DataTable)
        assert [str(column.label).strip() for column in table.ordered_columns][:2] == ["pair", "digit"]
        assert [str(table.get_row_at(i)[1]).strip() for i in range(6)] == [str(pair.digit) for pair in study.pairs]
