"""Characters: which of them the output can show, and the nearest of ASCII for a terminal that has no others."""

from __future__ import annotations

import io
import sys
from collections.abc import Mapping
from typing import TextIO

from simtui.errors import printable

_ALIKE = {
    "-": "−–—─┄╌╴╶╸╺⎯┬┴",
    "|": "│┃┆║╎▏▎▍▌▐▕╵╷╹╻",
    "+": "├┤┼┌┐└┘┏┓┗┛┣┫╭╮╰╯╋╔╗╚╝╪┳┻",
    "o": "●○◉",
    "#": "◆■█▉▊▋▇▆▅▓",
    "*": "•∙×★",
    ":": "┊▄▃▂░▒",
    "=": "━┅═▀▔▁▬",
    ".": "┈·…",
    ">": "≥→▶▸›",
    "<": "≤←◀◂‹",
    "^": "↑▲▴",
    "v": "↓▼▾√",
    '"': "“”",
    "'": "‘’",
    " ": "\u00a0\u2009\u202f",
}
_TABLE = str.maketrans({character: plain for plain, characters in _ALIKE.items() for character in characters})

_SPELLED = str.maketrans(
    {"…": "...", "×": "x", "√": "sqrt ", "≥": ">=", "≤": "<=", "ß": "ss", "ρ": "rho", "α": "alpha"}
)


def ascii_text(text: str) -> str:
    """The text with every character replaced by the nearest of ASCII, in as many columns as before."""
    if text.isascii():
        return text
    return "".join(c if c.isascii() else _bare(c) for c in text.translate(_TABLE))


def spelled(text: str) -> str:
    """The text in ASCII, as a typewriter has it: for sentences, where columns do not count."""
    return ascii_text(text if text.isascii() else text.translate(_SPELLED))


def _bare(character: str) -> str:
    """A letter without its accent, or question marks."""
    import unicodedata

    columns = 2 if unicodedata.east_asian_width(character) in "WF" else 0 if unicodedata.combining(character) else 1
    letter = unicodedata.normalize("NFKD", character)[:1]
    return letter if columns == 1 and letter.isascii() and letter.isprintable() else "?" * columns


def why_ascii(environ: Mapping[str, str], encoding: str) -> str:
    """Why text in this encoding should be ASCII in this locale; empty where it need not."""
    if not is_utf8(encoding):
        return f"the text encoding is {printable(encoding, 40)}"
    # Python turns the C locale into UTF-8 for itself (PEP 538, 540); what the terminal takes did not change.
    chosen = next((value for name in ("LC_ALL", "LC_CTYPE", "LANG") if (value := environ.get(name))), "")
    if chosen == "C.UTF-8" == environ.get("LC_CTYPE") and not environ.get("LC_ALL"):
        chosen = environ.get("LANG") or chosen
    codeset = chosen.partition("@")[0].partition(".")[2]
    if chosen in ("C", "POSIX") or (codeset and not is_utf8(codeset)):
        return f"the locale is {printable(chosen, 40)}, not UTF-8"
    return ""


def is_utf8(encoding: str) -> bool:
    """Whether an encoding, as Python names it, is UTF-8."""
    return encoding.lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig")


class Typewriter(io.TextIOWrapper):
    """A stream that writes nothing but ASCII, whatever it is given."""

    def write(self, text: str, /) -> int:
        """Write the text as ASCII; gives how many characters were taken."""
        super().write(spelled(text))
        return len(text)


def safe_stream(stream: TextIO, environ: Mapping[str, str]) -> TextIO:
    """The stream, or what to put in its place so that all that is printed can be shown and nothing fails.

    In a file or a pipe, what its encoding lacks becomes an escape, which JSON has too; on a terminal the nearest
    of ASCII. ASCII in a pipe is left to click, which writes UTF-8.
    """
    # It is None where the parent process closed it.
    if not isinstance(stream, io.TextIOWrapper) or stream.closed:
        return stream
    if not stream.isatty():
        if not is_utf8(stream.encoding):
            stream.reconfigure(errors="backslashreplace")
    elif why_ascii(environ, stream.encoding):
        # Not its own encoding: click takes a stream of ASCII for a mistake, and writes UTF-8 past it.
        return Typewriter(stream.buffer, encoding="utf-8", line_buffering=True, write_through=stream is sys.stderr)
    return stream
