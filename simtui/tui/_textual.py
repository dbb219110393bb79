"""Everything that reaches into Textual's private parts, overrides its private methods, or makes up for what it lacks
around the process. tests/tui/test_textual.py has one test each, which runs on the lowest and the newest allowed
Textual, and one that there is no such thing elsewhere.
"""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import threading
from collections.abc import Iterable
from typing import Any, NoReturn, Self

from rich.console import Console
from rich.segment import Segment
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.geometry import Region
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip
from textual.theme import Theme
from textual.worker import WorkerFailed

LARGEST_WINDOW = 1000, 400
"""Columns and rows. Whoever is at the other end of an SSH line can claim any, and a screen that large is memory."""

GRACE_S = 0.6
"""How long an orderly exit may take before the process simply ends."""


# ---------------------------------------------------------------- the terminal


class SturdyDriver(LinuxDriver):
    """Textual's own driver ends the app, with a traceback, on the first byte that is not UTF-8: one Alt or
    accented key on a terminal set to Latin-1, or a pasted picture. And it believes any size of a window.

    sent: how much has been written, in characters, which on these screens are about as many as bytes.
    """

    sent = 0

    def write(self, data: str) -> None:
        self.sent += len(data)
        super().write(data)

    def _get_terminal_size(self) -> tuple[int, int]:
        return _bounded(*super()._get_terminal_size())

    def process_message(self, message: Message) -> None:
        """Terminals may also tell their size in what they send."""
        if isinstance(message, Resize):
            message = Resize.from_dimensions(_bounded(*message.size), message.pixel_size)
        super().process_message(message)

    def _run_input_thread(self) -> None:
        while not self.exit_event.is_set():
            try:
                self.run_input_thread()
            except UnicodeDecodeError:
                continue  # what was read with the byte is lost; reading begins anew
            except Exception as error:
                self._app.call_later(_raise, error)
            return


def _bounded(columns: int, rows: int) -> tuple[int, int]:
    return min(columns, LARGEST_WINDOW[0]), min(rows, LARGEST_WINDOW[1])


def _raise(error: Exception) -> NoReturn:
    """In the app's own thread, which ends it as any mistake does."""
    raise error


def send(app: App[Any], text: str) -> None:
    """Write a control sequence to the app's terminal, behind all that it has painted."""
    if app._driver is not None:
        app._driver.write(text)


def bytes_sent(app: App[Any]) -> int:
    """About how many bytes the app has written to its terminal."""
    return app._driver.sent if isinstance(app._driver, SturdyDriver) else 0


def leave_on_signals(app: App[object]) -> None:
    """From now on SIGHUP, SIGTERM and a closed terminal end the process within a second.

    Textual runs no clean-up on SIGHUP or SIGTERM, and an app whose terminal is gone without a signal can spin on
    end-of-file for ever. Every rating is on disk by then: what is left to do is to give the terminal back, if there
    is one, and to go. To be called on the running event loop.
    """
    loop = asyncio.get_running_loop()
    loop.add_signal_handler(signal.SIGTERM, _exit_soon, app, signal.SIGTERM)
    loop.add_signal_handler(signal.SIGHUP, os._exit, 128 + signal.SIGHUP)
    if sys.stdin is not None and sys.stdin.isatty():
        threading.Thread(target=_wait_for_hangup, args=(sys.stdin.fileno(),), daemon=True).start()


def _exit_soon(app: App[object], number: signal.Signals) -> None:
    timer = threading.Timer(GRACE_S, os._exit, (128 + number,))
    timer.daemon = True
    timer.start()
    app.exit(return_code=128 + number)


def _wait_for_hangup(descriptor: int) -> None:
    """Sleep until the terminal is closed. No events are asked for: a hang-up is reported all the same."""
    poller = select.poll()
    poller.register(descriptor, 0)
    while True:
        if any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poller.poll()):
            os._exit(128 + signal.SIGHUP)


# ---------------------------------------------------------------- the app and its screens


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
