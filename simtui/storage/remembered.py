"""What is remembered from one start to the next, in the user's own configuration folder. Nothing of participants; who
rates and a kiosk read only how a terminal draws."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import msgspec

from simtui.errors import SimtuiError
from simtui.storage import atomic, system, untrusted

LARGEST = 1 << 16


class Remembered(msgspec.Struct, frozen=True, omit_defaults=True):
    """theme: as the user last switched it; None while they never have. checkpoint: a file; None for simtui's own.

    data: the folder with MNIST; None for the usual one. renderers: the way of drawing that looks whole, by terminal.
    """

    theme: Literal["dark", "light"] | None = None
    checkpoint: str | None = None
    data: str | None = None
    renderers: dict[str, str] = {}


def place() -> Path:
    return system.config_folder() / "remembered.json"


def load() -> Remembered:
    """What is remembered; nothing where there is no such file, or it cannot be read."""
    with suppress(SimtuiError, msgspec.DecodeError, OSError):
        if place().is_file():
            return msgspec.json.decode(untrusted.read(place(), "what simtui remembers", LARGEST), type=Remembered)
    return Remembered()


def write(**changes: Any) -> Path:
    """Remember these, and what was before of the rest; the file where it is. Raises SimtuiError."""
    path = place()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise atomic.write_failed(path, error) from None
    changed = msgspec.structs.replace(load(), **changes)
    atomic.write(path, msgspec.json.format(msgspec.json.encode(changed)) + b"\n", force=True)
    return path


def keep(**changes: str | None) -> None:
    """Remember these where that can be written; elsewhere they count for now alone."""
    with suppress(SimtuiError):
        write(**changes)


def checkpoint() -> Path | None:
    """The checkpoint that was chosen last, as long as its file is there; None for simtui's own."""
    known = load().checkpoint
    return Path(known) if known is not None and Path(known).is_file() else None
