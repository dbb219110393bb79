"""Atomic writes: a file is there whole, with the old content or the new, whatever happens meanwhile."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from pathlib import Path

from simtui.errors import SimtuiError, printable
from simtui.sentences import ParticipantError

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


class WriteFailedError(ParticipantError):
    """A file could not be written; what was on disk before is still there, whole."""


def write_failed(path: Path, error: Exception) -> WriteFailedError:
    """The sentence for what the system said when `path` was written."""
    number = getattr(error, "errno", None) or 0
    reason = getattr(error, "strerror", None) or str(error)
    return WriteFailedError(_FAULTS.get(number, "fault_write"), path=path, reason=reason, number=number)


def write(path: Path, data: bytes, *, force: bool = False) -> None:
    """Make a file of these bytes, durably.

    Raises SimtuiError where there is one already (unless `force`), and WriteFailedError where it cannot be written;
    what was there is there still.
    """
    try:
        with temporary(path, data) as (written, _):
            if force:
                written.replace(path)
            else:
                link(written, path)
        sync_folder(path.parent)
    except FileExistsError:
        raise _taken(path) from None
    except OSError as error:
        raise write_failed(path, error) from None


def require_free(path: Path) -> None:
    """Raises SimtuiError where `write` would, for the name is taken: before anything has been computed."""
    if path.exists() or path.is_symlink():
        raise _taken(path)


@contextlib.contextmanager
def temporary(path: Path, data: bytes, mode: int | None = None) -> Iterator[tuple[Path, os.stat_result]]:
    """A durable file of these bytes beside `path`, and its status; gone afterwards unless it was moved away.

    mode: its permissions, else those of any new file. Raises OSError.
    """
    # So short that a name which the file system takes is not refused for what is added to it.
    name = path.with_name(f".{path.stem[:40]}.{os.urandom(4).hex()}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o666 if mode is None else 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
            status = os.fstat(file.fileno())
        yield name, status
    finally:
        with contextlib.suppress(OSError):
            name.unlink(missing_ok=True)


def link(written: Path, path: Path) -> None:
    """Give `written` the name `path` too, only if nothing has it. Raises OSError."""
    try:
        os.link(written, path)
    except OSError as error:
        if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS):
            raise
        # A file system without hard links (FAT, some network shares): claim the name, then move over it.
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        written.replace(path)


def sync_folder(folder: Path) -> None:
    """Put the names in a folder on disk. Raises OSError."""
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except PermissionError:
        return  # a drop-box folder cannot be opened for reading; the file itself is on disk
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _taken(path: Path) -> SimtuiError:
    return SimtuiError(
        f"{printable(path)} is there already and was left alone: give another name, or --force to replace it."
    )
