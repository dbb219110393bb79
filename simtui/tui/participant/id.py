"""ParticipantScreen: who is rating."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from simtui.errors import SimtuiError
from simtui.rating.texts import error_sentence, sentence
from simtui.session.store import Hold
from simtui.study.model import Study
from simtui.tui.participant.page import BREAKPOINTS
from simtui.tui.screens import BaseScreen


class ParticipantScreen(BaseScreen[Hold | None]):
    """Asks for a participant id until there is one to rate with; gives the hold on it, or None on leaving.

    take_hold: takes hold of a participant id, or raises SimtuiError with what to show.
    """

    VERTICAL_BREAKPOINTS = BREAKPOINTS
    BINDINGS = [Binding("escape", "leave", "Leave")]

    def __init__(self, study: Study, take_hold: Callable[[str], Hold]) -> None:
        super().__init__(classes="page")
        self._study = study
        self._take_hold = take_hold

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="column", can_focus=False):
            yield Static(sentence(self._study, "participant_prompt"), classes="title", markup=False)
            yield Input(placeholder=sentence(self._study, "participant_hint"), max_length=64)
            yield Static("", classes="error", markup=False)

    def on_mount(self) -> None:
        self.query_one(Input).focus()

    def on_input_submitted(self, event: Input.Submitted) -> None:
        try:
            hold = self._take_hold(event.value.strip())
        except SimtuiError as fault:
            message = self.query_one(".error", Static)
            message.update(error_sentence(self._study, fault))
            message.display = True
        else:
            self.dismiss(hold)

    def action_leave(self) -> None:
        self.dismiss(None)
