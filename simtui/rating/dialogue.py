"""Dialogue: lines out and lines in, on a terminal or through pipes."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, TextIO

from simtui.rating.patience import telling_when_slow
from simtui.rating.texts import error_sentence, meaning, sentence, yes_no
from simtui.storage.atomic import WriteFailedError
from simtui.storage.system import forget_typed
from simtui.study.model import Study
from simtui.terminal.charset import spelled

_LONGEST = 10_000
"""Bytes of a line that are looked at: more than the longest answer to a question takes."""


class EndOfInputError(Exception):
    """There are no more lines to read: the pipe is at its end, or Ctrl+D was pressed."""


class Line(NamedTuple):
    """A line without its end and the space around it; when it was asked for and when it came, monotonic seconds."""

    text: str
    asked: float
    came: float


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Lines out, lines in."""

    source: BinaryIO
    sink: TextIO

    @property
    def on_terminal(self) -> bool:
        """Whether lines are typed, and none can be there before it is asked for."""
        return self.source.isatty()

    def print(self, text: str = "") -> None:
        """Write a line, at once."""
        self.write(text + "\n")

    def write(self, text: str) -> None:
        """Write what the encoding of the output has of a text, at once."""
        encoding = self.sink.encoding or "ascii"
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            text = spelled(text)
        self.sink.write(text)
        self.sink.flush()

    def ask(self, prompt: str) -> Line:
        """The next line. Raises EndOfInputError, and KeyboardInterrupt for Ctrl+C."""
        if self.on_terminal:
            # What was typed or pasted before the question was there is no answer to it.
            forget_typed(self.source.fileno())
        self.write(prompt + " ")
        asked = time.monotonic()
        line = self.source.readline(_LONGEST)
        came = time.monotonic()
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = self.source.readline(_LONGEST)
        if not line:
            raise EndOfInputError
        return Line(line.decode("utf-8", "replace").strip(), asked, came)

    def agrees(self, study: Study, question: str) -> bool:
        """Whether the answer to a question is yes; it is asked until it is yes or no, in the study's words or ours."""
        words = yes_no(study)
        while True:
            line = self.ask(sentence(study, "plain_yes_no", question=question, **words)).text
            answer = meaning(study, line)
            if answer is not None:
                return answer
            if line in ("q", "Q"):
                return False
            self.print(sentence(study, "plain_neither", answer=line[:20], **words))

    def saying_when_slow(self, study: Study) -> AbstractContextManager[None]:
        """Inside something is put on disk. It is said once, in a line of its own, which stays to be read."""
        told = itertools.count()

        def tell(seconds: int) -> None:
            if next(told) == 0:
                self.print(sentence(study, "saving", seconds=seconds))

        return telling_when_slow(tell)

    def insist(self, study: Study, write: Callable[[], None]) -> bool:
        """Store something; where that fails, try again as long as the participant wants: False where they stop."""
        while True:
            try:
                with self.saying_when_slow(study):
                    write()
            except WriteFailedError as failure:
                self.print(sentence(study, "save_failed", reason=error_sentence(study, failure)))
                try:
                    again = self.ask(sentence(study, "plain_enter"))
                except EndOfInputError:
                    raise failure from None
                if again.text in ("q", "Q"):
                    raise
            else:
                return True
