"""LayersPanel: every layer's agreement with people in a table, and in sentences what it has no room for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import DataTable, Static

from simtui.analysis.results import Report
from simtui.errors import printable
from simtui.network.layers import KNOWN
from simtui.reporting.blocks import Block, Bullets, Heading
from simtui.reporting.layers import LEGEND, about_layer, against_pixels, layer_table, layers_over_digits
from simtui.tui.analysis.tab_part import TabPart
from simtui.tui.widgets.column_table import ColumnTable
from simtui.tui.widgets.reading import BlocksView, Reading
from simtui.words import counted

KEYS = "Up and down choose the layer that every tab shows, PgUp and PgDn scroll this text"
"""Left and right stand there only where there is something to scroll."""


class LayersPanel(Vertical, TabPart):
    """The table, and below it all that is known of the layer under the cursor."""

    DEFAULT_CSS = """
    LayersPanel LayerTable { max-height: 60%; }
    LayersPanel Reading { min-height: 3; }
    LayersPanel #layers-legend { height: auto; margin-bottom: 1; }
    LayersPanel #layers-keys { height: auto; margin-top: 1; }
    """

    tab = "layers"

    report: reactive[Report | None] = reactive(None, repaint=False)
    shown_layer: reactive[str] = reactive("", repaint=False)

    def compose(self) -> ComposeResult:
        yield LayerTable()
        with Reading():
            yield Static(LEGEND, id="layers-legend", classes="legend", markup=False)
            yield BlocksView(id="layer-facts")
            yield Static("", id="layers-keys", classes="legend", markup=False)

    def watch_report(self) -> None:
        self.changed()

    def watch_shown_layer(self) -> None:
        self.changed()

    def draw(self) -> None:
        if self.report is not None:
            self.query_one(LayerTable).show(self.report, self.shown_layer)
            self.query_one(BlocksView).show(layer_blocks(self.report, self.shown_layer))
            self.query_one(Reading).scroll_home(animate=False)

    def on_resize(self) -> None:
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        keys = f"{KEYS}, left and right show other columns" if self.query_one(LayerTable).is_cut else KEYS
        self.query_one("#layers-keys", Static).update(f"{keys}.")

    def on_layer_table_paged(self, event: LayerTable.Paged) -> None:
        event.stop()
        reading = self.query_one(Reading)
        reading.scroll_relative(y=event.step * max(1, reading.size.height - 1), animate=False)


class LayerTable(ColumnTable):
    """With several digits a row shows r over all of them; the rest is then of each digit, in rows below."""

    GAP = 1  # with two, the last column would have no room in 80 columns
    BINDING_GROUP_TITLE = "Layers"
    BINDINGS = [
        Binding("up", "cursor_up", "Layer above", show=False),
        Binding("down", "cursor_down", "Layer below", show=False),
        Binding("enter", "plot", "Plot the layer", show=False),
        Binding("left", "columns(-1)", "Columns to the left", show=False),
        Binding("right", "columns(1)", "Columns to the right", show=False),
        Binding("pageup", "page(-1)", "Scroll the text up", show=False),
        Binding("pagedown", "page(1)", "Scroll the text down", show=False),
        Binding("tab", "app.focus_next", "To the text", show=False),
    ]
    DEFAULT_CSS = """
    LayerTable { height: auto; background: transparent; scrollbar-size: 1 1; }
    """

    @dataclass
    class Chosen(Message):
        """The user went to a layer. plotted: its plot is wanted."""

        layer: str
        plotted: bool = False

    @dataclass
    class Paged(Message):
        """The text below is to be scrolled by so many pages."""

        step: int

    def __init__(self) -> None:
        super().__init__(cursor=True)
        self._layers: list[str] = []
        self._report: Report | None = None

    def show(self, report: Report, layer: str) -> None:
        """Fill the table and put the cursor on a layer, without telling anybody."""
        if report is not self._report:
            self._report = report
            header, rows = layer_rows(report)
            self._layers = [layer for layer, _ in rows]
            self.fill(header, [cells for _, cells in rows])
        self.select(layer)

    def select(self, layer: str) -> None:
        """Put the cursor on a layer without telling anybody; where it is there already it stays in its row."""
        if layer in self._layers and self._layers[self.cursor_row] != layer:
            with self.prevent(DataTable.RowHighlighted):
                self.move_cursor(row=self._layers.index(layer))

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        event.stop()
        if self.has_focus and event.cursor_row == self.cursor_row < len(self._layers):
            self.post_message(self.Chosen(self._layers[event.cursor_row]))

    def action_plot(self) -> None:
        if self.cursor_row < len(self._layers):
            self.post_message(self.Chosen(self._layers[self.cursor_row], plotted=True))

    def action_page(self, step: int) -> None:
        self.post_message(self.Paged(step))


def layer_blocks(report: Report, layer: str) -> Iterator[Block]:
    """What the layer is, then digit by digit what its row has no room for."""
    yield Heading(f"{layer}: {KNOWN[layer].description}" if layer in KNOWN else printable(layer))
    for group in report.groups:
        if len(report.groups) > 1:
            yield Heading(f"Digit {printable(group.digit, 20)}: {counted(group.n_rated, 'pair')}")
        yield Bullets(tuple(about_layer(group, layer)))
    yield from against_pixels(report)


def layer_rows(report: Report) -> tuple[list[str], list[tuple[str, list[str]]]]:
    """The header, and each row with its layer: one of all digits together where there are several, then one a digit."""
    tables = [layer_table(report, group, "brief").in_words() for group in report.groups]
    header = [" ".join(name.split("\n")) for name in tables[0][0]]
    whole, over_digits = layers_over_digits(report).in_words()
    several = len(tables) > 1
    rows = []
    for i, layer in enumerate(report.layers):
        if several:
            cells = dict(zip(whole, over_digits[i], strict=True)) | {"r": over_digits[i][whole.index("all")]}
            rows.append((layer, [cells.get(name, "") for name in header]))
        for group, (_, found) in zip(report.groups, tables, strict=True):
            first = [f" digit {printable(group.digit, 8)}"] if several else found[i][:1]
            rows.append((layer, [*first, *found[i][1:]]))
    return header, rows
