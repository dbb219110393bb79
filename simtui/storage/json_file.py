"""Reading a JSON file that somebody else may have written."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec
from msgspec import Struct

from simtui.errors import SimtuiError, printable
from simtui.storage.json_errors import in_words

MAX_BYTES = 16 * 2**20
"""No study or session is larger: a study of 1,000 pairs of MNIST is about 1 MB."""

MAX_VALUES = 250_000
"""Nor has more values: a value of one letter takes a hundred bytes of memory, and the file must be read in 200 MB."""

T = TypeVar("T")

_MARKS = {b"\xef\xbb\xbf": "a byte order mark", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class BadJsonError(ValueError):
    """Bytes that are not JSON of the type wanted, or say something that nobody can rely on.

    what: a sentence without its subject. where: the subject, a place such as “pairs[0].left” or “line 3”; empty
    for the whole file.
    """

    def __init__(self, what: str, where: str = "") -> None:
        super().__init__(f"{where or 'it'} {what}")
        self.what = what
        self.where = where


class _Head(Struct):
    """What every file of ours begins with, and what a file of another version might still have in common."""

    format: str | None = None
    version: object = None


_HEAD = msgspec.json.Decoder(_Head)


def read_json_bytes(path: Path, what: str) -> bytes:
    """The bytes of a regular file of bearable size.

    Raises SimtuiError where there is none, it is a folder or a device, it is too large, or it is empty.
    """
    shown = printable(path)
    try:
        # Not blocking: the name may be that of a pipe, which would keep us waiting for its writer.
        with os.fdopen(os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK | os.O_NOCTTY), "rb") as file:
            status = os.fstat(file.fileno())
            if stat.S_ISDIR(status.st_mode):
                raise SimtuiError(f"{shown} is a folder, not {what}.")
            if not stat.S_ISREG(status.st_mode):
                raise SimtuiError(f"{shown} is not a regular file, so it is not {what}.")
            if status.st_size > MAX_BYTES:
                raise SimtuiError(f"{shown} has {status.st_size / 2**20:.0f} MB, too much for {what}.")
            data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise SimtuiError(f"There is no file {shown}: check the path to {what}.") from None
    except IsADirectoryError:
        raise SimtuiError(f"{shown} is a folder, not {what}.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SimtuiError(f"{shown} could not be read: {printable(reason)}.") from None
    if not data.strip():
        raise SimtuiError(f"{shown} is empty, so it is not {what}.")
    return data


def read_json(
    path: Path, what: str, decoder: msgspec.json.Decoder[T], kind: tuple[str, int] | None = None
) -> tuple[T, bytes]:
    """What a JSON file says, and its bytes.

    kind: the format and the version that it should name. Raises SimtuiError where the file cannot be read or is
    not `what`, or an object in it has one key twice.
    """
    data = read_json_bytes(path, what)
    try:
        return decode_json(data, decoder), data
    except BadJsonError as error:
        # Of another kind or version it may lack anything: then that is the fault, and not what it lacks.
        fault = next(_kind_faults_of(data, kind), f"{error}; put that right, or name another file")
        raise SimtuiError(f"{printable(path)} is not {what}: {fault}.") from None


def kind_faults(form: str, version: object, kind: tuple[str, int]) -> Iterator[str]:
    """Where the format and version that a file names are not the `kind` wanted."""
    if form != kind[0]:
        yield f"its format is “{printable(form, 40)}”, not “{kind[0]}”"
    if version != kind[1]:
        yield (
            f"it is of version {printable(version, 30)}, and this simtui reads version {kind[1]}: use the simtui "
            "that made it"
        )


def _kind_faults_of(data: bytes, kind: tuple[str, int] | None) -> Iterator[str]:
    if kind is None:
        return
    try:
        head = _HEAD.decode(data)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return
    whole = isinstance(head.version, int) and not isinstance(head.version, bool)
    yield from kind_faults(kind[0] if head.format is None else head.format, head.version if whole else kind[1], kind)


def decode_json(data: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """What the bytes say. Raises BadJsonError, saying why they cannot be read."""
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            raise BadJsonError(f"begins with {name}, and must be plain UTF-8 text")
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MAX_VALUES:
        raise BadJsonError(f"has more than {MAX_VALUES:,} values")
    try:
        # First, and apart: in memory the two readings of a large file are not there at once.
        doubt = _ambiguity(data)
        decoded = decoder.decode(data)
    except RecursionError:
        raise BadJsonError("is nested too deeply") from None
    except UnicodeDecodeError as error:
        raise BadJsonError(f"is not UTF-8 text (byte {error.object[error.start]:#x})") from None
    except BadJsonError:
        raise
    except (msgspec.DecodeError, ValueError) as error:
        raise BadJsonError(*in_words(str(error), data)) from None
    if doubt:
        raise BadJsonError(doubt)
    return decoded


def _ambiguity(data: bytes) -> str:
    """What msgspec does not mind: it takes the last of two equal keys, and skips unread what it does not know."""
    try:
        json.loads(data.decode(), object_pairs_hook=_without_duplicates, parse_constant=_refuse)
    except (UnicodeDecodeError, BadJsonError):
        raise
    except ValueError:
        # Where the file is malformed, msgspec says so better; what is left is in a part that it skips.
        return "has a number or a text that cannot be read"
    return ""


def _without_duplicates(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) == len(pairs):
        return
    seen = set()
    for key, _ in pairs:
        if key in seen:
            raise BadJsonError(f"has the key “{printable(key, 40)}” twice in one object")
        seen.add(key)


def _refuse(name: str) -> NoReturn:
    raise BadJsonError(f"has {name}, which is no JSON number")
