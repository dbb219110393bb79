"""The student's own notes on an analysis: one Markdown file beside the sessions, never in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simtui.errors import SimtuiError, printable
from simtui.session.folders import NOTES_SUFFIX
from simtui.storage import atomic, untrusted

LARGEST = 1 << 20
"""Bytes; more is no note."""

QUESTIONS = (
    "How well does the convolutional neural network do at predicting the similarity ratings?",
    "What is it capturing?",
    "What is it not capturing?",
)
"""Problem 2 of the homework."""

FRESH = "".join(f"## {question}\n\n\n" for question in QUESTIONS)
"""What stands in notes before anybody has written any."""


def place(sessions: Path, study_id: str) -> Path:
    """The notes' file for sessions in this folder: `<sessions>/<study id>.notes.md`.

    The study's own sub-folder stands for the folder that it is in.
    """
    root = sessions.parent if sessions.name == study_id else sessions
    return root / f"{study_id}{NOTES_SUFFIX}"


def find(paths: Sequence[Path], study_id: str) -> Path | None:
    """The notes' file that belongs to these session files and folders; None where there is none yet."""
    return next((file for path in paths if (file := _beside(path, study_id)).is_file()), None)


def place_for(paths: Sequence[Path], study_id: str) -> Path:
    """Where notes on these session files and folders, of which there is one at least, belong."""
    return _beside(paths[0], study_id)


def _beside(path: Path, study_id: str) -> Path:
    # Of a session file, the study's folder.
    return place(path if path.is_dir() else path.parent, study_id)


def read(path: Path) -> str:
    """The notes; "" where there is no such file.

    Raises SimtuiError where it cannot be read as text, or is a link to a file elsewhere, which is nobody's notes.
    """
    if not path.exists():
        return ""
    if path.is_symlink() and not path.resolve().is_relative_to(path.parent.resolve()):
        raise SimtuiError(f"{printable(path)} is a link out of its folder: copy the notes themselves there.")
    try:
        return untrusted.read(path, "a file of notes", LARGEST).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise SimtuiError(f"{printable(path)} is not text in UTF-8: save your notes as UTF-8.") from None


def answered(text: str) -> str:
    """The notes, or "" where nobody has written any: nothing but headings of FRESH, or nothing at all."""
    left = [line for line in text.splitlines() if line.strip() and line.removeprefix("## ").strip() not in QUESTIONS]
    return text if left else ""


def begin(path: Path) -> bool:
    """Put FRESH there where there is no such file yet; whether there was none. Raises SimtuiError where that fails."""
    if path.exists() or path.is_symlink():
        return False
    write(path, FRESH)
    return True


def write(path: Path, text: str) -> None:
    """Put the notes there, whole or not at all. Raises SimtuiError where that cannot be done."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise atomic.write_failed(path, error) from None
    atomic.write(path, text.encode("utf-8"), force=True)
