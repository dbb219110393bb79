"""RateYourselfScreen: which digit, how many pairs, and who."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Footer, Input, Static

from simtui.errors import SimtuiError
from simtui.session.model import check_participant_id
from simtui.session.store import Hold, SessionStore
from simtui.study.model import Study
from simtui.tui.home.own_study import own_study, source
from simtui.tui.screens import BaseScreen
from simtui.tui.widgets.digit_choice import DigitChoice

PAIRS = 20
IMAGES = {
    "drawn": "The images are drawn digits, not MNIST (simtui download brings MNIST).",
    "mnist": "The images are from the test set of MNIST.",
}


@dataclass(frozen=True, slots=True)
class Begun:
    """Everything is ready to rate. hold: on the participant; whoever gets it releases it."""

    study: Study
    store: SessionStore
    hold: Hold


@dataclass
class Made(Message):
    """The study is there, or there is a sentence why not."""

    study: Study | None
    sentence: str = ""


class RateYourselfScreen(BaseScreen[Begun | None]):
    """A form; Enter starts from anywhere. root: the folder of the studies and their session folders."""

    CSS_PATH = "form.tcss"
    BINDING_GROUP_TITLE = "Rate yourself"
    BINDINGS = [
        Binding("enter", "start", "Start"),
        # Before the column, which would scroll.
        Binding("up", "app.focus_previous", "Field above", show=False, priority=True),
        Binding("down", "app.focus_next", "Field below", priority=True),
        Binding("escape", "leave", "Back"),
    ]

    def __init__(self, root: Path) -> None:
        super().__init__(classes="page")
        self._root = root
        self._making = False

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="column", can_focus=False):
            yield Static("Rate yourself", classes="title", markup=False)
            yield Static("Which digit? (its key, or left and right)", classes="label", markup=False)
            yield DigitChoice()
            yield Static("How many pairs? (20 take about 2 minutes)", classes="label", markup=False)
            yield Input(str(PAIRS), type="integer", max_length=4, id="pairs", compact=True)
            yield Static("Your id: letters and digits; a friend takes another", classes="label", markup=False)
            yield Input("me", max_length=64, id="participant", compact=True, placeholder="P07")
            yield Static(f"{IMAGES[source()]} A friend who chooses the same meets the same pairs.", classes="faint")
            yield Static("", classes="error", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(DigitChoice).focus()

    def on_input_submitted(self) -> None:
        self.action_start()

    def action_start(self) -> None:
        """Check what can be checked at once, then make the study in a thread: MNIST takes a moment."""
        if self._making:
            return
        try:
            pairs = _number_of_pairs(self.query_one("#pairs", Input).value)
            check_participant_id(self.query_one("#participant", Input).value.strip())
        except SimtuiError as fault:
            self._say(str(fault))
            return
        self._making = True
        self._say("Making the study …")
        self.run_worker(partial(self._make, self.query_one(DigitChoice).digit, pairs), thread=True)

    def _make(self, digit: int, pairs: int) -> None:
        try:
            study, _ = own_study(digit, pairs, self._root)
        except SimtuiError as fault:
            self.post_message(Made(None, str(fault)))
        else:
            self.post_message(Made(study))

    def on_made(self, made: Made) -> None:
        self._making = False
        if made.study is None:
            self._say(made.sentence)
            return
        store = SessionStore(self._root, made.study.id)
        try:
            hold = store.hold(self.query_one("#participant", Input).value.strip())
        except SimtuiError as fault:
            self._say(str(fault))
        else:
            self.dismiss(Begun(made.study, store, hold))

    def _say(self, text: str) -> None:
        message = self.query_one(".error", Static)
        message.update(text)
        message.display = True

    def action_leave(self) -> None:
        self.dismiss(None)


def _number_of_pairs(text: str) -> int:
    if not text.strip().isdecimal() or not 1 <= int(text) <= 1000:
        raise SimtuiError("How many pairs: a whole number from 1 to 1000; under 3 have no correlation.")
    return int(text)
