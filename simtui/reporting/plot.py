"""The scatter plot as text: a frame with its ticks, the points, and in braille the line that fits them best.

With braille a cell has 2x4 dots, so that points stand where their numbers say; several kinds of point are told apart by
their first character instead, because colour alone must not do that.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from textwrap import wrap

from simtui.errors import printable
from simtui.reporting.blocks import Fit, Scatter
from simtui.terminal.layout import longest_fitting

POINT = "•"
SELECTED = "◆"
MIN_WIDTH, MIN_HEIGHT = 24, 9

_TICKS = {0.0: "0", 0.25: "0.25", 0.5: "0.5", 0.75: "0.75", 1.0: "1"}
_LEFT = 4
"""Columns of the ticks beside the frame."""

_LINE = (
    ("dotted: the least-squares line", "dotted: least squares", ""),
    ("dotted: each digit's least-squares line", "dotted: least squares", ""),
)
"""In the frame, of one line and of several, the longest first."""

_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""Of a braille cell, row by row from the top: the bits of its left and its right dot."""

_BRAILLE = 0x2800
_KINDS = tuple(f"\x1b[{code}m" for code in (34, 35, 32, 36, 33))
"""Blue, magenta, green, cyan, yellow: red is the selected point's."""

_BOLD_RED, _PLAIN = "\x1b[1;31m", "\x1b[0m"

Position = tuple[int, int]
"""Column and row of a character in the lines, both from 0."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawn plot.

    lines: from the title down to the label of the x axis, without trailing blanks and without colour.
    positions: of every point, where its character is; None where the point has no number to be drawn at.
    kinds: of every point, the number of its kind among those there are, from 0: points of one kind share a colour.
    spots: every cell with something of a point in it, and the kind of the one that is seen.
    line: the cells of the least-squares line that have nothing of a point.
    selected: position of the selected point, if there is one.
    """

    lines: tuple[str, ...]
    positions: tuple[Position | None, ...]
    kinds: tuple[int, ...]
    spots: dict[Position, int]
    line: frozenset[Position] = frozenset()
    selected: int | None = None

    def selecting(self, index: int | None) -> Plot:
        """The same plot, drawn without a selected point, with that point as a lozenge on top of all others."""
        position = self.positions[index] if index is not None else None
        if position is None:
            return replace(self, selected=index)
        column, row = position
        line = self.lines[row]
        marked = f"{line[:column]}{SELECTED}{line[column + 1 :]}"
        return replace(self, lines=(*self.lines[:row], marked, *self.lines[row + 1 :]), selected=index)

    def text(self, *, color: bool = False) -> str:
        """The lines as one text; in colour, each kind of point has its own and the selected one is bold red.

        Only colours that every terminal with colour has, readable on dark and on light.
        """
        if not color:
            return "\n".join(self.lines)
        paint = {at: _KINDS[kind % len(_KINDS)] for at, kind in self.spots.items()}
        chosen = self.positions[self.selected] if self.selected is not None else None
        if chosen is not None:
            paint[chosen] = _BOLD_RED
        painted = []
        for row, line in enumerate(self.lines):
            painted.append(
                "".join(
                    f"{paint[column, row]}{character}{_PLAIN}" if (column, row) in paint else character
                    for column, character in enumerate(line)
                )
            )
        return "\n".join(painted)


