"""A page that nobody leaves: what a kiosk shows when it can do no more, without the app that failed."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import textwrap
from typing import Any, NoReturn

from simtui.storage.system import key_by_key, set_terminal, terminal_settings
from simtui.terminal.detection import window_size

_AS_NEW = "\x1b[<u\x1b[?2004l\x1b[?1000;1002;1003;1004;1006l\x1b[?1049h\x1b[?25l\x1b[m\x1b[2J\x1b[H"
"""Whatever the app has left switched on is off, what stood on the screen before is out of sight."""

_AS_BEFORE = "\x1b[?25h\x1b[?1049l"

_LONGEST = 256
"""Bytes of a line that are kept."""


def stay_closed(text: str, exit_word: str | None) -> None:
    """Show a text until the word is typed, with Enter, or the terminal is gone. SIGTERM ends the process.

    exit_word: None where no word ends it. To be called where Ctrl+C and the like are ignored.
    """
    signal.signal(signal.SIGTERM, _leave)
    if sys.__stdin__ is None or sys.__stderr__ is None:
        return
    stdin, stdout = sys.__stdin__.fileno(), sys.__stderr__.fileno()
    before: list[Any] | None = None
    with contextlib.suppress(OSError):
        before = terminal_settings(stdin)
        set_terminal(stdin, key_by_key(before))
    try:
        columns, _ = window_size(sys.__stderr__, sys.__stdin__) or (80, 24)
        lines = textwrap.wrap(text, max(20, columns - 4))
        _write(stdout, _AS_NEW + "".join(f"\r\n  {line}" for line in lines))
        _wait_for(exit_word, stdin)
    finally:
        _write(stdout, _AS_BEFORE)
        if before is not None:
            with contextlib.suppress(OSError):
                set_terminal(stdin, before)


def _wait_for(exit_word: str | None, stdin: int) -> None:
    typed = b""
    while True:
        try:
            data = os.read(stdin, 1024)
        except OSError:
            return
        if not data:
            return
        for code in data:
            if code in b"\r\n":
                if exit_word is not None and typed.decode("utf-8", "replace").strip() == exit_word:
                    return
                typed = b""
            elif code in b"\x7f\x08":
                typed = typed.decode("utf-8", "replace")[:-1].encode()
            elif len(typed) < _LONGEST:
                typed += bytes([code])


def _write(descriptor: int, text: str) -> None:
    with contextlib.suppress(OSError):
        os.write(descriptor, text.encode())


def _leave(number: int, _: object) -> NoReturn:
    raise SystemExit(128 + number)
