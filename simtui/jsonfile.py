"""Reading a JSON file that somebody else may have written."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec

from simtui.errors import SimtuiError, printable

MAX_BYTES = 16 * 2**20
"""No study or session is larger: a study of 1,000 pairs of MNIST is about 1 MB."""

MAX_VALUES = 250_000
"""Nor has more values: a value of one letter takes a hundred bytes of memory, and the file must be read in 200 MB."""

T = TypeVar("T")

_MARKS = {b"\xef\xbb\xbf": "a byte order mark", b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


class BadJsonError(ValueError):
    """Bytes that are not JSON of the type wanted, or say something that nobody can rely on."""


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


def read_json(path: Path, what: str, decoder: msgspec.json.Decoder[T]) -> tuple[T, bytes]:
    """What a JSON file says, and its bytes.

    Raises SimtuiError where the file cannot be read or is not `what`, or an object in it has one key twice.
    """
    data = read_json_bytes(path, what)
    try:
        return decode_json(data, decoder), data
    except BadJsonError as fault:
        raise SimtuiError(f"{printable(path)} is not {what}: {fault}.") from None


def decode_json(data: bytes, decoder: msgspec.json.Decoder[T]) -> T:
    """What the bytes say. Raises BadJsonError, saying why they cannot be read."""
    for mark, name in _MARKS.items():
        if data.startswith(mark):
            raise BadJsonError(f"it begins with {name}, and must be plain UTF-8 text")
    if data.count(b",") + data.count(b"[") + data.count(b"{") > MAX_VALUES:
        raise BadJsonError(f"it has more than {MAX_VALUES:,} values")
    try:
        # First, and apart: in memory the two readings of a large file are not there at once.
        doubt = _ambiguity(data)
        decoded = decoder.decode(data)
    except RecursionError:
        raise BadJsonError("it is nested too deeply") from None
    except UnicodeDecodeError as error:
        raise BadJsonError(f"it is not UTF-8 text (byte {error.object[error.start]:#x})") from None
    except (msgspec.DecodeError, ValueError) as error:
        raise BadJsonError(printable(error)) from None
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
        return "a number or a text in it cannot be read"
    return ""


def _without_duplicates(pairs: list[tuple[str, Any]]) -> None:
    if len(dict(pairs)) == len(pairs):
        return
    seen = set()
    for key, _ in pairs:
        if key in seen:
            raise BadJsonError(f"the key “{printable(key, 40)}” is twice in one object")
        seen.add(key)


def _refuse(name: str) -> NoReturn:
    raise BadJsonError(f"{name} is no JSON number")
