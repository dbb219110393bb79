"""Everything that reaches into Textual's private parts, overrides its private methods, or makes up for what it lacks
around the process. tests/tui/test_textual.py has one test each, which runs on the lowest and the newest allowed
Textual, and one that there is no such thing elsewhere.
"""

from __future__ import annotations

import contextlib
import os
import select
import termios
import threading
import tty
from collections.abc import Iterable
from typing import Any, NoReturn, Self

from rich.console import Console
from rich.segment import Segment
from textual import constants
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, Resize
from textual.geometry import Region
from textual.keys import Keys
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip
from textual.theme import Theme
from textual.worker import WorkerFailed

from simtui.tui.terminal_input import TerminalInput

LARGEST_WINDOW = 1000, 400
"""Columns and rows. Whoever is at the other end of an SSH line can claim any, and a screen that large is memory."""

READ_BYTES, POLL_S = 4096, 0.1
"""How much is read at a time, and how often is looked whether to stop."""

MOST_WAITING = 1000
"""Messages that may wait for the app before more is read."""


# ---------------------------------------------------------------- the terminal


class SturdyDriver(LinuxDriver):
    """Textual's own driver ends the app, with a traceback, on the first byte that is not UTF-8 and on sequences that no
    keyboard sends, believes any size of a window, and reads keys twice after every SIGCONT.

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

    def run_input_thread(self) -> None:
        """Read what the terminal sends until the driver is stopped."""
        terminal_input = TerminalInput(SturdyParser)
        while not self.exit_event.is_set():
            ready, _, _ = select.select([self.fileno], [], [], POLL_S)
            data = os.read(self.fileno, READ_BYTES) if ready else b""
            for message in terminal_input.feed(data):
                self.process_message(message)
            if ready and not data:
                self.exit_event.wait(POLL_S)  # the terminal is gone, which ends the process in a moment
            elif len(data) > READ_BYTES // 4:
                self._wait_for_app()

    def _run_input_thread(self) -> None:
        try:
            self.run_input_thread()
        except (OSError, ValueError):
            return  # the terminal is gone, which ends the process in a moment
        except Exception as error:
            # A thread that ended unheard would leave a screen that takes no key.
            self._app.call_later(_raise, error)

    def _wait_for_app(self) -> None:
        """More comes than anybody types: the rest stays outside until the app has worked off what there is."""
        caught_up = threading.Event()
        self._loop.call_soon_threadsafe(caught_up.set)
        while not self.exit_event.is_set():
            with contextlib.suppress(LookupError):  # the app is changing its screen
                waiting = sum(pump.message_queue_size for pump in (self._app, *self._app.screen_stack[-1:]))
                if caught_up.is_set() and waiting < MOST_WAITING:
                    return
            self.exit_event.wait(0.005)

    def _sigcont_application(self, *arguments: object) -> None:
        """After Ctrl+Z as Textual does it; after any other stop, or none, the terminal is only set up again."""
        if self._must_signal_resume:
            super()._sigcont_application(*arguments)
        elif self._key_thread is not None and self._key_thread.is_alive():
            # Not here: a signal may come while the main thread writes, and holds what writing waits for.
            self._loop.call_soon_threadsafe(self._take_terminal_back)

    def _take_terminal_back(self) -> None:
        """A shell has had the terminal meanwhile, and has left its own settings and text on it."""
        with contextlib.suppress(termios.error):
            attributes = termios.tcgetattr(self.fileno)
            attributes[tty.LFLAG] = self._patch_lflag(attributes[tty.LFLAG])
            attributes[tty.IFLAG] = self._patch_iflag(attributes[tty.IFLAG])
            attributes[tty.CC][termios.VMIN] = 1
            termios.tcsetattr(self.fileno, termios.TCSANOW, attributes)
        kitty = "" if constants.DISABLE_KITTY_KEY else "\x1b[>25u"
        self.write(f"\x1b[?1049h\x1b[?25l\x1b[?1004h{kitty}\x1b[?2004h\x1b[?7l")
        self.send_message(self.SignalResume())

    def give_terminal_back(self) -> None:
        """Restore the settings of the terminal, whatever it does with what is still to be written."""
        if self.attrs_before is not None:
            with contextlib.suppress(termios.error):
                termios.tcsetattr(self.fileno, termios.TCSANOW, self.attrs_before)


def _raise(error: Exception) -> NoReturn:
    """In the app's own thread, which ends it as any mistake does."""
    raise error


def _bounded(columns: int, rows: int) -> tuple[int, int]:
    return max(1, min(columns, LARGEST_WINDOW[0])), max(1, min(rows, LARGEST_WINDOW[1]))


class SturdyParser(XTermParser):
    """Textual's own, which raises what `int` and `chr` raise where a key has no number, or that of no character."""

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        try:
            keys = list(super()._sequence_to_key_events(sequence, alt))
        except (ArithmeticError, ValueError):
            keys = [Key(Keys.Ignore, sequence)]
        return [key for key in keys if not _is_surrogate(key.character)] or ([Key(Keys.Ignore, None)] if keys else [])


def _is_surrogate(character: str | None) -> bool:
    return character is not None and any("\ud800" <= each <= "\udfff" for each in character)


def send(app: App[Any], text: str) -> None:
    """Write a control sequence to the app's terminal, behind all that it has painted."""
    if app._driver is not None:
        app._driver.write(text)


def bytes_sent(app: App[Any]) -> int:
    """About how many bytes the app has written to its terminal."""
    return app._driver.sent if isinstance(app._driver, SturdyDriver) else 0


def give_terminal_back(app: App[Any]) -> None:
    """Restore the settings that the app's terminal had before it ran. From any thread."""
    if isinstance(app._driver, SturdyDriver):
        app._driver.give_terminal_back()


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
