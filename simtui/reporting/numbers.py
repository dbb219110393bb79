"""Numbers, and the names of layers and digits, as people read them: the same in every form of the Report."""

from __future__ import annotations

from simtui.analysis.layer_results import BASELINE, Interval
from simtui.analysis.results import Group, Report
from simtui.errors import printable

NONE = "–"

NEW = "95 % interval for new people and pairs"

_FLOOR = 0.0001
"""The least p that the permutations can give, (0 + 1) / (9,999 + 1): the true one may be lower."""


def number(value: float | None, decimals: int = 3) -> str:
    """A number for people; a dash for one that cannot be had, and no minus before a zero."""
    if value is None:
        return NONE
    return f"{round(value, decimals) + 0.0:.{decimals}f}"


def p_value(p: float | None) -> str:
    """A p for a table: four decimals, and never 0, which no p is."""
    if p is None:
        return NONE
    return "<0.0001" if p < 0.00005 else "≤0.0001" if abs(p - _FLOOR) < 1e-12 else f"{p:.4f}"


def p_is(p: float | None, draws: int | None = None) -> str:
    """A p for a sentence: "p = 0.0310", "p < 0.0001", "p ≤ 0.0001".

    draws: by chance, of which p is a rank: 1 / (draws + 1) is the least there is, and the true one may be lower.
    """
    shown = p_value(p)
    if p is not None and draws is not None and abs(p * (draws + 1) - 1) < 1e-9:
        return f"p ≤ {shown.lstrip('≤<')}"
    return f"p {shown[0]} {shown[1:]}" if shown[0] in "<≤" else f"p = {shown}"


def interval(ends: Interval | None, decimals: int = 3) -> str:
    """Both ends of an interval, or a dash."""
    return f"{number(ends[0], decimals)} to {number(ends[1], decimals)}" if ends else NONE


def predictor(layer: str) -> str:
    """Who is held against people: "the network", or "pixels", which are none."""
    return "the network" if layer != BASELINE else BASELINE


def digits(report: Report) -> str:
    """Whose pairs these are: "digit 8", "digits 3, 8"."""
    names = ", ".join(printable(group.digit, 40) for group in report.groups)
    return f"digit {names}" if len(report.groups) == 1 else f"digits {names}"


def of_digit(report: Report, group: Group) -> str:
    """What a heading of one digit ends in: " (digit 8)"; "" where there is no other."""
    return f" (digit {printable(group.digit, 40)})" if len(report.groups) > 1 else ""
