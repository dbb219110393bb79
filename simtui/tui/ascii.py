"""Everything on the screen in ASCII, for terminals that have no other characters."""

from __future__ import annotations

from rich.segment import Segment
from textual.color import Color
from textual.filter import LineFilter

from simtui.terminal.charset import ascii_text


class AsciiOnly(LineFilter):
    """Lets through nothing else, whichever widget drew it."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:  # noqa: ARG002
        return [Segment(ascii_text(text), style, control) for text, style, control in segments]
