"""The sign of life of a command that takes a while: it moves while nothing is told, an import of torch included."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from simtui.errors import printable

if TYPE_CHECKING:
    from simtui.progress import Progress

_PATIENCE_S = 0.3
"""What is done by then needs no bar."""

_PERIOD_S = 0.1
_LENGTH = 24
_SPINNER = "|/-\\"


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar on stderr, where a person is watching, gone when the block is left; the block gets what moves it."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    bar = _Bar(label, sys.stderr)
    thread = threading.Thread(target=bar.keep_moving, daemon=True)
    thread.start()
    try:
        yield bar.move
    finally:
        bar.left.set()
        thread.join()
        bar.erase()


class _Bar:
    """One line that is drawn over itself, in a thread of its own, in characters that every terminal has."""

    def __init__(self, label: str, stream: IO[str]) -> None:
        self.left = threading.Event()
        self._drawing = threading.Lock()
        self._label, self._stream = label, stream
        self._share: float | None = None
        self._message = ""
        self._started = time.monotonic()
        self._beat = self._drawn = 0

    def move(self, done: int, total: int, message: str = "", /) -> None:
        """What is done of what there is to do; what is new is drawn at once, how far it is by the thread."""
        new = message != self._message
        self._share, self._message = min(1.0, done / max(total, 1)), message
        if new and self._drawn:
            self._draw()

    def keep_moving(self) -> None:
        """Draw until the block is left."""
        wait = _PATIENCE_S
        while not self.left.wait(wait):
            self._draw()
            wait = _PERIOD_S

    def erase(self) -> None:
        """Leave the line as it was before."""
        if self._drawn:
            self._write(" " * self._drawn + "\r")

    def _draw(self) -> None:
        with self._drawing:
            self._draw_line()

    def _draw_line(self) -> None:
        beat, seconds = _SPINNER[self._beat % len(_SPINNER)], time.monotonic() - self._started
        self._beat += 1
        share = ""
        if self._share is not None:
            full = round(self._share * _LENGTH)
            share = f"[{'#' * full}{'-' * (_LENGTH - full)}] {int(100 * self._share):3d}%  "
        line = f"{self._label}  {share}{beat} {seconds:.0f} s  {printable(self._message, 60)}"
        line = line.rstrip()[: max(1, shutil.get_terminal_size().columns - 1)]
        blank = " " * (self._drawn - len(line))
        self._drawn = len(line)
        self._write(f"{line}{blank}\r")

    def _write(self, text: str) -> None:
        # Begins at the left end, where the last one has put the cursor back.
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # the terminal has gone, or the stream was closed
            self.left.set()
