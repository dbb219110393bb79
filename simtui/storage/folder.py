"""A folder held open, and files put into it whole: it stays that folder, wherever its name leads by then."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

_NO_HARD_LINKS = (
    errno.EPERM,
    errno.ENOTSUP,
    errno.EOPNOTSUPP,
    errno.ENOSYS,
    errno.EMLINK,
    errno.EINVAL,
    errno.EACCES,
    errno.EXDEV,
)
"""What file systems say that have no hard links (FAT, some network shares), or no more of them."""

_NO_FOLDER_FSYNC = (errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EACCES, errno.EPERM)
"""What file systems say that do not put the names in a folder on disk when asked: they do it by themselves."""


class LinkedFolderError(OSError):
    """The folder is a symbolic link, which could lead anywhere."""


class Folder:
    """A folder that is held by its descriptor until `close`. Its methods raise OSError.

    path: its name when it was opened.
    """

    def __init__(self, path: Path, *, follow: bool = True) -> None:
        """follow: whether `path` may be a symbolic link; LinkedFolderError where it is and may not be."""
        self.path = path
        flags = os.O_DIRECTORY | os.O_CLOEXEC | (0 if follow else os.O_NOFOLLOW)
        self._can_sync = True
        try:
            try:
                self._descriptor = os.open(path, os.O_RDONLY | flags)
            except PermissionError:
                # A drop-box folder cannot be opened for reading, only to look up and make names in it.
                self._descriptor = os.open(path, getattr(os, "O_PATH", os.O_RDONLY) | flags)
                self._can_sync = False
        except OSError as error:
            if not follow and path.is_symlink():
                raise LinkedFolderError(errno.ELOOP, "a symbolic link", str(path)) from None
            raise error

    def close(self) -> None:
        """Let go of it."""
        os.close(self._descriptor)

    def __enter__(self) -> Folder:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def put(self, name: str, data: bytes, *, replace: bool, mode: int | None = None) -> None:
        """Make a file of these bytes, durably: whole or not at all, and with nothing left behind.

        replace: whether it takes the place of a file of that name; else FileExistsError where there is one.
        mode: its permissions, else those of any new file.
        """
        with self.unfinished(name, data, mode) as unfinished:
            self.finish(unfinished, name, replace=replace)
        self.sync()

    @contextlib.contextmanager
    def unfinished(self, name: str, data: bytes, mode: int | None = None) -> Iterator[str]:
        """The name of a durable file of these bytes, hidden; gone afterwards unless `finish` gave it its name."""
        # So short that a name which the file system takes is not refused for what is added to it.
        hidden = f".{Path(name).stem[:40]}.{os.urandom(4).hex()}.tmp"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        descriptor = os.open(hidden, flags, 0o666 if mode is None else 0o600, dir_fd=self._descriptor)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                if mode is not None:
                    os.fchmod(file.fileno(), mode)
                os.fsync(file.fileno())
            yield hidden
        finally:
            with contextlib.suppress(OSError):
                self.remove(hidden)

    def finish(self, unfinished: str, name: str, *, replace: bool) -> None:
        """Give an unfinished file its name, in one step."""
        here = self._descriptor
        if replace:
            os.replace(unfinished, name, src_dir_fd=here, dst_dir_fd=here)
            return
        try:
            os.link(unfinished, name, src_dir_fd=here, dst_dir_fd=here)
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            # Claim the name, then move over it.
            os.close(os.open(name, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600, dir_fd=here))
            try:
                os.replace(unfinished, name, src_dir_fd=here, dst_dir_fd=here)
            except OSError:
                self.remove(name)
                raise

    def holds(self, name: str, data: bytes) -> bool | None:
        """Whether the regular file of this name has exactly these bytes; None where there is none of that name."""
        flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY
        try:
            descriptor = os.open(name, flags, dir_fd=self._descriptor)
        except FileNotFoundError:
            return None
        except OSError as error:
            if error.errno in (errno.ELOOP, errno.ENXIO):  # a link, a socket
                return False
            raise
        with os.fdopen(descriptor, "rb") as file:
            regular = stat.S_ISREG(os.fstat(descriptor).st_mode)
            return regular and file.read(len(data) + 1) == data

    def names(self) -> list[str]:
        """What is in it, hidden files too; nothing where it cannot be listed, as a drop-box folder."""
        if not self._can_sync:
            return []
        with os.scandir(self._descriptor) as scan:
            return [entry.name for entry in scan]

    def modified(self, name: str) -> float:
        """When a file was last written to, in seconds of the wall clock."""
        return os.stat(name, dir_fd=self._descriptor, follow_symlinks=False).st_mtime

    def remove(self, name: str) -> None:
        """Remove a file."""
        os.unlink(name, dir_fd=self._descriptor)

    def sync(self) -> None:
        """Put the names in it on disk, where the file system does so when asked."""
        if not self._can_sync:
            return  # the file itself is on disk
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            if error.errno not in _NO_FOLDER_FSYNC:
                raise
