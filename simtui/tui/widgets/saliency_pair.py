"""SaliencyPair: a pair under the gradient of its similarity: red where it is above zero, blue where below.

Where there is no colour, signs say it. All but the widget is pure: arrays in, rows of cells out, in the terms of
`simtui.terminal.render`.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from simtui.terminal.cells import Look
from simtui.terminal.detection import Terminal

EDGE, GAP = 1, 4
"""Columns of paper beside and between the images, as in the half-block layout of the pair itself."""

COLUMNS, ROWS = 2 * EDGE + 2 * 28 + GAP, 14

FAINT, STRONG = 0.15, 0.5
"""Shares of the largest value from which a pixel is coloured at all, and strongly, where colours are few."""

SIGMA = 1.2
"""Pixels; a stroke is two to four wide."""

_RED, _BLUE = np.array([200.0, 0.0, 0.0]), np.array([0.0, 60.0, 220.0])
_LEVELS = np.array([0, 95, 135, 175, 215, 255])

Color = tuple[int, int, int] | int | None
"""Red, green and blue; or the number of a palette; or whatever is there."""


class MapCell(NamedTuple):
    """One character. strong: it is to stand out, where colours cannot say so."""

    glyph: str
    fg: Color = None
    bg: Color = None
    strong: bool = False


class SaliencyPair(Widget):
    """As large as the pair itself in half blocks. Like a stimulus it is no theme's to change."""

    DEFAULT_CSS = f"""
    SaliencyPair {{ width: {COLUMNS}; height: {ROWS}; }}
    """

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._look = terminal.look("half-block")
        self._rows: list[list[MapCell]] = []

    def show(self, images: NDArray[np.uint8], gradient: NDArray[np.float64]) -> None:
        """Two images, 0 paper to 255 ink, under their gradient; both (2, 28, 28)."""
        self._rows = diverging(images, gradient, self._look)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        cells = self._rows[y] if y < len(self._rows) else []
        return Strip([Segment(cell.glyph, _style(cell)) for cell in cells], len(cells)).adjust_cell_length(
            self.size.width
        )

    def render_lines(self, crop: Region) -> list[Strip]:
        # Past Textual's filters, which would change the colours.
        return [self.render_line(y).simplify().crop(crop.x, crop.right) for y in crop.line_range]


def diverging(images: NDArray[np.uint8], values: NDArray[np.float64], look: Look) -> list[list[MapCell]]:
    """14 rows of 62 cells: two images (2, 28, 28; 0 paper, 255 ink) under two signed maps (2, 28, 28).

    Both maps share one scale, up to their largest absolute value. The images show through in grey.
    Colourless looks have a sign for every cell with anything above FAINT, and dots for other ink.
    """
    smooth = np.stack([on_strokes(image, of) for image, of in zip(images / 255.0, values, strict=True)])
    top = float(np.abs(smooth).max())
    scaled = smooth / top if top > 0 else np.zeros_like(smooth)
    ink, share = _side_by_side(images / 255.0), _side_by_side(scaled)
    if look.own_colors or look.depth in ("glyphs", "ascii"):
        return _signs(ink, share)
    if look.depth == "16":
        colors: NDArray[np.int64] = _sixteen(ink, share, light=look.polarity == "dark-on-light")
        return [[_half(int(a), int(b)) for a, b in zip(*pair, strict=True)] for pair in _pairs(colors)]
    if look.depth == "256":
        # The palette's palest tints are not of these hues.
        share = np.where(np.abs(share) < FAINT, 0.0, share)
    rgb = _blend(ink, share, light=look.polarity == "dark-on-light")
    if look.depth == "256":
        nearest = np.abs(rgb[..., None] - _LEVELS).argmin(axis=-1)
        cube = 16 + nearest @ np.array([36, 6, 1])
        return [[_half(int(a), int(b)) for a, b in zip(*pair, strict=True)] for pair in _pairs(cube)]
    exact = np.rint(rgb).astype(int)
    return [[_half(_rgb(a), _rgb(b)) for a, b in zip(*pair, strict=True)] for pair in _pairs(exact)]


