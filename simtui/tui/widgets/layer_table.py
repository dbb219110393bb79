"""LayerTable: every layer's agreement with people, one row a layer; the cursor chooses the layer that is shown."""

from __future__ import annotations

from dataclasses import dataclass

from rich.text import Text
from textual.binding import Binding
from textual.message import Message
from textual.widgets import DataTable

from simtui.analysis.results import Group, Interval, Report
from simtui.errors import printable

COLUMNS = ("layer", "r", "95 %", "p", "untrained", "rho", "tau-b", "each", "r|px")


class LayerTable(DataTable[Text]):
    """With several digits a row shows r over all of them; the rest is then of each digit, in rows below."""

    BINDING_GROUP_TITLE = "Layers"
    BINDINGS = [
        Binding("up", "cursor_up", "Layer above", show=False),
        Binding("down", "cursor_down", "Layer below", show=False),
        Binding("enter", "plot", "Plot the layer", show=False),
    ]
    DEFAULT_CSS = """
    LayerTable { height: auto; max-height: 1fr; background: transparent; scrollbar-size: 1 1; }
    """

    @dataclass
    class Chosen(Message):
        """The user went to a layer. plotted: its plot is wanted."""

        layer: str
        plotted: bool = False

    def __init__(self) -> None:
        super().__init__(cursor_type="row", cursor_foreground_priority="css")
        self._layers: list[str] = []

    def show(self, report: Report, layer: str) -> None:
        """Fill the table and put the cursor on a layer, without telling anybody."""
        with self.prevent(DataTable.RowHighlighted):
            self.clear(columns=True)
            self._layers = []
            for name in COLUMNS:
                self.add_column(Text(name, justify="left" if name == "layer" else "right"), key=name)
            for name in report.layers:
                for cells in layer_rows(report, name):
                    self.add_row(*(Text(cell, justify="right" if i else "left") for i, cell in enumerate(cells)))
                    self._layers.append(name)
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


def layer_rows(report: Report, layer: str) -> list[tuple[str, ...]]:
    """The rows of one layer: one of all digits together where there are several, then one a digit."""
    if len(report.groups) == 1:
        return [(layer, *_cells(report.groups[0], layer))]
    overall = report.overall.layers[layer]
    never = _number(report.overall.untrained.get(layer))
    return [
        (layer, _number(overall.r), _interval(overall.ci), "", never, *([""] * (len(COLUMNS) - 5))),
        *((f" digit {printable(group.digit, 8)}", *_cells(group, layer)) for group in report.groups),
    ]


def _cells(group: Group, layer: str) -> tuple[str, ...]:
    found = group.layers[layer]
    p = found.pearson.p
    return (
        _number(found.pearson.r),
        _interval(found.pearson.ci),
        "–" if p is None else f"{p:.4f}",
        _number(group.untrained[layer].r if layer in group.untrained else None),
        _number(found.spearman.rho),
        _number(found.kendall.tau_b),
        _number(found.mean_individual_r),
        _number(found.partial_given_pixels.r),
    )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(ci: Interval | None) -> str:
    return "–" if ci is None else f"{ci[0]:.2f} to {ci[1]:.2f}"
