"""Checkpoints made to do harm, or damaged as files are: name, how to make the bytes, and what the refusal must say."""

from __future__ import annotations

import io
import pickle
import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import torch

from simtui.network.net import untrained

Case = tuple[str, Callable[[], bytes], str]


def saved(content: object, **options: Any) -> bytes:
    buffer = io.BytesIO()
    torch.save(content, buffer, **options)
    return buffer.getvalue()


def whole(**more: Any) -> dict[str, Any]:
    return {"state_dict": untrained(0).state_dict(), "test_acc": 12.5} | more


def repacked(data: bytes, edit: Callable[[str, bytes], Iterator[tuple[str, bytes]]]) -> bytes:
    """The archive with every file in it as `edit` gives it: by another name, with other bytes, several, or none."""
    buffer = io.BytesIO()
    with (
        warnings.catch_warnings(action="ignore"),  # of two files of one name
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(buffer, "w") as new,
    ):
        for member in old.infolist():
            for name, content in edit(member.filename, old.read(member)):
                new.writestr(name, content)
    return buffer.getvalue()


def with_pickle(data: bytes) -> bytes:
    """A sound archive with these bytes for its pickle."""

    def edit(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
        yield name, data if name.endswith("data.pkl") else content

    return repacked(saved(whole()), edit)


def nested(depth: int, width: int) -> bytes:
    """{"training": dicts of dicts of …}: each is there once and named `width` times in the one around it."""
    inner: Any = {"x": 1}
    for _ in range(depth):
        inner = {str(number): inner for number in range(width)}
    return with_pickle(pickle.dumps({"state_dict": {}, "training": inner}, protocol=2))


def tuple_key(depth: int) -> bytes:
    """A key that takes 2**depth steps to hash."""
    key: Any = ()
    for _ in range(depth):
        key = (key, key)
    out = io.BytesIO()
    pickler = pickle.Pickler(out, protocol=2)
    pickler.dump(key)
    # {key: None}: the dictionary below the key that was pickled, and the rest above it.
    return with_pickle(b"\x80\x02}" + out.getvalue()[2:-1] + b"Ns.")


def endless() -> bytes:
    """A list that is in itself."""
    inner: list[Any] = []
    inner.append(inner)
    return with_pickle(pickle.dumps({"state_dict": {}, "training": {"x": inner}}, protocol=2))


def nested_tensor() -> bytes:
    with warnings.catch_warnings(action="ignore"):  # it is a prototype
        return saved(whole(x=torch.nested.nested_tensor([torch.zeros(2), torch.zeros(3)])))


def twice(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, content
    if name.endswith("data.pkl"):
        yield f"other/{name.split('/')[1]}", content


def far_more(name: str, content: bytes) -> Iterator[tuple[str, bytes]]:
    yield name, content
    if name.endswith("data.pkl"):
        for number in range(30_000):
            yield f"{name.split('/', maxsplit=1)[0]}/{number}", b""


def flipped(data: bytes, at: int, bit: int = 3) -> bytes:
    return data[:at] + bytes([data[at] ^ 1 << bit]) + data[at + 1 :]


def weights_at(data: bytes) -> int:
    """Where the bytes of the first weights begin."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        member = next(member for member in archive.infolist() if "/data/" in member.filename)
    name, extra = struct.unpack_from("<HH", data, member.header_offset + 26)
    return member.header_offset + 30 + int(name) + int(extra)


def cases() -> Iterator[Case]:
    sound = saved(whole())
    yield "shared dictionaries", lambda: nested(9, 10), "unfolds to more than 100,000 values"
    yield "a key that is dear to hash", lambda: tuple_key(60), "unfolds to more than 100,000 values"
    yield "a list in itself", endless, "has a value that is in itself"
    yield "endless steps", lambda: with_pickle(b"\x80\x02]" + b"Na" * 200_000 + b"."), "more than 100,000 steps"
    yield "a pickle cut short", lambda: with_pickle(b"\x80\x02}("), "is damaged, perhaps cut short"
    yield "a stack of nothing", lambda: with_pickle(b"\x80\x02e."), "is damaged, perhaps cut short"
    yield "a meta tensor", lambda: saved(whole(x=torch.zeros(3, device="meta"))), "more than plain weights and values"
    yield (
        "a nested tensor",
        nested_tensor,
        "more than plain weights and values",
    )
    yield (
        "a sparse tensor",
        lambda: saved(whole(x=torch.eye(3).to_sparse())),
        "more than plain weights and values",
    )
    yield "two of one name", lambda: repacked(sound, lambda name, content: iter([(name, content)] * 2)), "damaged"
    yield "two pickles", lambda: repacked(sound, twice), "damaged"
    yield "thousands of files", lambda: repacked(sound, far_more), "damaged"
    yield "one bit of a weight", lambda: flipped(sound, weights_at(sound) + 7), "damaged"
    yield "one bit of the pickle", lambda: flipped(sound, sound.index(b"state_dict") + 2), "damaged"
    yield "cut in the middle", lambda: sound[: len(sound) // 2], "damaged"
    yield "an end alone", lambda: b"PK\x03\x04" + b"PK\x05\x06" + bytes(18), "not a checkpoint"
    yield "a list of files without end", lambda: b"PK\x03\x04PK\x05\x06" + b"\xff" * 16 + bytes(2), "damaged"
