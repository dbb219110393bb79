"""A terminal that has nothing but ASCII: whatever is drawn, only that is sent, and it can still be read."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.cells import cell_len

from simtui.terminal.charset import ascii_text
from simtui.terminal.detection import detect
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.analysis.tabs import TABS
from tests.tui.driving import app_with, settled, shown
from tests.tui.worlds import drawn_study, rated


@pytest.mark.parametrize("text", ["┌─┐│◆•…−→", "ČÅé", "数字", "e\u0301!", "plain", "●━┄"])
def test_every_character_has_a_stand_in_of_its_width(text: str) -> None:
    plain = ascii_text(text)
    assert plain.isascii()
    assert len(plain) == cell_len(text)


def test_letters_lose_their_accents_and_nothing_else() -> None:
    assert ascii_text("Čapek · r = −0.4 …") == "Capek . r = -0.4 ."


async def test_the_analysis_screen_sends_ascii_alone_and_keeps_its_parts(tmp_path: Path) -> None:
    study = drawn_study()
    folder = rated(study, tmp_path, "Ann", "Ben")
    only = detect({"TERM": "linux", "LANG": "C"}, "ascii", (80, 24))
    assert only.depth == "ascii"
    app = app_with(lambda: AnalysisScreen(study, [folder], only), only.depth)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        screen = shown(app)
        assert screen.isascii(), {c for c in screen if not c.isascii()}
        # The interval on the axis, the frame of the plot, a point, the chosen point, and r.
        for part in ("=\n=", "+--", "*", "#", "r = "):
            assert part in screen
        for key in (*(tab.key for tab in TABS.values()), "k", "escape", "question_mark"):
            await pilot.press(key)
            await pilot.pause()
            screen = shown(app)
            assert screen.isascii(), (key, {c for c in screen if not c.isascii()})
