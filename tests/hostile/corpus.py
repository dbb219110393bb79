"""Files made to do harm, or damaged as files are: name, bytes, and what the refusal must say."""

from __future__ import annotations

import base64
import json
import struct
import zlib
from collections.abc import Callable, Iterator
from typing import Any

from simtui.storage.json_file import MAX_BYTES, MAX_VALUES

ESCAPES = "\x1b[2J\x1b]0;owned\x07\x1b]52;c;cm0gLXJm\x07[red]bold[/red]\x9b31m\u202egnp.exe"
"""Clears the screen, sets the window's title and the clipboard, is markup, turns the writing direction round."""

Edit = Callable[[Any], object]
Case = tuple[str, bytes, str]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, scanlines: bytes) -> str:
    """An 8-bit grey PNG of any size, with whatever scanlines, as base64."""
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(scanlines, 9))
    return base64.b64encode(data + chunk(b"IEND", b"")).decode()


def any_json(whole: bytes) -> Iterator[Case]:
    """What no JSON file of ours may be, of a study as of a session."""
    text = whole.decode()
    yield "empty", b"", "is empty"
    yield "blank", b" \n\t ", "is empty"
    yield "cut in the middle", whole[: len(whole) // 2], "breaks off in the middle"
    yield "cut at the last byte", whole.rstrip()[:-1], "breaks off in the middle"
    yield "twice over", whole + whole, "something follows its end"
    yield "zeros, as a crash leaves them", bytes(len(whole)), "line 1 is no JSON"
    yield "nested lists", b"[" * 200_000, "deeply"
    yield "nested objects", b'{"a":' * 100_000, "deeply"
    yield "nested where nobody looks", f'{{"x": {"[" * 150_000}{"]" * 150_000}, {text[1:]}'.encode(), "deeply"
    yield "many values", f'{{"x": [{"1," * MAX_VALUES}1], {text[1:]}'.encode(), "more than 250,000 values"
    yield (
        "many keys",
        b"{" + b",".join(b'"%06x":""' % n for n in range(MAX_VALUES - 10)) + b"}",
        "it has no “.*”; put that right",
    )
    yield "one long text", b'{"x": "' + b"y" * (MAX_BYTES - 100) + '😀"}'.encode(), "it has no “.*”; put that right"
    yield "a list", b"[]", "must be an object, not a list"
    yield "null", b"null", "must be an object, not null"
    yield "a text", b'"simtui"', "must be an object, not text"
    yield "UTF-8 with a mark", b"\xef\xbb\xbf" + whole, "byte order mark"
    yield "UTF-16", text.encode("utf-16"), "UTF-16"
    yield (
        "Latin-1",
        text.replace("1", "é", 1).replace('"format"', '"fé": 1, "format"').encode("latin-1"),
        "no JSON|UTF-8",
    )
    yield (
        "a lone surrogate",
        text.replace('"format"', r'"x": "\ud800", "format"', 1).encode(),
        "cannot be read|breaks off|JSON",
    )
    yield (
        "a key twice",
        text.replace('"version"', '"version": 7, "version"', 1).encode(),
        "the key “version” twice in one object",
    )
    yield "an escape twice", b'{"' + rb"\u001b[2J" + b'": 1, "' + rb"\u001b[2J" + b'": 1,' + whole[1:], "twice"
    yield "NaN", text.replace('"version": 1', '"version": NaN', 1).encode(), "has NaN, which is no JSON number"
    yield (
        "Infinity",
        text.replace('"version": 1', '"version": -Infinity', 1).encode(),
        "has -Infinity, which is no JSON number",
    )
    yield "another version", text.replace('"version": 1', '"version": 2', 1).encode(), "version 2"
    yield "a huge version", text.replace('"version": 1', f'"version": {"9" * 4_000}', 1).encode(), "version 999"
    yield "a number of a million digits", text.replace('"version": 1', f'"version": {"9" * 10**6}', 1).encode(), "range"
    yield "such a number where nobody looks", f'{{"x": {"9" * 10**6}, {text[1:]}'.encode(), "cannot be read"
    yield "a number beyond floating point", text.replace('"version": 1', '"version": 1e999', 1).encode(), "range"
    yield "a fraction for a version", text.replace('"version": 1', '"version": 1.5', 1).encode(), "not a fraction"
    yield "true for a version", text.replace('"version": 1', '"version": true', 1).encode(), "not true or false"
    yield "another format", text.replace("simtui.s", f"simtui.{json.dumps(ESCAPES)[1:-1]}", 1).encode(), "its format is"
    yield (
        "a pickle",
        b"\x80\x04\x95\x1e\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.",
        "not UTF-8",
    )
    yield "a program", b"#!/bin/sh\nrm -rf /\n", "line 1 is no JSON"


def edited(whole: bytes, edit: Edit) -> bytes:
    document = json.loads(whole)
    edit(document)
    return json.dumps(document).encode()


def studies(whole: bytes) -> Iterator[Case]:
    """What no study may be."""
    yield from any_json(whole)
    document = json.loads(whole)
    image, pair = next(iter(document["images"])), document["pairs"][0]["id"]

    def picture(text: str) -> bytes:
        return edited(whole, lambda d: d["images"].update({image: text}))

    yield "a bomb of rows", picture(png(28, 28, bytes(50_000_000))), "more than 28x28"
    yield "a bomb of width", picture(png(2**31 - 1, 2**31 - 1, bytes(10_000))), "28x28 pixels"
    yield "a huge picture file", picture(base64.b64encode(bytes(10**7)).decode()), "far too many"
    yield (
        "too many pictures",
        edited(
            whole, lambda d: d.update(images=dict.fromkeys(map(str, range(8_001)), d["images"][image]) | d["images"])
        ),
        "images, and more than 8,000",
    )
    yield "no picture", picture(base64.b64encode(b"GIF89a").decode()), "does not begin as a PNG"
    yield "no base64", picture("\x1b[2J" * 9), "not base64"
    changes: list[tuple[str, Edit, str]] = [
        ("no pairs", lambda d: d.update(pairs=[]), "no pairs"),
        ("escapes for an id", lambda d: d.update(id=ESCAPES), "letters, digits and hyphens"),
        ("a path for an id", lambda d: d.update(id="../../etc"), "letters, digits and hyphens"),
        ("a newline in the id", lambda d: d.update(id="x\n"), "letters, digits and hyphens"),
        ("a pair named to escape", lambda d: d["pairs"][0].update(id=ESCAPES), "letters, digits and hyphens"),
        ("a pair twice", lambda d: d["pairs"].append(d["pairs"][0]), f"two pairs have the id “{pair}”"),
        ("an image of nowhere", lambda d: d["pairs"][0].update(left=ESCAPES), "which is not in the file"),
        ("a scale of nothing", lambda d: d["scale"].update(low=3, high=3), "3 to 3|not on the scale"),
        ("an endless scale", lambda d: d["scale"].update(high=10**30), "does not lie within 0 to 10"),
        ("a scale upside down", lambda d: d["scale"].update(low=-5), "does not lie within 0 to 10"),
        ("an endless scale of digits", lambda d: d["scale"].update(high=int("9" * 4_000)), "its scale 1 to 999"),
        ("waiting for ever", lambda d: d["design"].update(blank_ms=10**12), "design.blank_ms"),
        ("waiting backwards", lambda d: d["design"].update(min_viewing_ms=-1), "design.min_viewing_ms"),
        ("repeats without end", lambda d: d["design"].update(repeats=10**9), "repeat"),
        ("fewer than no repeats", lambda d: d["design"].update(repeats=-1), "repeat|-1"),
        ("lists without end", lambda d: d["design"].update(lists=10**18), "lists"),
        ("no list", lambda d: d["design"].update(lists=0), "lists"),
        ("a list that is not there", lambda d: d["pairs"][0].update(list_index=7), "list"),
        ("catch trials that are not there", lambda d: d["design"].update(catch=10**9), "catch"),
        ("breaks without end", lambda d: d["design"].update(break_every=-(10**9)), "break_every"),
        ("an order of its own", lambda d: d["design"].update(order=ESCAPES), "design.order"),
        (
            "texts that are none",
            lambda d: d.update(texts={"title": 7}),
            "an entry of texts must be text, not a whole number",
        ),
        ("digits that are none", lambda d: d["design"].update(digits="8"), "design.digits must be a list, not text"),
        ("nothing but the format", lambda d: [d.pop(k) for k in list(d) if k != "format"], "it has no “"),
    ]
    for name, edit, sentence in changes:
        yield name, edited(whole, edit), sentence


def sessions(whole: bytes) -> Iterator[Case]:
    """What no session may be, so that it cannot even be read."""
    yield from any_json(whole)
    changes: list[tuple[str, Edit, str]] = [
        ("a path for a participant", lambda d: d.update(participant_id="../../P1"), "impossible participant"),
        ("escapes for a participant", lambda d: d.update(participant_id=ESCAPES), "impossible participant"),
        ("a participant of 10 kB", lambda d: d.update(participant_id="P" * 10_000), "impossible participant"),
        ("a status of its own", lambda d: d.update(status=ESCAPES), "status has the value"),
        ("trials that are none", lambda d: d.update(trials={}), "trials must be a list, not an object"),
        (
            "a response that is none",
            lambda d: d["trials"][0].update(response="7"),
            r"trials\[0\]\.response must be a whole number or null, not text",
        ),
        ("a rating of 1e999", lambda d: d["trials"][0].update(rt=10**400), "range|must be"),
        ("nothing but the format", lambda d: [d.pop(k) for k in list(d) if k != "format"], "it has no “"),
    ]
    for name, edit, sentence in changes:
        yield name, edited(whole, edit), sentence


PARTICIPANTS = [
    "", " ", ".", "..", "../P1", "/etc/passwd", "P1/../P2", "P 1", "P-1", "P_1", "P1\n", "P1\x00", "P1.json", "~",
    "\x1b[2J", "[red]P1[/]", "П1", "Ｐ１", "P١", "p" * 33, "P" * 10_000, "$(id)", "-P1", "--help", "\u202eP1",
]  # fmt: skip
