"""The scatter plot as text: frame and points drawn by plotext, titles and colours added here.

plotext writes one axis label over the other in a narrow plot, does not tell where a point went, and keeps one
figure in its module. All of that stays behind this door.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import wrap

from simtui.errors import printable

POINT = "•"
SELECTED = "◆"
MIN_WIDTH, MIN_HEIGHT = 24, 10

_TICKS = {0.0: "0", 0.25: "0.25", 0.5: "0.5", 0.75: "0.75", 1.0: "1"}
_KINDS = tuple(f"\x1b[{code}m" for code in (34, 35, 32, 36, 33))
"""Blue, magenta, green, cyan, yellow: red is the selected point's."""

_BOLD_RED, _PLAIN = "\x1b[1;31m", "\x1b[0m"

_LOCK = threading.Lock()
"""plotext's figure is shared by everybody in the process; a worker and the screen may both draw."""

Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawn plot.

    lines: from the title down to the label of the x axis, without trailing blanks and without colour.
    cells: of every point, the (column, row) of its character in `lines`, both from 0; None where the point
        has no number to be drawn at.
    kinds: of every point, the number of its label among those there are, from 0: points of one kind share a colour.
    selected: position of the selected point, if there is one.
    """

    lines: tuple[str, ...]
    cells: tuple[Cell | None, ...]
    kinds: tuple[int, ...]
    selected: int | None = None

    def selecting(self, index: int | None) -> Plot:
        """The same plot, drawn without a selected point, with that point as a lozenge on top of all others."""
        cell = self.cells[index] if index is not None else None
        if cell is None:
            return replace(self, selected=index)
        column, row = cell
        line = self.lines[row]
        marked = f"{line[:column]}{SELECTED}{line[column + 1 :]}"
        return replace(self, lines=(*self.lines[:row], marked, *self.lines[row + 1 :]), selected=index)

    def points(self) -> dict[Cell, int]:
        """The cells with points, each with the kind of the one that is seen."""
        return {cell: kind for cell, kind in zip(self.cells, self.kinds, strict=True) if cell is not None}

    def text(self, *, color: bool = False) -> str:
        """The lines as one text; in colour, each kind of point has its own and the selected one is bold red.

        Only colours that every terminal with colour has, readable on dark and on light.
        """
        if not color:
            return "\n".join(self.lines)
        paint = {cell: _KINDS[kind % len(_KINDS)] for cell, kind in self.points().items()}
        chosen = self.cells[self.selected] if self.selected is not None else None
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


def scatter(
    x: Sequence[float | None],
    y: Sequence[float | None],
    width: int,
    height: int,
    *,
    title: str,
    xlabel: str,
    ylabel: str,
    labels: Sequence[str] | None = None,
    selected: int | None = None,
) -> Plot:
    """Points on axes from 0 to 1, in `width` columns and `height` rows (at least 24 and 10 are used).

    Numbers outside 0..1 are drawn at the edge. labels: one a point, whose first character is drawn in place of a dot
    (with several digits, the digit). selected: position of the point drawn as a lozenge, on top of all others.
    """
    width, height = max(width, MIN_WIDTH), max(height, MIN_HEIGHT)
    above = [*(line.center(width) for line in wrap(printable(title), width)), printable(ylabel, width)]
    empty = _frame([], width, height - len(above) - 1)
    left, columns = empty[0].index("┌") + 1, empty[0].index("┐") - empty[0].index("┌") - 1
    rows = next(i for i, line in enumerate(empty) if "└" in line) - 1
    bins = [None if a is None or b is None else (_bin(a, columns), _bin(b, rows)) for a, b in zip(x, y, strict=True)]
    drawn = [
        (at[0] / (columns - 1), at[1] / (rows - 1), _mark(labels, i)) for i, at in enumerate(bins) if at is not None
    ]
    lines = [
        *above,
        *_frame(drawn, width, height - len(above) - 1),
        " " * left + printable(xlabel, columns).center(columns),
    ]
    top = len(above) + 1
    cells = [None if at is None else (left + at[0], top + rows - 1 - at[1]) for at in bins]
    plot = Plot(tuple(line.rstrip() for line in lines), tuple(cells), _kinds(labels, len(cells)))
    return plot.selecting(selected)


def _frame(points: Sequence[tuple[float, float, str]], width: int, height: int) -> list[str]:
    """plotext's frame, ticks and points, as `height` lines of text."""
    import plotext

    with _LOCK:
        figure = plotext.figure
        try:
            figure.clear()
            plotext.terminal.limit(False, False)
            figure.theme("colorless")
            figure.plot_size(width, height)
            for x, y, mark in points:
                figure.draw(figure.signal([x], [y], marker=mark))
            for axis in ("x", "y"):
                figure.ruler(axis).lim(0, 1)
                figure.ruler(axis).ticks(list(_TICKS), list(_TICKS.values()))
            text: str = figure.build().string(colorless=True)
        finally:
            figure.clear()
    return text.splitlines()[:height]


def _bin(value: float, bins: int) -> int:
    """Which of `bins` columns or rows, whose centres run from 0 to 1, is nearest."""
    return math.floor(min(max(value, 0.0), 1.0) * (bins - 1) + 0.5)


def _mark(labels: Sequence[str] | None, i: int) -> str:
    return printable(labels[i][:1]) if labels is not None and labels[i] else POINT


def _kinds(labels: Sequence[str] | None, points: int) -> tuple[int, ...]:
    if labels is None:
        return (0,) * points
    known = {label: kind for kind, label in enumerate(dict.fromkeys(labels))}
    return tuple(known[label] for label in labels)
