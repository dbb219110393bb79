"""BigNumber: a number three rows high, also where there is nothing but ASCII."""

from __future__ import annotations

from rich.text import Text
from textual.app import RenderResult
from textual.widgets import Digits

_SEGMENTS = {
    "0": (" _ ", "| |", "|_|"),
    "1": ("   ", "  |", "  |"),
    "2": (" _ ", " _|", "|_ "),
    "3": (" _ ", " _|", " _|"),
    "4": ("   ", "|_|", "  |"),
    "5": (" _ ", "|_ ", " _|"),
    "6": (" _ ", "|_ ", "|_|"),
    "7": (" _ ", "  |", "  |"),
    "8": (" _ ", "|_|", "|_|"),
    "9": (" _ ", "|_|", " _|"),
    "-": ("   ", " _ ", "   "),
    ".": (" ", " ", "."),
}


class BigNumber(Digits):
    """Digits, or the seven segments of a pocket calculator, in the same columns.

    ascii_only: the terminal has no lines to draw digits with.
    """

    def __init__(self, *, ascii_only: bool) -> None:
        super().__init__("")
        self._ascii_only = ascii_only

    def render(self) -> RenderResult:
        return Text(segments(self.value), self.rich_style) if self._ascii_only else super().render()


def segments(number: str) -> str:
    """A number such as "-0.494" as three lines of ASCII, three columns a digit."""
    return "\n".join("".join(_SEGMENTS[character][row] for character in number) for row in range(3))
