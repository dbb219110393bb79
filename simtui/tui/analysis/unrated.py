"""Unrated: the pairs of a study that nobody has rated, as the network sees them."""

from __future__ import annotations

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widgets import DataTable, Static

from simtui.analysis.similarities import Similarities
from simtui.errors import printable
from simtui.network.layers import DEFAULT_LAYER
from simtui.reporting.numbers import NONE, number
from simtui.reporting.pairs import PairRow, unrated_rows
from simtui.study.model import Study
from simtui.terminal.detection import Terminal
from simtui.tui.analysis.layer_strip import LayerStrip
from simtui.tui.analysis.pair_choice import PairChoice
from simtui.tui.analysis.pair_view import PairView

ALL_LAYERS = 124
"""Columns from which the table has every layer and not the shown one alone."""


class Unrated(PairChoice):
    """The pairs in a table, and beside it the chosen one; where people's ratings would be stands that there are none.

    similarities: of the network; None until they are known. why: why nobody's ratings can be used.
    """

    similarities: reactive[Similarities | None] = reactive(None, repaint=False, always_update=True)
    why: reactive[str] = reactive("", repaint=False)

    def __init__(self, study: Study, terminal: Terminal, layer: str = DEFAULT_LAYER) -> None:
        super().__init__(study, terminal, layer, id="unrated")

    def traced_network(self) -> tuple[str, bool] | None:
        found = self.similarities
        return None if found is None else (found.checkpoint.sha256, found.centred)

    def compose(self) -> ComposeResult:
        yield Static("", id="unrated-why", markup=False)
        strip = LayerStrip().data_bind(Unrated.shown_layer)
        yield strip.data_bind(Unrated.layers)
        with Horizontal():
            yield DataTable[Text](cursor_type="row", cell_padding=0, cursor_foreground_priority="css")
            with Vertical():
                view = PairView(self._study, self._terminal, tab="unrated").data_bind(Unrated.shown_pair)
                view.open_tab = "unrated"
                yield view
                yield Static("", id="unrated-facts", markup=False)

    def watch_why(self) -> None:
        if self.is_mounted:
            self.query_one("#unrated-why", Static).update(
                f"Nobody's ratings can be used yet, so that people's columns are empty. {self.why}"
            )

    def watch_similarities(self, found: Similarities | None) -> None:
        if found is not None:
            self.layers = tuple(found.layers)
            if self.shown_layer not in self.layers:
                self.shown_layer = self.layers[0]
            self._fill()

    def watch_shown_layer(self) -> None:
        self._fill()

    def on_resize(self) -> None:
        if len(self.query_one(DataTable).columns) != len(self._names()):
            self._fill()
        for view in self.query(PairView):
            self.call_after_refresh(view.changed)

    def watch_shown_pair(self) -> None:
        if self.shown_pair is not None and self.is_mounted:
            self.query_one("#unrated-facts", Static).update(self._facts(self.shown_pair.row))

    def focus_table(self) -> None:
        self.query_one(DataTable).focus()

    @on(DataTable.RowHighlighted)
    def _choose(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        if event.cursor_row < len(self.rows):
            self.pair = event.cursor_row

    # ------------------------------------------------------------------ what the table and the facts say

    def _names(self) -> list[str]:
        roomy = self.app.size.width >= ALL_LAYERS
        layers = self.layers if roomy else (self.shown_layer,)
        several = ["digit"] if roomy and any(row.several for row in self.rows) else []
        return ["pair", *several, *(printable(layer, 16) for layer in layers), "people"]

    def _fill(self) -> None:
        if self.similarities is None or not self.is_mounted:
            return
        layers = {layer: values.tolist() for layer, values in self.similarities.layers.items()}
        self.rows = unrated_rows(self._study, layers, self.shown_layer)
        names, table, roomy = self._names(), self.query_one(DataTable), self.app.size.width >= ALL_LAYERS
        chosen = self.pair or 0
        with table.prevent(DataTable.RowHighlighted):
            table.clear(columns=True)
            for i, name in enumerate(names):
                table.add_column(Text(f" {name}" if i else name, justify="right" if i else "left"), key=str(i))
            for row in self.rows:
                digit = [printable(row.digit, 8)] if "digit" in names else []
                shown = row.pair.similarity.values() if roomy else (row.net,)
                cells = [printable(row.pair.id, 16), *digit, *(number(value, 2) for value in shown), NONE]
                table.add_row(Text(cells[0]), *(Text(f" {cell}", justify="right") for cell in cells[1:]))
            table.move_cursor(row=chosen)
        if self.pair is None:
            self.pair = 0
        else:
            self._look_at_pair()

    def _facts(self, row: PairRow) -> str:
        """The similarity in every layer, and what the network takes the two images for."""
        found = self.similarities
        layers = "   ".join(f"{printable(layer, 16)} {number(s, 2)}" for layer, s in row.pair.similarity.items())
        if found is None or row.pair.left not in found.predicted:
            return layers
        left, right = (found.predicted[image] for image in (row.pair.left, row.pair.right))
        return f"{layers}\nthe network reads them as {left} and {right}"
