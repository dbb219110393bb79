"""Headers: what the columns of a table of ratings are about, by what spreadsheets and forms call them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from simtui.session.cells import quoted
from simtui.study.model import Pair, Study

WHO = ("participant", "participantid", "yourparticipantid", "subject", "subjectid", "rater", "raterid", "sub", "id")
WHO_AT_LEAST = ("responseid", "name", "username")
PAIR = ("pair", "pairid", "item", "itemid", "stimulus", "question")
RATING = ("rating", "response", "answer", "similarity", "score", "value")
RT = ("rt", "rtms", "rts", "responsetime", "responsetimems", "reactiontime", "reactiontimems")
TIME = ("timestamp", "time", "datetime", "recordeddate", "enddate")
_NOBODY = (
    *RT, *TIME, "date", "comment", "comments", "note", "notes", "remark", "remarks", "mean", "average", "sd", "std",
    "median", "sum", "total", "count", "digit", "class", "left", "right", "image1", "image2", "age", "gender", "sex",
    "trial", "order", "condition", "list", "correct", "similarity",
)  # fmt: skip
"""Names of columns that are hardly a participant's."""

_NUMBERED = re.compile(r"(?:q|pair|item|question|p)?[\s_.:#-]*0*([1-9][0-9]{0,5})(?![0-9])", re.IGNORECASE)
_OF_A_MATRIX = re.compile(r"(q[0-9]{1,6}_)0*([1-9][0-9]{0,5})\Z", re.IGNORECASE)
"""A row of one question with many, as Qualtrics names it: Q1_7."""

_A_NUMBER = re.compile(r"(?:q|pair|item|question)[\s_.:#-]*0*([1-9][0-9]{0,5})\Z", re.IGNORECASE)
_BRACKETS = re.compile(r"\[([^\[\]]*)\]\s*\Z")
_BESIDE = re.compile(r"(.+?)[\s_.-]+(rt|rt_ms|rt_s|response_time|timestamp)\Z", re.IGNORECASE)


def plain(name: str) -> str:
    """A column's name without case, spaces and signs."""
    return re.sub(r"[^a-z0-9]", "", name.casefold())


def column(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    """The first column with one of these names, the names' order first."""
    known = [plain(name) for name in names]
    return next((known.index(name) for name in wanted if name in known), None)


def nobodys(name: str) -> bool:
    """Whether the name of a column is hardly a participant's."""
    return plain(name) in _NOBODY


def beside(names: Sequence[str]) -> dict[int, tuple[int, str]]:
    """Columns that belong to another one, such as anna_rt to anna: by column, that one's and what it has."""
    places = {name.casefold(): i for i, name in enumerate(names)}
    found = {}
    for i, name in enumerate(names):
        match = _BESIDE.match(name)
        if match and match[1].casefold() in places:
            found[i] = places[match[1].casefold()], match[2].casefold()
    return found


def study_pair(study: Study, text: str) -> Pair | None:
    """The pair with this id, or with this number."""
    for pair in study.pairs:
        if pair.id == text:
            return pair
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    return study.pairs[number - 1] if 1 <= number <= len(study.pairs) else None


def pair_of_header(study: Study, name: str) -> Pair | None:
    """The pair that a question of a form is about: Q7, Pair 7, 7. How similar …? or How similar …? [Pair 7]."""
    exact = study_pair(study, name)
    if exact is not None:
        return exact
    inner = _BRACKETS.search(name)
    for text in (inner[1].strip(), name) if inner else (name,):
        word = re.match(r"[A-Za-z0-9-]+", text)
        if word and (found := next((pair for pair in study.pairs if pair.id == word[0]), None)):
            return found
        match = _NUMBERED.match(text)
        if match and int(match[1]) <= len(study.pairs):
            return study.pairs[int(match[1]) - 1]
    return None


def pairs_of_matrix(study: Study, names: Sequence[str]) -> dict[int, Pair]:
    """The pairs of a question with a row for each, by column: Q1_1, Q1_2 …; none where there is no such question."""
    of_question: dict[str, dict[int, Pair]] = {}
    for i, name in enumerate(names):
        match = _OF_A_MATRIX.match(name)
        if match and int(match[2]) <= len(study.pairs):
            of_question.setdefault(match[1].casefold(), {})[i] = study.pairs[int(match[2]) - 1]
    largest = max(of_question.values(), key=len, default={})
    return largest if len(largest) >= max(2, len(study.pairs) / 2) else {}


def unlike_the_study(study: Study, names: Sequence[str], pairs: dict[int, Pair]) -> Iterator[str]:
    """Columns that show that the questions of a form are not the pairs of the study, one by one."""
    for i, name in enumerate(names):
        match = None if i in pairs else _OF_A_MATRIX.match(name) or _A_NUMBER.match(name)
        if match and int(match[match.lastindex or 0]) > len(study.pairs):
            yield (
                f"row 1, column {quoted(name)}: the study has {len(study.pairs)} pairs. Is it another question? Leave "
                "it out, and see that the others are numbered as the pairs are"
            )
    there = {pair.id for pair in pairs.values()}
    if study.design.lists == 1:  # else a form may be of one list
        for number, pair in enumerate(study.pairs, start=1):
            if pair.id not in there:
                yield f"row 1: no column for the pair {pair.id}, number {number}"
