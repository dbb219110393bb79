"""Studies with sessions, of every kind that an export must be able to write."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Sequence
from pathlib import Path

from msgspec.structs import replace

from simtui.session import file as session_file
from simtui.session.importing import import_ratings
from simtui.session.model import Answer, Consent
from simtui.session.outside import Outside
from simtui.study.file import new_study
from simtui.study.model import Study
from simtui.study.questions import Question, QuestionPage
from tests.builders import saved, small_study
from tests.conftest import REPOSITORY
from tests.sessions import demanding_study, diligent, rate

QUESTIONS = [
    Question(id="age", kind="number", text="How old are you?", low=18, high=120, whole=True),
    Question(id="hand", kind="choice", text="Which hand do you write with?", options=["left", "right", "both"]),
    Question(id="glasses", kind="yes-no", text="Do you wear glasses?"),
    Question(id="comments", kind="text", text="Is there anything, “odd” or not, to say?", optional=True),
]
CONSENT = "Do you agree?"
ANSWERS: list[list[int | str | bool | None]] = [
    [23, "left", True, 'a "quote", a comma\tand a tab'],
    [99, "right", False, None],
]


def example(folder: Path) -> Path:
    """The example study and its simulated sessions."""
    shutil.copytree(REPOSITORY / "sessions" / "example", folder / "sessions")
    shutil.copy(folder / "sessions" / "study.json", folder)
    return folder


def everything(folder: Path) -> Path:
    """A study with lists, repeats, catch pairs, questions and consent, rated by two people."""
    plain = demanding_study(12, repeats=2, catch=2)
    fields = {name: getattr(plain, name) for name in plain.__struct_fields__ if name != "sha256"}
    study = new_study(
        **{
            **fields,
            "title": "Everything: a study, with “all”",
            "design": replace(plain.design, lists=2),
            "pairs": [replace(pair, list_index=number % 2) for number, pair in enumerate(plain.pairs)],
            "question_pages": [QuestionPage(when="before", questions=QUESTIONS)],
            "texts": {"consent": CONSENT},
        }
    )
    saved(study, folder)
    paths = [rate(study, folder / "sessions", who, answer=diligent, go_back_at=4) for who in ("P1", "P2")]
    for path, answers in zip(paths, ANSWERS, strict=True):
        finish(study, path, answers)
    return folder


def finish(study: Study, path: Path, answers: Sequence[int | str | bool | None]) -> None:
    """Give the session in a file answers to all questions, and consent, so that it is complete."""
    session = session_file.load(path)
    given = [
        Answer(
            question_id=question.id,
            when="before",
            kind=question.kind,
            text=question.text,
            options=question.options,
            answer=answer,
            timestamp="2026-01-02T03:04:05.678Z",
        )
        for question, answer in zip(study.questions(), answers, strict=True)
    ]
    agreed = Consent(
        text_sha256=hashlib.sha256(CONSENT.encode()).hexdigest(), timestamp="2026-01-02T03:04:00.000Z", answer=True
    )
    finished = session.finished_at or session.updated_at
    outside = Outside(study="O-STUDY-O", session=f"O-{session.participant_id}-O")
    whole = replace(session, answers=given, consent=agreed, outside=outside, status="complete", finished_at=finished)
    path.write_bytes(session_file.encode(whole))


def imported(folder: Path) -> Path:
    """A study whose ratings are from a table: without times, keys and screens."""
    study = small_study(4)
    saved(study, folder)
    (folder / "ratings.csv").write_text("pair,A,B\n1,1,10\n2,2,9\n3,3,8\n4,4,7\n", encoding="utf-8")
    import_ratings(study, folder / "ratings.csv", folder / "sessions")
    return folder


EVERY = {"example": example, "everything": everything, "imported": imported}