def on_strokes(image: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """A signed map (28, 28) at the scale of the strokes of an image (28, 28; 0 to 1), and on them alone.

    The gradient of single pixels is noise to the eye: a stroke is several of them wide. What it says of blank paper far
    from every stroke is about images that nobody drew.
    """
    return _blurred(values) * np.clip(_blurred(image) * 2.5, 0.0, 1.0)


def _blurred(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """With a Gaussian as wide as half a stroke; nothing lies beyond the edges."""
    reach = int(3 * SIGMA)
    weights = np.exp(-0.5 * (np.arange(-reach, reach + 1) / SIGMA) ** 2)
    weights /= weights.sum()
    for axis in (0, 1):
        padded = np.pad(values, [(reach, reach) if axis == each else (0, 0) for each in (0, 1)])
        windows = np.lib.stride_tricks.sliding_window_view(padded, len(weights), axis=axis)
        values = windows @ weights
    return values


def legend(layer: str, look: Look) -> str:
    """What the colours or the signs mean, in a sentence that fits under the pair."""
    signs = look.own_colors or look.depth in ("glyphs", "ascii")
    more, less = ("+", "-") if signs else ("red", "blue")
    return f"{more} strokes make them alike to {layer}, {less} unlike."


def _side_by_side(maps: NDArray[np.float64]) -> NDArray[np.float64]:
    edge = np.zeros((28, EDGE))
    return np.concatenate([edge, maps[0], np.zeros((28, GAP)), maps[1], edge], axis=1)


def _pairs(rows: NDArray[np.int64]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    """Upper and lower pixels of each row of cells."""
    return [(rows[y], rows[y + 1]) for y in range(0, 28, 2)]


def _half(upper: Color, lower: Color) -> MapCell:
    return MapCell(" ", None, upper) if upper == lower else MapCell("▀", upper, lower)


def _rgb(color: NDArray[np.int64]) -> tuple[int, int, int]:
    return int(color[0]), int(color[1]), int(color[2])


def _blend(ink: NDArray[np.float64], share: NDArray[np.float64], *, light: bool) -> NDArray[np.float64]:
    """Red or blue over the image in pale grey. The power brings out what is small beside the largest."""
    paper, full = (255.0, 110.0) if light else (0.0, 150.0)
    grey = (paper + (full - paper) * ink)[..., None]
    weight = (np.abs(share) ** 0.7)[..., None]
    return grey + (np.where(share[..., None] > 0, _RED, _BLUE) - grey) * weight


def _sixteen(ink: NDArray[np.float64], share: NDArray[np.float64], *, light: bool) -> NDArray[np.int64]:
    """Black, greys and white for what hardly matters; bright red or blue, and dark for what matters most."""
    paper = (15, 7, 8) if light else (0, 8, 7)
    grey = np.select([ink < 0.2, ink < 0.6], [paper[0], paper[1]], paper[2])
    size = np.abs(share)
    hue = np.where(share > 0, np.where(size >= STRONG, 1, 9), np.where(size >= STRONG, 4, 12))
    return np.asarray(np.where(size >= FAINT, hue, grey), dtype=np.int64)


def _signs(ink: NDArray[np.float64], share: NDArray[np.float64]) -> list[list[MapCell]]:
    upper, lower = share[0::2], share[1::2]
    largest = np.where(np.abs(upper) >= np.abs(lower), upper, lower)
    inked = np.maximum(ink[0::2], ink[1::2]) >= 0.3
    return [
        [
            MapCell("+" if value > 0 else "-", strong=abs(value) >= STRONG)
            if abs(value) >= FAINT
            else MapCell("." if dark else " ")
            for value, dark in zip(values, dots, strict=True)
        ]
        for values, dots in zip(largest, inked, strict=True)
    ]


@lru_cache(maxsize=4096)
def _style(cell: MapCell) -> Style:
    return Style(color=_color(cell.fg), bgcolor=_color(cell.bg), bold=cell.strong or None)


def _color(color: Color) -> RichColor | None:
    if color is None:
        return None
    return RichColor.from_ansi(color) if isinstance(color, int) else RichColor.from_rgb(*color)
