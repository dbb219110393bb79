"""A folder held open, and files put into it whole: it stays that folder, wherever its name leads by then."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from simtui.storage import system

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
        self._can_sync = True
        self._descriptor: int | None = None
        if system.HOLDS_FOLDERS:
            self._descriptor = self._held(follow)
        else:
            self._look_at(follow)

    def _held(self, follow: bool) -> int:
        """The open folder."""
        path, flags = self.path, system.flags("O_DIRECTORY", "O_CLOEXEC", *(() if follow else ("O_NOFOLLOW",)))
        try:
            try:
                return os.open(path, os.O_RDONLY | flags)
            except PermissionError:
                # A drop-box folder cannot be opened for reading, only to look up and make names in it.
                self._can_sync = False
                return os.open(path, system.flags("O_PATH") | flags)
        except OSError as error:
            if not follow and path.is_symlink():
                raise LinkedFolderError(errno.ELOOP, "a symbolic link", str(path)) from None
            raise error

    def _look_at(self, follow: bool) -> None:
        """Where no folder can be held, its path is all there is to name its files by."""
        if not follow and self.path.is_symlink():
            raise LinkedFolderError(errno.ELOOP, "a symbolic link", str(self.path))
        if not stat.S_ISDIR(self.path.stat().st_mode):
            raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(self.path))

    def _named(self, name: str) -> str:
        """How a file in it is called: by its name from the held folder, or by its path."""
        return name if self._descriptor is not None else str(self.path / name)

    def close(self) -> None:
        """Let go of it."""
        if self._descriptor is not None:
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
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | system.flags("O_CLOEXEC")
        descriptor = os.open(self._named(hidden), flags, 0o666 if mode is None else 0o600, dir_fd=self._descriptor)
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(data)
                file.flush()
                if mode is not None:
                    system.set_mode(file.fileno(), mode)
                system.sync(file.fileno())
            yield hidden
        finally:
            with contextlib.suppress(OSError):
                self.remove(hidden)

    def finish(self, unfinished: str, name: str, *, replace: bool) -> None:
        """Give an unfinished file its name, in one step."""
        here, source, target = self._descriptor, self._named(unfinished), self._named(name)
        if replace:
            system.replace(source, target, here)
            return
        try:
            os.link(source, target, src_dir_fd=here, dst_dir_fd=here)
        except OSError as error:
            if error.errno not in _NO_HARD_LINKS:
                raise
            # Claim the name, then move over it.
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600, dir_fd=here))
            try:
                system.replace(source, target, here)
            except OSError:
                self.remove(name)
                raise

    def holds(self, name: str, data: bytes) -> bool | None:
        """Whether the regular file of this name has exactly these bytes; None where there is none of that name."""
        flags = os.O_RDONLY | system.flags("O_CLOEXEC", "O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY")
        try:
            descriptor = os.open(self._named(name), flags, dir_fd=self._descriptor)
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
        with os.scandir(self.path if self._descriptor is None else self._descriptor) as scan:
            return [entry.name for entry in scan]

    def modified(self, name: str) -> float:
        """When a file was last written to, in seconds of the wall clock."""
        return os.stat(self._named(name), dir_fd=self._descriptor, follow_symlinks=False).st_mtime

    def remove(self, name: str) -> None:
        """Remove a file."""
        os.unlink(self._named(name), dir_fd=self._descriptor)

    def sync(self) -> None:
        """Put the names in it on disk, where the file system does so when asked."""
        if self._descriptor is None or not self._can_sync:
            return  # the file itself is on disk
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            if error.errno not in _NO_FOLDER_FSYNC:
                raise
