"""PairChoice: which layer and which pair are looked at, and the strokes of that pair, for whatever shows them."""

from __future__ import annotations

from dataclasses import dataclass

from textual.containers import Vertical
from textual.message import Message
from textual.reactive import reactive

from simtui.network.layers import DEFAULT_LAYER
from simtui.reporting.pairs import PairRow
from simtui.study.model import Study
from simtui.terminal.detection import Terminal
from simtui.tui.analysis.jobs import Gradient, SaliencyAnswer, SaliencyRequest
from simtui.tui.analysis.pair_view import Overlay, ShownPair


class PairChoice(Vertical):
    """What is chosen, and what follows from it, stands here; everything that shows it is bound to it.

    Subclasses fill `rows`, and say of which network the strokes are.
    """

    shown_layer: reactive[str] = reactive(DEFAULT_LAYER, repaint=False)
    layers: reactive[tuple[str, ...]] = reactive((), repaint=False)
    pair: reactive[int | None] = reactive(None, repaint=False)
    """Position of the selected pair, in the report's order through all groups, or in the study's."""

    rows: reactive[tuple[PairRow, ...]] = reactive((), repaint=False)
    """All pairs as the shown layer and people see them; of the last report where there is none."""

    strokes: reactive[bool] = reactive(False, repaint=False)
    """Whether the pair is shown with what its strokes do for its similarity."""

    shown_pair: reactive[ShownPair | None] = reactive(None, repaint=False)
    """The selected pair, with its strokes where they are wanted."""

    @dataclass
    class SaliencyWanted(Message):
        """The strokes of a pair are to be shown, and are not known yet; the answer is to be posted to `asker`."""

        wanted: SaliencyRequest
        asker: PairChoice

    def __init__(self, study: Study, terminal: Terminal, layer: str, *, id: str) -> None:  # noqa: A002  as Textual's
        super().__init__(id=id)
        self.set_reactive(PairChoice.shown_layer, layer)
        self._known: dict[SaliencyRequest, Gradient] = {}
        self._asked: set[SaliencyRequest] = set()
        self._study = study
        self._terminal = terminal

    def traced_network(self) -> tuple[str, bool] | None:
        """sha256 of the checkpoint whose strokes are shown, and whether it sees centred copies; None for none."""
        raise NotImplementedError

    def toggle_strokes(self) -> None:
        """Show them, or the bare pair again."""
        self.strokes = not self.strokes

    def watch_pair(self) -> None:
        self._look_at_pair()

    def watch_strokes(self) -> None:
        self._look_at_pair()

    def _look_at_pair(self) -> None:
        if self.pair is not None and self.rows:
            row = self.rows[self.pair]
            self.shown_pair = ShownPair(row, self._overlay(row))

    def on_saliency_answer(self, answer: SaliencyAnswer) -> None:
        self._asked.discard(answer.wanted)
        if answer.gradient is not None:
            self._known[answer.wanted] = answer.gradient
        shown = self.shown_pair
        if shown is not None and answer.wanted == self._wanted(shown.row):
            overlay = Overlay(answer.wanted.layer, answer.gradient, answer.sentence)
            self.shown_pair = ShownPair(shown.row, overlay if self.strokes else None)

    def _wanted(self, row: PairRow) -> SaliencyRequest | None:
        network = self.traced_network()
        if network is None:
            return None
        return SaliencyRequest(network[0], self.shown_layer, row.pair.left, row.pair.right, network[1])

    def _overlay(self, row: PairRow) -> Overlay | None:
        """What is known of the strokes; what is not is asked for, once."""
        wanted = self._wanted(row) if self.strokes else None
        if wanted is None:
            return None
        if wanted in self._known:
            return Overlay(wanted.layer, self._known[wanted])
        if wanted not in self._asked:
            self._asked.add(wanted)
            self.post_message(self.SaliencyWanted(wanted, self))
        return Overlay(wanted.layer, None, "Tracing the strokes …")
