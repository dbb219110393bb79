"""RSummary: the one number, its interval on an axis with what it should be read against, and what follows."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from simtui.analysis.results import Report
from simtui.reporting.numbers import number
from simtui.terminal.layout import longest_fitting
from simtui.tui.analysis.axis_bar import AxisBar
from simtui.tui.analysis.summary import NOBODY, Summary, about, brief, concluded, summarise, warned

ROOMY = 30
"""Rows of the window from which more than one sentence may stand below the axis; under it the headline warns."""


class RSummary(Widget):
    """r with its interval and what it is of, the axis with its marks, and what may be concluded: four rows, and more
    only in a high window.

    Where nothing may be, that stands above all. CSS can show `#r-brief`, one row, in place of it all, and with it
    `#r-conclusion` in one row more.
    """

    DEFAULT_CSS = """
    RSummary { height: auto; layout: vertical; padding: 0 1; }
    RSummary > Horizontal { height: 1; }
    RSummary > Static { height: auto; }
    RSummary #r-value { width: auto; text-style: bold; color: $text-accent; margin-right: 2; }
    RSummary.-withheld #r-value { text-style: none; color: $text-muted; }
    RSummary #r-about { height: 1; width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
    RSummary #r-withheld, RSummary #r-warning { color: $text-warning; text-style: bold; }
    RSummary:ansi #r-withheld, RSummary:ansi #r-warning { color: ansi_bright_yellow; }
    RSummary #r-conclusion { max-height: 2; text-style: bold; }
    RSummary #r-sentence { max-height: 3; }
    RSummary #r-brief { display: none; height: 1; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
    RSummary .-none { display: none; }
    """

    report: reactive[Report | None] = reactive(None, repaint=False)
    shown_layer: reactive[str] = reactive("", repaint=False)

    _summary: Summary | None = None

    def compose(self) -> ComposeResult:
        yield Static("", id="r-withheld", markup=False)
        with Horizontal():
            yield Static("", id="r-value", markup=False)
            yield Static("", id="r-about", markup=False)
        yield AxisBar()
        yield Static("", id="r-warning", markup=False)
        yield Static("", id="r-brief", markup=False)
        yield Static("", id="r-conclusion", markup=False)
        yield Static("", id="r-sentence", markup=False)

    def watch_report(self) -> None:
        self._draw()

    def watch_shown_layer(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if not self.is_mounted:
            return
        self._summary = summary = NOBODY if self.report is None else summarise(self.report, self.shown_layer)
        self._put("#r-value", f"r = {number(summary.r)}")
        self.query_one(AxisBar).summary = summary
        self.set_class(summary.withheld, "-withheld")
        self._fit()

    def on_resize(self, _: events.Resize) -> None:
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """As many words as there is room for."""
        summary = self._summary
        if summary is None:
            return
        width, roomy = self.content_size.width, self.app.size.height >= ROOMY
        self._put("#r-about", about(summary, width - len(f"r = {number(summary.r)}") - 2))
        self._put("#r-brief", brief(summary, width))
        self._say("#r-withheld", summary.conclusion[0] if summary.withheld else "")
        self._say("#r-warning", warned(summary, width) if roomy else "")
        self._say("#r-conclusion", "" if summary.withheld else concluded(summary, width, 2 if roomy else 1))
        untold = roomy or not summary.conclusion
        self._say("#r-sentence", longest_fitting(summary.sentences, width) if summary.sentences and untold else "")

    def _say(self, where: str, words: str) -> None:
        self._put(where, words)
        self.query_one(where).set_class(not words, "-none")

    def _put(self, where: str, words: str) -> None:
        """For words that stand there already Textual would lay out and paint the whole screen."""
        line = self.query_one(where, Static)
        if line.content != words:
            line.update(words)
