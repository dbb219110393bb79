"""Finding study and session files in folders, whoever put them there. Nothing is ever written."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path

from simtui.errors import SimtuiError, printable
from simtui.storage.json_file import read_json_bytes

NOTES_SUFFIX = ".notes.md"
"""Ends the name of the student's notes, which stand beside the sessions."""

_FOR_READERS = (NOTES_SUFFIX, "README.md")
"""Ends of the names of files that nobody takes for a session."""


def session_files(study_id: str, paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Every file to look at in these files and folders, once, and the reason to skip it unread, if there is one.

    A folder stands for the files in it, and for those in its sub-folder named after the study; hidden files,
    READMEs and the student's notes are passed over. Raises SimtuiError where a path does not exist or a folder cannot
    be listed.
    """
    seen: set[str] = set()
    for given in paths:
        if given.is_dir():
            own = given / study_id
            if own.is_dir() and not own.is_symlink():
                # The root of all sessions: its other folders are those of other studies.
                entries = [*_listing(given, folders=False), *_listing(own)]
            else:
                entries = _listing(given)
        elif given.exists():
            entries = [(given, "" if given.is_file() else "not a regular file", os.path.realpath(given))]
        else:
            raise SimtuiError(
                f"There is no file or folder {printable(given)}: collect ratings with `simtui rate`, "
                "or name the files or folder where the sessions are."
            )
        for path, reason, real in entries:
            if real not in seen:
                seen.add(real)
                yield path, reason


def walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every JSON file below a folder, in order, and why it is not to be read where it is not.

    Links are not followed, for they may lead out of the folder; hidden files (locks, unfinished writes) are
    passed over.
    """
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        try:
            entries = _entries(place)
        except OSError as error:
            yield place, f"the folder cannot be listed: {error.strerror}"
            continue
        inner = []
        for entry in entries:
            path = place / entry.name
            if entry.is_symlink():
                yield path, "a symbolic link, which is not followed"
            elif entry.is_dir():
                inner.append(path)
            elif entry.name.endswith(".json"):
                yield path, ""
        waiting += reversed(inner)


def find_study(session_path: Path, sha256: str) -> Path | None:
    """The study file with this sha256 near a session: in its folder or one of the two above it."""
    folder = session_path.absolute().parent
    for place in (folder, *folder.parents[:2]):
        for path in _json_files(place):
            try:
                data = read_json_bytes(path, "a study file")
            except SimtuiError:
                continue
            if hashlib.sha256(data).hexdigest() == sha256:
                return path
    return None


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    """What is in a folder and not hidden, in the order of the names. Raises OSError."""
    with os.scandir(folder) as scan:
        return sorted((entry for entry in scan if not entry.name.startswith(".")), key=lambda entry: entry.name)


def _listing(folder: Path, *, folders: bool = True) -> list[tuple[Path, str, str]]:
    """Of each entry its path, the reason to skip it, and the file that it really is."""
    try:
        found = _entries(folder)
    except OSError as error:
        raise SimtuiError(f"The folder {printable(folder)} cannot be listed: {error.strerror}.") from None
    # A link is passed over, and stands for itself: what it leads to may be named too.
    really = os.path.realpath(folder)
    return [
        (folder / entry.name, _unread_reason(entry), f"{really}{os.sep}{entry.name}")
        for entry in found
        if not entry.name.endswith(_FOR_READERS) and (folders or not entry.is_dir())
    ]


def _unread_reason(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "a symbolic link, which is not followed: name it to read what it leads to"
    if entry.is_dir():
        return "a folder: name it to read the sessions in it"
    if not entry.is_file():
        return "not a regular file"
    return "" if entry.name.endswith(".json") else "not a session file: its name does not end in .json"


def _json_files(folder: Path) -> Sequence[Path]:
    try:
        return [
            folder / entry.name
            for entry in _entries(folder)
            if entry.name.endswith(".json") and stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode)
        ]
    except OSError:
        return []
