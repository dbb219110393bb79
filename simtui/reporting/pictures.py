"""The images of a study as a text or a document shows them: as half blocks, and as PNG."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from simtui.reporting.blocks import Gallery, Images
from simtui.storage import png
from simtui.study.model import Study
from simtui.terminal.cells import Look
from simtui.terminal.image_lines import image_lines

_GAP, _INDENT, _BETWEEN = 2, 2, 4
_WIDE = 2 * png.SIZE + _GAP

NARROWEST = _INDENT + _WIDE
"""Columns that a pair of images takes."""

Draw = Callable[[Images], list[str]]
"""Two images side by side as lines of characters, each 58 columns wide."""


def drawing(study: Study, look: Look | None = None) -> Draw:
    """Draws a study's images in half blocks; look: as in `image_lines`."""

    # Empty paper above and below both says nothing; in colours a line of it keeps the digits whole to the eye.
    least, margin = (128, 0) if look is None else (1, 1)

    def draw(pair: Images) -> list[str]:
        images = study.image(pair.left), study.image(pair.right)
        lines = image_lines(images, look, gap=_GAP)
        inked = [y // 2 for image in images for y, row in enumerate(image) if max(row) >= least]
        return lines[max(0, min(inked) - margin) : max(inked) + 1 + margin] if inked else lines

    return draw


def as_png(study: Study, name: str, scale: int = 1) -> bytes:
    """An image of the study as a PNG file: ink dark on light, as people know digits from paper; scale: see `png`."""
    return png.encode([bytes(255 - value for value in row) for row in study.image(name)], scale)


def gallery_lines(gallery: Gallery, draw: Draw, width: int) -> list[str]:
    """These pairs, each below its caption, as many side by side as there is room for."""
    blocks = [[caption.ljust(_WIDE), *draw(pair)] for caption, pair in gallery.pairs]
    a_row = max(1, (width - _INDENT + _BETWEEN) // (_WIDE + _BETWEEN))
    return [line for start in range(0, len(blocks), a_row) for line in _beside(blocks[start : start + a_row])]


def _beside(blocks: Sequence[list[str]]) -> Iterator[str]:
    """Blocks of equal width next to each other, after an empty line."""
    yield ""
    for row in range(max(len(block) for block in blocks)):
        parts = [block[row] if row < len(block) else " " * _WIDE for block in blocks]
        yield (" " * _INDENT + (" " * _BETWEEN).join(parts)).rstrip()
