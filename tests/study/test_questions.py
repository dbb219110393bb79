"""Questions to participants: which there can be, and what is an answer to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from simtui.session import file as session_file
from simtui.session.store import SessionStore
from simtui.study import file as study_file
from simtui.study.questions import Question, QuestionPage, Value, page_faults
from tests.builders import complete_run, saved, small_study

AGE = Question(id="age", kind="number", text="How old are you?", low=16, high=110, whole=True)
HAND = Question(id="hand", kind="choice", text="Which hand?", options=["left", "right"])
NOTE = Question(id="note", kind="text", text="Anything else?", optional=True)
GLASSES = Question(id="glasses", kind="yes-no", text="Do you wear glasses?")


def page(*questions: Question) -> QuestionPage:
    return QuestionPage(when="before", questions=list(questions))


@pytest.mark.parametrize(
    ("text", "number"),
    [("16", 16), (" 21.0 ", 21), ("110", 110), ("15", None), ("111", None), ("17.5", None), ("old", None), ("", None)],
)
def test_a_number_lies_within_its_limits_and_is_whole_where_it_must_be(text: str, number: int | None) -> None:
    assert AGE.number_of(text) == number


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e999", "1e30"])
def test_what_is_no_number_is_none(text: str) -> None:
    assert Question(id="x", kind="number", text="x").number_of(text) is None


def test_a_comma_may_stand_for_the_point() -> None:
    assert Question(id="x", kind="number", text="x").number_of("0,5") == 0.5


@pytest.mark.parametrize(
    ("question", "value", "takes"),
    [
        (AGE, 20, True), (AGE, 20.5, False), (AGE, True, False), (AGE, "20", False), (AGE, None, False),
        (HAND, "left", True), (HAND, "both", False), (HAND, 1, False), (NOTE, None, True), (NOTE, "", False),
        (NOTE, "x", True), (GLASSES, False, True), (GLASSES, 0, False),
    ],
)  # fmt: skip
def test_a_question_knows_its_answers(question: Question, value: Value | None, takes: bool) -> None:
    assert question.takes(value) is takes


@pytest.mark.parametrize(
    ("pages", "fault"),
    [
        ([page()], "page 1 of its questions has none"),
        ([page(AGE), page(AGE)], "two questions have the id “age”"),
        ([page(replace(AGE, id="how old"))], "the question id “how old” is not a letter and up to 39"),
        ([page(replace(AGE, text=" "))], "the question “age” has no words"),
        ([page(replace(AGE, text="a\x1b[2J"))], "has \\x1b, which is not text"),
        ([page(replace(AGE, text="a" * 301))], "has 301 characters, and there is room for 300"),
        ([page(replace(AGE, low=200))], "takes numbers from 200 to 110, which are none"),
        ([page(replace(HAND, options=["left"]))], "has 1 options to choose from, not 2 to 20"),
        ([page(replace(HAND, options=["left", "left"]))], "has one option twice"),
        ([page(replace(NOTE, options=["a", "b"]))], "has options, and is no choice but a text"),
        ([page(replace(NOTE, low=1))], "has limits of a number, and is no number but a text"),
    ],
)
def test_what_cannot_be_asked_is_said(pages: list[QuestionPage], fault: str) -> None:
    assert fault in "; ".join(page_faults(pages))


def test_a_study_file_carries_its_questions_and_one_without_does_not_name_them(tmp_path: Path) -> None:
    asking = replace(small_study(), question_pages=[page(AGE, HAND, NOTE, GLASSES)], completion_code="C1A2")
    read = study_file.load(saved(asking, tmp_path))
    assert read.question_pages == asking.question_pages
    assert [question.id for question in read.questions("before")] == ["age", "hand", "note", "glasses"]
    assert read.questions("after") == []
    assert read.completion_code == "C1A2"
    silent = saved(small_study(), tmp_path, "silent.json").read_text()
    assert "question_pages" not in silent
    assert "completion_code" not in silent


def test_a_session_of_a_study_that_asks_nothing_says_what_sessions_always_said(tmp_path: Path) -> None:
    path = complete_run(small_study(), tmp_path, "P01", {})
    text = path.read_text()
    for name in ("simulation", "imported_from", "finished_at", "resumptions", "trials", "format", "version"):
        assert f'"{name}"' in text
    for name in ("answers", "consent", "withdrawn_at"):
        assert f'"{name}"' not in text
    assert session_file.encode(session_file.load(path)) == path.read_bytes()
    assert SessionStore(tmp_path, small_study().id).runs("P01")[0].session is not None
