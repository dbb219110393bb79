"""Images as lines of text for output that scrolls by, or that is no terminal at all."""

from __future__ import annotations

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


def ascii_pair(left: Image, right: Image) -> list[str]:
    """Two images side by side in printable ASCII, 14 lines of at most PAIR_COLUMNS characters."""
    return ["".join(part.text for part in row).rstrip() for row in render([left, right], _ASCII, gap=PAIR_GAP)]


def _blocks(upper: Sequence[int], lower: Sequence[int]) -> str:
    """Two rows of pixels as one row of block characters."""
    return "".join(_BLOCKS[(above >= 128) + 2 * (below >= 128)] for above, below in zip(upper, lower, strict=True))
