"""The scatter plot as text: frame and points drawn by plotext, titles and colours added here.

plotext writes one axis label over the other in a narrow plot, does not tell where a point went, and keeps one
figure in its module: none of that is to be seen outside of this module.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from textwrap import wrap

from simtui.errors import printable
from simtui.reporting.blocks import Scatter

POINT = "•"
SELECTED = "◆"
MIN_WIDTH, MIN_HEIGHT = 24, 10

_TICKS = {0.0: "0", 0.25: "0.25", 0.5: "0.5", 0.75: "0.75", 1.0: "1"}
_KINDS = tuple(f"\x1b[{code}m" for code in (34, 35, 32, 36, 33))
"""Blue, magenta, green, cyan, yellow: red is the selected point's."""

_BOLD_RED, _PLAIN = "\x1b[1;31m", "\x1b[0m"

_LOCK = threading.Lock()
"""plotext's figure is shared by everybody in the process; a worker and the screen may both draw."""

Position = tuple[int, int]
"""Column and row of a character in the lines, both from 0."""


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawn plot.

    lines: from the title down to the label of the x axis, without trailing blanks and without colour.
    positions: of every point, where its character is; None where the point has no number to be drawn at.
    kinds: of every point, the number of its kind among those there are, from 0: points of one kind share a colour.
    selected: position of the selected point, if there is one.
    """

    lines: tuple[str, ...]
    positions: tuple[Position | None, ...]
    kinds: tuple[int, ...]
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

    def points(self) -> dict[Position, int]:
        """Where there are points, each with the kind of the one that is seen."""
        return {at: kind for at, kind in zip(self.positions, self.kinds, strict=True) if at is not None}

    def text(self, *, color: bool = False) -> str:
        """The lines as one text; in colour, each kind of point has its own and the selected one is bold red.

        Only colours that every terminal with colour has, readable on dark and on light.
        """
        if not color:
            return "\n".join(self.lines)
        paint = {at: _KINDS[kind % len(_KINDS)] for at, kind in self.points().items()}
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


def draw(scatter: Scatter, width: int, height: int | None = None, *, selected: int | None = None) -> Plot:
    """The plot in `width` columns and `height` rows, of which at least 24 and 10 are used.

    height: None for what goes well with the width. Numbers outside 0..1 are drawn at the edge. With several kinds of
    point, each is drawn as the first character of its kind. selected: position of the point drawn as a lozenge, on top
    of all others. A title of "" takes no row.
    """
    width, height = max(width, MIN_WIDTH), max(height or max(14, width * 2 // 7), MIN_HEIGHT)
    title = [line.center(width) for line in wrap(printable(scatter.title), width)]
    above = [*title, printable(scatter.ylabel, width)]
    empty = _frame([], width, height - len(above) - 1)
    left, columns = empty[0].index("┌") + 1, empty[0].index("┐") - empty[0].index("┌") - 1
    rows = next(i for i, line in enumerate(empty) if "└" in line) - 1
    bins = [
        None if point.x is None or point.y is None else (_bin(point.x, columns), _bin(point.y, rows))
        for point in scatter.points
    ]
    kinds = {kind: i for i, kind in enumerate(dict.fromkeys(point.kind for point in scatter.points))}
    drawn = [
        (at[0] / (columns - 1), at[1] / (rows - 1), point.kind[:1] if len(kinds) > 1 and point.kind else POINT)
        for point, at in zip(scatter.points, bins, strict=True)
        if at is not None
    ]
    lines = [
        *above,
        *_frame(drawn, width, height - len(above) - 1),
        " " * left + printable(scatter.xlabel, columns).center(columns),
    ]
    top = len(above) + 1
    positions = [None if at is None else (left + at[0], top + rows - 1 - at[1]) for at in bins]
    plot = Plot(
        tuple(line.rstrip() for line in lines), tuple(positions), tuple(kinds[point.kind] for point in scatter.points)
    )
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
