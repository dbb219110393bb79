"""SturdyDriver: neither input that is not UTF-8 nor an absurd window costs more than itself."""

from __future__ import annotations

from typing import NoReturn

from textual.drivers.linux_driver import LinuxDriver
from textual.events import Resize
from textual.message import Message

LARGEST_WINDOW = 1000, 400
"""Columns and rows. Whoever is at the other end of an SSH line can claim any, and a screen that large is memory."""


class SturdyDriver(LinuxDriver):
    """Textual's own driver ends the app, with a traceback, on the first byte that is not UTF-8: one Alt or
    accented key on a terminal set to Latin-1, or a pasted picture."""

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
