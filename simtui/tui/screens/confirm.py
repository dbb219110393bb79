"""ConfirmScreen: one question, yes or no, over whatever is on the screen."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.widgets import Button, Static

from simtui.rating.texts import sentence
from simtui.study.model import Study
from simtui.tui.screens.base import ModalScreen
from simtui.tui.screens.yes_no import keys_of, meaning


class ConfirmScreen(ModalScreen[bool]):
    """Gives True for yes (its key, Enter on the button) and False for no (its key, Escape).

    keys: shown beside yes and no.
    """

    CSS_PATH = "confirm.tcss"
    BINDINGS = [
        Binding("escape", "leave", "No", show=False),
        Binding("left,right", "app.focus_next", "The other", show=False),
    ]

    def __init__(
        self,
        question: str,
        *,
        yes: str = "Yes",
        no: str = "No",
        keys: tuple[str, str] = ("y", "n"),
        prefer: bool = True,
    ) -> None:
        super().__init__()
        self._question = question
        self._labels = (yes, no)
        self._keys = keys
        self._prefer = prefer

    def compose(self) -> ComposeResult:
        (yes, no), (yes_key, no_key) = self._labels, self._keys
        with Vertical():
            yield Static(self._question, markup=False)
            with Horizontal():
                yield Button(f"{yes} ({yes_key})", id="yes", compact=True)
                yield Button(f"{no} ({no_key})", id="no", compact=True)

    def on_mount(self) -> None:
        self.query_one("#yes" if self._prefer else "#no").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def on_key(self, event: events.Key) -> None:
        answer = meaning(event, self._keys)
        if answer is not None:
            event.stop()
            self.dismiss(answer)

    def action_leave(self) -> None:
        self.dismiss(False)


def confirm(study: Study, question: str) -> ConfirmScreen:
    """A question to a participant, with yes and no and their keys in the study's words."""
    return ConfirmScreen(question, yes=sentence(study, "yes"), no=sentence(study, "no"), keys=keys_of(study))
