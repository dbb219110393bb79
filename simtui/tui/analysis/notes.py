"""NotesScreen: the student's own words on an analysis, kept in a file beside the sessions."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.timer import Timer
from textual.widgets import Footer, Static, TextArea

from simtui.errors import SimtuiError, printable, seen_in_place
from simtui.reporting import notes
from simtui.tui.dialogs import DIALOGS_CSS, ConfirmScreen, Dialog

QUIET_S = 2.0
"""After so long without a key the text is saved, as a connection that breaks takes the screen with it."""


class NotesArea(TextArea):
    """Whatever is in the file is seen, and stays in it as it is."""

    def get_line(self, line_index: int) -> Text:
        return Text(seen_in_place(self.document.get_line(line_index)), end="", no_wrap=True)


class NotesScreen(Dialog[None]):
    """Fresh notes have the homework's questions for headings.

    Escape saves and closes; what cannot be saved stays on the screen, with the reason.
    """

    CSS_PATH = [DIALOGS_CSS, "notes.tcss"]
    BINDING_GROUP_TITLE = "Notes"
    BINDINGS = [Binding("escape", "leave", "Save and close", priority=True)]

    def __init__(self, path: Path) -> None:
        super().__init__()
        self._path = path
        self._on_disk = ""
        self._saved = ""
        self._failed = False
        self._timer: Timer | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="dialog"):
            yield Static("Your notes on this analysis", classes="title", markup=False)
            yield NotesArea(soft_wrap=True, show_line_numbers=False, highlight_cursor_line=False)
            yield Static(
                f"Escape saves and closes. Kept in {printable(self._path, 300)}", classes="faint", markup=False
            )
            yield Static("", classes="error", markup=False)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        area = self.query_one(TextArea)
        try:
            self._on_disk = notes.read(self._path)
        except SimtuiError as fault:
            # Nothing may be written over what could not be read.
            area.read_only = True
            self._complain(str(fault))
        fresh = not self._on_disk and not area.read_only
        area.load_text(notes.FRESH if fresh else self._on_disk)
        # The questions alone are no notes: they are saved with the first word of an answer.
        self._saved = area.text
        area.move_cursor((1, 0) if fresh else area.document.end)
        area.focus()

    def on_text_area_changed(self) -> None:
        if self._timer is not None:
            self._timer.stop()
        self._timer = self.set_timer(QUIET_S, self._save)

    def _save(self) -> bool:
        """Whether the text is on disk now."""
        text = self.query_one(TextArea).text
        if text == self._saved:
            return True
        try:
            if notes.read(self._path) != self._on_disk:
                raise SimtuiError(
                    f"{printable(self._path, 300)} was changed by somebody else since it was opened here, and is left "
                    "as it is: copy what you wrote, leave, and open the notes again."
                )
            notes.write(self._path, text)
        except SimtuiError as fault:
            self._failed = True
            self._complain(f"{fault} Not saved: Escape tries again.")
            return False
        self._on_disk, self._saved, self._failed = text, text, False
        self.query_one(".error", Static).display = False
        return True

    def _complain(self, sentence: str) -> None:
        line = self.query_one(".error", Static)
        line.update(sentence)
        line.display = True

    def action_leave(self) -> None:
        failed_before = self._failed
        if self._save():
            self.dismiss(None)
        elif failed_before:
            question = "Your notes could not be saved. Leave, and lose what you wrote since?"
            self.app.push_screen(ConfirmScreen(question, yes="Leave", no="Keep writing", prefer=False), self._give_up)

    def _give_up(self, leave: bool | None) -> None:
        if leave:
            self.dismiss(None)
