"""The session file: a Session written and read; and files of which it is not known yet what they are."""

from __future__ import annotations

import errno
import gc
import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec
from msgspec import Struct, field

from simtui.errors import FileError, SimtuiError, printable
from simtui.session.model import FORMAT, VERSION, Session, Simulation, is_participant_id
from simtui.storage.json_file import BadJsonError, decode_json, kind_faults, parse_json, read_json_bytes
from simtui.study import model as studies
from simtui.study.model import Study

_LARGEST_FAST = 256 * 1024
"""Bytes of a file that is read the fast way; a run of 20 pairs takes 10 KB."""

_SESSION_NAME = re.compile(r".*_run-[0-9]+\.json\Z")


class _Head(Struct):
    format: str | None = None
    version: object = None


class _Response(Struct):
    response: int | None = None


class _Order(Struct, frozen=True):
    order: list[str] = []


class Claim(Struct):
    """What of a session tells whether its run keeps a pair list from others; see Session for the fields."""

    format: str = ""
    study_sha256: str = ""
    simulated: bool = False
    status: str = ""
    updated_at: str = ""
    list_index: int | None = field(default=None, name="list")
    schedule: _Order = _Order()
    trials: list[_Response] = []

    @property
    def answered(self) -> bool:
        """Whether there is any answer, practice included."""
        return any(trial.response is not None for trial in self.trials)


_HEAD = msgspec.json.Decoder(_Head)
_STUDY = msgspec.json.Decoder(Study)
_SESSION = msgspec.json.Decoder(Session)
_CLAIM = msgspec.json.Decoder(Claim)
_SIMULATION = msgspec.json.Decoder(Simulation)


class Fault(NamedTuple):
    """where: a place in the JSON, such as trials[3].rt; empty for the whole file."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class ReadFile:
    """A file as far as it could be read: a study, a session, or the fault that it is neither.

    All three are missing where it is a JSON file of another kind, which is nobody's fault in a folder.
    """

    path: Path
    study: Study | None = None
    session: Session | None = None
    fault: Fault | None = None


def encode(session: Session) -> bytes:
    """The bytes of the session file."""
    return msgspec.json.format(msgspec.json.encode(session), indent=1) + b"\n"


def decode(data: bytes | str) -> Session:
    """The session in the bytes or the text of `encode`."""
    return _SESSION.decode(data)


def load(path: Path) -> Session:
    """The session in a file. Raises SimtuiError, naming the file and the fault, where it is not a whole session."""
    return read(path)[0]


def read(path: Path) -> tuple[Session, bytes]:
    """The session in a file, and the bytes of the file. Raises SimtuiError as `load` does."""
    data = read_json_bytes(path, "a session file")
    session = _as_we_write_it(data)
    if session is not None:
        return session, data
    session = parse_json(data, path, "a session file", _SESSION, (FORMAT, VERSION))
    for fault in kind_faults(session.format, session.version, (FORMAT, VERSION)):
        raise FileError(path, f"is not a session file: {fault}")
    if not is_participant_id(session.participant_id):
        raise FileError(path, f"names an impossible participant “{printable(session.participant_id, 40)}”")
    return session, data


def read_claim(path: Path) -> Claim | None:
    """What a session file says of its list, in a tenth of the time of `load`; None where it is no session.

    Raises PermissionError where the file is another account's and may not be read.
    """
    if not os.access(path, os.R_OK) and path.exists():
        raise PermissionError(errno.EACCES, "may not be read", str(path))
    try:
        claim = _CLAIM.decode(read_json_bytes(path, "a session file"))
    except (SimtuiError, msgspec.DecodeError, ValueError, RecursionError):
        return None
    return claim if claim.format == FORMAT else None


def read_any(path: Path) -> ReadFile:
    """The study or session in a file, its types checked and nothing else."""
    try:
        data = read_json_bytes(path, "a study or session file")
    except FileError as error:
        return ReadFile(path, fault=Fault("", error.what))
    except SimtuiError as error:
        return ReadFile(path, fault=Fault("", str(error).removesuffix(".")))
    try:
        return _parsed(path, data)
    except BadJsonError as error:
        return ReadFile(path, fault=Fault(error.where, error.what))


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """For reading thousands of files: the collector would walk again and again over records that all stay."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def encode_simulation(simulation: Simulation) -> str:
    """As one line of JSON, to hand to another process."""
    return msgspec.json.encode(simulation).decode()


def decode_simulation(text: str) -> Simulation:
    """What `encode_simulation` gave. Raises SimtuiError for anything else."""
    try:
        return decode_json(text.encode("utf-8", "surrogateescape"), _SIMULATION)
    except BadJsonError as fault:
        raise SimtuiError(f"What --simulated says is not a simulation: {fault}.") from None


def _as_we_write_it(data: bytes) -> Session | None:
    """The session in bytes that are exactly what simtui writes; None for any others, which want more care.

    What decodes and encodes to the same bytes has no key twice, nothing unknown and nothing that is no JSON: the
    slow reading would find no fault in its form. It takes a fifth of the time.
    """
    if len(data) > _LARGEST_FAST:
        return None
    try:
        session = _SESSION.decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    current = session.format == FORMAT and session.version == VERSION and is_participant_id(session.participant_id)
    return session if current and encode(session) == data else None


def _parsed(path: Path, data: bytes) -> ReadFile:
    """Raises BadJsonError where the bytes are not what they claim to be."""
    session = _as_we_write_it(data)
    if session is not None:
        return ReadFile(path, session=session)
    head = decode_json(data, _HEAD)
    known = {studies.FORMAT: studies.VERSION, FORMAT: VERSION}.get(head.format or "")
    if known is not None and head.version not in (None, known):
        what = f"{printable(head.version, 30)}, and this simtui reads version {known}"
        return ReadFile(path, fault=Fault("version", what))
    if head.format == studies.FORMAT:
        study = decode_json(data, _STUDY)
        return ReadFile(path, study=msgspec.structs.replace(study, sha256=hashlib.sha256(data).hexdigest()))
    if head.format == FORMAT:
        return ReadFile(path, session=decode_json(data, _SESSION))
    if _SESSION_NAME.match(path.name):
        return ReadFile(path, fault=Fault("format", f"“{printable(head.format, 40)}”, not “{FORMAT}”"))
    return ReadFile(path)
