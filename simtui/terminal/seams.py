"""Lines between characters: a picture drawn in every way there is, for an eye to say which looks whole.

A terminal that draws block characters from a font leaves hairlines where the font does not fill its cells; backgrounds
have none anywhere.
"""

from __future__ import annotations

import os
import select
from collections.abc import Iterator
from typing import TextIO

from simtui.storage.png import SIZE
from simtui.terminal.cells import Renderer
from simtui.terminal.detection import Terminal
from simtui.terminal.render import cut, encode, render

WAYS: dict[str, Renderer | None] = {"1": "upper-half-block", "2": "lower-half-block", "3": "double-space", "0": None}
"""What each answer chooses; None for simtui's own choice."""

QUESTION = "Which looks whole: 1, 2 or 3? 0 for simtui's choice, Enter keeps what is:"

PATIENCE_S = 10.0
"""How long an answer is waited for: a script that runs the doctor goes on."""

_COLUMNS, _ROWS = 20, 5


def pattern(terminal: Terminal) -> Iterator[str]:
    """Lines: the same greys in upper half blocks, in lower half blocks and in spaces, side by side."""
    yield "The same greys, drawn in three ways. Look for thin lines through them:"
    ramp = tuple(bytes(60 + 5 * ((x + y) % SIZE) for x in range(SIZE)) for y in range(SIZE))
    looks = [terminal.look(renderer) for renderer in WAYS.values() if renderer is not None]
    drawn = [[encode(cut(row, 0, _COLUMNS), look) for row in render([ramp], look)[:_ROWS]] for look in looks]
    yield f"  {'1':<{_COLUMNS}}  {'2':<{_COLUMNS}}  3"
    yield from (f"  {'  '.join(cells)}" for cells in zip(*drawn, strict=True))
    yield "Fonts that fill their cells have none: in xterm and st, misc-fixed, Terminus or Cascadia Mono."


def asked(stdin: TextIO | None) -> str | None:
    """One of the keys of WAYS; None where nothing else is answered, or nothing at all for ten seconds."""
    if stdin is None or not select.select([stdin], [], [], PATIENCE_S)[0]:
        return None
    answer = os.read(stdin.fileno(), 100).decode("utf-8", "replace").strip()
    return answer if answer in WAYS else None
