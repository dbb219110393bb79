"""Dialogs that every part of the app uses: a question with yes and no, and the list of keys."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.keys import format_key
from textual.screen import ScreenResultType
from textual.widgets import Button, Static

from simtui.rating.texts import sentence
from simtui.study.model import Study
from simtui.tui.screens import BaseModal, yes_no_keys, yes_or_no

DIALOGS_CSS = Path(__file__).with_name("dialogs.tcss")
"""Whole, because Textual looks for a relative path beside each subclass."""


NAMES = {"question_mark": "?", "left": "←", "right": "→", "up": "↑", "down": "↓", "escape": "Esc", "enter": "Enter"}

KeyGroup = tuple[str, list[tuple[str, str]]]
"""A title, and (keys, description) of its bindings."""


class Dialog(BaseModal[ScreenResultType]):
    """A frame over the screen, in a container of the class `dialog`: a choice, a form, a list."""

    CSS_PATH: ClassVar[Path | list[str | PurePath]] = DIALOGS_CSS


class ConfirmScreen(BaseModal[bool]):
    """Gives True for yes (its key, Enter on the button) and False for no (its key, Escape).

    keys: shown beside yes and no.
    """

    CSS_PATH = DIALOGS_CSS
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
        answer = yes_or_no(event, self._keys)
        if answer is not None:
            event.stop()
            self.dismiss(answer)

    def action_leave(self) -> None:
        self.dismiss(False)


def confirm(study: Study, question: str, *, prefer: bool) -> ConfirmScreen:
    """A question to a participant, with yes and no and their keys in the study's words.

    prefer: what Enter means before another choice is made: no, where yes would end or repeat something.
    """
    yes, no = sentence(study, "yes"), sentence(study, "no")
    return ConfirmScreen(question, yes=yes, no=no, keys=yes_no_keys(study), prefer=prefer)


class HelpScreen(Dialog[None]):
    """A list of keys; up and down scroll it, any other key closes it."""

    def __init__(self, places: Sequence[type[DOMNode]]) -> None:
        super().__init__()
        self._places = places

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="dialog"):
            for title, lines in keys_of(self._places):
                yield Static(title, classes="heading", markup=False)
                for keys, description in lines:
                    yield Static(Content.assemble((f"{keys:>12}  ", "bold"), description))
            yield Static("Up and down scroll, any other key closes this list", classes="faint", markup=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()

    def on_key(self, event: events.Key) -> None:
        if event.key not in ("up", "down", "pageup", "pagedown", "home", "end"):
            event.stop()
            self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)


def keys_of(places: Sequence[type[DOMNode]]) -> list[KeyGroup]:
    """The bindings of these screens and widgets, in their order; keys of one description stand together."""
    groups: list[KeyGroup] = []
    for place in places:
        lines: dict[str, list[str]] = {}
        for binding in place.BINDINGS:
            if isinstance(binding, Binding):
                lines.setdefault(binding.description, []).extend(_shown(key) for key in binding.key.split(","))
        groups.append((place.BINDING_GROUP_TITLE or "Anywhere", [("  ".join(k), d) for d, k in lines.items()]))
    return groups


def _shown(key: str) -> str:
    return NAMES.get(key) or format_key(key).replace("^", "Ctrl+")
