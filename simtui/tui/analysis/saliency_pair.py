"""SaliencyPair: a pair under the gradient of its similarity, in colours or in signs."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rich.color import Color as RichColor
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from simtui.terminal.detection import Terminal
from simtui.tui.widgets.signed_map import COLUMNS, ROWS, Cell, Color, diverging


class SaliencyPair(Widget):
    """As large as the pair itself in half blocks. Like a stimulus it is no theme's to change."""

    DEFAULT_CSS = f"""
    SaliencyPair {{ width: {COLUMNS}; height: {ROWS}; }}
    """

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._look = terminal.look("half-block")
        self._rows: list[list[Cell]] = []

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


@lru_cache(maxsize=4096)
def _style(cell: Cell) -> Style:
    return Style(color=_color(cell.fg), bgcolor=_color(cell.bg), bold=cell.strong or None)


def _color(color: Color) -> RichColor | None:
    if color is None:
        return None
    return RichColor.from_ansi(color) if isinstance(color, int) else RichColor.from_rgb(*color)
