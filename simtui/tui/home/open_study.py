"""OpenStudyScreen: one of the studies at hand, or any other by its path."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Footer, Input, OptionList, Static

from simtui.errors import SimtuiError, printable
from simtui.study import file as study_file
from simtui.study.model import Study
from simtui.tui.screens import BaseScreen
from simtui.tui.widgets.options import Options
from simtui.words import counted

Purpose = Literal["rate", "analyse"]
WORDS: dict[Purpose, str] = {"rate": "rates it", "analyse": "analyses it"}

MOST_FILES = 200
"""JSON files that are looked into, the newest first: a folder may be full of others."""


@dataclass(frozen=True, slots=True)
class FoundStudy:
    """A study and its file. sessions: how many session files its folder has."""

    study: Study
    path: Path
    sessions: int

    @property
    def lines(self) -> tuple[str, str, str]:
        """Its title, what one would choose it by, and its file; safe to print."""
        study = self.study
        facts = [
            counted(len(study.pairs), "pair"),
            printable(study.source.described, 40),
            counted(self.sessions, "session"),
        ]
        return printable(study.title or study.id), "  ·  ".join(facts), printable(self.path)


@dataclass(frozen=True, slots=True)
class Opened:
    """The user's choice, and what to do with it."""

    study: Study
    purpose: Purpose


@dataclass
class Found(Message):
    """The studies at hand."""

    studies: list[FoundStudy]


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
        self._found: list[FoundStudy] = []

    def compose(self) -> ComposeResult:
        with VerticalScroll(classes="column", can_focus=False):
            yield Static("Which study?", classes="title", markup=False)
            yield Static("Looking for studies …", id="looking", classes="faint", markup=False)
            yield Options(markup=False)
            yield Static("or the path of another study file", classes="label", markup=False)
            yield Input(placeholder="study.json", compact=True)
            yield Static(f"Enter {WORDS[self._purpose]}", classes="start", markup=False)
            yield Static("", classes="error", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self.query_one(OptionList).display = False
        self.run_worker(lambda: self.post_message(Found(find_studies(self._root))), thread=True)

    def on_found(self, found: Found) -> None:
        self._found = found.studies
        options, looking = self.query_one(OptionList), self.query_one("#looking", Static)
        options.display, looking.display = bool(self._found), not self._found
        if not self._found:
            looking.update("There is no study here and none in the sessions folder: simtui new makes one.")
            self.query_one(Input).focus()
            return
        for title, facts, path in (study.lines for study in self._found):
            options.add_option(Content.assemble((title, "bold"), f"\n  {facts}\n  {path}"))
        options.highlighted = 0
        options.focus()

    def on_option_list_option_selected(self) -> None:
        self.action_take(self._purpose)

    def on_input_submitted(self) -> None:
        self.action_take(self._purpose)

    def on_input_changed(self) -> None:
        """The mistake is being mended."""
        self.query_one(".error").display = False

    def action_take(self, purpose: Purpose) -> None:
        """The typed path if one is typed there, else the study under the cursor."""
        options, path = self.query_one(OptionList), self.query_one(Input)
        try:
            if path.has_focus or options.highlighted is None:
                if not path.value.strip():
                    raise SimtuiError("Type the path of a study file.")
                chosen = read_study(Path(path.value.strip()).expanduser(), self._root)
            else:
                chosen = self._found[options.highlighted]
        except SimtuiError as fault:
            message = self.query_one(".error", Static)
            message.update(str(fault))
            message.display = True
        else:
            self.dismiss(Opened(chosen.study, purpose))

    def action_leave(self) -> None:
        self.dismiss(None)


def find_studies(root: Path) -> list[FoundStudy]:
    """The studies in the current folder and in `root`, by title; files that are no studies are passed over."""
    folders = [folder for folder in (Path(), root) if folder.is_dir()]
    # realpath and not resolve: a link that leads to itself is passed over like any other file that is no study.
    files = {os.path.realpath(path): path for folder in folders for path in folder.glob("*.json")}
    newest = sorted(files.values(), key=_changed, reverse=True)[:MOST_FILES]
    found = []
    for path in newest:
        try:
            found.append(read_study(path, root))
        except SimtuiError:
            continue
    return sorted(found, key=lambda study: (study.lines[0], str(study.path)))


def read_study(path: Path, root: Path) -> FoundStudy:
    """One study file. Raises SimtuiError where it is none."""
    study = study_file.load(path)
    return FoundStudy(study, path, sum(1 for _ in (root / study.id).glob("*.json")))


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
