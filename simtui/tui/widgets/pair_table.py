"""PairTable: the pairs of a report, those where network and people disagree most first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.widgets import DataTable

from simtui.errors import printable
from simtui.tui.pair_rows import PairRow, by_disagreement


class PairTable(DataTable[Text]):
    """One row a pair, walked with the arrow keys; says which pair the cursor is on.

    brief: without the scores, for where they stand beside the table.
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
        """The user went to a pair. index: its position in the rows given to `show`. plotted: its point is wanted."""

        index: int
        plotted: bool = False

    def __init__(self, *, brief: bool = False) -> None:
        super().__init__(cursor_type="row", cursor_foreground_priority="css")
        self._brief = brief
        self._order: list[int] = []

    def show(self, rows: Sequence[PairRow]) -> None:
        """Fill the table; the cursor goes to the first row unless `select` says otherwise."""
        several = not self._brief and len({row.digit for row in rows}) > 1
        self._order = by_disagreement(rows)
        with self.prevent(DataTable.RowHighlighted):
            self.clear(columns=True)
            scores = [] if self._brief else ["net", "people"]
            for name in ("pair", *(["digit"] if several else []), *scores, "gap"):
                self.add_column(Text(name, justify="left" if name == "pair" else "right"), key=name)
            for index in self._order:
                self.add_row(*self._cells(rows[index], several=several))

    def _cells(self, row: PairRow, *, several: bool) -> list[Text]:
        digit = [Text(printable(row.digit, 8), justify="right")] if several else []
        scores = [] if self._brief else [_number(row.net, 2), _number(row.human, 1)]
        return [Text(printable(row.pair.id, 16)), *digit, *scores, _gap(row)]

    def select(self, index: int) -> None:
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


def _number(value: float | None, decimals: int) -> Text:
    return Text("–" if value is None else f"{value:.{decimals}f}", justify="right")


def _gap(row: PairRow) -> Text:
    """Ranks apart, with the direction in which the network errs: + it finds them more alike than people do."""
    if row.net_rank is None or row.human_rank is None:
        return Text("–", justify="right")
    gap = row.human_rank - row.net_rank
    return Text(f"{gap:+g}" if gap else "0", justify="right")
