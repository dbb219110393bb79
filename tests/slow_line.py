"""A terminal at the end of a slow or a long line, which answers as terminals do, and notes when it drew what."""

from __future__ import annotations

import heapq
import itertools
import os
import re
import select
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.terminal_session import QUESTION, TerminalSession, reply


class Pressed(NamedTuple):
    """A key that has come to the program, and when it was pressed at the terminal: so much before as the line takes."""

    key: str
    at: float


class SlowLine(TerminalSession):
    """The program on a pty, and between it and its terminal a line.

    bits_a_second: of what the program sends, ten bits a byte; None for a fast line. The line takes in all that the
    program writes, as sshd does, and brings it when it can. delay_s: each way. answers_after: whether the terminal
    answers its n-th question (from 0), and if so after how many seconds; None where it does not.
    """

    def __init__(
        self,
        argv: Sequence[str],
        *,
        cwd: Path,
        bits_a_second: int | None = None,
        delay_s: float = 0.0,
        answers_after: Callable[[int], float | None] = lambda _: 0.0,
        environment: dict[str, str] | None = None,
    ) -> None:
        super().__init__(argv, cwd=cwd, environment=environment)
        self._seconds_a_byte = 10 / bits_a_second if bits_a_second else 0.0
        self._delay_s = delay_s
        self.answers_after = answers_after
        self._free_at = 0.0
        self._order = itertools.count()
        self._on_the_line: list[tuple[float, int, bytes, bool]] = []  # when, which first, what, to the terminal
        self._asked = 0
        self._to_answer: deque[int] = deque()
        self._answered: list[tuple[float, int]] = []
        self.pressed: list[Pressed] = []

    def pump(self, timeout: float = 0.0) -> bool:
        """Let the line run for so long, or until something came to the terminal."""
        end = time.monotonic() + timeout
        while True:
            came = self._deliver()
            left = end - time.monotonic()
            if came or left <= 0:
                return came
            due = self._on_the_line[0][0] - time.monotonic() if self._on_the_line else left
            if select.select([self.fd], [], [], max(0.0, min(left, due)))[0]:
                try:
                    data = os.read(self.fd, 65536)
                except OSError:
                    return False
                if not data:
                    return False
                self._take(data)

    def _take(self, data: bytes) -> None:
        """The program sends: byte by byte on a slow line, so that a question comes when its turn is."""
        now = time.monotonic()
        for piece in re.split(rb"(\x1b\[6n)", data):
            parts = [piece] if piece == QUESTION or not self._seconds_a_byte else _pieces(piece, 64)
            for part in parts:
                self._free_at = max(self._free_at, now) + len(part) * self._seconds_a_byte
                heapq.heappush(self._on_the_line, (self._free_at + self._delay_s, next(self._order), part, True))

    def _deliver(self) -> bool:
        came = False
        while self._on_the_line and self._on_the_line[0][0] <= time.monotonic():
            _, _, data, outward = heapq.heappop(self._on_the_line)
            at = time.monotonic()  # as it really is: a busy machine may bring it later than the line would
            if not outward:
                os.write(self.fd, data)
                if data.endswith(b"R"):
                    self._answered.append((at - self._delay_s, self._to_answer.popleft()))
                else:
                    self.pressed += [Pressed(key, at - self._delay_s) for key in data.decode()]
                continue
            came = True
            self.raw += data
            if self.raw.endswith(QUESTION) and QUESTION in data:
                self._answer(at)
        return came

    def _answer(self, at: float) -> None:
        after_s = self.answers_after(self._asked)
        self._asked += 1
        if after_s is not None:
            self._to_answer.append(len(self.raw))
            self._send_at(at + after_s, reply(bytes(self.raw[-4000:])))

    def _send_at(self, at: float, data: bytes) -> None:
        heapq.heappush(self._on_the_line, (at + self._delay_s, next(self._order), data, False))

    def send(self, keys: str) -> None:
        self._send_at(time.monotonic(), keys.encode())

    def rest(self, seconds: float) -> None:
        """Let so much time pass at the terminal."""
        self.rest_until(time.monotonic() + seconds)

    def rest_until(self, moment: float) -> None:
        while (left := moment - time.monotonic()) > 0:
            self.pump(left)

    def settle(self, quiet_s: float) -> None:
        """Wait until nothing came for so long."""
        while self.pump(quiet_s):
            pass

    def wait_until_drawn(self, words: bytes, timeout: float = 60.0) -> float:
        """Wait for an update with these words, and the answer to the question behind it; when it was drawn."""
        end = time.monotonic() + timeout
        while not self.is_drawn(words):
            assert time.monotonic() < end, f"{words!r} never came"
            self.pump(0.2)
        return self.drawn_at(words)

    def is_drawn(self, words: bytes) -> bool:
        """Whether the question behind the update with these words has been answered."""
        start = self.raw.find(words)
        return start >= 0 and any(size > start for _, size in self._answered)

    def drawn_at(self, words: bytes) -> float:
        """When the terminal had drawn the update in which these words came, all up to the question behind them.

        By its answer, so much before as the line takes: a terminal answers when it has drawn, and this one, on a busy
        machine, a little after it meant to.
        """
        start = self.raw.index(words)
        return next(at for at, size in self._answered if size > start)


def _pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]
