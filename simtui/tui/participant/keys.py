"""KeysScreen: the keys of the rating screen."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Static

from simtui.rating.texts import scale_sentence, sentence
from simtui.study.model import Study
from simtui.tui.screens import BaseModal


class KeysScreen(BaseModal[None]):
    """A list of the keys; any key closes it."""

    CSS_PATH = "keys.tcss"

    def __init__(self, study: Study) -> None:
        super().__init__()
        self._study = study

    def compose(self) -> ComposeResult:
        with Vertical():
            yield Static(scale_sentence(self._study, "keys_rate"), markup=False)
            for name in ("keys_back", "keys_keep", "keys_help", "keys_leave"):
                yield Static(sentence(self._study, name), markup=False)
            yield Static(sentence(self._study, "keys_close"), classes="faint", markup=False)

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)
