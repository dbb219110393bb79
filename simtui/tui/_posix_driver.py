"""The app's way to a terminal of Linux and macOS, with what Textual's own lacks; part of _textual.py."""

from __future__ import annotations

import contextlib
import os
import select
import threading
from collections.abc import Iterable, Iterator
from io import FileIO
from typing import Any, NoReturn

from textual import constants
from textual._xterm_parser import XTermParser
from textual.app import App
from textual.drivers.linux_driver import LinuxDriver
from textual.events import Key, Resize
from textual.keys import Keys
from textual.message import Message

from simtui.storage import system
from simtui.tui.terminal_input import TerminalInput

LARGEST_WINDOW = 1000, 400
"""Columns and rows. Whoever is at the other end of an SSH line can claim any, and a screen that large is memory."""

READ_BYTES, POLL_S = 4096, 0.1
"""How much is read at a time, and how long what came without its end is waited for before it is looked at again."""

IFLAG, LFLAG = 0, 3
"""Where `tcgetattr` has the settings of input, and the local ones."""

MOST_WAITING = 1000
"""Messages that may wait for the app before more is read."""


class SturdyDriver(LinuxDriver):
    """Textual's own driver ends the app, with a traceback, on the first byte that is not UTF-8 and on sequences that no
    keyboard sends, believes any size of a window, and reads keys twice after every SIGCONT.

    sent: how much has been written, in characters, which on these screens are about as many as bytes.
    """

    sent = 0

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self.exit_event = self._stopping = HeardEvent()

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
        """Read what the terminal sends until the driver is stopped.

        While nothing comes nothing is done: two hundred of these may wait on one machine.
        """
        terminal_input = TerminalInput(SturdyParser)
        with self._stopping.heard() as stopped:
            while not self._stopping.is_set():
                patience_s = POLL_S if terminal_input.unfinished else None
                ready, _, _ = select.select([self.fileno, stopped], [], [], patience_s)
                data = os.read(self.fileno, READ_BYTES) if self.fileno in ready else b""
                for message in terminal_input.feed(data):
                    self.process_message(message)
                if self.fileno in ready and not data:
                    self._stopping.wait(POLL_S)  # the terminal is gone, which ends the process in a moment
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
        with contextlib.suppress(OSError):
            attributes = system.key_by_key(system.terminal_settings(self.fileno))
            attributes[LFLAG] = self._patch_lflag(attributes[LFLAG])
            attributes[IFLAG] = self._patch_iflag(attributes[IFLAG])
            system.set_terminal(self.fileno, attributes)
        kitty = "" if constants.DISABLE_KITTY_KEY else "\x1b[>25u"
        self.write(f"\x1b[?1049h\x1b[?25l\x1b[?1004h{kitty}\x1b[?2004h\x1b[?7l")
        self.send_message(self.SignalResume())

    def give_terminal_back(self) -> None:
        """Restore the settings of the terminal, whatever it does with what is still to be written."""
        if self.attrs_before is not None:
            with contextlib.suppress(OSError):
                system.set_terminal(self.fileno, self.attrs_before)


def _raise(error: Exception) -> NoReturn:
    """In the app's own thread, which ends it as any mistake does."""
    raise error


def _bounded(columns: int, rows: int) -> tuple[int, int]:
    return max(1, min(columns, LARGEST_WINDOW[0])), max(1, min(rows, LARGEST_WINDOW[1]))


class HeardEvent(threading.Event):
    """An event that also `select` hears of, for a thread that waits for input."""

    _telling: FileIO | None = None

    @contextlib.contextmanager
    def heard(self) -> Iterator[FileIO]:
        """What can be read from once the event is set."""
        told, telling = os.pipe()
        with FileIO(told) as near, FileIO(telling, "w") as far:
            self._telling = far
            try:
                yield near
            finally:
                self._telling = None

    def set(self) -> None:
        super().set()
        if (telling := self._telling) is not None:
            with contextlib.suppress(OSError, ValueError):  # nobody listens any more
                telling.write(b"!")


class SturdyParser(XTermParser):
    """Textual's own, which raises what `int` and `chr` raise where a key has no number, or that of no character."""

    @property
    def unfinished(self) -> bool:
        return self._timeout_time is not None

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        try:
            keys = list(super()._sequence_to_key_events(sequence, alt))
        except (ArithmeticError, ValueError):
            keys = [Key(Keys.Ignore, sequence)]
        return [key for key in keys if not _is_surrogate(key.character)] or ([Key(Keys.Ignore, None)] if keys else [])


def _is_surrogate(character: str | None) -> bool:
    return character is not None and any("\ud800" <= each <= "\udfff" for each in character)
