"""The one error that reaches a user, and text from files made safe to print."""

from __future__ import annotations


class SimtuiError(Exception):
    """Something a user can mend. The message is one sentence: what is wrong, where, and what to do.

    The command line prints it and exits with code 2; the app shows it on the screen. Nothing has been
    written or lost when it is raised.
    """


def printable(text: object, limit: int = 120) -> str:
    """`text` with everything a terminal could obey made visible, shortened to `limit` characters.

    File names, labels and ids come from files that anybody may have written; an escape sequence in one
    of them must be seen, not obeyed.
    """
    shown = "".join(c if c.isprintable() else _escaped(ord(c)) for c in str(text)[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def _escaped(code: int) -> str:
    """A byte of a file name that is no character comes from Python as one from U+DC80 on."""
    return f"\\x{code - 0xDC00 if 0xDC80 <= code <= 0xDCFF else code:02x}"
