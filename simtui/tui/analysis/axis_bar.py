"""AxisBar: r and its interval on an axis, among the numbers that they should be read against, and their names below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.style import Style
from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget

from simtui.reporting.blocks import Mark
from simtui.tui.analysis.summary import LETTERS, Summary

PARTS = ("axis", "interval", "r", "mark")

ROOMY = 100
"""Columns from which the names may be longer without standing far from their marks."""

HIGH = " 1"
WORDY = 56
"""Columns from which the axis says of what it is."""


class AxisBar(Widget):
    """An axis from −1 to 1, the interval as a thick line, r as a dot, marks as the first letters of their names; the
    names with their values in the row below, as near to the marks as they have room.

    All stand in the order of their values, r in its own cell: a mark that would hide another gives way to the side
    on which it belongs.
    """

    COMPONENT_CLASSES = {"axis-bar--axis", "axis-bar--interval", "axis-bar--r", "axis-bar--mark"}
    DEFAULT_CSS = """
    AxisBar { height: 2; width: 1fr; }
    AxisBar > .axis-bar--axis { color: $text-muted; }
    AxisBar > .axis-bar--interval { color: $text-primary; }
    AxisBar > .axis-bar--r { color: $text-accent; text-style: bold; }
    AxisBar > .axis-bar--mark { color: $foreground; text-style: bold; }
    AxisBar:ansi > .axis-bar--interval { color: ansi_cyan; }
    AxisBar:ansi:light > .axis-bar--interval { color: ansi_blue; }
    """

    summary: reactive[Summary | None] = reactive(None)

    def render(self) -> Text:
        if self.summary is None or self.summary.r is None:
            return Text("")
        styles = {part: self.get_component_rich_style(f"axis-bar--{part}") for part in PARTS}
        width = self.size.width
        return Text("\n").join([axis_bar(self.summary, width, styles), names(self.summary, width, styles)])


def axis_bar(summary: Summary, width: int, styles: dict[str, Style]) -> Text:
    """The axis of `width` columns; r and the interval must be there."""
    columns = _columns(width)
    cells: list[tuple[str, str]] = [("┄", "axis")] * columns
    cells[0], cells[columns // 2], cells[-1] = ("├", "axis"), ("┼", "axis"), ("┤", "axis")
    if summary.ci is not None:
        for column in range(_column(summary.ci[0], columns), _column(summary.ci[1], columns) + 1):
            cells[column] = ("━", "interval")
    for (glyph, part), column in _places(summary, columns):
        cells[column] = (glyph, part)
    text = Text(low_end(width), styles["axis"], no_wrap=True)
    for glyph, part in cells:
        text.append(glyph, styles[part])
    return text.append(HIGH, styles["axis"])


def low_end(width: int) -> str:
    """What stands before the axis."""
    return "correlation −1 " if width >= WORDY else "−1 "


def _columns(width: int) -> int:
    return max(11, width - len(low_end(width)) - len(HIGH))


def names(summary: Summary, width: int, styles: dict[str, Style]) -> Text:
    """The names of the marks with their values, in the order and near the places of the marks above them."""
    by_letter = {LETTERS[mark.short]: mark for mark in summary.marks}
    placed = sorted((column, glyph) for (glyph, part), column in _places(summary, _columns(width)) if part == "mark")
    columns, marks = [len(low_end(width)) + column for column, _ in placed], [by_letter[glyph] for _, glyph in placed]
    for labels in _wordings(summary, marks, width):
        starts = _spread([*columns, *[width] * (len(labels) - len(columns))], [len(label) for label in labels], width)
        if starts is not None:
            break
    else:
        labels = [f"{LETTERS[mark.short]} {mark.value:.2f}" for mark in marks]
        starts = _spread(columns, [len(label) for label in labels], width) or [6 * i for i in range(len(labels))]
    text = Text(no_wrap=True, overflow="ellipsis")
    for start, label in zip(starts, labels, strict=True):
        text.append(" " * (start - len(text)))
        text.append(label[:1], styles["mark"]).append(label[1:], styles["axis"])
    return text


def _wordings(summary: Summary, marks: Sequence[Mark], width: int) -> Iterator[list[str]]:
    """The labels of the marks, then in ever fewer words."""
    for note in dict.fromkeys((*summary.absent[:1], "")):
        for task in dict.fromkeys((summary.same_task if width >= ROOMY else "", "")):
            yield [_label(mark, task) for mark in marks] + ([note] if note else [])
    yield [f"{'a person' if mark.short == 'person' else mark.short} {mark.value:.2f}" for mark in marks]


def _label(mark: Mark, task: str) -> str:
    """task: what the layer reaches at another person's task."""
    name = mark.name if mark.short == "person" else mark.short
    return f"{name} {mark.value:.2f}{f' ({task})' if task and mark.short == 'person' else ''}"


def _spread(columns: Sequence[int], widths: Sequence[int], width: int, gap: int = 2) -> list[int] | None:
    """Where labels of these widths start that stand near these columns, in their order; None where they do not fit."""
    starts: list[int] = []
    free = 0
    for column, wide in zip(columns, widths, strict=True):
        starts.append(max(free, column - wide // 2))
        free = starts[-1] + wide + gap
    end = width
    for i in reversed(range(len(starts))):
        starts[i] = min(starts[i], end - widths[i])
        end = starts[i] - gap
    return starts if not starts or starts[0] >= 0 else None


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
