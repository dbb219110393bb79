"""A program's own record of what should never have happened, in a file for whoever runs it."""

from __future__ import annotations

import contextlib
import os
import time
import traceback
from pathlib import Path

from simtui.errors import SimtuiError, printable
from simtui.storage import system

LARGEST_FAULT, LARGEST_FILE = 20_000, 500_000
"""Characters of one fault, and bytes after which a new file is begun and only the one before it kept."""

MOST_FAULTS, WITHIN_S = 5, 60.0
"""A program that fails so often in such a time fails always."""


class FaultRecord:
    """A file in a folder that others may write to as well.

    name: of the file. program: what to call the program in a sentence, such as “The kiosk”.
    """

    def __init__(self, folder: Path, name: str, program: str) -> None:
        self._path = folder / name
        self._program = program
        self._times: list[float] = []

    def note(self, fault: BaseException | None) -> None:
        """Write a fault down, without the values of any variable. Raises SimtuiError where there are too many."""
        where = self.write(fault)
        now = time.monotonic()
        self._times = [moment for moment in self._times if now - moment < WITHIN_S] + [now]
        if len(self._times) >= MOST_FAULTS:
            raise SimtuiError(
                f"{self._program} failed {MOST_FAULTS} times within a minute and was closed; what happened is in "
                f"{where}."
            )

    def write(self, fault: BaseException | None) -> str:
        """The same, however many there are; where it is written, for people."""
        told = "" if fault is None else "".join(traceback.format_exception(fault))[-LARGEST_FAULT:]
        try:
            with contextlib.suppress(FileNotFoundError):
                if self._path.lstat().st_size > LARGEST_FILE:
                    self._path.replace(self._path.with_suffix(".old.txt"))
            with os.fdopen(_open_own(self._path), "a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(time.strftime("%Y-%m-%d %H:%M:%S\n") + told)
        except OSError:
            return "nowhere, as it cannot be written"
        return printable(self._path)


def _open_own(path: Path) -> int:
    """Open a file to add to, though others may have put it there: no link is followed, and no pipe waited for."""
    own = system.flags("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY")
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | own, 0o600)
