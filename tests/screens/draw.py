"""Draw the pictures of the README from the real app: python -m tests.screens.draw

Rating is shown with the example study, the analysis with its simulated sessions, and says so.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual.pilot import Pilot
from textual.screen import Screen

from simtui.rating.run import Run
from simtui.session.store import SessionStore
from simtui.study import file as study_file
from simtui.terminal.detection import Terminal, detect
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.app import SimtuiApp
from simtui.tui.participant.rating import RatingScreen
from simtui.tui.screens import BottomScreen
from tests.builders import ENVIRONMENT

FOLDER = Path(__file__).parent
EXAMPLE = FOLDER.parent.parent / "sessions" / "example"


def terminal(columns: int, rows: int) -> Terminal:
    return detect({"TERM": "xterm-256color", "COLORTERM": "truecolor"}, "utf-8", (columns, rows))


async def picture(
    first: Callable[[Terminal], Screen[Any]], size: tuple[int, int], ready: Callable[[SimtuiApp], bool]
) -> str:
    """The screen as SVG, once `ready` says that it shows what it should."""
    on = terminal(*size)
    app = SimtuiApp(lambda: BottomScreen(lambda: first(on)), on.depth)
    async with app.run_test(size=size) as pilot:
        await until(pilot, lambda: ready(app))
        await pilot.pause()
        return app.export_screenshot(title="simtui")


async def until(pilot: Pilot[object], condition: Callable[[], bool]) -> None:
    while not condition():
        await pilot.pause(0.05)


async def rating(root: Path) -> str:
    """Halfway through a run."""
    study = study_file.load(EXAMPLE / "study.json")
    with SessionStore(root, study.id).hold("P01") as hold:
        run = Run.begin(study, hold, ENVIRONMENT)
        for _ in range(12):
            run.answer(5, "5", run.now(), run.now())
        return await picture(
            lambda on: RatingScreen(run, on),
            (80, 24),
            lambda app: isinstance(app.screen, RatingScreen) and app.screen.ready,
        )


async def analysis(_: Path) -> str:
    study = study_file.load(EXAMPLE / "study.json")
    return await picture(
        lambda on: AnalysisScreen(study, [EXAMPLE], on, simulated=True),
        (120, 36),
        lambda app: isinstance(app.screen, AnalysisScreen) and app.screen.report is not None,
    )


PICTURES = {"rating.svg": rating, "analysis.svg": analysis}


def words(svg: str) -> list[str]:
    """The text in a picture: what must be the same for a picture to be fresh, whatever drew it."""
    return re.findall(r">([^<>]+)</text>", svg)


def draw(name: str) -> str:
    with tempfile.TemporaryDirectory() as root:
        return asyncio.run(PICTURES[name](Path(root)))


if __name__ == "__main__":
    for name in PICTURES:
        (FOLDER / name).write_text(draw(name))
