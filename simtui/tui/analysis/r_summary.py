"""RSummary: the one number large, its interval on an axis with what it should be read against, and what follows."""

from __future__ import annotations

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from simtui.analysis.results import Report
from simtui.terminal.layout import longest_fitting
from simtui.tui.analysis.axis_bar import AxisBar
from simtui.tui.analysis.summary import NOBODY, Summary, about, brief, concluded, legend, summarise, warned
from simtui.tui.widgets.big_number import BigNumber
from simtui.tui.widgets.scatter_plot import WIDE

ROOMY = 28
"""Rows from which the sentences may take four of them."""


class RSummary(Widget):
    """r in large digits beside what it is of, the axis and its legend; below, what may be concluded.

    Where nothing may be, that stands above all. CSS can show `#r-brief`, one row, in place of it all, and with it
    `#r-conclusion` in one row more.
    """

    DEFAULT_CSS = """
    RSummary { height: auto; layout: vertical; padding: 0 1; }
    RSummary > Horizontal { height: 3; }
    RSummary > Static { height: auto; }
    RSummary #r-equals { width: 4; height: 3; padding-top: 1; text-style: bold; }
    RSummary BigNumber { width: auto; text-style: bold; color: $text-accent; margin-right: 2; }
    RSummary.-withheld BigNumber { text-style: none; color: $text-muted; }
    RSummary Vertical { height: 3; width: 1fr; }
    RSummary #r-about { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    RSummary #r-legend { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    RSummary #r-withheld, RSummary #r-warning { color: $text-warning; text-style: bold; }
    RSummary:ansi #r-withheld, RSummary:ansi #r-warning { color: ansi_bright_yellow; }
    RSummary #r-conclusion { max-height: 2; text-style: bold; }
    RSummary #r-sentence { max-height: 3; }
    RSummary #r-brief { display: none; height: 1; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
    RSummary .-none { display: none; }
    """

    report: reactive[Report | None] = reactive(None, repaint=False)
    shown_layer: reactive[str] = reactive("", repaint=False)

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._ascii_only = ascii_only
        self._beside = 0
        self._summary: Summary | None = None

    def compose(self) -> ComposeResult:
        yield Static("", id="r-withheld", markup=False)
        with Horizontal():
            yield Static("r =", id="r-equals", markup=False)
            yield BigNumber(ascii_only=self._ascii_only)
            with Vertical():
                yield Static("", id="r-about", markup=False)
                yield AxisBar()
                yield Static("", id="r-legend", markup=False)
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
        self.query_one(BigNumber).update("-" if summary.r is None else f"{summary.r:.3f}")
        self.query_one(AxisBar).summary = summary
        self.set_class(summary.withheld, "-withheld")
        self._fit()
        # The number may have become wider.
        self.call_after_refresh(self._fit)

    def on_resize(self, _: events.Resize) -> None:
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """As many words as there is room for."""
        summary = self._summary
        if summary is None:
            return
        # It has none while CSS shows one row; when the others come back, their words must be there.
        beside = self._beside = self.query_one(AxisBar).size.width or self._beside
        width = self.content_size.width
        marks = legend(summary, beside)
        self._put("#r-about", about(summary, beside))
        self._put("#r-legend", marks)
        told = bool(summary.same_task) and summary.same_task in marks.plain
        self.query_one("#r-sentence").set_class(told, "-told")
        self._put("#r-brief", brief(summary, width))
        self._say("#r-withheld", summary.conclusion[0] if summary.withheld else "")
        self._say("#r-warning", warned(summary, width))
        self._say("#r-conclusion", "" if summary.withheld else concluded(summary, width, self._rows(summary)))
        self._say("#r-sentence", longest_fitting(summary.sentences, width) if summary.sentences else "")

    def _rows(self, summary: Summary) -> int:
        """How many the conclusion may take."""
        window = self.app.size
        scarce = window.height < ROOMY and (summary.warning or window.width >= WIDE)
        return 1 if scarce or self.query_one("#r-brief").display else 2

    def _say(self, where: str, words: str) -> None:
        self._put(where, words)
        self.query_one(where).set_class(not words, "-none")

    def _put(self, where: str, words: str | Text) -> None:
        """For words that stand there already Textual would lay out and paint the whole screen."""
        line = self.query_one(where, Static)
        if line.content != words:
            line.update(words)
