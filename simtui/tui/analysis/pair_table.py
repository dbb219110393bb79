"""PairTable: the pairs of a report, those where network and people disagree most first."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import DataTable

from simtui.analysis.layer_results import BASELINE
from simtui.errors import printable
from simtui.reporting.numbers import number
from simtui.reporting.pairs import PairRow, by_disagreement, gap
from simtui.tui.analysis.tab_part import TabPart

ROOMY = 100
"""Columns of the window from which a table beside the images has the scores too."""


class PairTable(DataTable[Text], TabPart):
    """One row a pair, walked with the arrow keys; says which pair the cursor is on.

    brief: beside the images, where there are columns for the scores only in a wide window.
    """

    BINDING_GROUP_TITLE = "Pairs"
    BINDINGS = [
        Binding("up", "cursor_up", "Pair with a greater disagreement", show=False),
        Binding("down", "cursor_down", "Pair with a smaller disagreement", show=False),
        Binding("enter", "plot", "Its point in the plot", show=False),
    ]
    DEFAULT_CSS = """
    PairTable { scrollbar-size-vertical: 1; scrollbar-size-horizontal: 0; background: transparent; }
    """

    @dataclass
    class Selected(Message):
        """The user went to a pair. index: its position in the rows that it shows. plotted: its point is wanted."""

        index: int
        plotted: bool = False

    pair_rows: reactive[tuple[PairRow, ...]] = reactive((), repaint=False)
    pair: reactive[int | None] = reactive(None, repaint=False)

    def __init__(self, *, tab: str, brief: bool = False) -> None:
        super().__init__(cursor_type="row", cursor_foreground_priority="css", cell_padding=0)
        self.tab = tab
        self._brief = brief
        self._filled: tuple[PairRow, ...] = ()
        self._order: list[int] = []

    def watch_pair_rows(self) -> None:
        self.changed()

    def watch_pair(self) -> None:
        self.changed()

    def draw(self) -> None:
        if self._filled is not self.pair_rows:
            self._fill(self.pair_rows)
        if self.pair is not None:
            self._select(self.pair)

    def _fill(self, rows: tuple[PairRow, ...]) -> None:
        self._filled, self._order = rows, by_disagreement(rows)
        scored = not self._brief or self.app.size.width >= ROOMY
        several = any(row.several for row in rows)
        self.set_class(scored, "-scored")
        self.set_class(several, "-several")
        between = "  " if scored else " "
        names = [*(["digit"] if several else []), *(["network", "people"] if scored else []), "gap"]
        with self.prevent(DataTable.RowHighlighted):
            self.clear(columns=True)
            self.add_column(Text(" pair"), key="pair")
            for name in names:
                self.add_column(Text(f"{between}{name}", justify="right"), key=name)
            for index in self._order:
                cells = _cells(rows[index])
                self.add_row(
                    Text(f" {printable(rows[index].pair.id, 16)}"),
                    *(Text(f"{between}{cells[name]}", justify="right") for name in names),
                )

    def fit(self) -> None:
        """The window has another size."""
        if self._brief and self.has_class("-scored") != (self.app.size.width >= ROOMY):
            self._filled = ()
            self.changed()

    def _select(self, index: int) -> None:
        """Put the cursor on a pair without telling anybody."""
        if index in self._order and self.cursor_row != self._order.index(index):
            with self.prevent(DataTable.RowHighlighted):
                self.move_cursor(row=self._order.index(index))

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        # Filling the table moves its cursor too, and old news may still be under way: only the user's last step counts.
        if self.has_focus and event.cursor_row == self.cursor_row < len(self._order):
            self.post_message(self.Selected(self._order[event.cursor_row]))

    def action_plot(self) -> None:
        if self.cursor_row < len(self._order):
            self.post_message(self.Selected(self._order[self.cursor_row], plotted=True))


def _cells(row: PairRow) -> dict[str, str]:
    """By the names of the columns."""
    return {
        "digit": printable(row.digit, 8),
        "network": number(row.net, 2),
        "people": number(row.human, 1),
        "gap": gap(row),
    }


def legend(layer: str) -> str:
    """What the last column is, in a line as wide as the images."""
    return f"gap: ranks apart, largest first; + more alike {'in pixels' if layer == BASELINE else 'for the network'}"


class GapLegend(Widget):
    """What the last column of the pairs is."""

    DEFAULT_CSS = """
    GapLegend { height: auto; width: auto; }
    """

    shown_layer: reactive[str] = reactive("", layout=True)

    def render(self) -> Content:
        return Content(legend(self.shown_layer))
