"""HelpScreen: every key there is, from the same bindings that make them work."""

from __future__ import annotations

from collections.abc import Sequence

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.dom import DOMNode
from textual.keys import format_key
from textual.widgets import Static

from simtui.tui.screens.base import ModalScreen

NAMES = {"question_mark": "?", "left": "←", "right": "→", "up": "↑", "down": "↓", "escape": "Esc", "enter": "Enter"}

Group = tuple[str, list[tuple[str, str]]]
"""A title, and (keys, description) of its bindings."""


def keys_of(places: Sequence[type[DOMNode]]) -> list[Group]:
    """The bindings of these screens and widgets, in their order; keys of one description stand together."""
    groups: list[Group] = []
    for place in places:
        lines: dict[str, list[str]] = {}
        for binding in place.BINDINGS:
            if isinstance(binding, Binding):
                lines.setdefault(binding.description, []).extend(_shown(key) for key in binding.key.split(","))
        groups.append((place.BINDING_GROUP_TITLE or "Anywhere", [("  ".join(k), d) for d, k in lines.items()]))
    return groups


def _shown(key: str) -> str:
    return NAMES.get(key) or format_key(key).replace("^", "Ctrl+")


class HelpScreen(ModalScreen[None]):
    """A list of keys; up and down scroll it, any other key closes it."""

    CSS_PATH = "dialog.tcss"

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
