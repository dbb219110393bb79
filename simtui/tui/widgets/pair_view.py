"""PairView: one pair as block characters, with what the network and people say of it."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from simtui.errors import printable
from simtui.study import Scale, Study
from simtui.terminal import Terminal
from simtui.tui.pair_rows import PairRow
from simtui.tui.widgets.digit_pair import DigitPair


class PairView(Vertical):
    """The pair above two lines: both scores with their ranks, and who finds the two more alike."""

    DEFAULT_CSS = """
    PairView { height: auto; width: 62; }
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

    def compose(self) -> ComposeResult:
        yield DigitPair(self._terminal, renderer="half-block")
        yield Static("", classes="scores", markup=False)
        yield Static("", classes="reading", markup=False)

    def show(self, row: PairRow) -> None:
        """Show a pair, always with the study's own left image on the left."""
        self._row = row
        self.query_one(".scores", Static).update(scores(row, self._study.scale))
        self.query_one(".reading", Static).update(reading(row))
        self._draw()

    def on_resize(self, _: events.Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        pair = self.query_one(DigitPair)
        fits = pair.needs(self.app.size) is None
        pair.display = fits
        if fits and self._row is not None:
            pair.show(self._study.image(self._row.pair.left), self._study.image(self._row.pair.right))


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
