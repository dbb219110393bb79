"""Asking for a participant's id: once, and at a kiosk from one participant after another."""

from __future__ import annotations

from collections.abc import Callable

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.widgets import Input, Static

from simtui.errors import SimtuiError
from simtui.rating.texts import error_sentence, sentence
from simtui.rating.who import recognise
from simtui.session.store import Hold, SessionStore
from simtui.study.model import Study
from simtui.tui.participant.page import BREAKPOINTS
from simtui.tui.screens import BaseScreen

LINE_KEYS: list[BindingType] = [
    Binding("left", "cursor_left", "Left", show=False),
    Binding("right", "cursor_right", "Right", show=False),
    Binding("home", "home", "To the start", show=False),
    Binding("end", "end", "To the end", show=False),
    Binding("backspace", "delete_left", "Delete the character before", show=False),
    Binding("delete", "delete_right", "Delete the character under the cursor", show=False),
    Binding("ctrl+u", "delete_left_all", "Delete everything before", show=False),
    Binding("enter", "submit", "Go on", show=False),
]
"""Those of a line to type in, without a clipboard."""


class IdPrompt(BaseScreen[Hold | None]):
    """Asks for an id until there is one to rate with, and gives the hold on it.

    take_hold: takes hold of an id, or raises SimtuiError with what to show. message: to show at first. store: of those
    who have rated, among whom one may be meant.
    """

    VERTICAL_BREAKPOINTS = BREAKPOINTS

    def __init__(self, study: Study, take_hold: Callable[[str], Hold], store: SessionStore, message: str = "") -> None:
        super().__init__(classes="page")
        self._store = store
        self._study = study
        self._take_hold = take_hold
        self._message = message

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="column", can_focus=False):
            yield from self.compose_question()
            yield Static("", classes="error", markup=False)

    def compose_question(self) -> ComposeResult:
        yield Static(sentence(self._study, "participant_prompt"), classes="title", markup=False)
        yield Input(placeholder=sentence(self._study, "participant_hint"), max_length=64)

    def on_mount(self) -> None:
        self.query_one(Input).focus()
        self.complain(self._message)

    def complain(self, text: str) -> None:
        """Show a sentence below the line, "" for none."""
        message = self.query_one(".error", Static)
        message.update(text)
        message.display = bool(text)

    def on_input_changed(self, event: Input.Changed) -> None:
        """The mistake is being mended; an empty line is what one begins with."""
        if event.value:
            self.complain("")

    def on_input_submitted(self, event: Input.Submitted) -> None:
        self.take(event.value.strip())

    def take(self, text: str) -> None:
        """What was typed is to be the id; where that could be mistaken, the participant is asked first."""
        meant = recognise(self._study, self._store, text)
        if not meant.question:
            self._hold(meant.participant)
            return
        from simtui.tui.dialogs import confirm

        def answered(yes: bool | None) -> None:
            chosen = meant.participant if yes else meant.otherwise
            if chosen and yes is not None:
                self._hold(chosen)

        self.app.push_screen(confirm(self._study, meant.question, prefer=True), answered)

    def _hold(self, participant_id: str) -> None:
        try:
            hold = self._take_hold(participant_id)
        except SimtuiError as fault:
            self.complain(error_sentence(self._study, fault))
        else:
            self.dismiss(hold)


class ParticipantScreen(IdPrompt):
    """Of one participant, who may leave instead; None then."""

    BINDINGS = [Binding("escape", "up", "Up one level")]

    went_up = False

    def action_up(self) -> None:
        """Back to what stood before it, and not out."""
        self.went_up = True
        self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)


class KioskIdScreen(IdPrompt):
    """Of the next participant at a kiosk, which nobody leaves; None for the exit word.

    Nothing typed stays where the next person could see it.
    """

    def __init__(
        self,
        study: Study,
        take_hold: Callable[[str], Hold],
        store: SessionStore,
        exit_word: str | None = None,
        message: str = "",
    ) -> None:
        super().__init__(study, take_hold, store, message)
        self._exit_word = exit_word

    def compose_question(self) -> ComposeResult:
        if title := sentence(self._study, "title"):
            yield Static(title, classes="title", markup=False)
        yield Static(sentence(self._study, "participant_prompt"), classes="question", markup=False)
        yield IdInput(placeholder=sentence(self._study, "participant_hint"), max_length=64)

    def take(self, text: str) -> None:
        if text and text == self._exit_word:
            self.dismiss(None)
        elif text:
            super().take(text)
            self.query_one(IdInput).value = ""


class IdInput(Input, inherit_bindings=False):
    """A line to type an id in. No clipboard: the last person's id could be in it."""

    BINDINGS = LINE_KEYS

    def on_blur(self) -> None:
        """Keep the focus: a terminal that says it lost it need not say that it has it again."""
        self.call_later(self._focus_again)

    def _focus_again(self) -> None:
        if self.is_attached and self.screen.is_current:
            self.focus()
