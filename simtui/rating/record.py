"""Record: what the trials and the questions of a session say about the run that it is the record of."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from msgspec.structs import replace

from simtui.sentences import ParticipantError
from simtui.session.model import Answer, AnswerRevision, Consent, Revision, Session, Trial, timestamp
from simtui.session.stored import StoredSession
from simtui.study.model import Study
from simtui.study.questions import Value


@dataclass(frozen=True, slots=True)
class Introduced:
    """A participant was told what there is to do and wants to do it. consent: to it, where the study asks for it."""

    consent: Consent | None = None


def consent_given(study: Study) -> Consent | None:
    """The record of a yes to the study's consent text, just now; None where it has none."""
    text = study.texts.get("consent")
    if not text:
        return None
    return Consent(text_sha256=hashlib.sha256(text.encode()).hexdigest(), timestamp=timestamp(), answer=True)


def open_answers(study: Study) -> list[Answer]:
    """The study's questions, each as it will be asked and not answered yet."""
    return [
        Answer(question_id=asked.id, when=page.when, kind=asked.kind, text=asked.text, options=asked.options)
        for page in study.question_pages
        for asked in page.questions
    ]


def with_answers(session: Session, values: Mapping[str, Value | None], now: str) -> Session:
    """The session with these answers, by the ids of their questions; what they take the place of is kept."""
    answers = [
        _answered(answer, values[answer.question_id], now) if answer.question_id in values else answer
        for answer in session.answers
    ]
    return replace(session, answers=answers)


def _answered(answer: Answer, value: Value | None, now: str) -> Answer:
    if answer.timestamp is None:
        return replace(answer, answer=value, timestamp=now)
    if (answer.answer, type(answer.answer)) == (value, type(value)):
        return answer
    earlier = AnswerRevision(answer=answer.answer, timestamp=answer.timestamp)
    return replace(answer, answer=value, timestamp=now, revisions=[*answer.revisions, earlier])


def settled(session: Session, now: str) -> Session:
    """The session with the status that its trials and answers lead to."""
    whole = first_unanswered(session) == len(session.schedule.trials) and not session.open_answers()
    if not whole:
        return replace(session, updated_at=now, status="in_progress", finished_at=None)
    return replace(session, updated_at=now, status="complete", finished_at=now)


def revisions_of(earlier: Trial | None, reason: str) -> list[Revision]:
    """The revisions of a trial whose response so far, if there is one, is taken back for this reason."""
    if earlier is None:
        return []
    if earlier.response is None:
        return earlier.revisions
    revision = Revision(
        response=earlier.response,
        key=earlier.key,
        rt=earlier.rt,
        onset=earlier.onset,
        time_elapsed=earlier.time_elapsed,
        timestamp=earlier.timestamp or "",
        onset_confirmed=earlier.onset_confirmed,
        reason=reason,
    )
    return [*earlier.revisions, revision]


def first_unanswered(session: Session) -> int:
    """The index of the first trial without a response; the number of trials where all have one."""
    for index, trial in enumerate(session.trials):
        if trial.response is None:
            return index
    return len(session.trials)


def check_plan(study: Study, session: Session, stored: StoredSession) -> None:
    """The answered trials must be the first ones of the plan. Raises ParticipantError."""
    known = {pair.id for pair in study.every_pair()}
    planned = session.schedule.trials
    strange = any(p.pair_id not in known for p in planned) or any(
        (t.trial_index, t.pair_id) != (i, p.pair_id)
        for i, (t, p) in enumerate(zip(session.trials, planned, strict=False))
    )
    if strange or len(session.trials) > len(planned):
        raise ParticipantError("fault_plan", path=stored.path)
