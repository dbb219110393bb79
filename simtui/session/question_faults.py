"""Faults of what was agreed to and answered beside the pairs, against the study."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

from simtui.errors import printable
from simtui.session.file import Fault
from simtui.session.model import Session
from simtui.study.model import Study


def question_faults(session: Session, study: Study) -> Iterator[Fault]:
    """Consent is to the study's own text, and what was answered are its own questions."""
    text = study.texts.get("consent", "")
    if session.consent is not None:
        if session.consent.text_sha256 != hashlib.sha256(text.encode()).hexdigest():
            yield Fault("consent.text_sha256", "not that of the study's consent text")
        if not session.consent.answer:
            yield Fault("consent.answer", "no, and the participant took part")
    asked = {question.id: question for question in study.questions()}
    given = [answer.question_id for answer in session.answers]
    if given != list(asked) and not session.simulated and session.imported_from is None:
        yield Fault("answers", "not to the questions of the study, one each and in their order")
    for index, answer in enumerate(session.answers):
        question = asked.get(answer.question_id)
        if question is None:
            continue
        if (answer.text, answer.options, answer.kind) != (question.text, question.options, question.kind):
            yield Fault(f"answers[{index}]", "not worded as the study asks it")
        if answer.timestamp is not None and not question.takes(answer.answer):
            yield Fault(f"answers[{index}].answer", f"“{printable(answer.answer, 40)}” is no answer to the question")
