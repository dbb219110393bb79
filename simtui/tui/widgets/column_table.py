"""ColumnTable: a table whose columns are shown whole or not at all."""

from __future__ import annotations

from collections.abc import Sequence

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.widgets import DataTable

BEFORE, AFTER = "←", "→"
"""In the header, where there are columns to the left or to the right that have no room."""


class ColumnTable(DataTable[Text]):
    """The first column stays, of the others there are as many as fit, and `columns` goes through them.

    A table that scrolls sideways shows half a number at its edge, which reads as another number.
    """

    GAP = 2

    def __init__(self, *, cursor: bool) -> None:
        # The cells bring their own blanks, on the left alone: every column of the terminal counts.
        super().__init__(cursor_type="row", show_cursor=cursor, cell_padding=0, cursor_foreground_priority="css")
        self._header: Sequence[str] = ()
        self._cells: Sequence[Sequence[str]] = ()
        self._widths: list[int] = []
        self._first = 1
        self._visible = range(0)

    def fill(self, header: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show these, without telling anybody; the first column to the left, the others to the right.

        A row with nothing but its first cell is a heading, in bold.
        """
        self._header, self._cells = header, rows
        self._widths = [max(map(cell_len, column)) for column in zip(header, *rows, strict=True)]
        self._build()

    def on_resize(self, _: events.Resize) -> None:
        if self._header and self._fitting() != self._visible:
            self._build()

    def action_columns(self, step: int) -> None:
        self._first += step
        if self._fitting() != self._visible:
            self._build()

    @property
    def is_cut(self) -> bool:
        """Whether there are columns that have no room."""
        return len(self._visible) < len(self._widths) - 1

    def _fitting(self) -> range:
        """The columns, without the first, that have room; where not all have, from `_first` on."""
        n = len(self._widths)
        # One for the scrollbar. A hidden table has no size yet, and will be told of it.
        room = (self.size.width or 10_000) - 1 - (1 + self._widths[0])
        if sum(self._widths[1:]) + self.GAP * (n - 1) <= room:
            self._first = 1
            return range(1, n)
        # The signs need their place too.
        room -= len(BEFORE) + len(AFTER) + 2
        last_first = n - 1
        while last_first > 1 and self._sum(last_first - 1, n) <= room:
            last_first -= 1
        self._first = max(1, min(self._first, last_first))
        end = self._first + 1
        while end < n and self._sum(self._first, end + 1) <= room:
            end += 1
        return range(self._first, end)

    def _sum(self, start: int, end: int) -> int:
        return sum(self._widths[start:end]) + self.GAP * (end - start)

    def _build(self) -> None:
        row, y = self.cursor_row, self.scroll_offset.y
        self._visible = self._fitting()
        with self.prevent(DataTable.RowHighlighted):
            self.clear(columns=True)
            before = f" {BEFORE}" if self._visible.start > 1 else ""
            self.add_column(Text(f" {self._header[0]}{before}"), key="0")
            for i in self._visible:
                self.add_column(self._right(self._header[i]), key=str(i))
            if self._visible.stop < len(self._widths):
                self.add_column(Text(f" {AFTER}"), key="after")
            for cells in self._cells:
                heading = "" if any(cells[1:]) else "bold"
                shown = [Text(f" {cells[0]}", heading), *(self._right(cells[i]) for i in self._visible)]
                self.add_row(*shown, *([Text("")] if len(shown) < len(self.columns) else []))
            if self.show_cursor:
                self.move_cursor(row=min(row, self.row_count - 1))
            elif y:
                # Its new height is known a little later.
                self.call_after_refresh(self.scroll_to, y=y, animate=False)

    def _right(self, text: str) -> Text:
        return Text(" " * self.GAP + text, justify="right")
