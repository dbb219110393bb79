"""Pages of text that wait for Enter: the welcome, the thanks, and the like."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical, VerticalScroll
from textual.widgets import Static

from simtui.rating.texts import scale_sentence, sentence
from simtui.study.model import Study
from simtui.tui.screens import BaseModal, BaseScreen, yes_or_no

TIGHT_BELOW = 22
"""Rows of a window in which paragraphs stand without empty lines between them."""

BREAKPOINTS = [(0, "-tight"), (TIGHT_BELOW, "-roomy")]


class Page(BaseScreen[bool]):
    """A column of paragraphs; Enter gives True, q gives False.

    paragraphs: (class, text) from top to bottom; the classes are those of app.tcss. The text is shown as it
    stands: nothing in it is markup.
    """

    VERTICAL_BREAKPOINTS = BREAKPOINTS
    is_first = False
    BINDINGS = [
        Binding("enter,space", "go_on", "Go on"),
        Binding("q", "leave", "Leave"),
        Binding("escape", "up", "Up one level"),
    ]

    def __init__(self, paragraphs: Sequence[tuple[str, str]]) -> None:
        super().__init__(classes="page")
        self._paragraphs = paragraphs

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="column"):
            for classes, text in self._paragraphs:
                yield Static(text, classes=classes, markup=False)

    def action_go_on(self) -> None:
        self.dismiss(True)

    def action_up(self) -> None:
        """There is a level above, unless it is the first page of the program: Esc never ends that."""
        if not self.is_first:
            self.dismiss(False)

    def action_leave(self) -> None:
        self.dismiss(False)


class ConsentPage(Page, inherit_bindings=False):
    """A page to agree to: the key for yes gives True, that for no gives False.

    Enter does neither, so that nobody agrees by habit. keys: for yes and no.
    """

    BINDINGS = [Binding("q", "leave", "Decline"), Binding("escape", "up", "Up one level")]

    def __init__(self, paragraphs: Sequence[tuple[str, str]], keys: tuple[str, str]) -> None:
        super().__init__(paragraphs)
        self._keys = keys

    def on_key(self, event: events.Key) -> None:
        answer = yes_or_no(event, self._keys)
        if answer is not None:
            event.stop()
            self.dismiss(answer)


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
