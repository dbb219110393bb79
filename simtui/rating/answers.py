"""Answers: from key presses to responses on disk, whatever the keyboard, the line and the disk do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum, auto
from functools import partial

from simtui.rating.keyguard import FIRST_DIGIT, SECOND_DIGIT, KeyGuard, Verdict
from simtui.rating.run import AUTO_REPEAT, Run
from simtui.storage.atomic import WriteFailedError

SECOND_DIGIT_S = 0.5
"""So long after the blank a page waits where the last key was the 1 of what may become a 10."""


class Press(Enum):
    """What a key press came to."""

    OTHER = auto()
    """It is no rating, and was pressed by a finger."""
    IGNORED = auto()
    """A rating that nothing came of, or a part of a burst."""
    ANSWERED = auto()
    """The current pair is answered, on disk."""
    COMPLETED = auto()
    """The answer just given was the first digit of a 10, and is a 10 now, on disk."""
    RETRACTED = auto()
    """The answer just given was a held key's, and is taken back."""
    FAILED = auto()
    """What is to be stored could not be written; `try_again` does."""


@dataclass(frozen=True, slots=True)
class Response:
    """A rating as it was given; onset and pressed are monotonic seconds."""

    rating: int
    key: str
    onset: float
    confirmed: bool
    pressed: float


class Answers:
    """The answers of one run, as they are given.

    interruptions: how often the current pair was covered and shown anew.
    failure: why the last answer is not on disk; None where it is.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self._guard = KeyGuard(run.study.design.min_viewing_ms / 1000, has_ten=run.study.scale.has_ten)
        self._given: Response | None = None
        self._again: Callable[[], Press] | None = None
        self.interruptions = 0
        self.failure: WriteFailedError | None = None

    @property
    def rating(self) -> int | None:
        """The rating given last."""
        return None if self._given is None else self._given.rating

    @property
    def awaits_second_digit(self) -> bool:
        """Whether the answer given last is the 1 of what may become a 10."""
        return self._guard.awaits_second_digit

    def press(self, key: str, character: str | None, at: float, onset: float | None, confirmed: bool = False) -> Press:
        """Take a key. Every key comes by here, so that a burst is seen for one whatever it is made of.

        at: monotonic seconds. onset: when the pair appeared; None where there is none to be answered.
        confirmed: whether the terminal said so.
        """
        rating = self._run.study.scale.rating_of_key(character or "")
        seen = onset if rating is not None and self._again is None else None
        name = key if rating is None or character is None else character
        verdict = self._guard.judge(name, at, seen)
        if verdict is Verdict.RETRACT:
            return self._retract()
        if verdict is Verdict.COMPLETE and self._given is not None:
            return self._complete(self._given)
        if verdict is Verdict.ACCEPT and rating is not None and character is not None and seen is not None:
            return self._answer(Response(rating, character, seen, confirmed, at))
        return Press.OTHER if rating is None and not self._guard.in_burst else Press.IGNORED

    def try_again(self) -> Press:
        """Write what could not be written; IGNORED where there is nothing of the kind."""
        return Press.IGNORED if self._again is None else self._again()

    def cover(self) -> None:
        """Something covered the pair, and it is shown anew."""
        self.interruptions += 1
        self._guard.awaits_second_digit = False

    def _answer(self, given: Response) -> Press:
        self._given = given
        answer = partial(
            self._run.answer,
            given.rating,
            given.key,
            given.onset,
            given.pressed,
            interruptions=self.interruptions,
            onset_confirmed=given.confirmed,
        )
        if not self._written(answer, again=partial(self._answer, given)):
            return Press.FAILED
        self.interruptions = 0
        return Press.ANSWERED

    def _complete(self, given: Response) -> Press:
        ten = replace(given, rating=10, key=FIRST_DIGIT + SECOND_DIGIT)
        if self._again is not None:
            return self._answer(ten)  # the 1 could not be written, and need not be
        self._given = ten
        press = self._write_ten(ten)
        if press is Press.FAILED:
            self.interruptions += 1  # of the next pair, which may have been up
        return press

    def _write_ten(self, ten: Response) -> Press:
        complete = partial(self._run.complete, ten.rating, ten.key)
        return Press.COMPLETED if self._written(complete, again=partial(self._write_ten, ten)) else Press.FAILED

    def _written(self, write: Callable[[], None], again: Callable[[], Press]) -> bool:
        try:
            write()
        except WriteFailedError as failure:
            self.failure, self._again = failure, again
            return False
        self.failure = self._again = None
        return True

    def _retract(self) -> Press:
        try:
            self._run.retract(AUTO_REPEAT)
        except WriteFailedError:
            return Press.IGNORED  # the answer stands, as it does on disk
        return Press.RETRACTED
