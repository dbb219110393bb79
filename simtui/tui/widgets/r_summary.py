"""RSummary: the one number large, its interval on an axis with what it should be read against, and one sentence."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from simtui.tui.summary import Summary, about, brief, legend
from simtui.tui.widgets.axis_bar import AxisBar
from simtui.tui.widgets.big_number import BigNumber


class RSummary(Widget):
    """Four rows: r in large digits beside what it is of, the axis and its legend; below, one sentence.

    CSS can show `#r-brief`, one row, in place of it all.
    """

    DEFAULT_CSS = """
    RSummary { height: auto; layout: vertical; padding: 0 1; }
    RSummary > Horizontal { height: 3; }
    RSummary #r-equals { width: 4; height: 3; padding-top: 1; text-style: bold; }
    RSummary BigNumber { width: auto; text-style: bold; color: $text-accent; margin-right: 2; }
    RSummary Vertical { height: 3; width: 1fr; }
    RSummary #r-about { height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    RSummary #r-legend { height: 1; color: $text-muted; text-wrap: nowrap; text-overflow: ellipsis; }
    RSummary #r-sentence { height: auto; max-height: 3; }
    RSummary #r-sentence.-none { display: none; }
    RSummary #r-brief { display: none; height: 1; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis; }
    """

    summary: reactive[Summary | None] = reactive(None)

    def __init__(self, *, ascii_only: bool = False) -> None:
        super().__init__()
        self._ascii_only = ascii_only

    def compose(self) -> ComposeResult:
        with Horizontal():
            yield Static("r =", id="r-equals", markup=False)
            yield BigNumber(ascii_only=self._ascii_only)
            with Vertical():
                yield Static("", id="r-about", markup=False)
                yield AxisBar()
                yield Static("", id="r-legend", markup=False)
        yield Static("", id="r-sentence", markup=False)
        yield Static("", id="r-brief", markup=False)

    def watch_summary(self, summary: Summary | None) -> None:
        if summary is None or not self.is_mounted:
            return
        self.query_one(BigNumber).update("-" if summary.r is None else f"{summary.r:.3f}")
        self.query_one(AxisBar).summary = summary
        self._fit()
        # The number may have become wider.
        self.call_after_refresh(self._fit)

    def on_resize(self, _: events.Resize) -> None:
        self.call_after_refresh(self._fit)

    def _fit(self) -> None:
        """As many words as there is room for."""
        summary = self.summary
        if summary is None:
            return
        width = self.query_one(AxisBar).size.width
        self.query_one("#r-about", Static).update(about(summary, width))
        self.query_one("#r-legend", Static).update(legend(summary, width))
        self.query_one("#r-brief", Static).update(brief(summary, self.content_size.width))
        sentence = self.query_one("#r-sentence", Static)
        long = f"{summary.sentence} {summary.meaning}".strip()
        sentence.update(long if len(long) <= self.content_size.width else summary.sentence)
        sentence.set_class(not summary.sentence, "-none")
