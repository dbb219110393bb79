"""Numbers as people read them."""

from __future__ import annotations

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


def bold(text: str, color: bool) -> str:
    """`text`, in bold where there is colour."""
    return f"\x1b[1m{text}\x1b[0m" if color else text
