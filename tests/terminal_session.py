"""A program on a real pseudo-terminal, for tests: keys in, screen out, kill and hang-up at will."""

from __future__ import annotations

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import pyte

SIMTUI = (sys.executable, "-m", "simtui")

# Sequences that pyte prints as text instead of skipping them: private modes with an intermediate byte, kitty's
# keyboard queries, requests of the form ESC [ > …, and questions such as tmux's for light or dark (ESC [ ? 996 n).
UNKNOWN_TO_PYTE = re.compile(
    r"\x1b\[[<>=][0-9;:]*[a-zA-Z]|\x1b\[\??[0-9;]*\$p|\x1b\[\?[0-9;]*[umn]|\x1bP[^\x1b]*\x1b\\"
)


QUESTION = b"\x1b[6n"
"""Where the cursor is, asked of the terminal."""

_POSITION = re.compile(rb"\x1b\[(\d+);(\d+)H")


def reply(raw: bytes) -> bytes:
    """Where a terminal says that its cursor is when all of this, and nothing behind it, is drawn: where it was put."""
    *_, last = [(b"1", b"1"), *_POSITION.findall(raw[-4000:])]
    return b"\x1b[%s;%sR" % last


class TerminalSession:
    """`argv` on a terminal of its own. Nothing here sleeps: every wait is for output or for the process."""

    def __init__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        columns: int = 80,
        rows: int = 24,
        environment: dict[str, str] | None = None,
        started: tuple[int, int] | None = None,
    ) -> None:
        """started: the id and the terminal of a process that runs already, instead of `argv`."""
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.Stream(self.screen)
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.raw = bytearray()
        self._parsed = 0
        self.status: int | None = None
        variables = dict(os.environ) | (environment or {})
        self.pid, self.fd = started or pty.fork()
        if self.pid == 0:
            start_as_on_a_terminal(columns, rows)
            os.chdir(cwd)
            os.execvpe(argv[0], list(argv), variables)

    def resize(self, columns: int, rows: int) -> None:
        self.screen.resize(rows, columns)
        _set_size(self.fd, columns, rows)

    @property
    def text(self) -> str:
        """The screen as it stands. Worked out only when asked for, so that waiting for bytes costs little."""
        text = self._decode(bytes(self.raw[self._parsed :]))
        self._parsed = len(self.raw)
        self._stream.feed(UNKNOWN_TO_PYTE.sub("", text))
        return "\n".join(line.rstrip() for line in self.screen.display)

    def pump(self, timeout: float = 0.0) -> bool:
        """Take in what the program wrote; False once it has closed the terminal or nothing came."""
        if not select.select([self.fd], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self.fd, 65536)
        except OSError:
            return False
        self.raw += data
        return bool(data)

    def wait_for(self, condition: str | Callable[[str], bool], timeout: float = 20.0) -> str:
        """Wait until the screen has a text, or satisfies a predicate; the screen's text."""
        satisfied = condition if callable(condition) else lambda text: condition in text
        self._pump_until(lambda: satisfied(self.text), repr(condition), timeout)
        return self.text

    def wait_for_bytes(self, words: bytes, timeout: float = 20.0) -> None:
        """Wait until these bytes were written. No screen is worked out for it, which takes longer than to write one."""
        self._pump_until(lambda: words in self.raw, repr(words), timeout)

    def _pump_until(self, holds: Callable[[], bool], what: str, timeout: float) -> None:
        end = time.monotonic() + timeout
        while not holds():
            if time.monotonic() > end:
                raise AssertionError(f"waited {timeout} s in vain for {what}; the screen is\n{self.text}")
            if not self.pump(0.2) and self.exited(0.0) and not holds():
                raise AssertionError(f"the program ended with {self.status} before {what}:\n{self.text}")

    def settles(self, satisfied: Callable[[str], bool], patience_s: float = 0.3) -> bool:
        """Whether the screen satisfies a predicate within a short time; for what must not come."""
        end = time.monotonic() + patience_s
        while not satisfied(self.text) and time.monotonic() < end:
            self.pump(0.05)
        return satisfied(self.text)

    def press_until(self, key: str, satisfied: Callable[[str], bool], timeout: float = 30.0) -> None:
        """Press a key until the screen satisfies a predicate."""
        self.press_until_true(key, lambda: satisfied(self.text), timeout)

    def press_until_true(self, key: str, holds: Callable[[], bool], timeout: float = 30.0) -> None:
        """Press a key once the screen is at rest, and again only where nothing came of it for seconds.

        A key that comes before the program has noted that its screen is painted is ignored, as it must be; one
        that is pressed again too soon, on a slow machine, would answer the next pair.
        """
        end = time.monotonic() + timeout
        while not holds():
            if time.monotonic() > end:
                raise AssertionError(f"{key!r} did not lead on; the screen is\n{self.text}")
            while self.pump(0.02):
                pass
            self.send(key)
            patience = time.monotonic() + 4.0
            while not holds() and time.monotonic() < patience:
                self.pump(0.05)

    def send(self, keys: str) -> None:
        os.write(self.fd, keys.encode())

    def write(self, data: bytes) -> None:
        """Bytes as they are, which no keyboard may send; what the program writes meanwhile is taken in."""
        sent = 0
        while sent < len(data):
            readable, writable, _ = select.select([self.fd], [self.fd], [], 10)
            if readable:
                self.pump()
            if writable:
                sent += os.write(self.fd, data[sent : sent + 512])

    def kill(self, number: int = signal.SIGKILL) -> None:
        os.kill(self.pid, number)

    def hang_up(self) -> None:
        """Close the line, as a dropped SSH connection does."""
        os.close(self.fd)
        self.fd = -1

    def exited(self, timeout: float = 5.0) -> bool:
        """Whether the program has ended within `timeout` seconds; `status` then has its exit status."""
        end = time.monotonic() + timeout
        while self.status is None:
            self.status = self._ended()
            if self.status is not None:
                break
            if time.monotonic() >= end:
                return False
            if self.fd >= 0:
                self.pump(0.02)
            else:
                select.select([], [], [], 0.02)
        while self.fd >= 0 and self.pump():
            pass  # its last words
        return True

    def _ended(self) -> int | None:
        """The exit status once the program has ended, minus the signal that ended it; None until then."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        return os.waitstatus_to_exitcode(status) if pid else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.exited(0.0):
            self.kill()
            self.exited()
        if self.fd >= 0:
            os.close(self.fd)


def start_as_on_a_terminal(columns: int, rows: int) -> None:
    """In a new process, what a shell gives a program: the size, and signals that nobody has ignored.

    In it and not in its parent, which may come to it only when the program has asked for the size. What nohup and
    background jobs ignore is inherited.
    """
    _set_size(0, columns, rows)
    for number in (signal.SIGINT, signal.SIGQUIT, signal.SIGHUP, signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU):
        signal.signal(number, signal.SIG_DFL)


def _set_size(descriptor: int, columns: int, rows: int) -> None:
    fcntl.ioctl(descriptor, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
