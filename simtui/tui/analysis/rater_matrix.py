"""RaterMatrix: every person's r with every other, digit below digit."""

from __future__ import annotations

from collections.abc import Iterator

from textual.binding import Binding
from textual.widget import Widget

from simtui.analysis.results import Report
from simtui.errors import printable
from simtui.reporting.numbers import number
from simtui.reporting.people import MOST_IN_MATRIX
from simtui.tui.widgets.column_table import ColumnTable

NAME = 16
"""Characters of a name in its row, and above its column."""


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
        people = [printable(name, NAME) for name in report.participants]
        header = ["r of", *(["others", layer] if several else []), *people]
        # Short names would leave no room for a minus.
        self.fill([f"{name:>{5 if i else 0}}" for i, name in enumerate(header)], [*matrix_rows(report, layer)])

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


def matrix_rows(report: Report, layer: str) -> Iterator[tuple[str, ...]]:
    """A row a person; with several digits their rows follow that of the digit."""
    several = len(report.groups) > 1
    names = [printable(name, NAME) for name in report.participants]
    for group in report.groups:
        if several:
            yield (f"digit {printable(group.digit, 8)}", *([""] * (len(names) + 2)))
        for i, row in enumerate(group.pairwise_r or ()):
            own = (group.leave_one_out_r[i], group.layers[layer].individual_r[i]) if several else ()
            yield (
                names[i],
                *(number(r, 2) for r in own),
                *("" if i == j else number(r, 2) for j, r in enumerate(row)),
            )
