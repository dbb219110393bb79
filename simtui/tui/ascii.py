"""Everything on the screen in ASCII, for terminals that have no other characters."""

from __future__ import annotations

import unicodedata

from rich.cells import cell_len
from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

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


def ascii_text(text: str) -> str:
    """The text with every character replaced by the nearest of ASCII, in as many columns as before."""
    if text.isascii():
        return text
    return "".join(c if c.isascii() else _bare(c) for c in text.translate(_TABLE))


def _bare(character: str) -> str:
    """A letter without its accent, or question marks."""
    columns = cell_len(character)
    letter = unicodedata.normalize("NFKD", character)[:1]
    return letter if columns == 1 and letter.isascii() and letter.isprintable() else "?" * columns


class AsciiOnly(LineFilter):
    """Lets through nothing else, whichever widget drew it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        return [Segment(ascii_text(text), style, control) for text, style, control in segments]
