"""What a folder's file system keeps of what sessions are promised, found out by trying it."""

from __future__ import annotations

import contextlib
import errno
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from simtui.errors import printable
from simtui.storage import system

TRIED = ("fsync", "rename", "lock", "links", "case", "inode numbers")
"""What `broken` tries, by the usual names."""


def broken(folder: Path, *, quick: bool = False) -> dict[str, str]:
    """The promises that are not kept where `folder` is or would be made: by name, what follows, as a sentence.

    quick: leave out what waits for the disk. Nothing is left behind. Raises OSError where nothing can be tried.
    """
    found: dict[str, str] = {}
    there = next(place for place in (folder, *folder.absolute().parents) if place.is_dir())
    # Before anything is made in it, when there is nothing to wait for.
    with _noted(found, "fsync", lambda reason: f"names are not put on disk when asked ({reason})"):
        _sync_folder(there)
    with _trial_folder(there) as place:
        for tried, try_ in _TRIALS.items():
            if tried not in found and not (quick and tried in _SLOW):
                try:
                    sentence = try_(place)
                except OSError as error:
                    sentence = f"{tried} failed: {error.strerror}"
                if sentence:
                    found[tried] = sentence
    return {name: f"In {printable(there)} {sentence}." for name, sentence in found.items()}


@contextlib.contextmanager
def _noted(found: dict[str, str], name: str, sentence: Callable[[str], str]) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        found[name] = f"{sentence(error.strerror or '')}: an answer can be lost where the machine fails"


@contextlib.contextmanager
def _trial_folder(there: Path) -> Iterator[Path]:
    """A folder of our own, gone afterwards. Not tempfile's: what it imports takes `simtui rate` 3 ms to start."""
    place = there / f".simtui-{os.urandom(8).hex()}"
    place.mkdir(mode=0o700)
    try:
        yield place
    finally:
        with contextlib.suppress(OSError):
            for path in place.iterdir():
                path.unlink()
            place.rmdir()


def _sync_folder(folder: Path) -> None:
    if not system.HOLDS_FOLDERS:
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | system.flags("O_DIRECTORY"))
    except PermissionError:
        return  # a drop-box folder: that is meant so
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _fsync(folder: Path) -> str:
    with (folder / "synced").open("wb") as file:
        file.write(b"x")
        file.flush()
        try:
            system.sync(file.fileno())
        except OSError as error:
            return f"files are not put on disk when asked ({error.strerror}): no answer can be stored"
    return ""


def _rename(folder: Path) -> str:
    (folder / "old").write_bytes(b"old")
    (folder / "new").write_bytes(b"new")
    system.replace(folder / "new", folder / "old")
    kept = (folder / "old").read_bytes() == b"new" and not (folder / "new").exists()
    return "" if kept else "a file does not take the place of another in one step: no answer can be stored safely"


def _lock(folder: Path) -> str:
    what = "two windows can rate as one participant at once, and one of them will be refused in mid-run"
    try:
        with FileLock(folder / "lock", timeout=0), FileLock(folder / "lock", timeout=0):
            return f"locks do not keep others out: {what}"
    except Timeout:
        return ""
    except NotImplementedError:
        return f"there are no locks: {what}"


def _links(folder: Path) -> str:
    (folder / "one").write_bytes(b"x")
    try:
        (folder / "two").hardlink_to(folder / "one")
    except OSError as error:
        return (
            f"there are no hard links ({os.strerror(error.errno or errno.EPERM)}): a run is begun in two steps, and a "
            "kill between them leaves an empty file"
        )
    return ""


def _case(folder: Path) -> str:
    (folder / "Case").touch()
    return "P1 and p1 are one name: give ids that differ in more than that" if (folder / "cASE").exists() else ""


def _inode(folder: Path) -> str:
    (folder / "same").write_bytes(b"x")
    numbers = {(folder / "same").stat().st_ino for _ in range(3)}
    return "" if len(numbers) == 1 else "inode numbers change by themselves: simtui does without them"


_TRIALS: dict[str, Callable[[Path], str]] = dict(
    zip(TRIED, (_fsync, _rename, _lock, _links, _case, _inode), strict=True)
)
_SLOW = ("fsync", "rename")

SERIOUS = ("fsync", "rename", "lock", "case")
"""Those whose loss can cost an answer; the others are done without."""


def why_unwritable(folder: Path) -> str:
    """Why no file can be made in a folder, or the folder itself where it is not there yet; empty if it can."""
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            return ""
    except OSError as error:
        return f"cannot be written: {error.strerror}"
