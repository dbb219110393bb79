"""PairView: one pair as block characters, with what the network and people say of it."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from simtui.errors import printable
from simtui.reporting.pairs import PairRow, ranked_scores, ranks_in_words, scores
from simtui.study.model import Study
from simtui.terminal.detection import Terminal
from simtui.tui.analysis.jobs import Gradient
from simtui.tui.widgets.digit_pair import DigitPair
from simtui.tui.widgets.saliency_pair import SaliencyPair, legend

DRAWN = Size(62, 14)
"""Columns and rows of the two images on their paper."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What the strokes do for the similarity in a layer. gradient: None where `sentence` stands in its place."""

    layer: str
    gradient: Gradient | None
    sentence: str = ""


class PairView(Vertical):
    """The pair above both scores, their ranks, who finds the two more alike, and what the strokes' colours mean."""

    DEFAULT_CSS = """
    PairView { height: auto; width: 62; max-width: 100%; }
    PairView > DigitPair { height: 14; }
    PairView > Static { width: 100%; height: auto; text-align: center; }
    PairView > .scores { text-style: bold; }
    PairView > .reading { color: $text-muted; }
    """

    def __init__(self, study: Study, terminal: Terminal) -> None:
        super().__init__()
        self._study = study
        self._terminal = terminal
        self._row: PairRow | None = None
        self._overlay: Overlay | None = None

    def compose(self) -> ComposeResult:
        yield DigitPair(self._terminal, renderer="half-block")
        yield SaliencyPair(self._terminal)
        yield Static("", classes="lacking", markup=False)
        yield Static("", classes="scores", markup=False)
        yield Static("", classes="reading", markup=False)

    def show(self, row: PairRow, overlay: Overlay | None = None) -> None:
        """Show a pair, always with the study's own left image on the left; and over it an overlay."""
        self._row, self._overlay = row, overlay
        self.fit()

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
        self.fit()

    def fit(self) -> None:
        """Draw the images, or say which window they need, and as much of the words, by the room that there is now."""
        if self._row is not None:
            above, below = self._words(self._row, self._overlay)
            self.query_one(".scores", Static).update(above)
            self.query_one(".reading", Static).update(below)
        pair, strokes = self.query_one(DigitPair), self.query_one(SaliencyPair)
        lacking = self._lacking()
        fits = lacking is None
        self.query_one(".lacking", Static).update(lacking or "")
        self.query_one(".lacking", Static).display = not fits
        gradient = self._overlay.gradient if self._overlay is not None else None
        pair.display, strokes.display = fits and gradient is None, fits and gradient is not None
        if not fits or self._row is None:
            return
        left, right = self._study.image(self._row.pair.left), self._study.image(self._row.pair.right)
        if gradient is None:
            pair.show(left, right)
        else:
            strokes.show(self._study.pixels((self._row.pair.left, self._row.pair.right)), gradient)
