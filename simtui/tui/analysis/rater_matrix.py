"""RaterMatrix: every person's r with every other, digit below digit."""

from __future__ import annotations

from textual.binding import Binding
from textual.widget import Widget

from simtui.analysis.results import Report
from simtui.errors import printable
from simtui.reporting.people import MOST_IN_MATRIX, correlations
from simtui.tui.widgets.column_table import ColumnTable


class RaterMatrix(ColumnTable):
    """The arrows scroll it; where it has no more to show, up and down scroll what it stands in.

    With several digits it also has each person's r with the mean of the others and with the layer, within the digit.
    """

    BINDING_GROUP_TITLE = "People with each other"
    BINDINGS = [
        Binding("left", "columns(-1)", "Columns to the left", show=False),
        Binding("right", "columns(1)", "Columns to the right", show=False),
        Binding("up", "go(-1)", "Rows above", show=False),
        Binding("pageup", "page(-1)", "Rows above", show=False),
        Binding("down", "go(1)", "Rows below", show=False),
        Binding("pagedown", "page(1)", "Rows below", show=False),
        Binding("tab", "app.focus_next", "To the list of people", show=False),
    ]
    DEFAULT_CSS = """
    RaterMatrix { height: auto; max-height: 100%; background: transparent; scrollbar-size: 1 1; }
    RaterMatrix:focus > .datatable--header { text-style: bold reverse; }
    """
    GAP = 1

    def __init__(self) -> None:
        super().__init__(cursor=False)
        self._shown: tuple[Report, str] | None = None

    def show(self, report: Report | None, layer: str) -> None:
        """Fill the table; without anything to fill it with it is not there."""
        self.display = report is not None and has_matrix(report)
        if report is None or not self.display:
            return
        several = len(report.groups) > 1
        known = self._shown
        if known is not None and known[0] is report and (known[1] == layer or not several):
            return
        self._shown = report, layer
        header, rows = matrix(report, layer)
        # Short names would leave no room for a minus.
        self.fill([f"{name:>{5 if i else 0}}" for i, name in enumerate(header)], rows)

    def action_go(self, rows: int) -> None:
        done = self.scroll_offset.y == (0 if rows < 0 else self.max_scroll_y)
        scrolled = self.parent if done and isinstance(self.parent, Widget) else self
        scrolled.scroll_relative(y=rows, animate=False)

    def action_page(self, step: int) -> None:
        self.action_go(step * max(1, self.size.height - 2))


def has_matrix(report: Report) -> bool:
    """Whether the people are enough, and few enough, for a table of their correlations."""
    known = any(group.pairwise_r is not None for group in report.groups)
    return known and 2 <= len(report.participants) <= MOST_IN_MATRIX


def matrix(report: Report, layer: str) -> tuple[list[str], list[list[str]]]:
    """The header, and a row a person; with several digits their rows follow that of the digit.

    With one digit the checklist has what is in the second and the third column.
    """
    several = len(report.groups) > 1
    header: list[str] = []
    rows: list[list[str]] = []
    for group in report.groups:
        for table in correlations(report, group, layer):
            header, found = table.in_words()
            if several:
                rows.append([f"digit {printable(group.digit, 8)}", *([""] * (len(header) - 1))])
            rows += found
    if not several:
        header, rows = [header[0], *header[3:]], [[row[0], *row[3:]] for row in rows]
    return header, rows
