"""What a host keeps to itself in its user's data folder, made once, each in a file that only that user can read."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path

import platformdirs

from simtui.errors import SimtuiError, printable
from simtui.storage import untrusted
from simtui.storage.atomic import write_failed
from simtui.storage.folder import Folder

LARGEST = 16_384


def folder() -> Path:
    """Where they are."""
    return platformdirs.user_data_path("simtui") / "host"


def kept(name: str, make: Callable[[], bytes]) -> bytes:
    """The secret of this name; made, durably, where there is none yet.

    Two hosts that start at once get the same. Raises SimtuiError where it cannot be kept, or others could read it.
    """
    place = folder()
    path = place / name
    try:
        place.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            with contextlib.suppress(FileExistsError), Folder(place) as held:
                held.put(name, make(), replace=False, mode=0o600)
        status = path.stat()
    except OSError as error:
        raise write_failed(path, error) from None
    if status.st_mode & (stat.S_IRWXG | stat.S_IRWXO) or status.st_uid != os.geteuid():
        raise SimtuiError(
            f"Others could read {printable(path)}: give it back to yourself with chmod 600, or remove it."
        )
    return untrusted.read(path, "a host's secret", LARGEST)


def random_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(32)
