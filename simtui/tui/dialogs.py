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


PAGE = 76
"""Columns of the list of keys, with its frame."""

NAMES = {"question_mark": "?", "left": "←", "right": "→", "up": "↑", "down": "↓", "escape": "Esc", "enter": "Enter"} | {
    "tab": "Tab",
    "space": "Space",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "home": "Home",
    "end": "End",
    "backspace": "Backspace",
}

KeyGroup = tuple[str, list[tuple[str, str]]]
"""A title, and (keys, description) of its bindings."""


class Dialog(BaseModal[ScreenResultType]):
    """A frame over the screen, in a container of the class `dialog`: a choice, a form, a list."""

    CSS_PATH: ClassVar[Path | list[str | PurePath]] = DIALOGS_CSS


def button(text: str, name: str) -> Button:
    """A button with a text as it stands: Textual takes one for markup, and these come from files."""
    return Button(Content(text), id=name, compact=True)


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
                yield button(f"{yes} ({yes_key})", "yes")
                yield button(f"{no} ({no_key})", "no")

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
    """The keys of one place, on one page; ? turns to what its numbers mean, any key but those that scroll closes it.

    title: of the place. places: the screens and widgets whose keys they are. numbers: a name, and what is said of it.
    """

    def __init__(self, title: str, places: Sequence[type[DOMNode]], numbers: Sequence[tuple[str, str]] = ()) -> None:
        super().__init__()
        self._title = title
        self._places = places
        self._numbers = numbers
        self._turned = False

    def compose(self) -> ComposeResult:
        page = VerticalScroll(classes="dialog help")
        page.border_title = Content(f"Keys: {self._title}")
        with page:
            yield Static(self._text(), id="keys", markup=False)

    def on_mount(self) -> None:
        self.query_one(VerticalScroll).focus()
        self._fit()

    def on_resize(self) -> None:
        self.query_one("#keys", Static).update(self._text())
        self.call_after_refresh(self._fit)

    def _text(self) -> Content:
        if self._turned:
            texts = (Content.assemble((name, "bold"), f"\n{told}") for name, told in self._numbers)
            return Content("\n\n").join(texts)
        return page_of_keys(keys_of(self._places), min(self.app.size.width, PAGE) - 4)

    def _fit(self) -> None:
        page = self.query_one(VerticalScroll)
        scrolls = self.app.size.height < 2 + self.query_one("#keys").size.height
        turn = "? numbers, " if self._numbers and not self._turned else ""
        page.border_subtitle = Content(f"{'↑ ↓ scroll, ' if scrolls else ''}{turn}Esc closes this page")

    def on_key(self, event: events.Key) -> None:
        if event.key == "question_mark" and self._numbers and not self._turned:
            event.stop()
            self._turned = True
            page = self.query_one(VerticalScroll)
            page.border_title = Content(f"Numbers: {self._title}")
            self.query_one("#keys", Static).update(self._text())
            page.scroll_home(animate=False)
            self.call_after_refresh(self._fit)
        elif event.key not in ("up", "down", "pageup", "pagedown", "home", "end"):
            event.stop()
            self.dismiss(None)

    def action_leave(self) -> None:
        self.dismiss(None)


def keys_of(places: Sequence[type[DOMNode]]) -> list[KeyGroup]:
    """The bindings of these screens and widgets, in their order.

    Keys of one description stand together, and so do those of one group, with all their descriptions behind its own.
    What a place says itself is not said again of anywhere.
    """
    groups: list[KeyGroup] = []
    told_before: set[tuple[str, str]] = set()
    for place in places:
        lines: dict[str, tuple[list[str], list[str]]] = {}
        for binding in place.BINDINGS:
            if isinstance(binding, Binding):
                if not place.BINDING_GROUP_TITLE and (binding.key, binding.description) in told_before:
                    continue
                told_before.add((binding.key, binding.description))
                name = binding.group.description if binding.group is not None else ""
                keys, told = lines.setdefault(name or binding.description, ([], []))
                keys += [_shown(key) for key in binding.key.split(",")]
                told += [binding.description] if name and binding.description != name else []
        described = [
            ("  ".join(keys), f"{name}: {', '.join(told)}" if told else name) for name, (keys, told) in lines.items()
        ]
        groups.append((place.BINDING_GROUP_TITLE or "Anywhere", described))
    return groups


def page_of_keys(groups: Sequence[KeyGroup], width: int) -> Content:
    """The groups below each other; within one, what is short stands in two columns."""
    half = (width - 2) // 2
    lines: list[Content] = []
    for title, described in groups:
        lines.append(Content.styled(title, "bold underline"))
        waiting: Content | None = None
        for keys, told in described:
            entry = Content.assemble((keys, "bold"), f"  {told}")
            if len(entry) > half:
                lines += [entry] if waiting is None else [waiting, entry]
                waiting = None
            elif waiting is None:
                waiting = entry
            else:
                lines.append(Content.assemble(waiting, " " * (half + 2 - len(waiting)), entry))
                waiting = None
        lines += [waiting] if waiting is not None else []
    return Content("\n").join(lines)


def _shown(key: str) -> str:
    return NAMES.get(key) or format_key(key).replace("ctrl+", "Ctrl+").replace("^", "Ctrl+")
