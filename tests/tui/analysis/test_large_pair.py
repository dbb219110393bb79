"""In a wide and high window the pair grows to twice its size; with its strokes, and in less room, it stays small."""

from __future__ import annotations

from pathlib import Path

from simtui.tui.analysis.pair_view import PairView
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.widgets.digit_pair import DigitPair
from simtui.tui.widgets.saliency_pair import SaliencyPair
from tests.tui.driving import app_with, settled, terminal, until
from tests.tui.worlds import drawn_study, rated


async def test_the_pair_grows_into_the_room(tmp_path: Path) -> None:
    study = drawn_study(pairs=4)
    folder = rated(study, tmp_path, "Ann", "Ben")
    app = app_with(lambda: AnalysisScreen(study, [folder], terminal(200, 60)))
    async with app.run_test(size=(200, 60)) as pilot:
        await settled(pilot)
        await pilot.press("r")
        view = app.screen.query_one("#pairs PairView", PairView)

        def shown() -> list[DigitPair]:
            return [pair for pair in view.query(DigitPair) if pair.display]

        await until(pilot, lambda: [pair.size for pair in shown()] == [(116, 28)])
        (large,) = shown()
        assert large.renderer == "double-space"
        assert large.region.right <= 200
        await pilot.press("v")
        await until(pilot, lambda: view.query_one(SaliencyPair).display)
        assert shown() == []
        await pilot.press("v")
        await pilot.resize_terminal(132, 43)
        await until(pilot, lambda: [pair.size for pair in shown()] == [(62, 14)])
