"""Grey images as rows of text in colours, and those rows as few bytes for a terminal.

Pure: images in, rows out. A row is a tuple of runs, and a run's colours are numbers in the depth's own terms:
a grey level 0..255 (red, green and blue alike) in "truecolor", a palette index in "256" and "16" and "ascii",
and 1 for the terminal's foreground, 0 for its background where there is only reverse video.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

from simtui.storage.png import SIZE
from simtui.terminal.cells import Choice, Look, Renderer, choices, paper

NEEDED = (62, 16)
"""Columns and rows of the smallest terminal that shows a pair in half blocks and a scale beside it."""

SPACES_NEED = (116, 31)
"""The same in spaces, two a pixel."""

_RESET = "\x1b[m"


class Run(NamedTuple):
    """Characters in one pair of colours. `fg` is None where no foreground can be seen."""

    text: str
    fg: int | None
    bg: int | None


Row = tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """How two images stand side by side. In cells: the paper between them, and the whole with paper around."""

    renderer: Renderer
    gap: int
    columns: int
    rows: int


def layout(columns: int, rows: int, wanted: Renderer | None = None) -> Layout | None:
    """The largest sharp way to show a pair on a terminal of this size, None where there is none.

    wanted: the renderer that alone will do; None for spaces wherever they fit, else half blocks. Leaves at least two
    rows for the rest, and seven where it puts a row of paper above and below the pair.
    """
    least_columns, least_rows = needed(wanted)
    if wanted in (None, "double-space") and columns >= SPACES_NEED[0] and rows >= SPACES_NEED[1]:
        return Layout("double-space", gap=2, columns=116, rows=30 if rows >= 37 else 28)
    if wanted != "double-space" and columns >= least_columns and rows >= least_rows:
        return Layout(wanted or "half-block", gap=4, columns=62, rows=16 if rows >= 23 else 14)
    return None


def needed(wanted: Renderer | None = None) -> tuple[int, int]:
    """Columns and rows of the smallest terminal that shows a pair and a scale beside it."""
    return SPACES_NEED if wanted == "double-space" else NEEDED


def render(
    images: Sequence[Iterable[Iterable[int]]], look: Look, *, gap: int = 0, before: int = 0, after: int = 0
) -> tuple[Row, ...]:
    """Images of 28x28 pixels side by side: 14 rows ("half-block") or 28 ("double-space").

    images: rows of pixels, 0 paper to 255 ink. gap, before, after: columns of paper between and at the ends.
    """
    wide = 2 if look.renderer == "double-space" else 1
    pixels = [[bytes(row) for row in image] for image in images]
    if wide == 2:
        pixels = [[bytes(value for value in row for _ in range(wide)) for row in image] for image in pixels]
    lines = [bytes(before) + bytes(gap).join(image[y] for image in pixels) + bytes(after) for y in range(SIZE)]
    if wide == 2:
        return tuple(_row(line, line, look) for line in lines)
    return tuple(_row(lines[y], lines[y + 1], look) for y in range(0, SIZE, 2))


def blank(columns: int, look: Look) -> Row:
    """A row of empty paper."""
    return _row(bytes(columns), bytes(columns), look)


def used_columns(row: Row, look: Look) -> int:
    """How many columns of a row come before the empty paper at its end."""
    columns = sum(len(run.text) for run in row)
    last = row[-1]
    return columns - (len(last.text) - len(last.text.rstrip(" "))) if last.bg == paper(look) else columns


@lru_cache(maxsize=64)
def cut(row: Row, start: int, end: int) -> Row:
    """The columns start to end (exclusive) of a row."""
    kept, at = [], 0
    for run in row:
        text = run.text[max(0, start - at) : max(0, end - at)]
        if text:
            kept.append(run._replace(text=text))
        at += len(run.text)
    return tuple(kept)


@lru_cache(maxsize=64)
def encode(row: Row, look: Look) -> str:
    """The row as characters and SGR sequences: only what changes from run to run, and a reset at the end."""
    written = []
    fg = bg = None
    codes_fg, codes_bg = _codes(38, look), _codes(48, look)
    for text, run_fg, run_bg in row:
        code = ""
        if run_fg is not None and run_fg != fg:
            fg = run_fg
            code = codes_fg[fg]
        if run_bg is not None and run_bg != bg:
            bg = run_bg
            code = f"{code};{codes_bg[bg]}" if code and codes_bg[bg] else code or codes_bg[bg]
        written.append(f"\x1b[{code}m{text}" if code else text)
    return "".join(written) + _RESET


@lru_cache(maxsize=8)
def _codes(ground: int, look: Look) -> tuple[str, ...]:
    """SGR parameters of every foreground (ground 38) or background (48), "" where it takes none."""
    return tuple(_code(ground, number, look) for number in range(256))


def _code(ground: int, number: int, look: Look) -> str:
    if look.reverses:
        # The background says it all: it and the foreground are never the same.
        return "" if ground == 38 else "7" if number else "27"
    if look.depth == "truecolor":
        return f"{ground};2;{number};{number};{number}"
    if look.depth == "256":
        return f"{ground};5;{number}"
    return str(ground - 8 + number if number < 8 else ground + 44 + number)


# A pen: the colours in force, and for each whether a sequence was sent since it was last seen. Then it could have been
# changed there already, without a sequence of its own.
_Pen = tuple[int | None, int | None, bool, bool]

# The choices made, each with its text, last first: paths share their beginnings.
_Steps = tuple[str, Choice, "_Steps"] | None


@lru_cache(maxsize=64)
def _row(upper: bytes, lower: bytes, look: Look) -> Row:
    """The row of the fewest bytes that shows these pixels: dynamic programming over the pens.

    Against taking the first way of drawing each cell, a pair of digits takes 6 % fewer bytes in 24-bit colour, 8 % in
    256 colours and 13 % in 16 (measured in pairs).
    """
    sizes_fg, sizes_bg = _sizes(38, look), _sizes(48, look)
    paths: dict[_Pen, tuple[int, _Steps]] = {(None, None, False, False): (0, None)}
    for (above, below), cells in groupby(zip(upper, lower, strict=True)):
        count = len(list(cells))
        ways = [(way, *way, len(way.glyph.encode()) * count) for way in choices(above, below, look)]
        reached: dict[_Pen, tuple[int, _Steps]] = {}
        for (fg, bg, fg_free, bg_free), (spent, steps) in paths.items():
            # What most of a rater's processor time goes to: so all in one place, and a call for nothing.
            for way, glyph, new_fg, new_bg, size in ways:
                cost, sequence = spent + size, False
                if new_fg is None:
                    after_fg, free_fg = fg, fg_free
                else:
                    after_fg, free_fg = new_fg, False
                    if new_fg != fg and sizes_fg[new_fg]:
                        cost += sizes_fg[new_fg]
                        sequence = not fg_free
                if new_bg is None:
                    after_bg, free_bg = bg, bg_free
                else:
                    after_bg, free_bg = new_bg, False
                    if new_bg != bg and sizes_bg[new_bg]:
                        cost += sizes_bg[new_bg]
                        sequence = sequence or not bg_free
                if sequence:
                    cost += 2
                    free_fg, free_bg = free_fg or new_fg is None, free_bg or new_bg is None
                after = after_fg, after_bg, free_fg, free_bg
                best = reached.get(after)
                if best is None or cost < best[0]:
                    reached[after] = cost, (glyph * count, way, steps)
        paths = reached
    steps = min(paths.values(), key=lambda path: path[0])[1]
    drawn: list[tuple[str, Choice]] = []
    while steps is not None:
        text, way, steps = steps
        drawn.append((text, way))
    return _runs(drawn)


@lru_cache(maxsize=8)
def _sizes(ground: int, look: Look) -> tuple[int, ...]:
    """The bytes that each colour takes in a sequence, 0 where it takes none. ground: see _codes."""
    return tuple(len(code) + 1 if code else 0 for code in _codes(ground, look))


def _runs(drawn: Sequence[tuple[str, Choice]]) -> Row:
    """Runs of what was drawn, last step first. Where a colour changes, the other one changes along to what
    it must be when it is next seen."""
    coming: list[tuple[int | None, int | None]] = []
    fg = bg = None
    for _, way in drawn:
        fg, bg = fg if way.fg is None else way.fg, bg if way.bg is None else way.bg
        coming.append((fg, bg))
    runs: list[Run] = []
    fg = bg = None
    for (text, way), (next_fg, next_bg) in zip(reversed(drawn), reversed(coming), strict=True):
        if way.fg not in (None, fg) or way.bg not in (None, bg):
            fg, bg = fg if next_fg is None else next_fg, bg if next_bg is None else next_bg
        before = runs.pop().text if runs and runs[-1][1:] == (fg, bg) else ""
        runs.append(Run(before + text, fg, bg))
    return tuple(runs)
