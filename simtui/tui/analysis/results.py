"""Results: everything one report shows, in tabs that agree on the layer and the pair."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.reactive import reactive
from textual.widgets import TabbedContent, Tabs

from simtui.analysis.results import Report
from simtui.network.layers import DEFAULT_LAYER
from simtui.reporting.pairs import by_disagreement, pair_rows
from simtui.study.model import Study
from simtui.terminal.cells import BRAILLE
from simtui.terminal.detection import Terminal
from simtui.tui.analysis.about import About
from simtui.tui.analysis.capture_panel import CapturePanel, Gallery
from simtui.tui.analysis.layer_strip import LayerStrip
from simtui.tui.analysis.layer_table import LayersPanel, LayerTable
from simtui.tui.analysis.map_panel import MapPanel
from simtui.tui.analysis.pair_choice import PairChoice
from simtui.tui.analysis.pair_table import GapLegend, PairTable
from simtui.tui.analysis.pair_view import PairView, SelectedPair
from simtui.tui.analysis.people_panel import PeoplePanel
from simtui.tui.analysis.r_summary import RSummary
from simtui.tui.analysis.tabs import FIRST, TABS, pane
from simtui.tui.widgets.scatter_plot import ScatterPlot


class Results(PairChoice):
    """The summary above the tabs. A layer or a pair chosen in one of them is chosen in all."""

    report: reactive[Report | None] = reactive(None, repaint=False)
    """None while nobody is chosen; the tabs then keep what they can."""

    participants: reactive[tuple[str, ...]] = reactive((), repaint=False)
    checked: reactive[tuple[str, ...]] = reactive((), repaint=False)
    open_tab: reactive[str] = reactive(FIRST, repaint=False)

    def __init__(self, study: Study, terminal: Terminal, layer: str = DEFAULT_LAYER) -> None:
        super().__init__(study, terminal, layer, id="results")
        self._opened_from = ""

    def traced_network(self) -> tuple[str, bool] | None:
        return None if self.report is None else (self.report.checkpoint.sha256, self.report.centred)

    def compose(self) -> ComposeResult:
        this = Results
        yield RSummary().data_bind(this.report, this.shown_layer)
        strip = LayerStrip().data_bind(this.shown_layer)
        yield strip.data_bind(this.layers)
        with TabbedContent():
            with pane("scatter"):
                with Vertical(id="plot-side"):
                    yield ScatterPlot(braille=self._terminal.depth in BRAILLE).data_bind(
                        this.report, this.shown_layer, selected=this.pair
                    )
                    yield SelectedPair(self._study.scale.high, id="selected").data_bind(this.shown_pair)
                with Vertical(id="pair-side"):
                    yield self._pair_view("scatter").data_bind(this.shown_pair, this.open_tab)
                    yield PairTable(tab="scatter").data_bind(this.pair, this.open_tab, pair_rows=this.rows)
            with pane("layers"):
                yield LayersPanel().data_bind(this.report, this.shown_layer, this.open_tab)
            with pane("people"):
                panel = PeoplePanel().data_bind(this.report, this.shown_layer, this.open_tab)
                yield panel.data_bind(this.participants, this.checked)
            with pane("map"):
                mapped = MapPanel(self._study, self._terminal).data_bind(this.report, this.pair)
                yield mapped.data_bind(this.shown_layer, this.open_tab)
            with pane("captures"):
                captures = CapturePanel(self._study, self._terminal).data_bind(this.report, this.pair)
                yield captures.data_bind(this.shown_layer, this.shown_pair, this.open_tab)
            with pane("pairs"), Horizontal():
                yield PairTable(tab="pairs", brief=True).data_bind(this.pair, this.open_tab, pair_rows=this.rows)
                with Vertical():
                    yield self._pair_view("pairs").data_bind(this.shown_pair, this.open_tab)
                    yield GapLegend(id="pairs-legend", classes="legend").data_bind(this.shown_layer)
            with pane("about"), VerticalScroll():
                yield About(self._study, id="about-text").data_bind(this.report, this.open_tab)

    def _pair_view(self, tab: str) -> PairView:
        return PairView(self._study, self._terminal, tab=tab)

    def on_mount(self) -> None:
        self.query_one(Tabs).can_focus = False
        # By the message about it, which comes later, the tab is painted already, in the room of the one before.
        self.watch(self.query_one(TabbedContent), "active", self._turned_to, init=False)

    def on_resize(self, event: events.Resize) -> None:
        tabs = self.query_one(TabbedContent)
        for name, tab in TABS.items():
            tabs.get_tab(name).label = tab.title(event.size.width)
        # They may keep their own size where the room around them changes.
        for view in self.query(PairView):
            self.call_after_refresh(view.changed)
        for table in self.query(PairTable):
            self.call_after_refresh(table.fit)

    # ------------------------------------------------------------------ tabs

    def turn_to(self, name: str, *, opened_from: str = "") -> None:
        """opened_from: the tab to come back to, where a pair of it is to be seen."""
        self._opened_from = opened_from
        self.query_one(TabbedContent).active = name

    def go_up(self) -> bool:
        """From a pair to the tab it was opened from, from any other tab to the first; whether there was a way up."""
        if self.open_tab == FIRST:
            return False
        self.turn_to(self._opened_from or FIRST)
        return True

    def focus_tab(self) -> None:
        """Give the keys to what they walk in the tab that is open, once there has been something to walk."""
        if self.rows:
            self.query_one(TABS[self.open_tab].walked).focus(scroll_visible=False)

    def _turned_to(self, name: str) -> None:
        self.open_tab = name
        self.set_class(TABS[name].needs_rows, "-needs-rows")
        self.focus_tab()

    # ------------------------------------------------------------------ what follows from what is chosen

    def watch_report(self, report: Report | None) -> None:
        if report is not None:
            self.layers = tuple(report.layers)
            if self.shown_layer not in report.layers:
                self.shown_layer = report.layers[0]
        self._look_at_pairs()

    def watch_shown_layer(self) -> None:
        self._look_at_pairs()

    def _look_at_pairs(self) -> None:
        if self.report is None:
            return
        self.rows = pair_rows(self.report, self.shown_layer)
        if self.pair is None:
            self.pair = by_disagreement(self.rows)[0]
        else:
            self._look_at_pair()

    # ------------------------------------------------------------------ strokes

    def toggle_strokes(self) -> None:
        """Show them, or the bare pair again; where no pair can be seen, go where it can and show them there."""
        if self._pair_in_sight():
            super().toggle_strokes()
        else:
            self.strokes = True
            self.turn_to("pairs", opened_from=self.open_tab)

    def _pair_in_sight(self) -> bool:
        return any(view.is_on_screen for view in self.query(PairView))

    # ------------------------------------------------------------------ what is chosen

    @on(ScatterPlot.Selected)
    @on(Gallery.Selected)
    def _choose_and_show(self, event: ScatterPlot.Selected | Gallery.Selected) -> None:
        self.pair = event.index
        if event.shown and not self._pair_in_sight():
            self.turn_to("pairs", opened_from=self.open_tab)

    @on(PairTable.Selected)
    def _choose_pair(self, event: PairTable.Selected) -> None:
        self.pair = event.index
        if event.plotted:
            self.turn_to("scatter")

    @on(LayerTable.Chosen)
    def _choose_layer(self, event: LayerTable.Chosen) -> None:
        self.shown_layer = event.layer
        if event.plotted:
            self.turn_to("scatter")
