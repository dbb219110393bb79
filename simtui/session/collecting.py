"""Session files found in folders and read: thousands of them in little more time than their JSON takes."""

from __future__ import annotations

import gc
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import msgspec

from simtui.errors import SimtuiError, printable
from simtui.session import file as session_file
from simtui.session import model as sessions
from simtui.session.model import Session

NOTES_SUFFIX = ".notes.md"
"""Ends the name of the student's notes, which stand beside the sessions."""

_LARGEST = 256 * 1024
"""Bytes of a file that is read the fast way; a run of 20 pairs takes 10 KB."""

_FLAGS = os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY
_DECODER = msgspec.json.Decoder(Session)


def session_files(study_id: str, paths: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    """Every file to look at in these files and folders, once, and the reason to skip it unread, if there is one.

    A folder stands for the files in it, and for those in its sub-folder named after the study; hidden files and the
    student's notes are passed over. Raises SimtuiError where a path does not exist or a folder cannot be listed.
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


def read(path: Path) -> Session:
    """The session in a file. Raises SimtuiError, naming the file and the fault, where it is not a whole session."""
    session = _as_we_write_it(path)
    return session if session is not None else session_file.load(path)


@contextmanager
def no_collection() -> Iterator[None]:
    """No garbage collection meanwhile: it would walk again and again over thousands of records that all stay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _listing(folder: Path, *, folders: bool = True) -> list[tuple[Path, str, str]]:
    """Of each entry its path, the reason to skip it, and the file that it really is."""
    try:
        with os.scandir(folder) as scan:
            found = [
                entry for entry in scan if not entry.name.startswith(".") and not entry.name.endswith(NOTES_SUFFIX)
            ]
    except OSError as error:
        raise SimtuiError(f"The folder {printable(folder)} cannot be listed: {error.strerror}.") from None
    # A link is passed over, and stands for itself: what it leads to may be named too.
    really = os.path.realpath(folder)
    found.sort(key=lambda entry: entry.name)
    return [
        (folder / entry.name, _unread_reason(entry), f"{really}{os.sep}{entry.name}")
        for entry in found
        if folders or not entry.is_dir()
    ]


def _unread_reason(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "a symbolic link, which is not followed: name it to read what it leads to"
    if entry.is_dir():
        return "a folder: name it to read the sessions in it"
    if not entry.is_file():
        return "not a regular file"
    return "" if entry.name.endswith(".json") else "not a session file: its name does not end in .json"


def _as_we_write_it(path: Path) -> Session | None:
    """The session in a file that is byte for byte what simtui writes; None for any other, which wants more care.

    What decodes and encodes to the same bytes has no key twice, nothing unknown and nothing that is no JSON: the
    slow reading would find no fault in its form.
    """
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError:
        return None
    try:
        status = os.fstat(descriptor)
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            return None
        data = os.read(descriptor, _LARGEST + 1)
    except OSError:
        return None
    finally:
        os.close(descriptor)
    try:
        session = _DECODER.decode(data)
        sessions.check_participant_id(session.participant_id)
    except (msgspec.DecodeError, ValueError, RecursionError, SimtuiError):
        return None
    current = session.format == sessions.FORMAT and session.version == sessions.VERSION
    return session if current and session_file.encode(session) == data else None
