"""The one error that reaches a user, and text from files made safe to print."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path, PurePath

_INVISIBLE = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
"""Letters and marks of Unicode that take no ink: Python calls them printable."""

_SIGNS = {chr(code): chr(0x2400 + code) for code in range(32)} | {"\x7f": "\u2421"}
"""Unicode's pictures of control characters."""

_NO_CHARACTERS = re.compile("[\ud800-\udfff]")

ANALYSIS = ("torch", "scipy", "krippendorff")
INSTALL = "pip install 'simtui[{0}]' (in a copy of the source: pip install '.[{0}]')"


class SimtuiError(Exception):
    """Something a user can mend. The message is one sentence: what is wrong, where, and what to do.

    The command line prints it and exits with code 2; the app shows it on the screen. Nothing has been
    written or lost when it is raised.
    """


class FileError(SimtuiError):
    """A file that cannot be used. what: the sentence after the file's name, such as "is a folder, not a study file"."""

    def __init__(self, path: object, what: str) -> None:
        super().__init__(f"{printable(path)} {what}.")
        self.what = what


class CrashError(Exception):
    """A mistake in simtui itself ended the app. The message is a sentence; the command line exits with code 1."""

    def __init__(self, fault: Exception) -> None:
        place = fault.__traceback__
        while place is not None and place.tb_next is not None:
            place = place.tb_next
        where = f" in {Path(place.tb_frame.f_code.co_filename).name}, line {place.tb_lineno}" if place else ""
        super().__init__(
            f"A mistake in the program ended it ({type(fault).__name__}{where}): what was saved is safe. Start it "
            "again; if it ends so once more, set SIMTUI_DEBUG=1 to see all that happened, and report that."
        )


def debugging() -> bool:
    """Whether mistakes are to be seen whole: SIMTUI_DEBUG is set, or Python runs with -X dev."""
    return bool(os.environ.get("SIMTUI_DEBUG")) or sys.flags.dev_mode


def printable(text: object, limit: int | None = None) -> str:
    """`text` with everything a terminal could obey made visible, shortened to `limit` characters.

    File names, labels and ids come from files that anybody may have written; an escape sequence in one
    of them must be seen, not obeyed. A path keeps its end, where the name of the file is. The limit is 120
    characters unless given, of a path 300.
    """
    if isinstance(text, PurePath):
        limit = limit or 300
        shown = _escapes_shown(str(text)[-limit - 1 :])
        return shown if len(shown) <= limit else "…" + shown[-limit + 1 :]
    limit = limit or 120
    shown = _escapes_shown(str(text)[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _escapes_shown(text: str) -> str:
    return "".join(c if is_visible(c) else _escaped(ord(c)) for c in text)


def is_visible(character: str) -> bool:
    """Whether a character shows on a terminal and does nothing else: neither moves nor colours, nor hides."""
    return character.isprintable() and character not in _INVISIBLE


def seen_in_place(text: str) -> str:
    """`text` with a sign in the place of each character that does not show: one for one, so that a cursor stays right.

    A tab stays one, for whoever draws it as spaces.
    """
    return "".join(c if c == "\t" or is_visible(c) else _SIGNS.get(c, "\ufffd") for c in text)


MOST_FAULTS = 20
"""Faults that are listed; what has more is not mended by reading them all."""


def told_of(start: str, faults: Sequence[str], count: int | None = None) -> str:
    """One fault in a sentence, or so many in lines of their own. count: of all, where not all are in `faults`."""
    count = len(faults) if count is None else count
    if count == 1:
        return f"{start}{faults[0]}."
    more = [f"  and {count - MOST_FAULTS} more"] if count > MOST_FAULTS else []
    return "\n".join([f"{start}{count} faults.", *(f"  {fault}" for fault in faults[:MOST_FAULTS]), *more])


def storable(name: object) -> str:
    """The name of a file as every file and stream takes it: its bytes that are no characters as escapes.

    It need not be safe on a terminal: that is what `printable` is for.
    """
    return _NO_CHARACTERS.sub(lambda found: _escaped(ord(found[0])), str(name))


def _escaped(code: int) -> str:
    """A byte of a file name that is no character comes from Python as one from U+DC80 on."""
    if 0xDC80 <= code <= 0xDCFF:
        code -= 0xDC00
    return f"\\x{code:02x}" if code <= 0xFF else f"\\u{code:04x}"


def require_installed(what: str, packages: tuple[str, ...] = ANALYSIS, extra: str = "analysis") -> None:
    """Raises SimtuiError, with the install command, where a package of the extra is missing."""
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise SimtuiError(
            f"{what} needs {' and '.join(missing)}, not installed on this machine: {INSTALL.format(extra)}."
        )
