"""An app under Pilot, for tests: what is on its screen, and waiting for what must come."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial
from html import unescape
from typing import Any

from textual import events
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget

from simtui.terminal.cells import Depth
from simtui.terminal.detection import Terminal, detect
from simtui.tui.app import SimtuiApp
from simtui.tui.participant.rating import RatingScreen
from simtui.tui.screens import BottomScreen


def terminal(columns: int = 80, rows: int = 24) -> Terminal:
    """A terminal with 24-bit colour."""
    environ = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    return detect(environ, "utf-8", (columns, rows))


def app_with(screen: Callable[[], Screen[Any]], depth: Depth = "truecolor") -> SimtuiApp:
    """The real app, its first screen on top of the bare one, as the commands start it."""
    return SimtuiApp(lambda: BottomScreen(screen), depth)


def shown(app: App[Any]) -> str:
    """Every text on the screen."""
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", app.export_screenshot())
    return unescape("\n".join(texts)).replace("\xa0", " ")


def on_screen(pilot: Pilot[Any]) -> str:
    """The same in one line, however it is broken there."""
    return " ".join(shown(pilot.app).split())


def focused(pilot: Pilot[Any]) -> Widget | None:
    return pilot.app.focused


def on_top(pilot: Pilot[Any], kind: type[Screen[Any]]) -> bool:
    return isinstance(pilot.app.screen, kind)


async def until(pilot: Pilot[Any], holds: Callable[[], bool], timeout: float = 30.0) -> None:
    """Let the app run until something holds."""
    end = time.monotonic() + timeout
    while not holds():
        assert time.monotonic() < end, f"it never came; on the screen is:\n{shown(pilot.app)}"
        await pilot.pause()
    await pilot.pause()


def type_at(screen: Screen[Any], *presses: tuple[str, float]) -> None:
    """Characters that were typed at these moments (monotonic seconds), however long the app takes to come to them."""
    for character, moment in presses:
        key = events.Key(character, character)
        key.time = moment
        screen.post_message(key)


async def settled(pilot: Pilot[Any]) -> None:
    """Let the workers of the screen on top finish, and the app show what came of it."""
    await pilot.pause()
    # A screen below may have a worker that waits for this one to be left.
    app = pilot.app
    own = [worker for worker in app.workers if worker.node is app.screen]
    if own:
        await app.workers.wait_for_complete(own)
    await pilot.pause()
    await pilot.pause()


# ---------------------------------------------------------------- rating


def rating_screen(pilot: Pilot[Any]) -> RatingScreen:
    """The one of the app, whatever is above it."""
    return next(screen for screen in pilot.app.screen_stack if isinstance(screen, RatingScreen))


async def painted(pilot: Pilot[Any]) -> None:
    """Wait for a pair that can be rated."""
    await until(pilot, lambda: isinstance(pilot.app.screen, RatingScreen) and pilot.app.screen.ready)


async def rate(pilot: Pilot[Any], *keys: str) -> None:
    """Answer one pair with each key."""
    for key in keys:
        await painted(pilot)
        run = rating_screen(pilot).run_in_progress
        answered = partial(lambda run, before: run.answered > before, run, run.answered)
        await pilot.press(key)
        await until(pilot, answered)
