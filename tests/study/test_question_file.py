"""Files of questions: what they say, and what is said of those that cannot be used."""

from __future__ import annotations

from pathlib import Path

import pytest

from simtui.errors import SimtuiError
from simtui.study.question_file import basic_questions, read_questions
from simtui.study.questions import Question, page_faults


def written(folder: Path, text: str) -> Path:
    path = folder / "questions.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_questions_that_come_with_simtui_are_age_handedness_vision_and_comments(tmp_path: Path) -> None:
    pages = read_questions(Path("basic"))
    asked = [(page.when, question.id) for page in pages for question in page.questions]
    assert asked == [("before", "age"), ("before", "handedness"), ("before", "vision"), ("after", "comments")]
    assert list(page_faults(pages)) == []
    assert read_questions(written(tmp_path, basic_questions())) == pages


def test_every_kind_of_question_is_read(tmp_path: Path) -> None:
    text = """
    [[page]]
    when = "after"
    title = "Éléments"
    question = [
      {id = "a", kind = "number", text = "How many?", low = 0, high = 2.5},
      {id = "b", kind = "choice", text = "Which?", options = ["x", "y"]},
      {id = "c", kind = "text", text = "What?", optional = true},
      {id = "d", kind = "yes-no", text = "Whether?"},
    ]
    """
    (page,) = read_questions(written(tmp_path, text))
    assert (page.when, page.title) == ("after", "Éléments")
    assert page.questions[0] == Question(id="a", kind="number", text="How many?", low=0, high=2.5)
    assert [question.kind for question in page.questions] == ["number", "choice", "text", "yes-no"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[page]\n", "is not a file of questions: it is no TOML"),
        (f"low = {'9' * 5_000}\n", "it has a number of far too many digits"),
        (f"low = 0x{'f' * 5_000}\n", "it has a number of far too many digits"),
        ("[[pages]]\n", "has a “pages”, and nothing is called so there"),
        ('[[page]]\nwhen = "during"\nquestion = []\n', "during"),
        ('[[page]]\nwhen = "after"\nquestion = []\n', "page 1 of its questions has none"),
        ('[[page]]\nwhen = "after"\n[[page.question]]\nid = "a"\nkind = "slider"\ntext = "?"\n', "slider"),
        ('[[page]]\nwhen = "after"\n[[page.question]]\nid = "a"\nkind = "text"\ntext = "?"\nmax = 3\n', "a “max”"),
        ('[[page]]\nwhen = "after"\n[[page.question]]\nid = "a"\nkind = "choice"\ntext = "?"\n', "0 options"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence_that_names_the_file(text: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(SimtuiError, match=r"questions\.toml") as caught:
        read_questions(written(tmp_path, text))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_file_in_another_encoding_is_told(tmp_path: Path) -> None:
    path = tmp_path / "questions.toml"
    path.write_bytes("[[page]]\ntitle = 'Älter'".encode("latin-1"))
    with pytest.raises(SimtuiError, match="is not UTF-8 text"):
        read_questions(path)


def test_there_must_be_a_file(tmp_path: Path) -> None:
    with pytest.raises(SimtuiError, match="There is no file"):
        read_questions(tmp_path / "none.toml")
