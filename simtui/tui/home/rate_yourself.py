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

from simtui.errors import SimtuiError, printable
from simtui.session.model import check_participant_id
from simtui.session.store import Hold, SessionStore
from simtui.stimuli import mnist
from simtui.study import file as study_file
from simtui.study.building import images_for
from simtui.study.model import Study
from simtui.study.sampling import sample_study
from simtui.tui.screens import BaseScreen
from simtui.tui.widgets.digit_choice import DigitChoice

PAIRS = 20
IMAGES = {
    "drawn": "The images are drawn digits, not MNIST (simtui download brings MNIST).",
    "mnist": "The images are from the test set of MNIST.",
}
SEED = 0
"""Of every study made here."""


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
            yield Static(
                f"{IMAGES[image_source()]} A friend who chooses the same meets the same pairs.",
                classes="faint",
                markup=False,
            )
            yield Static("Making the study …", classes="working", markup=False)
            yield Static("", classes="error", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(DigitChoice).focus()

    def on_input_submitted(self) -> None:
        self.action_start()

    def on_input_changed(self) -> None:
        """The mistake is being mended."""
        self._say("")

    def _show_working(self, working: bool) -> None:
        self.query_one(".working").display = working

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
        self._say("")
        self._show_working(True)
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
        self._show_working(False)
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
        message.display = bool(text)

    def action_leave(self) -> None:
        self.dismiss(None)


def _number_of_pairs(text: str) -> int:
    if not text.strip().isdecimal() or not 1 <= int(text) <= 1000:
        raise SimtuiError("How many pairs: a whole number from 1 to 1000; under 3 have no correlation.")
    return int(text)


def image_source() -> str:
    """MNIST where it is on this machine, else drawn digits."""
    return "mnist" if mnist.available() else "drawn"


def own_study(digit: int, pairs: int, root: Path) -> tuple[Study, Path]:
    """The study of these choices and its file `<root>/<study id>.json`, written if it is not there yet.

    The same choices give the same study, so that friends can be compared. Raises SimtuiError where there are not
    enough images, the file is another study's or cannot be written.
    """
    images, digits = images_for(image_source(), [digit], pairs=pairs, seed=SEED)
    study = sample_study(images, digits=digits, pairs=pairs, seed=SEED)
    path = root / f"{study.id}.json"
    try:
        root.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SimtuiError(f"The folder {printable(root)} could not be made: {error.strerror}.") from None
    if not path.exists():
        study_file.save(study, path)
    elif study_file.load(path).sha256 != study.sha256:
        raise SimtuiError(f"{printable(path)} is there already and is not this study: move it away, then try again.")
    return study, path
