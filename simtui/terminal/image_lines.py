"""Images as lines of text for output that scrolls by, or that is no terminal at all."""

from __future__ import annotations

import math
from collections.abc import Sequence

from simtui.storage.png import SIZE, Image
from simtui.terminal.cells import Look
from simtui.terminal.render import encode, render

PAIR_COLUMNS, PAIR_GAP = 60, 4
"""Columns of a pair in ASCII, and the spaces between its images."""

_BLOCKS = " ▀▄█"
_ASCII = Look("ascii", "half-block", "light-on-dark", own_colors=True)


def image_lines(images: Sequence[Image], look: Look | None, *, gap: int = 2) -> list[str]:
    """Images of 28x28 values, 0 paper to 255 ink, side by side in 14 lines with `gap` columns between them.

    look: how the terminal draws half blocks, with its colours; None for output that is no terminal: ink or no ink.
    """
    if look is not None:
        return [encode(row, look) for row in render(images, look, gap=gap)]
    return [(" " * gap).join(_blocks(image[y], image[y + 1]) for image in images) for y in range(0, SIZE, 2)]


def image_grid(
    tiles: Sequence[tuple[Sequence[Image], str]], look: Look | None, width: int, *, gap: int = 2, between: int = 4
) -> list[str]:
    """Captioned images as rows of tiles, as many in a row as fit into `width` columns, an empty line after each row.

    tiles: the images that stand side by side in one tile, as many in each, and the caption below them, which is cut
    where it is wider than they are. gap, between: columns between the images of a tile, and between tiles.
    look: as in `image_lines`.
    """
    wide = max((len(images) * (SIZE + gap) - gap for images, _ in tiles), default=SIZE)
    a_row = max(1, (width + between) // (wide + between))
    lines: list[str] = []
    for start in range(0, len(tiles), a_row):
        row = tiles[start : start + a_row]
        drawn = [image_lines(images, look, gap=gap) for images, _ in row]
        lines += [(" " * between).join(parts).rstrip() for parts in zip(*drawn, strict=True)]
        captions = (caption[:wide].center(wide) for _, caption in row)
        lines += [(" " * between).join(captions).rstrip(), ""]
    return lines


def small_image(image: Image, columns: int, rows: int, *, ascii_only: bool = False) -> list[str]:
    """The ink of an image, without the paper around it, in so few cells that only its shape is left.

    Lines of the glyphs of half blocks, or of "#", and spaces where there is no ink. image: as in `image_lines`.
    """
    inked = [(y, x) for y, row in enumerate(image) for x, value in enumerate(row) if value >= 64]
    if not inked:
        return [" " * columns] * rows
    (top, bottom), (left, right) = ((min(axis), max(axis) + 1) for axis in zip(*inked, strict=True))
    side = max(bottom - top, right - left)
    y0, x0 = (top + bottom - side) / 2, (left + right - side) / 2
    down = rows if ascii_only else 2 * rows
    grid = [
        [
            _mean(
                image,
                (y0 + side * y / down, y0 + side * (y + 1) / down),
                (x0 + side * x / columns, x0 + side * (x + 1) / columns),
            )
            for x in range(columns)
        ]
        for y in range(down)
    ]
    # Half the darkest cell: thin strokes fill no cell.
    least = max(max(row) for row in grid) / 2
    if ascii_only:
        return ["".join("#" if value >= least else " " for value in row) for row in grid]
    return [
        "".join(_BLOCKS[(above >= least) + 2 * (below >= least)] for above, below in zip(upper, lower, strict=True))
        for upper, lower in zip(grid[::2], grid[1::2], strict=True)
    ]


def _mean(image: Image, rows: tuple[float, float], columns: tuple[float, float]) -> float:
    """Mean value of the part of an image between these rows and columns; beyond its edges there is paper."""
    total = 0.0
    for y in range(max(0, int(rows[0])), min(SIZE, math.ceil(rows[1]))):
        tall = min(rows[1], y + 1) - max(rows[0], y)
        for x in range(max(0, int(columns[0])), min(SIZE, math.ceil(columns[1]))):
            total += tall * (min(columns[1], x + 1) - max(columns[0], x)) * image[y][x]
    return total / ((rows[1] - rows[0]) * (columns[1] - columns[0]))


def ascii_pair(left: Image, right: Image) -> list[str]:
    """Two images side by side in printable ASCII, 14 lines of at most PAIR_COLUMNS characters."""
    return ["".join(part.text for part in row).rstrip() for row in render([left, right], _ASCII, gap=PAIR_GAP)]


def _blocks(upper: Sequence[int], lower: Sequence[int]) -> str:
    """Two rows of pixels as one row of block characters."""
    return "".join(_BLOCKS[(above >= 128) + 2 * (below >= 128)] for above, below in zip(upper, lower, strict=True))