def draw(
    scatter: Scatter,
    width: int,
    height: int | None = None,
    *,
    selected: int | None = None,
    braille: bool = False,
    note: str = "",
) -> Plot:
    """The plot in `width` columns and `height` rows, of which at least 24 and 9 are used.

    height: None for what goes well with the width. Numbers outside 0..1 are drawn at the edge. With several kinds of
    point, each is drawn as the first character of its kind. selected: position of the point drawn as a lozenge, on top
    of all others. braille: the terminal shows braille and more than 16 colours, or none on purpose; the fits
    are drawn then. note: stands behind the label of the y axis, flush right. A title of "" takes no row.
    """
    width, height = max(width, MIN_WIDTH), max(height or max(14, width * 2 // 7), MIN_HEIGHT)
    columns = width - _LEFT - 2
    title = [line.center(width) for line in wrap(printable(scatter.title), width)]
    ylabel = printable(scatter.ylabel, columns)
    lines = [*title, f"{' ' * _LEFT}{ylabel}{note:>{max(0, columns + 2 - len(ylabel))}}"]
    top, rows = len(lines) + 1, height - len(lines) - 4
    kinds = {kind: i for i, kind in enumerate(dict.fromkeys(point.kind for point in scatter.points))}
    fine = braille and len(kinds) <= 1
    # A point of braille is two dots wide and high, which need that much room.
    across, down = (2 * columns - 1, 4 * rows - 1) if fine else (columns, rows)
    at = [
        None if point.x is None or point.y is None else (_bin(point.x, across), down - 1 - _bin(point.y, down))
        for point in scatter.points
    ]
    fits = scatter.fits if braille else ()
    lines += [*_frame(columns, rows, longest_fitting(_LINE[len(fits) > 1], columns - 4) if fits else "")]
    lines.append(" " * (_LEFT + 1) + printable(scatter.xlabel, columns).center(columns))
    canvas = _Canvas([list(line.ljust(width)) for line in lines], top)
    for fit in fits:
        canvas.draw_line(fit, columns, rows)
    for place, point in zip(at, scatter.points, strict=True):
        if place is not None:
            kind = kinds[point.kind]
            if fine:
                canvas.dot(place, kind)
            else:
                canvas.put(place, point.kind[:1] if len(kinds) > 1 and point.kind else POINT, kind)
    positions = [None if place is None else canvas.cell(place, fine=fine) for place in at]
    plot = Plot(
        tuple("".join(line).rstrip() for line in canvas.cells),
        tuple(positions),
        tuple(kinds[point.kind] for point in scatter.points),
        canvas.spots,
        frozenset(canvas.line - canvas.spots.keys()),
    )
    return plot.selecting(selected)


class _Canvas:
    """The cells of a plot, and what was drawn into them.

    top: the row of the uppermost cell inside the frame.
    """

    def __init__(self, cells: list[list[str]], top: int) -> None:
        self.cells = cells
        self.spots: dict[Position, int] = {}
        self.line: set[Position] = set()
        self._top = top

    def cell(self, place: Position, *, fine: bool) -> Position:
        """Of a place inside the frame, counted in cells or in dots of braille."""
        column, row = (place[0] // 2, place[1] // 4) if fine else place
        return _LEFT + 1 + column, self._top + row

    def put(self, place: Position, glyph: str, kind: int) -> None:
        column, row = cell = self.cell(place, fine=False)
        self.cells[row][column] = glyph
        self.spots[cell] = kind

    def dot(self, place: Position, kind: int) -> None:
        """A point: four dots."""
        for x in (0, 1):
            for y in (0, 1):
                self.spots[self._set(place[0] + x, place[1] + y)] = kind

    def draw_line(self, fit: Fit, columns: int, rows: int) -> None:
        """Every other dot of it."""
        slope = (fit.y2 - fit.y1) / (fit.x2 - fit.x1) if fit.x2 > fit.x1 else 0.0
        for x in range(2 * _bin(fit.x1, columns), 2 * _bin(fit.x2, columns) + 1, 2):
            y = fit.y1 + slope * (x / (2 * columns - 1) - fit.x1)
            self.line.add(self._set(x, 4 * rows - 1 - _bin(y, 4 * rows)))

    def _set(self, x: int, y: int) -> Position:
        column, row = cell = self.cell((x, y), fine=True)
        there = ord(self.cells[row][column])
        bits = there - _BRAILLE if there >= _BRAILLE else 0
        self.cells[row][column] = chr(_BRAILLE | bits | _DOTS[y % 4][x % 2])
        return cell


def _frame(columns: int, rows: int, told: str) -> list[str]:
    """A frame around so many cells, with its ticks; told: in its upper edge."""
    ticks = {value: name for value, name in _TICKS.items() if rows > 4 or value in (0.0, 0.5, 1.0)}
    beside = {rows - 1 - _bin(value, rows): name for value, name in ticks.items()}
    below, names = ["─"] * columns, [" "] * (columns + 2)
    for value, name in _TICKS.items():
        column = _bin(value, columns)
        below[column] = "┬"
        start = column + 1 - (len(name) - 1) // 2
        names[start : start + len(name)] = name
    upper = "─" * columns if not told else f" {told} ─".rjust(columns, "─")
    margin = " " * _LEFT
    return [
        f"{margin}┌{upper}┐",
        *(f"{beside.get(row, ''):>{_LEFT}}{'┤' if row in beside else '│'}{' ' * columns}│" for row in range(rows)),
        f"{margin}└{''.join(below)}┘",
        f"{margin}{''.join(names)}",
    ]


def _bin(value: float, bins: int) -> int:
    """Which of `bins` columns or rows, whose centres run from 0 to 1, is nearest."""
    return math.floor(min(max(value, 0.0), 1.0) * (bins - 1) + 0.5)
