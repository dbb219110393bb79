"""Cells and lines of csv files: RFC 4180 in UTF-8, missing values empty, and nothing that a spreadsheet would run."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from simtui.export.columns import Column, Kind

END = "\r\n"

_RUNS = re.compile(r"'*[=+\-@\t\r]")
"""Text that a spreadsheet takes for a formula, or that was made harmless already."""

_QUOTED = re.compile('[,"\r\n]')


_ISO = re.compile(r"[0-9][0-9TZ:.+-]*")
"""A time as it is written in session files."""


def harmless(text: str) -> str:
    """A text as a spreadsheet shows it and does not run it: with an apostrophe before what would be a formula."""
    return f"'{text}" if _RUNS.match(text) else text


def original(text: str) -> str:
    """The text that `harmless` was given."""
    return text[1:] if text.startswith("'") and _RUNS.match(text) else text


def cell(column: Column) -> Callable[[Any], str]:
    """What makes the csv cells of a column of its values."""
    return _CELLS[column.kind]


def line(cells: Iterable[str]) -> str:
    """A line of cells that are csv already."""
    return ",".join(cells) + END


def text_line(texts: Iterable[str]) -> str:
    """A line of any texts."""
    return line(map(_text, texts))


def _text(value: object) -> str:
    if value is None:
        return ""
    text = harmless(str(value))
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text


_kept_text = lru_cache(maxsize=8192)(_text)
"""Ids and words stand in thousands of rows."""


def _time(value: str | None) -> str:
    return "" if value is None else value if _ISO.fullmatch(value) else _text(value)


def _number(value: float | None) -> str:
    return "" if value is None or value != value else repr(value)  # noqa: PLR0124


def _integer(value: int | None) -> str:
    return "" if value is None else str(value)


def _boolean(value: bool | None) -> str:
    return "" if value is None else "true" if value else "false"


_CELLS: dict[Kind, Callable[[Any], str]] = {
    "string": _kept_text,
    "datetime": _time,
    "number": _number,
    "integer": _integer,
    "boolean": _boolean,
}
