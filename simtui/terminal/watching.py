"""Watching: a table drawn again and again in its place, which the keys scroll."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from simtui.storage import system

STEPS = {
    b"\x1b[A": "up", b"\x1bOA": "up", b"k": "up",
    b"\x1b[B": "down", b"\x1bOB": "down", b"j": "down",
    b"\x1b[5~": "page up", b"b": "page up",
    b"\x1b[6~": "page down", b" ": "page down",
    b"\x1b[H": "top", b"\x1bOH": "top", b"g": "top",
    b"\x1b[F": "end", b"\x1bOF": "end", b"G": "end",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Watched:
    """What is drawn: a line above, lines that scroll, and lines below, which are broken where they are too long."""

    head: str
    body: Sequence[str]
    foot: Sequence[str]

    def broken(self, columns: int) -> Watched:
        """The same with the lines below broken for a terminal of this width."""
        foot = [part for line in self.foot for part in textwrap.wrap(line, max(columns - 1, 20)) or [""]]
        return replace(self, foot=foot)


@dataclass(slots=True)
class Window:
    """The part of the body that is seen. first: its first line."""

    first: int = 0

    def move(self, step: str, room: int, lines: int) -> None:
        """Scroll; beyond the ends nothing is shown."""
        to = {
            "up": self.first - 1,
            "down": self.first + 1,
            "page up": self.first - room,
            "page down": self.first + room,
            "top": 0,
            "end": lines,
        }[step]
        self.first = max(0, min(to, lines - room))

    def lines(self, watched: Watched, columns: int, rows: int) -> list[str]:
        """What fits into a terminal of this size, with one row free below."""
        room = self.room(watched, rows)
        hidden = len(watched.body) - room
        body = list(watched.body)
        if hidden > 0:
            self.first = max(0, min(self.first, hidden))
            above, below = self.first, hidden - self.first
            body = body[self.first : self.first + room]
            where = f"{above} above, {below} below" if above else "below"
            body.append(f"… {hidden} more lines, {where} (arrows and page keys scroll, q ends)")
        lines = [watched.head, *body, *watched.foot] if watched.head else [*body, *watched.foot]
        return [line[: columns - 1] for line in lines]

    def room(self, watched: Watched, rows: int) -> int:
        """How many lines of the body are seen."""
        free = rows - 1 - bool(watched.head) - len(watched.foot)
        return len(watched.body) if len(watched.body) <= free else max(1, free - 1)


def watch(look: Callable[[], Watched], write: Callable[[str], object], period_s: float) -> None:
    """Draw what `look` gives, every `period_s` seconds, over what was drawn before, until q or Ctrl+C."""
    window, drawn = Window(), 0
    with _keys() as pressed, contextlib.suppress(KeyboardInterrupt):
        while True:
            watched = look()
            due = time.monotonic() + period_s
            while True:
                size = shutil.get_terminal_size()
                watched = watched.broken(size.columns)
                lines = window.lines(watched, size.columns, size.lines)
                up = f"\x1b[{drawn}F" if drawn else ""
                write(f"{up}\x1b[J" + "\n".join(lines) + "\n")
                drawn = len(lines)
                key = pressed(due - time.monotonic())
                if key in (b"q", b"Q"):
                    return
                if key in STEPS:
                    window.move(STEPS[key], window.room(watched, size.lines), len(watched.body))
                elif time.monotonic() >= due:
                    break
    write("\n")


@contextlib.contextmanager
def _keys() -> Iterator[Callable[[float], bytes]]:
    """A function that waits so many seconds for a key; where none can be read one by one, it only waits."""
    if not sys.stdin or not sys.stdin.isatty() or not system.POSIX:

        def wait(seconds: float) -> bytes:
            time.sleep(max(0.0, seconds))
            return b""

        yield wait
        return
    descriptor = sys.stdin.fileno()
    before = system.terminal_settings(descriptor)
    try:
        system.set_terminal(descriptor, system.key_by_key(before))

        def pressed(seconds: float) -> bytes:
            if select.select([descriptor], [], [], max(0.0, seconds))[0]:
                return os.read(descriptor, 16)
            return b""

        yield pressed
    finally:
        system.set_terminal(descriptor, before)
