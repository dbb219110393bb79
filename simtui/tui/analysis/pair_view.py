"""PairView: one pair as block characters, with what the network and people say of it."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from simtui.errors import printable
from simtui.reporting.pairs import PairRow, plotted_scores, ranked_scores, ranks_in_words, scores
from simtui.study.model import Study
from simtui.terminal.detection import Terminal
from simtui.terminal.layout import longest_fitting
from simtui.tui.analysis.jobs import Gradient
from simtui.tui.analysis.tab_part import TabPart
from simtui.tui.widgets.digit_pair import DigitPair
from simtui.tui.widgets.saliency_pair import SaliencyPair, legend

DRAWN = Size(62, 14)
"""Columns and rows of the two images on their paper."""

LARGE, WORDS = Size(116, 28), 6
"""The same where there is room for twice the size, with so many rows of words below."""


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """What the strokes do for the similarity in a layer. gradient: None where `sentence` stands in its place."""

    layer: str
    gradient: Gradient | None
    sentence: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class ShownPair:
    """A pair, and what is shown over it."""

    row: PairRow
    overlay: Overlay | None = None


class PairView(Vertical, TabPart):
    """The pair above both scores, their ranks, who finds the two more alike, and what the strokes' colours mean.

    The study's own left image is always on the left.
    """

    DEFAULT_CSS = """
    PairView { height: auto; width: 62; max-width: 100%; }
    PairView > DigitPair { height: 14; }
    PairView.-large { width: 116; }
    PairView.-large > DigitPair { height: 28; }
    PairView > Static { width: 100%; height: auto; text-align: center; }
    PairView > .scores { text-style: bold; }
    PairView > .reading { color: $text-muted; }
    """

    shown_pair: reactive[ShownPair | None] = reactive(None, repaint=False)

    def __init__(self, study: Study, terminal: Terminal, *, tab: str) -> None:
        super().__init__()
        self.tab = tab
        self._study = study
        self._terminal = terminal

    def compose(self) -> ComposeResult:
        yield DigitPair(self._terminal, renderer="half-block")
        yield DigitPair(self._terminal)
        yield SaliencyPair(self._terminal)
        yield Static("", classes="lacking", markup=False)
        yield Static("", classes="scores", markup=False)
        yield Static("", classes="reading", markup=False)

    def watch_shown_pair(self) -> None:
        self.changed()

    def _lacking(self) -> str | None:
        """The window that the images need, where there is too little room for them."""
        window = self.app.size
        room = self.parent.size if isinstance(self.parent, Widget) else window
        columns, rows = max(0, DRAWN.width - room.width), max(0, DRAWN.height + 1 - room.height)
        if not (room and (columns or rows)):
            return None
        needed = f"{window.width + columns}x{window.height + rows}"
        return f"The two images need a window of {needed}; this is {window.width}x{window.height}."

    def _words(self, row: PairRow, overlay: Overlay | None) -> tuple[str, str]:
        """Both scores, and what is below them; with the strokes' legend in as few rows as there are."""
        above, below = scores(row, self._study.scale.high), ranks_in_words(row)
        if overlay is None:
            return above, below
        if overlay.gradient is None:
            strokes = overlay.sentence
        else:
            strokes = legend(printable(overlay.layer, 16), self._terminal.look("half-block"))
        room = self.parent.size.height - DRAWN.height if isinstance(self.parent, Widget) and self.parent.size else None
        lines = [*below.splitlines(), strokes]
        if room is not None and 1 + len(lines) > room:
            return ranked_scores(row), strokes
        return above, "\n".join(lines)

    def on_resize(self, _: events.Resize) -> None:
        self.changed()

    def draw(self) -> None:
        """The images, or which window they need, and as many of the words, by the room that there is now."""
        shown = self.shown_pair
        gradient = shown.overlay.gradient if shown is not None and shown.overlay is not None else None
        if shown is not None:
            above, below = self._words(shown.row, shown.overlay)
            self.query_one(".scores", Static).update(above)
            self.query_one(".reading", Static).update(below)
        room = self.parent.size if isinstance(self.parent, Widget) else self.app.size
        large = gradient is None and room.width >= LARGE.width and room.height >= LARGE.height + WORDS
        self.set_class(large, "-large")
        small_pair, large_pair = self.query(DigitPair)
        pair, hidden = (large_pair, small_pair) if large else (small_pair, large_pair)
        hidden.display = False
        strokes = self.query_one(SaliencyPair)
        lacking = self._lacking()
        fits = lacking is None
        self.query_one(".lacking", Static).update(lacking or "")
        self.query_one(".lacking", Static).display = not fits
        pair.display, strokes.display = fits and gradient is None, fits and gradient is not None
        if not fits or shown is None:
            return
        left, right = self._study.image(shown.row.pair.left), self._study.image(shown.row.pair.right)
        if gradient is None:
            pair.show(left, right)
        else:
            strokes.show(self._study.pixels((shown.row.pair.left, shown.row.pair.right)), gradient)


class SelectedPair(Widget):
    """The pair of the selected point, in as many words as fit below the plot. highest: of the study's scale."""

    shown_pair: reactive[ShownPair | None] = reactive(None)

    def __init__(self, highest: int, *, id: str) -> None:  # noqa: A002  as Textual calls it
        super().__init__(id=id)
        self._highest = highest

    def render(self) -> Content:
        if self.shown_pair is None:
            return Content("")
        return Content(longest_fitting(plotted_scores(self.shown_pair.row, self._highest), self.size.width))
