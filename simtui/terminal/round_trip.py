"""How long the terminal takes to answer: what a response time measured here may be off by, at most.

The question is a request for the cursor's position, which every terminal answers (ECMA-48, DSR 6) without
drawing anything. Over SSH the time is that of the line, both ways, and of the terminal behind it.
"""

from __future__ import annotations

import os
import re
import select
import sys
import threading
import time
from types import TracebackType
from typing import NamedTuple

from simtui.storage import system

QUESTION = b"\x1b[6n"
BACKGROUND = b"\x1b]11;?\x1b\\"
"""A request for the background colour (xterm's OSC 11), which many terminals answer and the others ignore."""

_COLOR = re.compile(rb"\x1b\]11;rgb:([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})/([0-9a-fA-F]{1,4})")
_ANSWER = re.compile(rb"\x1b\[\d+;\d+R")
_MUTE = ("", "dumb", "unknown")
"""$TERM of what would show the question instead of answering it."""

PROMPT_S = 0.005
"""How long to wait in any case: most terminals on this machine answer within it, and the rest while others work."""


class RoundTrip:
    """Asks on entering, and knows the answer on leaving; in between something else can be done.

    ms: milliseconds from the question to the answer; None where none came. One that comes while other Python
        code runs is timed a few ms late, as threads take turns.
    timeout_s: how long to wait for the answer on leaving.
    late_s: how much longer to wait for it only so that nobody else takes it for a key.
    stdin, stdout: descriptors of the terminal; those of the process's stdin and stderr where None.
    first: another question, asked before. heard: what the terminal sent up to its answer, that to `first` included.

    Within, nothing else may read the terminal; keys are not echoed, and all but Ctrl+C are lost.
    """

    def __init__(
        self,
        timeout_s: float = 0.0,
        stdin: int | None = None,
        stdout: int | None = None,
        first: bytes = b"",
        late_s: float = 0.0,
    ) -> None:
        self.ms: float | None = None
        self._late_s = late_s
        self.heard = b""
        self._first = first
        self._timeout_s = timeout_s
        self._descriptors = stdin, stdout
        self._terminal: _Quiet | None = None
        self._thread: threading.Thread | None = None

    @property
    def light(self) -> bool | None:
        """Whether the background is light; None where BACKGROUND was not asked first, or not answered."""
        return _is_light(self.heard)

    def __enter__(self) -> RoundTrip:
        stdin, stdout = self._descriptors
        if os.environ.get("TERM", "") in _MUTE:
            return self
        try:
            stdin = sys.__stdin__.fileno() if stdin is None and sys.__stdin__ else stdin
            stdout = sys.__stderr__.fileno() if stdout is None and sys.__stderr__ else stdout
            if stdin is None or stdout is None:
                return self
            self._terminal = _Quiet(stdin)
        except (OSError, ValueError):
            return self
        try:
            self._asked = time.monotonic()
            os.write(stdout, self._first + QUESTION)
            self._listen(self._terminal, self._asked + PROMPT_S)
        except OSError:
            self._give_back()
        except BaseException:
            self._give_back()
            raise
        if self._terminal is not None and self.ms is None:
            self._thread = threading.Thread(target=self._listen, args=(self._terminal, None), daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._thread is not None and kind is None:
                self._thread.join(self._timeout_s)
                if self.ms is None:
                    self._thread.join(self._late_s)
                    self.ms = None
        finally:
            self._give_back()

    def _listen(self, terminal: _Quiet, end: float | None) -> None:
        """Take in what comes until it is the answer, the time is over or the terminal is given back."""
        while self.ms is None:
            data, came = terminal.read(None if end is None else max(0.0, end - time.monotonic()))
            if not data:
                return
            self.heard = (self.heard + data)[-256:]
            if _ANSWER.search(self.heard):
                self.ms = round((came - self._asked) * 1000, 2)

    def _give_back(self) -> None:
        if self._terminal is None:
            return
        self._terminal.wake()
        if self._thread is not None:
            self._thread.join()
        self._terminal.restore()
        self._terminal = None


def _is_light(heard: bytes) -> bool | None:
    """By the answer to BACKGROUND, if it is there."""
    color = _COLOR.search(heard)
    if color is None:
        return None
    red, green, blue = (int(part, 16) / (16 ** len(part) - 1) for part in color.groups())
    brightness: float = 0.299 * red + 0.587 * green + 0.114 * blue
    return brightness > 0.5


class RoundTrips(NamedTuple):
    """ms: the median of so many answers, in milliseconds; None where there was no answer."""

    ms: float | None
    answers: int


def round_trips(
    samples: int, timeout_s: float = 0.5, late_s: float = 1.5, stdin: int | None = None, stdout: int | None = None
) -> RoundTrips:
    """How long the terminal takes to answer, so many times, or until it once does not.

    timeout_s: for each. late_s: how much longer a late answer is waited for, so that it is not taken for a key, or
    printed, afterwards. stdin, stdout: as of RoundTrip.
    """
    times: list[float] = []
    while len(times) < samples:
        with RoundTrip(timeout_s, stdin, stdout, late_s=late_s) as trip:
            pass
        if trip.ms is None:
            break
        times.append(trip.ms)
    return RoundTrips(round(_median(times), 2) if times else None, len(times))


def _median(times: list[float]) -> float:
    # The statistics module brings decimal and fractions along: half a megabyte for each rater.
    ordered, middle = sorted(times), len(times) // 2
    return ordered[middle] if len(times) % 2 else (ordered[middle - 1] + ordered[middle]) / 2


class _Quiet:
    """A terminal that passes on every key at once and shows none, until `restore`. Raises OSError."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._before = system.terminal_settings(descriptor)
        system.set_terminal(descriptor, system.key_by_key(self._before))
        self._woken, self._waker = os.pipe()

    def read(self, timeout_s: float | None) -> tuple[bytes, float]:
        """What came, and when (monotonic); nothing after the time is over or `wake`."""
        ready, _, _ = select.select([self._descriptor, self._woken], [], [], timeout_s)
        came = time.monotonic()
        if self._descriptor not in ready:
            return b"", came
        try:
            return os.read(self._descriptor, 256), came
        except OSError:
            return b"", came

    def wake(self) -> None:
        os.write(self._waker, b".")

    def restore(self) -> None:
        """Give the terminal its settings back; what it sent and nobody read is forgotten."""
        try:
            system.set_terminal(self._descriptor, self._before, forget=True)
        except OSError:
            pass  # the terminal is gone, and its settings with it
        finally:
            os.close(self._woken)
            os.close(self._waker)
