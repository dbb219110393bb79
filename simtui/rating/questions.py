"""Questions to a participant: what is read beside them, and what a typed answer means."""

from __future__ import annotations

from simtui.errors import printable
from simtui.rating.texts import meaning, sentence, yes_no
from simtui.sentences import ParticipantError
from simtui.study.model import Study
from simtui.study.questions import LONGEST_ANSWER, Question, Value

CHOICE_KEYS = "123456789abcdefghijk"
"""The keys of the options of a choice, in their order."""


def wording(study: Study, question: Question) -> str:
    """What is asked, and that an answer may be left out where it may."""
    optional = f" {sentence(study, 'questions_optional')}" if question.optional else ""
    return f"{question.text}{optional}"


def options(study: Study, question: Question) -> list[tuple[str, str, Value]]:
    """Of each answer to choose from, its key, its words and what it stands for; none of a number or a text."""
    if question.kind == "yes-no":
        words = yes_no(study)
        return [(words["yes_key"], words["yes"], True), (words["no_key"], words["no"], False)]
    return [(key, option, option) for key, option in zip(CHOICE_KEYS, question.options, strict=False)]


def typed(study: Study, question: Question, text: str) -> Value | None:
    """The answer that a typed line is; None for an empty one to an optional question.

    An option is typed as its number, counted from 1, or in its words. Raises ParticipantError where it is none.
    """
    text = text.strip()
    if not text:
        return checked(question, None)
    if question.kind == "number":
        return _number(question, text)
    if question.kind == "yes-no":
        return _yes_or_no(study, text)
    if question.kind == "choice":
        by_words = {option.casefold(): option for option in question.options}
        by_number = {str(number): option for number, option in enumerate(question.options, start=1)}
        chosen = (by_number | by_words).get(text.casefold())
        if chosen is None:
            raise ParticipantError("question_choice", answer=text[:40], count=len(question.options))
        return chosen
    if len(text) > LONGEST_ANSWER:
        raise ParticipantError("question_long", count=len(text), most=LONGEST_ANSWER)
    return text


def checked(question: Question, value: Value | None) -> Value | None:
    """The value itself. Raises ParticipantError where there is none and one is needed."""
    if value is None and not question.optional:
        raise ParticipantError("question_missing")
    return value


def shown(study: Study, value: Value | None) -> str:
    """An answer as its participant gave it, safe to put on a terminal; empty for none."""
    if isinstance(value, bool):
        return sentence(study, "yes" if value else "no")
    return "" if value is None else printable(value, LONGEST_ANSWER)


def _yes_or_no(study: Study, text: str) -> bool:
    answer = meaning(study, text)
    if answer is None:
        raise ParticipantError("plain_neither", answer=text[:20], **yes_no(study))
    return answer


def _number(question: Question, text: str) -> Value:
    number = question.number_of(text)
    if number is not None:
        return number
    free = Question(id=question.id, kind="number", text=question.text).number_of(text)
    if free is None:
        raise ParticipantError("question_no_number")
    if question.whole and free != int(free):
        raise ParticipantError("question_whole")
    ends = {"low": question.low, "high": question.high}
    if None not in ends.values():
        raise ParticipantError("question_range", **ends)
    raise ParticipantError("question_low" if question.high is None else "question_high", **ends)
