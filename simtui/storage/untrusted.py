"""Opening a file that somebody else may have put there: a regular file of bearable size, or one sentence why not."""

from __future__ import annotations

import contextlib
import os
import stat
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from simtui.errors import FileError, SimtuiError, printable
from simtui.storage import system

if TYPE_CHECKING:
    import zipfile

_FLAGS = os.O_RDONLY | system.flags("O_CLOEXEC", "O_NOCTTY", "O_NONBLOCK")
"""Not blocking: the name may be that of a pipe, which would keep us waiting for its writer."""


def read(path: Path, what: str, most: int, *, follow: bool = True) -> bytes:
    """The bytes of a regular file.

    what: the kind of file that is wanted, for the sentence: “a study file”. most: bytes; a larger file is not read.
    follow: whether the file may be a symbolic link. Raises SimtuiError, naming the file, where there is no such file,
    or it is a folder, a device or a pipe, is too large or cannot be read.
    """
    descriptor, size = _opened(path, what, most, follow)
    data = b""
    try:
        # It can have grown since, and some systems give the size of their own files as 0.
        while len(data) <= most and (more := os.read(descriptor, min(max(size, 65_536), most) + 1)):
            data += more
    except OSError as error:
        raise unreadable(path, error) from None
    finally:
        os.close(descriptor)
    if len(data) > most:
        raise _too_large(path, what, len(data))
    return data


@contextlib.contextmanager
def opened(path: Path, what: str, most: int) -> Iterator[BinaryIO]:
    """A regular file of at most `most` bytes, open for reading, for what does not read it from end to end.

    Raises SimtuiError as `read` does; what fails while it is being read is for the caller to say, see `unreadable`.
    """
    descriptor, _ = _opened(path, what, most, follow=True)
    with os.fdopen(descriptor, "rb") as file:
        yield file


class BadArchiveError(ValueError):
    """A zip archive is damaged, or has more in it than it should."""


def zip_members(file: BinaryIO, most: int) -> list[zipfile.ZipInfo]:
    """What is in a zip archive of at most `most` files, as it says itself. Raises BadArchiveError.

    Its end says how long the list is, before it is read: each entry of some fifty bytes takes a kilobyte of memory.
    """
    import zipfile

    try:
        file.seek(0, os.SEEK_END)
        file.seek(max(0, file.tell() - 65_557))
        end = file.read()
        at = end.rfind(b"PK\x05\x06")
        entries, length = struct.unpack_from("<HI", end, at + 10) if at >= 0 else (0, 0)
        if at < 0 or entries > most or length > most * 512:
            raise BadArchiveError("it has too many files in it, or no list of them")
        with zipfile.ZipFile(file) as archive:
            return archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OverflowError):
        raise BadArchiveError("it is damaged") from None


def unreadable(path: Path, error: Exception) -> SimtuiError:
    """The sentence for what the system said when `path` was read."""
    reason = getattr(error, "strerror", None) or error
    return FileError(path, f"could not be read: {printable(reason)}")


def _opened(path: Path, what: str, most: int, follow: bool) -> tuple[int, int]:
    """The descriptor of a regular file, and its size. Raises SimtuiError."""
    try:
        descriptor = os.open(path, _FLAGS if follow else _FLAGS | system.flags("O_NOFOLLOW"))
    except FileNotFoundError:
        raise SimtuiError(f"There is no file {printable(path)}: check the path to {what}.") from None
    except (OSError, ValueError) as error:
        if not follow and path.is_symlink():
            raise FileError(path, f"is a symbolic link, which is not followed to {what}") from None
        raise unreadable(path, error) from None
    try:
        status = os.fstat(descriptor)
        if stat.S_ISDIR(status.st_mode):
            raise FileError(path, f"is a folder, not {what}")
        if not stat.S_ISREG(status.st_mode):
            raise FileError(path, f"is not a regular file, so it is not {what}")
        if status.st_size > most:
            raise _too_large(path, what, status.st_size)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor, status.st_size


def _too_large(path: Path, what: str, size: int) -> SimtuiError:
    return FileError(path, f"has {size / 2**20:.0f} MB, too much for {what}")
