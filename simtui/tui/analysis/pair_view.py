"""PairView: one pair as block characters, with what the network and people say of it."""

from __future__ import annotations

from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.geometry import Size
from textual.widget import Widget
from textual.widgets import Static

from simtui.analysis.results import BASELINE
from simtui.errors import printable
from simtui.study.model import Scale, Study
from simtui.terminal.detection import Terminal
from simtui.tui.analysis.pair_rows import PairRow
from simtui.tui.analysis.saliency_job import Gradient
from simtui.tui.analysis.saliency_pair import SaliencyPair
from simtui.tui.widgets.digit_pair import DigitPair
from simtui.tui.widgets.signed_map import legend

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
        above, below = scores(row, self._study.scale), reading(row)
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


def scores(row: PairRow, scale: Scale) -> str:
    """Both scores of a pair, in one line of at most 60 characters."""
    return f"{_name(row)}   {_who(row)} {_number(row.net, 2)}   people {_number(row.human, 1)} of {scale.high}"


def ranked_scores(row: PairRow) -> str:
    """The scores and the ranks of a pair in one line."""
    if row.net_rank is None or row.human_rank is None:
        return f"{_name(row)}  {_who(row)} {_number(row.net, 2)}  people {_number(row.human, 1)}  not ranked"
    net, human = f"{_number(row.net, 2)}, rank {row.net_rank:g}", f"{_number(row.human, 1)}, rank {row.human_rank:g}"
    return f"{_name(row)}  {_who(row)} {net}  people {human} of {row.ranked}"


def selected(row: PairRow, scale: Scale, width: int) -> str:
    """The same below the plot, where both stand normalized too: in as many words as fit."""
    net, human = f"{_who(row)} {_number(row.net, 2)}", f"people {_number(row.human, 1)}"
    x, y = row.net_normalized, row.pair.human_normalized
    if x is None or y is None:
        return f"◆ {scores(row, scale)}"
    lines = (
        f"◆ {_name(row)}   {net} (normalized {x:.2f})   {human} of {scale.high} ({y:.2f})",
        f"◆ {_name(row)}   {net} ({x:.2f})   {human} of {scale.high} ({y:.2f})",
        f"◆ {_name(row)}   {net} ({x:.2f})   {human} ({y:.2f})",
        f"◆ {_name(row)}  {net}  {human}",
    )
    return next((line for line in lines if len(line) <= width), lines[-1])


def reading(row: PairRow) -> str:
    """The ranks in words. 1 is the most similar."""
    if row.net_rank is None or row.human_rank is None:
        return "not rated, or without a similarity: not ranked"
    ranks = f"rank by similarity: {_who(row)} {row.net_rank:g}, people {row.human_rank:g} of {row.ranked}"
    if row.net_rank == row.human_rank:
        return ranks
    more = "more" if row.net_rank < row.human_rank else "less"
    if row.layer == BASELINE:
        return f"{ranks}\nin pixels they are {more} alike than to people"
    return f"{ranks}\nthe network finds them {more} alike than people do"


def _name(row: PairRow) -> str:
    name = printable(row.pair.id, 16)
    return f"digit {printable(row.digit, 8)}, {name}" if row.several else name


def _who(row: PairRow) -> str:
    return "pixels" if row.layer == BASELINE else "network"


def _number(value: float | None, decimals: int) -> str:
    return "–" if value is None else f"{value:.{decimals}f}"
