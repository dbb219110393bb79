"""What the app remembers from one start to the next: theme, checkpoint and data folder, in the user's own configuration
folder. Nothing of participants, and nothing that a kiosk reads."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Literal

import msgspec
import platformdirs

from simtui.errors import SimtuiError
from simtui.storage import atomic, untrusted

LARGEST = 1 << 16


class Remembered(msgspec.Struct, frozen=True, omit_defaults=True):
    """theme: as the user last switched it; None while they never have. checkpoint: a file; None for simtui's own.

    data: the folder with MNIST; None for the usual one.
    """

    theme: Literal["dark", "light"] | None = None
    checkpoint: str | None = None
    data: str | None = None


def place() -> Path:
    return platformdirs.user_config_path("simtui") / "remembered.json"


def load() -> Remembered:
    """What is remembered; nothing where there is no such file, or it cannot be read."""
    with suppress(SimtuiError, msgspec.DecodeError, OSError):
        if place().is_file():
            return msgspec.json.decode(untrusted.read(place(), "what simtui remembers", LARGEST), type=Remembered)
    return Remembered()


def keep(**changes: str | None) -> None:
    """Remember these, and what was before of the rest; where that cannot be written, they count for now alone."""
    with suppress(SimtuiError, OSError):
        place().parent.mkdir(parents=True, exist_ok=True)
        changed = msgspec.structs.replace(load(), **changes)
        atomic.write(place(), msgspec.json.format(msgspec.json.encode(changed)) + b"\n", force=True)


def checkpoint() -> Path | None:
    """The checkpoint that was chosen last, as long as its file is there; None for simtui's own."""
    known = load().checkpoint
    return Path(known) if known is not None and Path(known).is_file() else None
