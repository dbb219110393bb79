"""Questions to the participant, before and after the pairs: what is asked, and which answers there are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from msgspec import Struct

from simtui.errors import is_visible, printable

Kind = Literal["choice", "number", "text", "yes-no"]
When = Literal["before", "after"]
Value = str | int | float | bool
"""An answer: a choice as it was worded, a number, a text, or true for yes and false for no."""

MAX_QUESTIONS = 100
MAX_OPTIONS = 20
LONGEST_WORDING, LONGEST_OPTION = 300, 60
"""Characters: what a page has room for."""

LONGEST_ANSWER = 2_000
"""Characters of a text."""

LARGEST_NUMBER = 2**53
"""Beyond it whole numbers have no exact place in the tables of other programs."""

_ID = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}\Z")


class Question(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One question.

    id: 1 to 40 letters, digits and underscores; names the answer in the session file.
    kind: "choice" (one of the `options`), "number", "text" (one line) or "yes-no".
    text: what is asked, as participants read it.
    low, high: the least and the greatest number that is an answer; null for no limit. whole: it must be a whole one.
    optional: it may be left without an answer.
    """

    id: str
    kind: Kind
    text: str
    options: list[str] = []
    low: int | float | None = None
    high: int | float | None = None
    whole: bool = False
    optional: bool = False

    def number_of(self, text: str) -> int | float | None:
        """The number that a text says, if it is an answer to this question; a comma may stand for the point."""
        try:
            number = float(text.strip().replace(",", "."))
        except ValueError:
            return None
        return self._kept(number)

    def _kept(self, number: float) -> int | float | None:
        if not abs(number) <= LARGEST_NUMBER or (self.whole and number != int(number)):
            return None
        if (self.low is not None and number < self.low) or (self.high is not None and number > self.high):
            return None
        return int(number) if number == int(number) else number

    def takes(self, value: Value | None) -> bool:
        """Whether a value is an answer to it; None where it was left without one."""
        if value is None:
            return self.optional
        if self.kind == "yes-no":
            return isinstance(value, bool)
        if self.kind == "number":
            return isinstance(value, int | float) and not isinstance(value, bool) and self._kept(value) is not None
        if not isinstance(value, str):
            return False
        return value in self.options if self.kind == "choice" else 0 < len(value) <= LONGEST_ANSWER


class QuestionPage(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Questions that are asked together. when: before the pairs (and the practice) or after them."""

    when: When
    questions: list[Question]
    title: str = ""


def page_faults(pages: Sequence[QuestionPage]) -> Iterator[str]:
    """Why these pages cannot be asked, a sentence each with no subject."""
    seen: set[str] = set()
    if sum(len(page.questions) for page in pages) > MAX_QUESTIONS:
        yield f"it asks more than {MAX_QUESTIONS} questions"
    for number, page in enumerate(pages, start=1):
        if not page.questions:
            yield f"page {number} of its questions has none"
        yield from _wording_faults(f"the title of page {number}", page.title, LONGEST_WORDING, needed=False)
        for question in page.questions:
            if question.id in seen:
                yield f"two questions have the id “{printable(question.id, 40)}”"
            seen.add(question.id)
            yield from _question_faults(question)


def _question_faults(question: Question) -> Iterator[str]:
    if not _ID.match(question.id):
        yield (
            f"the question id “{printable(question.id, 40)}” is not a letter and up to 39 letters, digits and "
            "underscores"
        )
    where = f"the question “{printable(question.id, 40)}”"
    yield from _wording_faults(where, question.text, LONGEST_WORDING)
    if question.kind == "choice":
        if not 2 <= len(question.options) <= MAX_OPTIONS:
            yield f"{where} has {len(question.options)} options to choose from, not 2 to {MAX_OPTIONS}"
        if len(set(question.options)) != len(question.options):
            yield f"{where} has one option twice"
        for option in question.options:
            yield from _wording_faults(f"an option of {where}", option, LONGEST_OPTION)
    elif question.options:
        yield f"{where} has options, and is no choice but a {question.kind}"
    if question.kind == "number":
        if question.low is not None and question.high is not None and question.low > question.high:
            yield f"{where} takes numbers from {question.low} to {question.high}, which are none"
    elif question.low is not None or question.high is not None or question.whole:
        yield f"{where} has limits of a number, and is no number but a {question.kind}"


def _wording_faults(where: str, text: str, longest: int, *, needed: bool = True) -> Iterator[str]:
    if needed and not text.strip():
        yield f"{where} has no words"
    if len(text) > longest:
        yield f"{where} has {len(text)} characters, and there is room for {longest}"
    hidden = next((character for character in text if not is_visible(character)), None)
    if hidden is not None:
        yield f"{where} has {printable(hidden)}, which is not text"
