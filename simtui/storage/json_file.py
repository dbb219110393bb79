"""Reading a JSON file that somebody else may have written."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import msgspec
from msgspec import Struct

from simtui.errors import FileError, SimtuiError, is_visible, printable, storable
from simtui.storage import untrusted

MAX_BYTES = 16 * 2**20
"""No study or session is larger: a study of 1,000 pairs of MNIST is about 1 MB."""

MAX_VALUES = 250_000
"""Nor has more values: a value of one letter takes a hundred bytes of memory, and the file must be read in 200 MB."""

_NOT_ASCII = re.compile(r"[^\x00-\x7e]")

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
    data = untrusted.read(path, what, MAX_BYTES)
    if not data.strip():
        raise FileError(path, f"is empty, so it is not {what}")
    return data


def read_utf8(path: Path, what: str) -> str:
    """The text of such a file. Raises SimtuiError where it cannot be read so, or is not UTF-8."""
    try:
        return read_json_bytes(path, what).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SimtuiError(f"{printable(path)} is not UTF-8 text (byte {error.start + 1}): save it as UTF-8.") from None


def read_json(
    path: Path, what: str, decoder: msgspec.json.Decoder[T], kind: tuple[str, int] | None = None
) -> tuple[T, bytes]:
    """What a JSON file says, and its bytes.

    kind: the format and the version that it should name. Raises SimtuiError where the file cannot be read or is
    not `what`, or an object in it has one key twice.
    """
    data = read_json_bytes(path, what)
    return parse_json(data, path, what, decoder, kind), data


def parse_json(
    data: bytes, path: Path, what: str, decoder: msgspec.json.Decoder[T], kind: tuple[str, int] | None = None
) -> T:
    """What the bytes of a JSON file say: as `read_json`, for bytes that have been read from `path` already."""
    try:
        return decode_json(data, decoder)
    except BadJsonError as error:
        # Of another kind or version it may lack anything: then that is the fault, and not what it lacks.
        fault = next(_kind_faults_of(data, kind), f"{error}; put that right, or name another file")
        raise FileError(path, f"is not {what}: {fault}") from None


def json_text(value: object) -> str:
    """A value as JSON to print, indented: what a terminal could obey and what cannot be seen are escapes in it."""
    try:
        data = msgspec.json.encode(value)
    except UnicodeEncodeError:
        data = msgspec.json.encode(_storable(msgspec.to_builtins(value)))
    return _NOT_ASCII.sub(_visible, msgspec.json.format(data, indent=2).decode())


def _storable(value: Any) -> Any:
    """Plain values with the names of files in them that are not UTF-8, as every stream takes them."""
    if isinstance(value, dict):
        return {_storable(key): _storable(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_storable(inner) for inner in value]
    return storable(value) if isinstance(value, str) else value


def _visible(found: re.Match[str]) -> str:
    if is_visible(found[0]):
        return found[0]
    pair = found[0].encode("utf-16-be").hex()
    return "".join(f"\\u{pair[i : i + 4]}" for i in range(0, len(pair), 4))


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
        raise BadJsonError(*_explained(str(error), data)) from None
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


# ---------------------------------------------------------------------- what msgspec says, in our words

_TYPES = {
    "int": "a whole number",
    "float": "a number",
    "str": "text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object",
}

_SLIPS = {
    "expected ':'": "a colon is missing",
    "expected ',' or ']'": "a comma or the end of a list is missing",
    "expected ',' or '}'": "a comma or the end of an object is missing",
    "expected '\"'": "a quotation mark is missing",
    "object keys must be strings": "a key has no quotation marks",
    "invalid number": "a number is not written as one",
    "trailing characters": "something follows its end",
}

_PLACE = re.compile(r"(.*) - at `(key in )?\$\.?(.*)`\Z", re.DOTALL)
_MALFORMED = re.compile(r"JSON is malformed: (.*) \(byte ([0-9]+)\)\Z", re.DOTALL)


def _types(match: re.Match[str]) -> str:
    wanted = " or ".join(_TYPES.get(name, name) for name in match[1].split(" | "))
    return f"must be {wanted}, not {'a fraction' if match[2] == 'float' else _TYPES.get(match[2], match[2])}"


_SENTENCES: tuple[tuple[str, Callable[[re.Match[str]], str]], ...] = (
    (r"Object missing required field `(.*)`", lambda match: f"has no “{printable(match[1], 40)}”"),
    (
        r"Object contains unknown field `(.*)`",
        lambda match: f"has a “{printable(match[1], 40)}”, and nothing is called so there",
    ),
    (r"Expected `([a-z |]+)`, got `([a-z]+)`", _types),
    (
        r"Invalid (?:enum )?value '?(.*?)'?",
        lambda match: f"has the value “{printable(match[1], 40)}”, which is not one of those it can have",
    ),
    (r"(?:Number|Integer value) out of range", lambda _: "is a number out of range"),
    (r"Input data was truncated", lambda _: "breaks off in the middle"),
)


def _explained(told: str, data: bytes) -> tuple[str, str]:
    """A sentence without its subject, and the subject: a place in the JSON, a line, or "" for the whole file.

    told: msgspec's message. data: what it was about.
    """
    slip = _MALFORMED.match(told)
    if slip:
        line = data.count(b"\n", 0, int(slip[2])) + 1
        return f"is no JSON: {_SLIPS.get(slip[1], 'a character cannot stand there')}", f"line {line}"
    where = ""
    place = _PLACE.match(told)
    if place:
        told, where = place[1], _subject(place[3], key=bool(place[2]))
    for pattern, sentence in _SENTENCES:
        match = re.fullmatch(pattern, told, re.DOTALL)
        if match:
            return sentence(match), where
    return f"cannot be read ({printable(told)})", where


def _subject(place: str, *, key: bool) -> str:
    """msgspec does not name the entry of an object whose keys are anybody's: it writes [...]."""
    inside = place.removesuffix("[...]")
    one = "a key" if key else "an entry" if inside != place else ""
    return printable(" of ".join(part for part in (one, inside) if part), 80)
