"""Plain text in a given width: the one text table, indented paragraphs, and the longest wording that fits."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence, Sized
from textwrap import wrap
from typing import TypeVar

_Text = TypeVar("_Text", bound=Sized)

LEAST_NAME = 8
"""Columns of a table's first column at least."""


def longest_fitting(wordings: Sequence[_Text], width: int) -> _Text:
    """Of several wordings of one thing, the longest first, the first that fits into `width` columns, or else the last.

    For strings, and for whatever else has a length in columns (Rich's Text). Raises IndexError where there is none.
    """
    return next((wording for wording in wordings if len(wording) <= width), wordings[-1])


def table(
    header: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    width: int | None = None,
    keep: int = 1,
    left: Collection[int] = (0,),
    indent: str = "",
) -> list[str]:
    """A table as lines, its columns set apart by two blanks; every row has as many cells as the header.

    A name in the header may have line breaks; the last lines of all names are those right above the cells.
    left: positions of the columns that are flush left, the others are flush right; where cells end in a star, it hangs
    out, so that numbers with and without one stand below each other. width: columns that do not fit into it stand in
    further tables below, each of which begins with the first `keep` columns again, and where the first column leaves
    no room for any other, its names are broken into lines; None for any width.
    """
    if width is not None and keep == 1:
        header, rows = _with_room_for_numbers(header, rows, width - len(indent))
    starred = any(cell.endswith("*") for row in rows for cell in row)
    names = [name.split("\n") for name in header]
    above = max(map(len, names))
    tops = zip(*([""] * (above - len(name)) + name for name in names), strict=True)
    lines = [
        [cell if i in left or not starred or cell.endswith("*") else f"{cell} " for i, cell in enumerate(row)]
        for row in (*tops, *rows)
    ]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    rest = list(range(keep, len(header)))
    drawn: list[str] = []
    while True:
        columns = [*range(keep), *rest[:1]]
        rest = rest[1:]
        while rest and (width is None or _breadth(widths, [*columns, rest[0]], indent) <= width):
            columns.append(rest.pop(0))
        for line in lines:
            cells = (line[i].ljust(widths[i]) if i in left else line[i].rjust(widths[i]) for i in columns)
            drawn.append(f"{indent}{'  '.join(cells)}".rstrip())
        if not rest:
            return drawn
        drawn.append("")


def _with_room_for_numbers(
    header: Sequence[str], rows: Sequence[Sequence[str]], width: int
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """The same, its names in so many lines that the widest column stands beside them; as it is where that cannot be."""
    cells = [cell for line in (header, *rows) for name in line[1:] for cell in name.split("\n")]
    room = width - 2 - max(map(len, cells), default=0)
    if room < LEAST_NAME or all(len(line[0]) <= room for line in (header, *rows)):
        return header, rows
    broken = ["\n".join(_broken(header[0], room)), *header[1:]]
    return broken, [line for row in rows for line in _lines_of_row(row, room)]


def _lines_of_row(cells: Sequence[str], names_width: int) -> Iterator[Sequence[str]]:
    """The numbers stand beside the last line of the name."""
    *above, last = _broken(cells[0], names_width)
    yield from ([line, *[""] * (len(cells) - 1)] for line in above)
    yield [last, *cells[1:]]


def _broken(name: str, width: int) -> list[str]:
    return [line for part in name.split("\n") for line in wrap(part, width, subsequent_indent=" ") or [""]]


def _breadth(widths: Sequence[int], columns: Sequence[int], indent: str) -> int:
    return len(indent) + sum(widths[i] for i in columns) + 2 * (len(columns) - 1)


def paragraphs(texts: Sequence[str], width: int) -> list[str]:
    """Each text as an indented paragraph, whose further lines stand further in."""
    return [line for text in texts for line in wrap(text, width, initial_indent="  ", subsequent_indent="    ")]
