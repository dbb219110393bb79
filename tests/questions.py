"""A study that asks for consent, and questions before and after its pairs."""

from __future__ import annotations

from simtui.study.file import new_study
from simtui.study.model import Study
from simtui.study.questions import Question, QuestionPage
from tests.builders import small_study

CONSENT = "You may stop at any time."
BEFORE = QuestionPage(
    when="before",
    title="About you",
    questions=[
        Question(id="age", kind="number", text="How old are you?", low=16, high=110, whole=True),
        Question(id="hand", kind="choice", text="Which hand?", options=["left", "right"]),
    ],
)
AFTER = QuestionPage(
    when="after",
    questions=[
        Question(id="glasses", kind="yes-no", text="Did you wear glasses?"),
        Question(id="note", kind="text", text="Anything else?", optional=True),
    ],
)


def asking_study(pairs: int = 2, *, consent: bool = True, code: str | None = None, practice: int = 0) -> Study:
    plain = small_study(pairs, practice=practice)
    fields = {name: getattr(plain, name) for name in plain.__struct_fields__ if name != "sha256"}
    texts = {"consent": CONSENT} if consent else {}
    return new_study(**{**fields, "texts": texts, "question_pages": [BEFORE, AFTER], "completion_code": code})
