"""ConfirmScreen: one question, yes or no, over whatever is on the screen."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical
from textual.screen import ModalScreen
from textual.widgets import Button, Static


class ConfirmScreen(ModalScreen[bool]):
    """Gives True for yes (y, Enter on the button) and False for no (n, Escape)."""

    CSS_PATH = "confirm.tcss"
    BINDINGS = [
        Binding("y", "answer(True)", "Yes", show=False),
        Binding("n,escape", "answer(False)", "No", show=False),
        Binding("left,right", "app.focus_next", "The other", show=False),
    ]

    def __init__(self, question: str, *, yes: str = "Yes", no: str = "No", prefer: bool = True) -> None:
        super().__init__()
        self._question = question
        self._labels = (yes, no)
        self._prefer = prefer

    def compose(self) -> ComposeResult:
        yes, no = self._labels
        with Vertical():
            yield Static(self._question, markup=False)
            with Horizontal():
                yield Button(f"{yes} (y)", id="yes", compact=True)
                yield Button(f"{no} (n)", id="no", compact=True)

    def on_mount(self) -> None:
        self.query_one("#yes" if self._prefer else "#no").focus()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)

    def action_leave(self) -> None:
        self.dismiss(False)
