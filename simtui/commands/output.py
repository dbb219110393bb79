"""What the commands put on a terminal: texts and pictures as it can show them, or a screen."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from textual.screen import Screen

    from simtui.terminal.cells import Look
    from simtui.terminal.detection import Terminal


PATIENCE_S = 0.2
"""How long a rating may wait for what is only worth saying: a slow disk shows itself anyway."""


def output_look() -> tuple[int, bool]:
    """How many columns a text may fill, and whether in colour: 80, and no colour, where nobody is watching."""
    if not sys.stdout.isatty():
        return 80, False
    return shutil.get_terminal_size().columns, "NO_COLOR" not in os.environ


def picture_look() -> Look | None:
    """How the terminal draws images in half blocks; None where the output is no terminal."""
    if not sys.stdout.isatty():
        return None
    from simtui.terminal.detection import detect

    size = shutil.get_terminal_size()
    return detect(os.environ, sys.stdout.encoding, (size.columns, size.lines)).look("half-block")


def open_screen(first: Callable[[Terminal], Screen[Any]]) -> None:
    """Run the app until the screen that `first` makes for the terminal is left."""
    from simtui.terminal.detection import prepare

    terminal = prepare()
    from simtui.storage import remembered
    from simtui.terminal.round_trip import BACKGROUND, RoundTrip

    # Only now: Textual reads the colours of the terminal from the environment when it is imported.
    with RoundTrip(timeout_s=0.3 if terminal.ssh else 0.0, first=BACKGROUND if terminal.unicode else b"") as trip:
        from simtui.tui.app import SimtuiApp
        from simtui.tui.screens import BottomScreen

    terminal = replace(terminal, light=bool(trip.light))
    chosen = remembered.load().theme
    light = terminal.light if chosen is None else chosen == "light"
    app = SimtuiApp(
        lambda: BottomScreen(lambda: first(terminal)),
        terminal.depth,
        light=light,
        remember=lambda name: remembered.keep(theme=name),
    )
    app.run_or_tell()
    if app.return_code:
        raise click.exceptions.Exit(app.return_code)


def broken_promises(sessions: Path) -> Callable[[], None]:
    """Find out what the file system of a sessions folder does not keep of what raters are promised.

    It waits for the disk, 15 ms, in a thread of its own while the program starts. Gives what says it on stderr.
    """
    import threading

    from simtui.storage import promises

    found: list[str] = []

    def look() -> None:
        # Where nothing can be written the first write says so.
        with suppress(OSError):
            broken = promises.broken(sessions, quick=True)
            found.extend(sentence for name, sentence in broken.items() if name in promises.SERIOUS)

    # Waited for where the program ends sooner: what it tries things out in must be gone.
    thread = threading.Thread(target=look)
    thread.start()

    def tell() -> None:
        thread.join(PATIENCE_S)
        for sentence in found:
            click.echo(f"simtui: {sentence}", err=True)

    return tell
