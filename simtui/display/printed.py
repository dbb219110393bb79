"""Images as lines of text for output that scrolls by, or that is no terminal at all."""

from __future__ import annotations

from collections.abc import Sequence

from simtui.disk.png import SIZE, Image
from simtui.display.cells import Look
from simtui.render import encode, render

_BLOCKS = " ▀▄█"


def printed(images: Sequence[Image], look: Look | None, *, gap: int = 2) -> list[str]:
    """Images of 28x28 values, 0 paper to 255 ink, side by side in 14 lines with `gap` columns between them.

    look: how the terminal draws half blocks, with its colours; None for output that is no terminal: ink or no ink.
    """
    if look is not None:
        return [encode(row, look) for row in render(images, look, gap=gap)]
    return [(" " * gap).join(_blocks(image[y], image[y + 1]) for image in images) for y in range(0, SIZE, 2)]


def _blocks(upper: Sequence[int], lower: Sequence[int]) -> str:
    """Two rows of pixels as one row of block characters."""
    return "".join(_BLOCKS[(above >= 128) + 2 * (below >= 128)] for above, below in zip(upper, lower, strict=True))
