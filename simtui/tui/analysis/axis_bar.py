"""AxisBar: r and its interval on an axis, among the numbers that they should be read against."""

from __future__ import annotations

from rich.style import Style
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from simtui.tui.analysis.summary import LETTERS, Summary


class AxisBar(Widget):
    """One row: an axis from −1 to 1, the interval as a thick line, r as a dot, marks as letters.

    All stand in the order of their values, r in its own cell: a mark that would hide another gives way to the side
    on which it belongs.
    """

    COMPONENT_CLASSES = {"axis-bar--axis", "axis-bar--interval", "axis-bar--r", "axis-bar--mark"}
    DEFAULT_CSS = """
    AxisBar { height: 1; width: 1fr; }
    AxisBar > .axis-bar--axis { color: $text-muted; }
    AxisBar > .axis-bar--interval { color: $text-primary; }
    AxisBar > .axis-bar--r { color: $text-accent; text-style: bold; }
    AxisBar > .axis-bar--mark { color: $foreground; text-style: bold; }
    AxisBar:ansi > .axis-bar--interval { color: ansi_bright_blue; }
    """

    summary: reactive[Summary | None] = reactive(None)

    def render(self) -> Text:
        if self.summary is None or self.summary.r is None:
            return Text("")
        return axis_bar(
            self.summary,
            self.size.width,
            {part: self.get_component_rich_style(f"axis-bar--{part}") for part in ("axis", "interval", "r", "mark")},
        )


def axis_bar(summary: Summary, width: int, styles: dict[str, Style]) -> Text:
    """The axis of `width` columns; r and the interval must be there."""
    low, high = "−1 ", " 1"
    columns = max(11, width - len(low) - len(high))
    cells: list[tuple[str, str]] = [("┄", "axis")] * columns
    cells[0], cells[columns // 2], cells[-1] = ("├", "axis"), ("┼", "axis"), ("┤", "axis")
    if summary.ci is not None:
        for column in range(_column(summary.ci[0], columns), _column(summary.ci[1], columns) + 1):
            cells[column] = ("━", "interval")
    for (glyph, part), column in _places(summary, columns):
        cells[column] = (glyph, part)
    text = Text(low, styles["axis"], no_wrap=True)
    for glyph, part in cells:
        text.append(glyph, styles[part])
    return text.append(high, styles["axis"])


def _places(summary: Summary, columns: int) -> list[tuple[tuple[str, str], int]]:
    """Everything on the axis, each in a cell of its own, from left to right as the values are from low to high.

    There must be a cell for each.
    """
    r = summary.r or 0.0
    marks = sorted(summary.marks, key=lambda mark: mark.value)
    below = [mark for mark in marks if mark.value < r]
    above = [mark for mark in marks if mark.value > r]
    # What equals r may stand on either side.
    for i, mark in enumerate(mark for mark in marks if mark.value == r):
        below.append(mark) if i % 2 == 0 else above.insert(0, mark)
    middle = min(max(_column(r, columns), len(below)), columns - 1 - len(above))
    placed = [(("●", "r"), middle)]
    free = middle - 1
    for left, mark in zip(reversed(range(len(below))), reversed(below), strict=True):
        column = max(left, min(_column(mark.value, columns), free))
        placed.append(((LETTERS[mark.short], "mark"), column))
        free = column - 1
    free = middle + 1
    for right, mark in zip(reversed(range(len(above))), above, strict=True):
        column = min(columns - 1 - right, max(_column(mark.value, columns), free))
        placed.append(((LETTERS[mark.short], "mark"), column))
        free = column + 1
    return placed


def _column(value: float, columns: int) -> int:
    return round((min(max(value, -1.0), 1.0) + 1) / 2 * (columns - 1))
