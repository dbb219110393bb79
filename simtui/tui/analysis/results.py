"""Results: everything one report shows, in tabs that agree on the layer and the pair."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static, TabbedContent, TabPane, Tabs

from simtui.analysis.results import Report
from simtui.network.layers import DEFAULT_LAYER
from simtui.reporting.pairs import PairRow, by_disagreement, pair_rows, plotted_scores
from simtui.study.model import Study
from simtui.terminal.detection import Terminal
from simtui.terminal.layout import longest_fitting
from simtui.tui.analysis.about import about_lines
from simtui.tui.analysis.capture_panel import CapturePanel, Gallery
from simtui.tui.analysis.jobs import SaliencyAnswer, SaliencyRequest
from simtui.tui.analysis.layer_table import LayersPanel, LayerTable
from simtui.tui.analysis.pair_table import PairTable, legend
from simtui.tui.analysis.pair_view import Overlay, PairView
from simtui.tui.analysis.people_panel import Checklist, PeoplePanel
from simtui.tui.analysis.r_summary import RSummary
from simtui.tui.analysis.summary import Summary, summarise
from simtui.tui.widgets.scatter_plot import ScatterPlot

TABS = {
    "s": ("scatter", "Scatter"),
    "l": ("layers", "Layers"),
    "e": ("people", "People"),
    "w": ("captures", "What it captures"),
    "r": ("pairs", "Pairs"),
    "a": ("about", "About"),
}
"""Each tab by its key, which also stands before its name."""

SHORT = {"captures": "Captures"}
ALL_WORDS = 70
"""Columns from which the names of all tabs fit whole."""

WALKED = {
    "scatter": "#scatter ScatterPlot",
    "layers": "LayerTable",
    "people": "Checklist",
    "captures": "Gallery",
    "pairs": "#pairs PairTable",
    "about": "#about VerticalScroll",
}
"""What the arrow keys walk in each tab."""

NEEDS_ROWS = ("captures", "pairs")
"""Tabs for which the summary is brief in 24 rows."""


class Results(Vertical):
    """The summary above the tabs. A layer or a pair chosen in one of them is chosen in all."""

    report: reactive[Report | None] = reactive(None)
    shown_layer: reactive[str] = reactive(DEFAULT_LAYER)
    pair: reactive[int | None] = reactive(None)
    """Position of the selected pair in the report's order, through all groups."""

    strokes: reactive[bool] = reactive(False)
    """Whether the pair is shown with what its strokes do for its similarity."""

    @dataclass
    class StrokesWanted(Message):
        """The strokes of a pair are to be shown, and are not known yet."""

        wanted: SaliencyRequest

    def __init__(self, study: Study, terminal: Terminal, layer: str = DEFAULT_LAYER) -> None:
        super().__init__(id="results")
        self.set_reactive(Results.shown_layer, layer)
        self._known: dict[SaliencyRequest, SaliencyAnswer] = {}
        self._asked: set[SaliencyRequest] = set()
        self._study = study
        self._terminal = terminal
        self._rows: tuple[PairRow, ...] = ()

    def compose(self) -> ComposeResult:
        yield RSummary(ascii_only=self._terminal.depth == "ascii")
        with TabbedContent():
            with _pane("s"):
                with Vertical(id="plot-side"):
                    yield ScatterPlot()
                    yield Static("", id="selected", markup=False)
                with Vertical(id="pair-side"):
                    yield PairView(self._study, self._terminal)
                    yield PairTable()
            with _pane("l"):
                yield LayersPanel()
            with _pane("e"):
                yield PeoplePanel()
            with _pane("w"):
                yield CapturePanel(self._study, self._terminal)
            with _pane("r"), Horizontal():
                yield PairTable(brief=True)
                with Vertical():
                    yield PairView(self._study, self._terminal)
                    yield Static("", id="pairs-legend", classes="legend", markup=False)
            with _pane("a"), VerticalScroll():
                yield Static("", id="about-text", markup=False)

    def on_mount(self) -> None:
        self.query_one(Tabs).can_focus = False
        # By the message about it, which comes later, the tab is painted already, in the room of the one before.
        self.watch(self.query_one(TabbedContent), "active", self._turned_to, init=False)

    def on_resize(self, event: events.Resize) -> None:
        tabs = self.query_one(TabbedContent)
        for key, (name, label) in TABS.items():
            tabs.get_tab(name).label = _tab(key, label if event.size.width >= ALL_WORDS else SHORT.get(name, label))
        # They may keep their own size where the room around them changes.
        for view in self.query(PairView):
            self.call_after_refresh(view.fit)
        for table in self.query(PairTable):
            self.call_after_refresh(table.fit)
        if self.pair is not None and self._rows:
            self._name_selected(self._rows[self.pair], event.size.width)

    # ------------------------------------------------------------------ tabs

    def open_tab(self, name: str) -> None:
        self.query_one(TabbedContent).active = name

    def focus_tab(self) -> None:
        """Give the keys to what they walk in the tab that is open, once there has been something to walk."""
        if self._rows:
            self.query_one(WALKED[self.query_one(TabbedContent).active]).focus(scroll_visible=False)

    def _turned_to(self, name: str) -> None:
        self.set_class(name in NEEDS_ROWS, "-needs-rows")
        self.focus_tab()

    # ------------------------------------------------------------------ what is shown

    def watch_report(self, report: Report | None) -> None:
        if report is None:
            return
        self.query_one("#about-text", Static).update("\n".join(about_lines(report, self._study)))
        if self.shown_layer not in report.layers:
            self.shown_layer = report.layers[0]
        self._show_layer(report)

    def watch_shown_layer(self) -> None:
        if self.report is not None:
            self._show_layer(self.report)

    def watch_pair(self, pair: int | None) -> None:
        if pair is not None and self._rows:
            self._show_pair(pair)

    def _show_layer(self, report: Report) -> None:
        self._rows = pair_rows(report, self.shown_layer)
        with self.app.batch_update():
            self.query_one(RSummary).summary = summarise(report, self.shown_layer)
            plot = self.query_one(ScatterPlot)
            plot.report, plot.shown_layer = report, self.shown_layer
            for table in self.query(PairTable):
                table.show(self._rows)
            self.query_one("#pairs-legend", Static).update(legend(self.shown_layer))
            self.query_one(LayersPanel).show(report, self.shown_layer)
            self.query_one(PeoplePanel).show(report, self.shown_layer)
            self.query_one(CapturePanel).show(report, self.shown_layer)
            if self.pair is None:
                self.pair = by_disagreement(self._rows)[0]
            else:
                self._show_pair(self.pair)

    def _show_pair(self, pair: int) -> None:
        row = self._rows[pair]
        self.query_one(ScatterPlot).selected = pair
        self._name_selected(row, self.size.width)
        for table in self.query(PairTable):
            table.select(pair)
        self.query_one(CapturePanel).select(pair)
        overlay = self._overlay(row)
        for view in self.query(PairView):
            view.show(row, overlay)

    def _name_selected(self, row: PairRow, width: int) -> None:
        self.query_one("#selected", Static).update(longest_fitting(plotted_scores(row, self._study.scale.high), width))

    # ------------------------------------------------------------------ strokes

    def toggle_strokes(self) -> None:
        """Show them, or the bare pair again; where no pair can be seen, go where it can and show them there."""
        if self._pair_in_sight():
            self.strokes = not self.strokes
        else:
            self.strokes = True
            self.open_tab("pairs")

    def _pair_in_sight(self) -> bool:
        return any(view.is_on_screen for view in self.query(PairView))

    def watch_strokes(self) -> None:
        if self.pair is not None and self._rows:
            self._show_pair(self.pair)

    def take_strokes(self, strokes: SaliencyAnswer) -> None:
        """An answer has come."""
        self._asked.discard(strokes.wanted)
        if strokes.gradient is not None:
            self._known[strokes.wanted] = strokes
        if self.strokes and self.report is not None and self.pair is not None:
            row = self._rows[self.pair]
            if strokes.wanted == self._wanted(row, self.report):
                overlay = Overlay(strokes.wanted.layer, strokes.gradient, strokes.sentence)
                for view in self.query(PairView):
                    view.show(row, overlay)

    def _wanted(self, row: PairRow, report: Report) -> SaliencyRequest:
        pair = row.pair
        return SaliencyRequest(report.checkpoint.sha256, self.shown_layer, pair.left, pair.right, report.centred)

    def _overlay(self, row: PairRow) -> Overlay | None:
        """What is known of the strokes; what is not is asked for, once."""
        if not self.strokes or self.report is None:
            return None
        wanted = self._wanted(row, self.report)
        if wanted in self._known:
            return Overlay(wanted.layer, self._known[wanted].gradient)
        if wanted not in self._asked:
            self._asked.add(wanted)
            self.post_message(self.StrokesWanted(wanted))
        return Overlay(wanted.layer, None, "Tracing the strokes …")

    def show_nobody(self) -> None:
        """Nobody is checked: there is no number, and the summary says what to do."""
        self.report = None
        self.query_one(ScatterPlot).report = None
        self.query_one(PeoplePanel).show(None, self.shown_layer)
        self.query_one(CapturePanel).show(None, self.shown_layer)
        self.query_one(RSummary).summary = Summary(
            None, None, (), "nobody is chosen", "Check at least one participant."
        )

    # ------------------------------------------------------------------ what is chosen

    @on(ScatterPlot.Selected)
    @on(Gallery.Selected)
    def _choose_and_show(self, event: ScatterPlot.Selected | Gallery.Selected) -> None:
        self.pair = event.index
        if event.shown and not self._pair_in_sight():
            self.open_tab("pairs")

    @on(PairTable.Selected)
    def _choose_pair(self, event: PairTable.Selected) -> None:
        self.pair = event.index
        if event.plotted:
            self.open_tab("scatter")

    @on(LayerTable.Chosen)
    def _choose_layer(self, event: LayerTable.Chosen) -> None:
        self.shown_layer = event.layer
        if event.plotted:
            self.open_tab("scatter")

    def offer(self, participants: tuple[str, ...], chosen: tuple[str, ...]) -> None:
        """The participants there are, and those whose ratings count."""
        self.query_one(Checklist).offer(participants, chosen)


def _pane(key: str) -> TabPane:
    name, label = TABS[key]
    return TabPane(_tab(key, label), id=name)


def _tab(key: str, label: str) -> str:
    return f"[b]{key}[/b] {label}"
