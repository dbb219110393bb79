"""When the terminal has drawn what was sent to it: it is asked where its cursor is, behind what it is to draw.

Every terminal answers (ECMA-48, DSR 6), and in the order of what it was sent: the reply says that all before the
question is drawn. It travels back on the way that keys take, so the time from the reply to a key is the time from the
picture to the key at the terminal, however long the line.

Before the question the cursor goes to a row that no other question under way has, so that the reply names its question.
A reply that names another row is none: it may be a key that terminals report in the same way, what a question of
somebody else is answered with, or what a terminal says that always says the same.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

LATE_S = 2.0
"""A reply is late so long after the line could have brought it."""

SLOWEST = 960.0
"""Bytes a second: a line of 9,600 bit/s, with a start and a stop bit. Believed until something is known of the line."""

MARGIN = 1.5
"""A line may be so much slower than it has been."""

FAST_S_A_BYTE = 1e-5
"""On a line of a megabit a second and faster a pair takes less time than a blink."""

MEASURED_FROM = 500
"""Bytes that tell how fast the line is; fewer tell how far away the terminal is."""

ROWS = range(2, 10)
"""The rows that questions name: of those that every window has that a pair fits into, and not the first, which keys
and terminals that always say the same name."""


@dataclass(slots=True, eq=False)
class Question:
    """One question. row: what the reply names. asked: monotonic seconds. sent: bytes sent before it, since the start.

    answered: when the reply came; None where it has not, or another's said as much. late: it is not waited for.
    """

    row: int
    asked: float
    sent: int
    answered: float | None = None
    late: bool = False

    @property
    def text(self) -> str:
        """What the terminal is sent."""
        return f"\x1b[{self.row};1H\x1b[6n"


class Confirmation:
    """The questions under way, and what their replies told of the line.

    answers: whether the terminal answers at all, as far as is known.
    """

    def __init__(self, *, answers: bool) -> None:
        self.answers = answers
        self._number = 0
        self._under_way: deque[Question] = deque(maxlen=len(ROWS))
        self._last: Question | None = None
        self._names_rows = False
        self._seconds_a_byte = 1 / SLOWEST
        self._measured = False

    @property
    def fast(self) -> bool:
        """Whether the line is known to be so fast that nothing on it takes long."""
        return self._measured and self._seconds_a_byte < FAST_S_A_BYTE

    def ask(self, at: float, sent: int) -> Question:
        """A question to be sent now. at: monotonic seconds. sent: bytes sent to the terminal so far."""
        self._number += 1
        question = Question(ROWS[self._number % len(ROWS)], at, sent)
        self._under_way.append(question)
        return question

    def hear(self, row: int, at: float) -> None:
        """A reply, which came at this time."""
        if row not in ROWS:
            return
        self.answers = self._names_rows = True
        question = next((question for question in self._under_way if question.row == row), None)
        if question is None:
            return
        while self._under_way.popleft() is not question:
            pass
        question.answered = at
        if self._last is not None and self._last.answered is not None:
            self._measure(question.sent - self._last.sent, at - max(self._last.answered, question.asked))
        self._last = question

    def deadline(self) -> float | None:
        """When the oldest question that is waited for is late, monotonic seconds; None where none is."""
        question = next((question for question in self._under_way if not question.late), None)
        if question is None:
            return None
        if not self._names_rows:
            return question.asked + LATE_S  # it may never name one, and nobody waits for all of a slow line for that
        since, drawn = question.asked, 0
        if self._last is not None and self._last.answered is not None:
            since, drawn = max(since, self._last.answered), self._last.sent
        return since + LATE_S + (question.sent - drawn) * self._seconds_a_byte * MARGIN

    def give_up(self) -> None:
        """No reply came in time: none is waited for until one comes. It then still tells of the line."""
        self.answers = self._measured = False
        for question in self._under_way:
            question.late = True

    def _measure(self, size: int, seconds: float) -> None:
        """Note how long so many bytes took."""
        if size >= MEASURED_FROM:
            slowest = self._seconds_a_byte if self._measured else 0.0
            self._seconds_a_byte, self._measured = max(slowest, seconds / size), True
