"""Finding and reading study and session files, whoever put them where they are. Nothing is ever written."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
from msgspec import Struct

from simtui.errors import SimtuiError, printable
from simtui.session import model as sessions
from simtui.session.model import Session
from simtui.session.validation import Fault
from simtui.storage.json_file import BadJsonError, decode_json, read_json_bytes
from simtui.study import model as studies
from simtui.study.model import Study

_SESSION_NAME = re.compile(r".*_run-[0-9]+\.json\Z")


class _Head(Struct):
    format: str | None = None
    version: object = None


_HEAD = msgspec.json.Decoder(_Head)
_STUDY = msgspec.json.Decoder(Study)
_SESSION = msgspec.json.Decoder(Session)


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as far as it could be read: a study, a session, or the fault that it is neither.

    All three are missing where it is a JSON file of another kind, which is nobody's fault in a folder.
    """

    path: Path
    study: Study | None = None
    session: Session | None = None
    fault: Fault | None = None


def read(path: Path) -> ReadFile:
    """The study or session in a file, its types checked and nothing else."""
    try:
        data = read_json_bytes(path, "a study or session file")
    except SimtuiError as error:
        what = str(error).removeprefix(printable(path)).strip().removesuffix(".")
        return ReadFile(path, fault=Fault("", what))
    try:
        return _parsed(path, data)
    except BadJsonError as error:
        return ReadFile(path, fault=Fault(error.where, error.what))


def _parsed(path: Path, data: bytes) -> ReadFile:
    """Raises BadJsonError where the bytes are not what they claim to be."""
    head = decode_json(data, _HEAD)
    known = {studies.FORMAT: studies.VERSION, sessions.FORMAT: sessions.VERSION}.get(head.format or "")
    if known is not None and head.version not in (None, known):
        what = f"{printable(head.version, 30)}, and this simtui reads version {known}"
        return ReadFile(path, fault=Fault("version", what))
    if head.format == studies.FORMAT:
        study = decode_json(data, _STUDY)
        return ReadFile(path, study=msgspec.structs.replace(study, sha256=hashlib.sha256(data).hexdigest()))
    if head.format == sessions.FORMAT:
        return ReadFile(path, session=decode_json(data, _SESSION))
    if _SESSION_NAME.match(path.name):
        return ReadFile(path, fault=Fault("format", f"“{printable(head.format, 40)}”, not “{sessions.FORMAT}”"))
    return ReadFile(path)


def walk(folder: Path) -> Iterator[tuple[Path, str]]:
    """Every JSON file below a folder, in order, and why it is not to be read where it is not.

    Links are not followed, for they may lead out of the folder; hidden files (locks, unfinished writes) are
    passed over.
    """
    waiting = [folder]
    while waiting:
        place = waiting.pop()
        try:
            entries = sorted(os.scandir(place), key=lambda entry: entry.name)
        except OSError as error:
            yield place, f"the folder cannot be listed: {error.strerror}"
            continue
        inner = []
        for entry in entries:
            if entry.name.startswith("."):
                continue
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


def _json_files(folder: Path) -> Sequence[Path]:
    try:
        return sorted(
            Path(entry)
            for entry in os.scandir(folder)
            if entry.name.endswith(".json") and not entry.name.startswith(".")
            if stat.S_ISREG(entry.stat(follow_symlinks=False).st_mode)
        )
    except OSError:
        return []
