"""OpenStudyScreen: one of the studies at hand, or any other by its path."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Footer, Input, OptionList, Static

from simtui.errors import SimtuiError
from simtui.tui.home.studies import Nearby, look_at, studies_nearby
from simtui.tui.screens import BaseScreen

Purpose = Literal["rate", "analyse"]
WORDS: dict[Purpose, str] = {"rate": "rates it", "analyse": "analyses it"}


@dataclass(frozen=True, slots=True)
class Opened:
    """The user's choice, and what to do with it."""

    nearby: Nearby
    purpose: Purpose


@dataclass
class Found(Message):
    """The studies at hand."""

    studies: list[Nearby]


class OpenStudyScreen(BaseScreen[Opened | None]):
    """Enter does what the screen was opened for; Ctrl+R and Ctrl+A say it expressly, also while a path is typed.

    root: the folder of the session folders.
    """

    CSS_PATH = "form.tcss"
    BINDING_GROUP_TITLE = "Studies"
    BINDINGS = [
        Binding("ctrl+r", "take('rate')", "Rate", priority=True),
        Binding("ctrl+a", "take('analyse')", "Analyse", priority=True),
        Binding("tab", "app.focus_next", "List or path"),
        Binding("escape", "leave", "Back"),
    ]

    def __init__(self, root: Path, purpose: Purpose) -> None:
        super().__init__(classes="page")
        self._root = root
        self._purpose: Purpose = purpose
        self._found: list[Nearby] = []

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="column", can_focus=False):
            yield Static("Which study?", classes="title", markup=False)
            yield Static("Looking for studies …", id="looking", classes="faint", markup=False)
            yield OptionList(markup=False)
            yield Static("or the path of another study file", classes="label", markup=False)
            yield Input(placeholder="study.json", compact=True)
            yield Static(f"Enter {WORDS[self._purpose]}", classes="start", markup=False)
            yield Static("", classes="error", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).display = False
        self.run_worker(lambda: self.post_message(Found(studies_nearby(self._root))), thread=True)

    def on_found(self, found: Found) -> None:
        self._found = found.studies
        options, looking = self.query_one(OptionList), self.query_one("#looking", Static)
        options.display, looking.display = bool(self._found), not self._found
        if not self._found:
            looking.update("There is no study here and none in the sessions folder: simtui new makes one.")
            self.query_one(Input).focus()
            return
        for title, facts, path in (nearby.lines for nearby in self._found):
            options.add_option(Content.assemble((title, "bold"), f"\n  {facts}\n  {path}"))
        options.highlighted = 0
        options.focus()

    def on_option_list_option_selected(self) -> None:
        self.action_take(self._purpose)

    def on_input_submitted(self) -> None:
        self.action_take(self._purpose)

    def action_take(self, purpose: Purpose) -> None:
        """The typed path if one is typed there, else the study under the cursor."""
        options, path = self.query_one(OptionList), self.query_one(Input)
        try:
            if path.has_focus or options.highlighted is None:
                if not path.value.strip():
                    raise SimtuiError("Type the path of a study file.")
                chosen = look_at(Path(path.value.strip()).expanduser(), self._root)
            else:
                chosen = self._found[options.highlighted]
        except SimtuiError as fault:
            message = self.query_one(".error", Static)
            message.update(str(fault))
            message.display = True
        else:
            self.dismiss(Opened(chosen, purpose))

    def action_leave(self) -> None:
        self.dismiss(None)
