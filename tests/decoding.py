"""Back from the cells of a screen to the pixels they show, by nothing but what each glyph covers."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pyte
from pyte.screens import Char

from simtui.terminal.ink import FULL, INK

Grid = list[list[float]]

VGA = {"black": 0, "brightblack": 85, "white": 170, "brightwhite": 255}
XTERM = {"black": 0, "brightblack": 127, "white": 229, "brightwhite": 255}

_COVERED = {" ": (0.0, 0.0), "▀": (1.0, 0.0), "▄": (0.0, 1.0), "█": (1.0, 1.0)}
_COVERED |= {glyph: (share / 4, share / 4) for share, glyph in enumerate("░▒▓", start=1)}
# A lower bar of n eighths fills the lower half first.
_COVERED |= {glyph: (max(0, n - 4) / 4, min(4, n) / 4) for n, glyph in enumerate("▁▂▃▄▅▆▇", start=1)}


def replayed(data: bytes, columns: int, rows: int) -> pyte.Screen:
    """The screen after these bytes. Whole: a read may end within a character or a sequence."""
    screen = pyte.Screen(columns, rows)
    pyte.Stream(screen).feed(data.decode())
    return screen


def covered(glyph: str) -> tuple[float, float]:
    """The share of the upper and the lower half of a cell that is in the foreground colour."""
    if glyph in _COVERED:
        return _COVERED[glyph]
    ink = INK[glyph]
    return min(1.0, ink.upper / FULL), min(1.0, ink.lower / FULL)


def grey(color: str, palette: dict[str, int], default: int) -> float:
    if color == "default":
        return default
    if color in palette:
        return palette[color]
    red, green, blue = (int(color[i : i + 2], 16) for i in (0, 2, 4))
    assert red == green == blue, f"{color} is no grey"
    return red


def halves(cell: Char, palette: dict[str, int]) -> tuple[float, float]:
    """The greys of the upper and the lower half of a cell, on a dark terminal."""
    fg, bg = grey(cell.fg, palette, 255), grey(cell.bg, palette, 0)
    if cell.reverse:
        fg, bg = bg, fg
    upper, lower = covered(cell.data)
    return bg + (fg - bg) * upper, bg + (fg - bg) * lower


def pixels(screen: pyte.Screen, x: int, y: int, *, double: bool = False, palette: dict[str, int] | None = None) -> Grid:
    """The 28x28 greys shown from column x and row y on: 28x14 cells, or 56x28 where each pixel has two."""
    palette = VGA if palette is None else palette
    if double:
        return [
            [sum(sum(halves(screen.buffer[y + j][x + 2 * i + k], palette)) for k in (0, 1)) / 4 for i in range(28)]
            for j in range(28)
        ]
    shown: Grid = []
    for j in range(14):
        cells = [halves(screen.buffer[y + j][x + i], palette) for i in range(28)]
        shown += [[upper for upper, _ in cells], [lower for _, lower in cells]]
    return shown


def correlation(shown: Sequence[Sequence[float]], image: Sequence[Sequence[int]]) -> float:
    """Pearson's r between two grids."""
    a, b = [v for row in shown for v in row], [float(v) for row in image for v in row]
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    product = sum((p - mean_a) * (q - mean_b) for p, q in zip(a, b, strict=True))
    squares = sum((p - mean_a) ** 2 for p in a) * sum((q - mean_b) ** 2 for q in b)
    return product / math.sqrt(squares) if squares else 0.0
