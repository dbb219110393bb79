"""DigitPair: two images side by side, exactly, in few bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

from rich.color import Color
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.strip import Strip
from textual.widget import Widget

from simtui.storage.png import SIZE, Image
from simtui.terminal.cells import Look, Renderer
from simtui.terminal.detection import Terminal
from simtui.terminal.render import NEEDED, Layout, Row, blank, cut, encode, layout, needed, render, used_columns
from simtui.tui._textual import LazyStrip


class DigitPair(Widget):
    """Two images on paper, as large as the terminal shows them sharply; nothing else may change how they look.

    It takes no border, padding, opacity or theme from CSS: put it into a container for those. Width and
    height follow the terminal ("auto"). In a region too small for it the pair is cut off, never scaled.

    renderer: None for the largest that fits; "half-block" to stay small on a large terminal.
    """

    DEFAULT_CSS = """
    DigitPair { width: auto; height: auto; }
    """

    def __init__(self, terminal: Terminal, *, renderer: Renderer | None = None) -> None:
        super().__init__()
        self._terminal = terminal
        self._renderer = renderer
        self._images: tuple[Image, Image] | None = None
        self._rows: list[Row] = []
        self._strips: dict[int, Strip] = {}
        self._drawn_for: tuple[Size, Layout] | None = None
        self._when_painted: Callable[[], None] | None = None

    # ------------------------------------------------------------------ what is shown

    def show(
        self,
        left: Iterable[Iterable[int]],
        right: Iterable[Iterable[int]],
        when_painted: Callable[[], None] | None = None,
    ) -> None:
        """Show two images of 28x28 values, 0 paper to 255 ink. Only rows that change are sent.

        when_painted: called once they have been, which Textual's call_after_refresh does not wait for: it can
        come a frame before. Never called where something else is shown first.
        """
        self._images = _image(left), _image(right)
        self._when_painted = when_painted
        if not self._swap():
            self._painted(self.call_after_refresh)  # they are on the screen already

    def blank(self) -> None:
        """Show empty paper."""
        self._images = self._when_painted = None
        self._swap()

    def _painted(self, call: Callable[[Callable[[], None]], bool]) -> None:
        if self._when_painted is not None:
            call(self._when_painted)
            self._when_painted = None

    def prepare(
        self, left: Iterable[Iterable[int]], right: Iterable[Iterable[int]], *, after_blank: bool = False
    ) -> None:
        """Work out how these two will be drawn, while nobody waits for them: in the place of what is there now, or of
        empty paper."""
        if self.size:
            look, there = self._look, self._draw(None) if after_blank else self._rows
            for old, new in zip(there, self._draw((_image(left), _image(right))), strict=False):
                encode(cut(new, 0, _changed_columns(old, new, look)), look)

    def needs(self, terminal: Size) -> tuple[int, int] | None:
        """The columns and rows the terminal must have, where this size is too small; None where it is not."""
        wanted = self._terminal.wanted
        return needed(wanted) if layout(terminal.width, terminal.height, wanted) is None else None

    @property
    def renderer(self) -> Renderer:
        """How the pair is drawn at its present size."""
        return self._layout.renderer

    # ------------------------------------------------------------------ size

    def get_content_width(self, container: Size, viewport: Size) -> int:  # noqa: ARG002
        return self._layout_on(viewport).columns

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        return self._layout_on(viewport).rows

    def _layout_on(self, terminal: Size) -> Layout:
        columns, rows = terminal
        wanted = self._terminal.wanted
        if self._renderer == "half-block":
            columns, wanted = min(columns, NEEDED[0]), None
        return layout(columns, rows, wanted) or Layout("half-block", gap=4, columns=NEEDED[0], rows=SIZE // 2)

    @property
    def _layout(self) -> Layout:
        return self._layout_on(self.app.size)

    @property
    def _look(self) -> Look:
        return self._terminal.look(self._layout.renderer)

    # ------------------------------------------------------------------ drawing

    def _swap(self) -> bool:
        """Bring the rows up to date and ask for those that changed, up to where both are empty paper.

        Whether any changed.
        """
        before, look = self._rows, self._look
        if self._redraw_for_size():
            self.refresh()
            return True
        self._rows = self._draw(self._images)
        for y, (old, new) in enumerate(zip(before, self._rows, strict=True)):
            if old != new:
                self._strips.pop(y, None)
                self.refresh(Region(0, y, _changed_columns(old, new, look), 1))
        return before != self._rows

    def _redraw_for_size(self) -> bool:
        """Draw everything anew where the widget or the terminal has changed its size since it was drawn."""
        if self._drawn_for == (self.size, self._layout):
            return False
        self._drawn_for = self.size, self._layout
        self._rows = self._draw(self._images)
        self._strips.clear()
        return True

    def _draw(self, images: tuple[Image, Image] | None) -> list[Row]:
        """Every row of the widget, the pair in its middle."""
        (columns, rows), fit, look = self.size, self._layout, self._look
        empty = blank(columns, look)
        if images is None:
            return [empty] * rows
        bare = 2 * SIZE * (2 if fit.renderer == "double-space" else 1) + fit.gap
        spare = max(0, columns - bare)
        pair = render(images, look, gap=fit.gap, before=spare // 2, after=spare - spare // 2)
        if columns < bare:
            pair = tuple(cut(row, 0, columns) for row in pair)
        above = max(0, rows - len(pair)) // 2
        return [*[empty] * above, *pair, *[empty] * rows][:rows]

    def render_line(self, y: int) -> Strip:
        self._redraw_for_size()
        if y not in self._strips:
            self._strips[y] = _RowStrip(self._rows[y], self._look)
        return self._strips[y]

    def render_lines(self, crop: Region) -> list[Strip]:
        # Past Textual's own caching of styled lines: it would take the strips apart and filter their colours,
        # and the stimulus must reach the terminal as it is.
        strips = [self.render_line(y) for y in crop.line_range]
        self._painted(self.call_later)  # what is rendered now is written before anything else is done
        return [strip.crop(crop.x, crop.right) for strip in strips]


def _changed_columns(old: Row, new: Row, look: Look) -> int:
    """How many columns are sent to put a row into the place of another: up to where both are empty paper."""
    return max(used_columns(old, look), used_columns(new, look))


class _RowStrip(LazyStrip):
    """A strip that is written as simtui encodes its row, a quarter shorter than segment by segment."""

    __slots__ = ("_look", "_row")

    def __init__(self, row: Row, look: Look) -> None:
        super().__init__(sum(len(run.text) for run in row))
        self._row = row
        self._look = look

    def make_segments(self) -> list[Segment]:
        return [Segment(text, _style(fg, bg, self._look)) for text, fg, bg in self._row]

    def render(self, console: Console) -> str:  # noqa: ARG002
        return encode(self._row, self._look)

    def crop(self, start: int, end: int | None = None) -> Strip:
        start, end = max(0, start), self.cell_length if end is None else min(end, self.cell_length)
        if (start, end) == (0, self.cell_length):
            return self
        return _RowStrip(cut(self._row, start, end), self._look)


@lru_cache(maxsize=128)
def _style(fg: int | None, bg: int | None, look: Look) -> Style:
    if look.reverses:
        return Style(reverse=bool(bg))
    return Style(color=_color(fg, look), bgcolor=_color(bg, look))


def _color(number: int | None, look: Look) -> Color | None:
    if number is None:
        return None
    return Color.from_rgb(number, number, number) if look.depth == "truecolor" else Color.from_ansi(number)


def _image(rows: Iterable[Iterable[int]]) -> Image:
    return tuple(bytes(row) for row in rows)
