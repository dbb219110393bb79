"""Drawings as SVG, made here so that the same Report always gives the same bytes."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from simtui.reporting.blocks import Axis, Scatter

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#444444", "#b8a500")
"""Okabe and Ito's colours, which the colour-blind tell apart, the readable ones first."""

_FONT = 'font-family="system-ui, sans-serif"'


def scatter(plot: Scatter) -> str:
    """The plot as a whole SVG document; with several kinds of point, each has its colour and there is a legend."""
    left, top, side = 60, 40, 380
    kinds = list(dict.fromkeys(point.kind for point in plot.points))
    parts = [_text(left + side / 2, 22, plot.title, size=15, anchor="middle")]
    parts.append(f'<rect x="{left}" y="{top}" width="{side}" height="{side}" fill="none" stroke="#888"/>')
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        at = tick * side
        parts.append(_text(left + at, top + side + 18, f"{tick:g}", anchor="middle"))
        parts.append(_text(left - 8, top + side - at + 4, f"{tick:g}", anchor="end"))
        if 0 < tick < 1:
            parts.append(_line(left + at, top, left + at, top + side, "#eee"))
            parts.append(_line(left, top + side - at, left + side, top + side - at, "#eee"))
    for point in plot.points:
        if point.x is None or point.y is None:
            continue
        colour = _COLOURS[kinds.index(point.kind) % len(_COLOURS)]
        parts.append(
            f'<circle cx="{_n(left + point.x * side)}" cy="{_n(top + side - point.y * side)}" r="4.5" '
            f'fill="{colour}" fill-opacity="0.75"><title>{escape(point.label)}</title></circle>'
        )
    parts.append(_text(left + side / 2, top + side + 40, plot.xlabel, anchor="middle"))
    turn = f'transform="rotate(-90 16 {_n(top + side / 2)})"'
    parts.append(_text(16, top + side / 2, plot.ylabel, anchor="middle", more=turn))
    width = left + side + 20
    if len(kinds) > 1:
        width += 90
        for i, kind in enumerate(kinds):
            y = top + 12 + 20 * i
            colour = _COLOURS[i % len(_COLOURS)]
            parts.append(f'<circle cx="{left + side + 20}" cy="{y}" r="4.5" fill="{colour}"/>')
            parts.append(_text(left + side + 30, y + 4, kind))
    return _document(width, top + side + 52, plot.title, parts)


def axis(axis: Axis) -> str:
    """r with its interval, and below it each mark with its name, as a whole SVG document."""
    left, wide, line, room = 20, 460, 46, 240
    parts = [_line(left, line, left + wide, line, "#888")]
    for tick in (-1.0, -0.5, 0.0, 0.5, 1.0):
        x = left + (tick + 1) / 2 * wide
        parts.append(_line(x, line - 4, x, line + 4, "#888"))
        parts.append(_text(x, line + 20, f"{tick:g}".replace("-", "−"), anchor="middle"))
    if axis.ci is not None:
        low, high = (left + (min(max(end, -1.0), 1.0) + 1) / 2 * wide for end in axis.ci)
        parts.append(
            f'<rect x="{_n(low)}" y="{line - 6}" width="{_n(high - low)}" height="12" '
            'fill="#0072b2" fill-opacity="0.35"/>'
        )
    x = left + (axis.r + 1) / 2 * wide
    parts.append(f'<circle cx="{_n(x)}" cy="{line}" r="6" fill="#0072b2"/>')
    parts.append(_text(x, line - 16, f"r = {axis.r:.3f}", size=15, anchor="middle"))
    # From the largest down, each with its words to its right: no line then crosses the words of another.
    for i, mark in enumerate(sorted(axis.marks, key=lambda mark: -mark.value)):
        x, y = left + (min(max(mark.value, -1.0), 1.0) + 1) / 2 * wide, line + 46 + 20 * i
        parts.append(_line(x, line, x, y - 4, "#d55e00", dashed=True))
        parts.append(_text(x + 6, y, f"{mark.name} {mark.value:.3f}"))
    return _document(left + wide + room, line + 56 + 20 * len(axis.marks), axis.title, parts)


def _document(width: float, height: float, title: str, parts: Sequence[str]) -> str:
    inside = "\n".join(parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {_n(height)}" width="{_n(width)}" '
        f'height="{_n(height)}" role="img" {_FONT}><title>{escape(title)}</title>\n'
        f'<rect width="100%" height="100%" fill="#fff"/>\n{inside}\n</svg>'
    )


def _text(x: float, y: float, text: str, *, size: int = 12, anchor: str = "start", more: str = "") -> str:
    return (
        f'<text x="{_n(x)}" y="{_n(y)}" font-size="{size}" text-anchor="{anchor}" fill="#222"'
        f"{' ' + more if more else ''}>{escape(text)}</text>"
    )


def _line(x1: float, y1: float, x2: float, y2: float, colour: str, *, dashed: bool = False) -> str:
    dashes = ' stroke-dasharray="3 3"' if dashed else ""
    return f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" stroke="{colour}"{dashes}/>'


def _n(value: float) -> str:
    """A coordinate: two decimals say more than a screen can show."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
