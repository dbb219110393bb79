"""Numbers and tables as lines of plain text."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from simtui.analysis.results import Interval

NONE = "–"


def number(value: float | None, decimals: int = 3) -> str:
    """A number for people; a dash for one that cannot be had, and no minus before a zero."""
    if value is None:
        return NONE
    return f"{round(value, decimals) + 0.0:.{decimals}f}"


def p_value(p: float | None) -> str:
    """A p for a table: four decimals, and never 0, which no p is."""
    return NONE if p is None else "<0.0001" if p < 0.00005 else f"{p:.4f}"


def p_is(p: float | None) -> str:
    """A p for a sentence: "p = 0.0310", "p < 0.0001"."""
    shown = p_value(p)
    return f"p < {shown[1:]}" if shown.startswith("<") else f"p = {shown}"


def interval(ends: Interval | None, decimals: int = 3) -> str:
    """Both ends of an interval, or a dash."""
    return f"{number(ends[0], decimals)} to {number(ends[1], decimals)}" if ends else NONE


def table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int, keep: int = 1) -> list[str]:
    """Columns set apart by two blanks, the first to the left and the others to the right.

    Columns that do not fit stand in further tables below, each of which begins with the first `keep` columns again.
    """
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    first, rest = list(range(keep)), list(range(keep, len(header)))
    drawn: list[str] = []
    while True:
        columns = [*first, *rest[:1]]
        taken = rest[1:]
        while taken and sum(widths[column] + 2 for column in [*columns, taken[0]]) <= width:
            columns.append(taken.pop(0))
        drawn += [
            "  "
            + "  ".join(
                line[column].ljust(widths[column]) if column == 0 else line[column].rjust(widths[column])
                for column in columns
            ).rstrip()
            for line in lines
        ]
        rest = taken
        if not rest:
            return drawn
        drawn.append("")


def items(texts: Sequence[str], width: int) -> list[str]:
    """Each text as an indented paragraph whose further lines stand further in."""
    return [line for text in texts for line in wrap(text, width, initial_indent="  ", subsequent_indent="    ")]


def bold(text: str, color: bool) -> str:
    """`text`, in bold where there is colour."""
    return f"\x1b[1m{text}\x1b[0m" if color else text
