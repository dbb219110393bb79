"""Everything that reaches into Textual's private parts, overrides its private methods, or makes up for what it lacks
around the process. tests/tui/test_textual.py has one test each, which runs on the lowest and the newest allowed
Textual, and one that there is no such thing elsewhere.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from typing import Any, Self

from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual import constants
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen
from textual.strip import Strip
from textual.theme import Theme
from textual.worker import WorkerFailed

if sys.platform == "win32":
    from simtui.tui._windows_driver import SturdyDriver
else:
    from simtui.tui._posix_driver import SturdyDriver

__all__ = [
    "FaultKeepingApp",
    "LazyStrip",
    "SturdyDriver",
    "UnpaintedScreen",
    "bytes_sent",
    "give_terminal_back",
    "send",
    "start_with_theme",
    "use_color_system",
]

# ---------------------------------------------------------------- the terminal


def send(app: App[Any], text: str) -> None:
    """Write a control sequence to the app's terminal, behind all that it has painted."""
    if app._driver is not None:
        app._driver.write(text)


def write_over(app: App[Any], text: str, region: Region, style: Style) -> None:
    """Write a line over a part of the screen, behind the app's back and from any thread: for when the app waits.

    What is there by the app's account must be painted anew when it no longer waits.
    """
    if not region or app._driver is None:
        return
    strip = Strip([Segment(text, style)]).adjust_cell_length(region.width, style)
    for line_filter in app.get_line_filters():
        strip = strip.apply_filter(line_filter, app.screen.background_colors[1])
    # The cursor goes back to where it was, which tells the questions to the terminal apart.
    app._driver.write(f"\x1b7\x1b[{region.y + 1};{region.x + 1}H{strip.render(app.console)}\x1b8")
    app._driver.flush()


def bytes_sent(app: App[Any]) -> int:
    """About how many bytes the app has written to its terminal."""
    return app._driver.sent if isinstance(app._driver, SturdyDriver) else 0


def give_terminal_back(app: App[Any]) -> None:
    """Restore the settings that the app's terminal had before it ran. From any thread."""
    if isinstance(app._driver, SturdyDriver):
        app._driver.give_terminal_back()


# ---------------------------------------------------------------- the app and its screens


def use_color_system(name: str) -> None:
    """From now on apps write colours of this system; Textual itself reads its name when it is imported."""
    constants.COLOR_SYSTEM = name  # type: ignore[misc]


class FaultKeepingApp(App[object]):
    """Keeps the first mistake that ended it, in place of Textual's traceback with the values of variables, people's
    answers among them.

    fault: None while there is none.
    """

    def __init__(self) -> None:
        super().__init__()
        self.fault: Exception | None = None

    def _handle_exception(self, error: Exception) -> None:
        inner = error.error if isinstance(error, WorkerFailed) else error
        self.fault = self.fault or (inner if isinstance(inner, Exception) else error)
        super()._handle_exception(error)

    def _print_error_renderables(self) -> None:
        self._exit_renderables.clear()


def start_with_theme(app: App[object], theme: Theme) -> None:
    """Give an app that does not run yet a theme; set like any other, Textual would read every style sheet twice."""
    app.register_theme(theme)
    if theme.ansi:
        app.theme = theme.name  # which also turns off the filter that makes RGB of the terminal's own colours
    else:
        app.set_reactive(App.theme, theme.name)
        app.stylesheet.set_variables(app.get_css_variables())


class UnpaintedScreen(Screen[None]):
    """A bare screen for others to stand on: it is never painted, for whatever comes next paints the whole screen.

    That is 2.5 KB less before the first page; and Textual would repaint the whole screen above whenever this empty one
    below it is touched.
    """

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:  # noqa: ARG002
        return self

    def _compositor_refresh(self) -> None:
        pass


# ---------------------------------------------------------------- drawing


class LazyStrip(Strip):
    """A strip whose segments are made when somebody asks for them: most are only ever written, in another way.

    Subclasses say how it is written (`render`), which segments say the same (`make_segments`), and what is left of it
    between two columns (`crop`); cut in any way it stays lazy.
    """

    __slots__ = ("_made",)
    _made: list[Segment]

    def __init__(self, cell_length: int) -> None:
        super().__init__((), cell_length)

    def make_segments(self) -> list[Segment]:
        raise NotImplementedError

    def render(self, console: Console) -> str:
        raise NotImplementedError

    def crop(self, start: int, end: int | None = None) -> Strip:
        raise NotImplementedError

    @property
    def _segments(self) -> list[Segment]:
        if not self._made:
            self._made = self.make_segments()
        return self._made

    @_segments.setter
    def _segments(self, segments: list[Segment]) -> None:
        self._made = segments

    def __bool__(self) -> bool:
        return self.cell_length > 0

    def divide(self, cuts: Iterable[int]) -> list[Strip]:
        strips: list[Strip] = []
        start = 0
        for end in cuts:
            if end <= self.cell_length:
                strips.append(self.crop(start, end))
                start = end
        return strips
