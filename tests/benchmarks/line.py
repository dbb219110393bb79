"""One program on one terminal that answers as terminals do, watched byte by byte; and many of them at once."""

from __future__ import annotations

import os
import random
import select
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from simtui.session import file as session_file
from tests.terminal_session import QUESTION, SIMTUI, TerminalSession, reply

QUIET_S = 0.08
"""No byte for so long: the update is over."""

TICK_S = 2.0
"""Each of many raters presses a key this often."""

HELLO = (sys.executable, "-m", "tests.benchmarks.hello")


class Line(TerminalSession):
    """A terminal at the end of a pty: it says where its cursor is when asked, and when the last byte came."""

    last: float = 0.0

    def pump(self, timeout: float = 0.0) -> bool:
        before = len(self.raw)
        came = super().pump(timeout)
        if came:
            self.last = time.monotonic()
            at = self.raw.find(QUESTION, max(0, before - len(QUESTION) + 1))
            while at >= 0:
                os.write(self.fd, reply(bytes(self.raw[max(0, at - 4000) : at])))
                at = self.raw.find(QUESTION, at + 1)
        return came

    def until(self, words: bytes, timeout: float = 60.0) -> float:
        """When these words had come, in monotonic seconds."""
        end, start = time.monotonic() + timeout, 0
        while self.raw.find(words, start) < 0:
            start = max(0, len(self.raw) - len(words))
            if not self.pump(0.5) and (self.exited(0.0) or time.monotonic() > end):
                raise AssertionError(f"no {words!r}: {bytes(self.raw[-500:])!r}")
        return self.last

    def settle(self, quiet_s: float = QUIET_S) -> None:
        while self.pump(quiet_s):
            pass

    def press(self, key: str, quiet_s: float = QUIET_S) -> tuple[float, bytes]:
        """Press a key: ms until the last byte of what it led to, and these bytes."""
        before, pressed = len(self.raw), time.monotonic()
        self.send(key)
        self.pump(2.0)
        self.settle(quiet_s)
        return (self.last - pressed) * 1000, bytes(self.raw[before:])


def rater(folder: Path, participant: str, *options: str) -> Line:
    """`simtui rate` of the study in a folder, in 80x24."""
    return Line([*SIMTUI, "rate", "study.json", "--participant", participant, *options], cwd=folder)


def to_first_pair(line: Line) -> bytes:
    """From the welcome to the first pair; what was sent for it."""
    line.until(b"Enter starts")
    line.settle(0.3)
    before = len(line.raw)
    line.send("\r")
    line.until(b"Pair 1 of")
    line.settle(0.3)
    return bytes(line.raw[before:])


@dataclass(slots=True)
class Seat:
    """One of many raters. keys: pressed and moved on from; ms: of each, to the last byte of the next pair."""

    line: Line
    participant: str
    next_at: float
    pressed_at: float = 0.0
    before: int = 0
    keys: list[int] = field(default_factory=list)
    ms: list[float] = field(default_factory=list)


def crowd(folder: Path, count: int, keys: int) -> tuple[list[float], int, float]:
    """`count` raters at once, each with a key every 2 s at a moment of their own.

    Gives every time from key to painted pair (ms), how many of the answers their screens moved on from are not in
    the files (0 unless something is wrong), and the median PSS of the processes, MB.
    """
    rng = random.Random(count)
    lines: list[Line] = []
    try:
        for number in range(count):
            lines.append(rater(folder, f"C{count}x{number}"))
            lines[-1].until(b"Enter starts", 120)
        for line in lines:
            to_first_pair(line)
        begin = time.monotonic() + 0.5
        seats = [Seat(line, f"C{count}x{number}", begin + rng.uniform(0, TICK_S)) for number, line in enumerate(lines)]
        _run(seats, keys, rng)
        memory = sorted(pss_rss(line.pid)[0] for line in lines)[count // 2]
    finally:
        for line in lines:
            line.__exit__(None, None, None)
    lost = 0
    for seat in seats:
        session = session_file.load(next((folder / "sessions").glob(f"*/{seat.participant}_run-1.json")))
        found = [trial.response for trial in session.trials]
        lost += sum(a != b for a, b in zip(found, seat.keys, strict=False)) + max(0, len(seat.keys) - len(found))
    return [ms for seat in seats for ms in seat.ms], lost, memory


def _run(seats: Sequence[Seat], keys: int, rng: random.Random) -> None:
    by_fd = {seat.line.fd: seat for seat in seats}
    poll = select.epoll()
    for fd in by_fd:
        poll.register(fd, select.EPOLLIN)
    waiting = set(by_fd)
    while waiting:
        due = min(by_fd[fd].next_at for fd in waiting)
        for fd, _ in poll.poll(max(0.0, due - time.monotonic())):
            by_fd[fd].line.pump()
        now = time.monotonic()
        for fd in [fd for fd in waiting if by_fd[fd].next_at <= now]:
            seat = by_fd[fd]
            _close(seat)
            if len(seat.keys) == keys:
                waiting.discard(fd)
                continue
            rating = rng.choice([value for value in range(1, 10) if seat.keys[-1:] != [value]])
            seat.before = len(seat.line.raw)
            seat.pressed_at = time.monotonic()
            seat.line.send(str(rating))
            seat.keys.append(rating)
            seat.next_at += TICK_S


def _close(seat: Seat) -> None:
    """Take the time of the key before: the screen has had two seconds for it."""
    if seat.keys:
        words = f"Pair {len(seat.keys) + 1} of".encode()
        assert words in seat.line.raw[seat.before :], f"{seat.participant} is not at {words!r} two seconds after a key"
        seat.ms.append((seat.line.last - seat.pressed_at) * 1000)


def pss_rss(pid: int) -> tuple[float, float]:
    """Proportional and resident size of a process, MB."""
    sizes = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value = line.split()[:2]
        sizes[name] = int(value) / 1024
    return sizes["Pss:"], sizes["Rss:"]


def cpu_s(pid: int) -> float:
    """CPU seconds of all threads of a process so far."""
    return sum(int(path.read_text().split()[0]) for path in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9
