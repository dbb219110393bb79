"""CheckpointScreen: which network to compare people with."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Footer, Input, OptionList, Static
from textual.widgets.option_list import Option

from simtui.errors import printable
from simtui.tui.dialogs import Dialog
from simtui.tui.widgets.options import Options

PLACES = (Path(), Path("models"))
MOST = 50


@dataclass(frozen=True, slots=True)
class Choice:
    """A checkpoint file; None for simtui's own."""

    path: Path | None


def checkpoints_nearby() -> list[Path]:
    """Files that are called like checkpoints, here and in ./models."""
    found = [path for place in PLACES if place.is_dir() for path in place.iterdir() if path.suffix in (".pt", ".pth")]
    return sorted(found)[:MOST]


class CheckpointScreen(Dialog[Choice | None]):
    """A list and a line for any other path; None where the user goes back.

    refused, fault: the path of a file that was no checkpoint, and why not.
    """

    BINDING_GROUP_TITLE = "Checkpoint"
    BINDINGS = [Binding("escape", "leave", "Back")]

    def __init__(self, current: Path | None, refused: Path | None = None, fault: str = "") -> None:
        super().__init__()
        self._current = current
        self._refused = refused
        self._fault = fault
        self._paths = list(dict.fromkeys([None, *checkpoints_nearby(), current]))

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Which network?", classes="title", markup=False)
            yield Options(*(Option(Content(self._called(path))) for path in self._paths))
            yield Static("or the path of another checkpoint, then Enter", classes="faint", markup=False)
            yield Input(placeholder="convnet.pt", compact=True)
            yield Static("", classes="error", markup=False)
        yield Footer(show_command_palette=False, compact=True)

    def _called(self, path: Path | None) -> str:
        name = "simtui's own" if path is None else printable(path)
        return f"{name}  (now)" if path == self._current else name

    def on_mount(self) -> None:
        options = self.query_one(OptionList)
        options.highlighted = self._paths.index(self._current) if self._current in self._paths else 0
        options.focus()
        if self._refused is not None:
            line = self.query_one(Input)
            line.value = str(self._refused)
            line.focus()
        if self._fault:
            self._complain(self._fault)

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        self.dismiss(Choice(self._paths[event.option_index]))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        text = event.value.strip()
        path = Path(text).expanduser()
        if text and path.is_file():
            self.dismiss(Choice(path))
        else:
            self._complain(f"There is no file {printable(text)}." if text else "Type the path of a file.")

    def on_input_changed(self, event: Input.Changed) -> None:
        """The mistake is being mended; the refused path is put there with its fault."""
        if event.value != str(self._refused or ""):
            self.query_one(".error").display = False

    def _complain(self, sentence: str) -> None:
        message = self.query_one(".error", Static)
        message.update(sentence)
        message.display = True

    def action_leave(self) -> None:
        self.dismiss(None)
