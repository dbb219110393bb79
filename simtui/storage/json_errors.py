"""What msgspec says of JSON that it cannot take, in simtui's words: what is wrong, and where in the file."""

from __future__ import annotations

import re
from collections.abc import Callable

from simtui.errors import printable

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
    (r"Expected `([a-z |]+)`, got `([a-z]+)`", _types),
    (
        r"Invalid (?:enum )?value '?(.*?)'?",
        lambda match: f"has the value “{printable(match[1], 40)}”, which is not one of those it can have",
    ),
    (r"(?:Number|Integer value) out of range", lambda _: "is a number out of range"),
    (r"Input data was truncated", lambda _: "breaks off in the middle"),
)


def in_words(told: str, data: bytes) -> tuple[str, str]:
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
