"""Finding study and session files in folders, whoever put them there. Nothing is ever written."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from simtui.errors import SimtuiError, printable
from simtui.storage.json_file import read_json_bytes

NOTES_SUFFIX = ".notes.md"
"""Ends the name of the student's notes, which stand beside the sessions."""

_FOR_READERS = (NOTES_SUFFIX, "README.md")
"""Ends of the names of files that nobody takes for a session."""


@dataclass(frozen=True, slots=True)
class Place:
    """A file to look at. reason: not to read it, "" where there is none. real: the file that it really is.

    own: whether it was named itself or is in a folder named after the study, where only sessions belong.
    """

    path: Path
    reason: str
    own: bool
    real: str


def session_files(study_id: str, paths: Sequence[Path]) -> Iterator[Place]:
    """Every file to look at in these files and folders, and in their sub-folders, once.

    Links are passed over unless they are named, and so are hidden files, READMEs and the student's notes, and outside
    of folders named after the study everything that is no JSON. Raises SimtuiError where a path does not exist or a
    folder that is named cannot be listed.
    """
    seen: set[str] = set()
    for given in paths:
        if given.is_dir():
            places = _below(given, study_id)
        elif given.exists():
            reason = "" if given.is_file() else "not a regular file"
            places = iter([Place(given, reason, True, os.path.realpath(given))])
        else:
            raise SimtuiError(
                f"There is no file or folder {printable(given)}: collect ratings with `simtui rate`, "
                "or name the files or folder where the sessions are."
            )
        for place in places:
            if place.real not in seen:
                seen.add(place.real)
                yield place


def _below(top: Path, study_id: str) -> Iterator[Place]:
    waiting = [top]
    while waiting:
        folder = waiting.pop()
        own, really = folder.absolute().name == study_id, os.path.realpath(folder)
        try:
            entries = _entries(folder)
        except OSError as error:
            if folder == top:
                raise SimtuiError(f"The folder {printable(folder)} cannot be listed: {error.strerror}.") from None
            yield Place(folder, f"a folder that cannot be listed: {error.strerror}", True, really)
            continue
        inner = []
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                inner.append(folder / entry.name)
            elif not entry.name.endswith(_FOR_READERS) and (own or _like_folder(entry) or entry.name.endswith(".json")):
                # A link stands for itself: what it leads to may be named too.
                yield Place(folder / entry.name, _unread_reason(entry), own, f"{really}{os.sep}{entry.name}")
        waiting += reversed(inner)


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


def _like_folder(entry: os.DirEntry[str]) -> bool:
    """Whether it leads to a folder: a link may also lead to itself, or to where nobody may look."""
    try:
        return entry.is_dir()
    except OSError:
        return False


def _unread_reason(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "a symbolic link, which is not followed: name it to read what it leads to"
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
