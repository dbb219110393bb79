"""The tabs of the analysis screen: their keys, their names, and what one walks in them."""

from __future__ import annotations

from dataclasses import dataclass

from textual.dom import DOMNode
from textual.widgets import TabPane

from simtui.tui.analysis.capture_panel import Gallery
from simtui.tui.analysis.layer_table import LayerTable
from simtui.tui.analysis.map_panel import MapView
from simtui.tui.analysis.pair_table import PairTable
from simtui.tui.analysis.people_panel import Checklist
from simtui.tui.analysis.rater_matrix import RaterMatrix
from simtui.tui.widgets.reading import Reading
from simtui.tui.widgets.scatter_plot import ScatterPlot

ALL_WORDS = 76
"""Columns from which the names of all tabs fit whole."""


@dataclass(frozen=True, slots=True)
class Tab:
    """key: opens it, and stands before its label. walked: what the arrow keys walk in it. places: whose keys its help
    lists. short: its label where columns are few. needs_rows: the summary is brief for it in 24 rows."""

    key: str
    name: str
    label: str
    walked: str
    places: tuple[type[DOMNode], ...] = ()
    short: str = ""
    needs_rows: bool = False

    def title(self, columns: int = ALL_WORDS) -> str:
        return f"[b]{self.key}[/b] {self.label if columns >= ALL_WORDS or not self.short else self.short}"


TABS = {
    tab.name: tab
    for tab in (
        Tab("s", "scatter", "Scatter", "#scatter ScatterPlot", (ScatterPlot,), "Plot"),
        Tab("l", "layers", "Layers", "LayerTable", (LayerTable, Reading)),
        Tab("e", "people", "People", "Checklist", (Checklist, RaterMatrix, Reading)),
        Tab("m", "map", "Map", "MapView", (MapView,), needs_rows=True),
        Tab("w", "captures", "What it captures", "Gallery", (Gallery,), "What", needs_rows=True),
        Tab("r", "pairs", "Pairs", "#pairs PairTable", (PairTable,), needs_rows=True),
        Tab("a", "about", "About", "#about VerticalScroll"),
    )
}
"""By name, in their order on the screen."""

FIRST = next(iter(TABS))


def pane(name: str) -> TabPane:
    return TabPane(TABS[name].title(), id=name)
