"""Cells of a table that came from a spreadsheet: ratings, response times and moments, or what is wrong with them."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from simtui.errors import printable
from simtui.study.model import Study

_WHOLE = re.compile(r"([+-]?[0-9]+)(?:[.,]0*)?\Z")
_LABELLED = re.compile(r"([0-9]{1,9})\s*(?:\([^()]*\)|[-–—:=]\s+[^0-9].*)\Z")
"""As forms give an answer that has a label: 1 (least similar), 10 - most similar."""

_LONGEST = 9
"""Digits beyond which a number is on no scale, and dear to convert."""

_LONGEST_RT = 86_400_000
_FORMS = ("%Y/%m/%d %H:%M:%S", "%Y/%m/%d %I:%M:%S %p", "%d.%m.%Y %H:%M:%S", "%d.%m.%Y %H:%M", "%Y/%m/%d %H:%M")
_EITHER_WAY = (("%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S"), ("%m/%d/%Y %H:%M", "%d/%m/%Y %H:%M"))
"""What spreadsheets write; of the second kind it must be seen from the other rows which is the month."""

_ZONE = re.compile(r"\s+(?:GMT|UTC)([+-][0-9]{1,2})?\Z")


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. number: as a spreadsheet counts, the header being 1."""

    number: int
    cells: list[str]

    def at(self, column: int | None) -> str:
        """The text of a cell; "" where there is none."""
        return self.cells[column] if column is not None and column < len(self.cells) else ""


@dataclass(slots=True)
class Reader:
    """Collects the faults of a table, each with its row and column."""

    faults: list[str] = field(default_factory=list)

    def fault(self, row: Row, column: int, names: Sequence[str], what: str) -> None:
        """Note what is wrong with a cell."""
        name = names[column] if column < len(names) else ""
        self.faults.append(f"row {row.number}, column {quoted(name) if name else column + 1}: {what}")

    def times(self, texts: Sequence[str], column: int | None, names: Sequence[str]) -> list[str | None]:
        """The moments in a column, ISO 8601 as far as the table says it; without a zone where it names none."""
        if column is None:
            return [None] * len(texts)
        found = [_moment(text) if text else None for text in texts]
        unread = [i for i, text in enumerate(texts) if text and found[i] is None]
        for forms in _EITHER_WAY:
            ways = [[_parsed(texts[i], form) for i in unread] for form in forms]
            fitting = [way for way in ways if all(way)]
            same = len(fitting) == 2 and fitting[0] == fitting[1]
            if unread and (len(fitting) == 1 or same):
                for i, moment in zip(unread, fitting[0], strict=True):
                    found[i] = moment
                return found
        if unread:
            first = quoted(texts[unread[0]])
            self.faults.append(
                f"column {quoted(names[column])}: {first} is no time that can be read in one way: write it as "
                "2026-11-30 21:05:00, or leave the column out"
            )
        return found


def rating_of(study: Study, text: str) -> tuple[int, str]:
    """The rating, and what is wrong with it if something is."""
    match = (_WHOLE.match(text) if text.isascii() else None) or _LABELLED.match(text)
    if match is None:
        return 0, f"{quoted(text)} is not a whole number"
    rating = int(match[1]) if len(match[1]) <= _LONGEST else None
    if rating is None or rating not in study.scale.values:
        return 0, f"{quoted(text)} is off the scale of {study.scale.low} to {study.scale.high}"
    return rating, ""


def rt_of(text: str, name: str) -> tuple[float | None, str]:
    """A response time in ms, and what is wrong with it; of a column whose name ends in s, in seconds."""
    if not text:
        return None, ""
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        return None, f"{quoted(text)} is no response time"
    seconds = re.search(r"(?:[\s_(-]s|seconds|sec)\)?\Z", name.casefold()) is not None
    rt = value * 1000 if seconds else value
    if not math.isfinite(rt) or not 0 <= rt <= _LONGEST_RT:
        return None, f"{quoted(text)} is no response time"
    return round(rt, 1), ""


def quoted(text: str) -> str:
    """A text of the table, safe to show."""
    return f"“{printable(text, 40)}”"


def _moment(text: str) -> str | None:
    try:
        return datetime.fromisoformat(text).isoformat()
    except ValueError:
        pass
    zone = _ZONE.search(text)
    bare = text[: zone.start()] if zone else text
    offset = f"{int(zone[1] or 0):+03d}:00" if zone else ""
    for form in _FORMS:
        moment = _parsed(bare, form)
        if moment is not None:
            return moment + offset
    return None


def _parsed(text: str, form: str) -> str | None:
    try:
        return datetime.strptime(text, form).isoformat()
    except ValueError:
        return None
