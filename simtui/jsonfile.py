"""Reading a JSON file that somebody else may have written."""

from __future__ import annotations

import stat
from pathlib import Path

from simtui.errors import SimtuiError, printable

MAX_BYTES = 64 * 2**20
"""No study or session is larger: a study of 1,000 pairs is about 1 MB."""


def read_json_bytes(path: Path, what: str) -> bytes:
    """The bytes of a regular file of bearable size.

    Raises SimtuiError where there is none, it is a folder or a device, it is too large, or it is empty.
    """
    shown = printable(path)
    try:
        with path.open("rb") as file:
            status = path.stat()
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
