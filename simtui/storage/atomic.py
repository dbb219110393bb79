"""Atomic writes: a file is there whole, with the old content or the new, whatever happens meanwhile."""

from __future__ import annotations

import contextlib
import errno
import re
import time
from pathlib import Path

from simtui.errors import SimtuiError, printable
from simtui.sentences import ParticipantError
from simtui.storage.folder import Folder
from simtui.storage.system import in_use

_FAULTS = {
    errno.ENOSPC: "fault_full",
    errno.EDQUOT: "fault_quota",
    errno.EACCES: "fault_forbidden",
    errno.EPERM: "fault_forbidden",
    errno.EROFS: "fault_read_only",
    errno.ENOENT: "fault_no_folder",
    errno.EEXIST: "fault_name_taken",
    errno.ENOTDIR: "fault_no_way",
}
"""What the sentence is where the system refuses a write with one of these; fault_write where with any other."""


ABANDONED_S = 3600
"""An unfinished file that nobody has written to for so long is nobody's: a write takes seconds at most."""


class WriteFailedError(ParticipantError):
    """A file could not be written; what was on disk before is still there, whole."""


def write_failed(path: Path, error: Exception) -> WriteFailedError:
    """The sentence for what the system said when `path` was written."""
    number = getattr(error, "errno", None) or 0
    reason = getattr(error, "strerror", None) or str(error)
    kind = "fault_in_use" if in_use(error) else _FAULTS.get(number, "fault_write")
    return WriteFailedError(kind, path=path, reason=reason, number=number)


def write(path: Path, data: bytes, *, force: bool = False) -> None:
    """Make a file of these bytes, durably.

    Raises SimtuiError where there is one already (unless `force`), and WriteFailedError where it cannot be written;
    what was there is there still.
    """
    try:
        with Folder(path.parent) as folder:
            _clear(folder, path)
            folder.put(path.name, data, replace=force)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise write_failed(path, error) from None


def require_free(path: Path) -> None:
    """Raises SimtuiError where `write` would, for the name is taken: before anything has been computed."""
    if path.exists() or path.is_symlink():
        raise _taken(path)


def _clear(folder: Folder, path: Path) -> None:
    """Remove what processes that were killed while they wrote this file have left of it."""
    pattern = re.compile(rf"\.{re.escape(path.stem[:40])}\.[0-9a-f]{{8}}\.tmp")
    with contextlib.suppress(OSError):
        for name in folder.names():
            if pattern.fullmatch(name) and time.time() - folder.modified(name) > ABANDONED_S:
                folder.remove(name)


def _taken(path: Path) -> SimtuiError:
    return SimtuiError(
        f"{printable(path)} is there already and was left alone: give another name, or --force to replace it."
    )
