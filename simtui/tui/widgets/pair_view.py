"""PairView: one pair as block characters, with what the network and people say of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from simtui.errors import printable
from simtui.study import Scale, Study
from simtui.terminal import Terminal
from simtui.tui.diverging import legend
from simtui.tui.pair_rows import PairRow
from simtui.tui.saliency_job import Gradient
from simtui.tui.widgets.digit_pair import DigitPair
from simtui.tui.widgets.saliency_pair import SaliencyPair

DRAWN = Size(62, 14)
"""Columns and rows of the two images on their paper."""


@dataclass(frozen=True, slots=True)
class Overlay:
    """What the strokes do for the similarity in a layer. gradient: None where `sentence` stands in its place."""

    layer: str
    gradient: Gradient | None
    sentence: str = ""


class PairView(Vertical):
    """The pair above two lines: both scores with their ranks, and who finds the two more alike."""

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
        self.query_one(".scores", Static).update(scores(row, self._study.scale))
        self.query_one(".reading", Static).update(self._words(row, overlay))
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

    def _words(self, row: PairRow, overlay: Overlay | None) -> str:
        if overlay is None:
            return reading(row)
        if overlay.gradient is None:
            return overlay.sentence
        return legend(printable(overlay.layer, 16), self._terminal.look("half-block"))

    def on_resize(self, _: events.Resize) -> None:
        self.fit()

    def fit(self) -> None:
        """Draw the images, or say which window they need, by the room that there is now."""
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
            images = np.frombuffer(b"".join((*left, *right)), dtype=np.uint8).reshape(2, 28, 28)
            strokes.show(images, gradient)


def scores(row: PairRow, scale: Scale) -> str:
    """Both scores of a pair, in one line of at most 60 characters."""
    net = "–" if row.net is None else f"{row.net:.2f}"
    human = "–" if row.human is None else f"{row.human:.1f}"
    return f"{printable(row.pair.id, 16)}   network {net}   people {human} of {scale.high}"


def reading(row: PairRow) -> str:
    """The ranks in words. 1 is the most similar."""
    if row.net_rank is None or row.human_rank is None:
        return "not rated, or without a similarity: not ranked"
    ranks = f"rank by similarity: network {row.net_rank:g}, people {row.human_rank:g} of {row.ranked}"
    if row.net_rank == row.human_rank:
        return ranks
    return f"{ranks}\nthe network finds them {'more' if row.net_rank < row.human_rank else 'less'} alike than people do"
