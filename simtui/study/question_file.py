"""A file of questions: TOML that somebody writes by hand, read into pages of questions."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path

import msgspec
from msgspec import Struct

from simtui.errors import FileError, printable
from simtui.storage.json_file import BadJsonError, decode_json, read_utf8
from simtui.study.questions import Kind, Question, QuestionPage, When, page_faults

BASIC = "basic"
"""The name of the questions that come with simtui."""

WHAT = "a file of questions"


class _Question(Struct, forbid_unknown_fields=True):
    id: str
    kind: Kind
    text: str
    options: list[str] = []
    low: int | float | None = None
    high: int | float | None = None
    whole: bool = False
    optional: bool = False


class _Page(Struct, forbid_unknown_fields=True):
    when: When
    question: list[_Question]
    title: str = ""


class _File(Struct, forbid_unknown_fields=True):
    page: list[_Page]


_DECODER = msgspec.json.Decoder(_File)


def basic_questions() -> str:
    """The text of the file of questions that comes with simtui."""
    return resources.files("simtui.study").joinpath("basic_questions.toml").read_text(encoding="utf-8")


def read_questions(path: Path) -> list[QuestionPage]:
    """The pages of a TOML file of questions; `basic` for those that come with simtui.

    Raises SimtuiError where the file cannot be read, is not TOML, or asks what cannot be asked.
    """
    if str(path) == BASIC and not path.exists():
        return _pages(basic_questions(), path)
    return _pages(read_utf8(path, WHAT), path)


def _pages(text: str, path: Path) -> list[QuestionPage]:
    try:
        data = msgspec.json.encode(tomllib.loads(text))
        read = decode_json(data, _DECODER)
    except tomllib.TOMLDecodeError as error:
        raise FileError(path, f"is not {WHAT}: it is no TOML: {printable(error)}") from None
    except (BadJsonError, RecursionError) as error:
        raise FileError(path, f"is not {WHAT}: {printable(error, 300)}; `simtui guide questions` shows one") from None
    except ValueError:  # Python itself reads and writes no number of more than 4,300 digits
        raise FileError(path, f"is not {WHAT}: it has a number of far too many digits") from None
    pages = [
        QuestionPage(
            when=page.when,
            title=page.title,
            questions=[Question(**msgspec.structs.asdict(question)) for question in page.question],
        )
        for page in read.page
    ]
    for fault in page_faults(pages):
        raise FileError(path, f"cannot be used: {printable(fault, 300)}")
    return pages
