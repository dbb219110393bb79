"""Drawings as SVG, whole documents; the same Report always gives the same bytes."""

from __future__ import annotations

import base64
from functools import partial
from html import escape

from simtui.reporting import drawing
from simtui.reporting.blocks import Axis, Curves, ImageMap, Scatter
from simtui.reporting.drawing import Anchor
from simtui.reporting.pictures import as_png
from simtui.study.model import Study


def scatter(plot: Scatter) -> str:
    """See `drawing.scatter`; a point says its label where the mouse rests on it."""
    pen = _Svg()
    drawing.scatter(plot, pen)
    return pen.document()


def axis(axis: Axis) -> str:
    """See `drawing.axis`."""
    pen = _Svg()
    drawing.axis(axis, pen)
    return pen.document()


def curves(plot: Curves) -> str:
    """See `drawing.curves`; a point says its value where the mouse rests on it."""
    pen = _Svg()
    drawing.curves(plot, pen)
    return pen.document()


def image_map(drawn: ImageMap, study: Study | None = None) -> str:
    """See `drawing.image_map`; an image and a dot say their label where the mouse rests on them."""
    pen = _Svg()
    drawing.image_map(drawn, pen, None if study is None else partial(as_png, study))
    return pen.document()


class _Svg:
    """A pen, see `drawing.Pen`, that writes SVG."""

    def __init__(self) -> None:
        self._size, self._title = (0.0, 0.0), ""
        self._parts: list[str] = []

    def begin(self, width: float, height: float, title: str) -> None:
        self._size, self._title = (width, height), title

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str, *, dashed: bool = False) -> None:
        dashes = ' stroke-dasharray="3 3"' if dashed else ""
        self._parts.append(f'<line x1="{_n(x1)}" y1="{_n(y1)}" x2="{_n(x2)}" y2="{_n(y2)}" stroke="{colour}"{dashes}/>')

    def frame(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        self._parts.append(f'<rect {_place(x, y, width, height)} fill="none" stroke="{colour}"/>')

    def bar(self, x: float, y: float, width: float, height: float, colour: str, opacity: float) -> None:
        self._parts.append(f'<rect {_place(x, y, width, height)} fill="{colour}" fill-opacity="{opacity:g}"/>')

    def dot(self, x: float, y: float, radius: float, colour: str, opacity: float = 1.0, label: str = "") -> None:
        clear = "" if opacity == 1 else f' fill-opacity="{opacity:g}"'
        circle = f'<circle cx="{_n(x)}" cy="{_n(y)}" r="{radius:g}" fill="{colour}"{clear}'
        self._parts.append(f"{circle}><title>{escape(label)}</title></circle>" if label else f"{circle}/>")

    def image(self, x: float, y: float, side: float, data: bytes, label: str) -> None:
        """A square PNG picture, which lets through what lies below its paper."""
        source = f"data:image/png;base64,{base64.b64encode(data).decode()}"
        self._parts.append(
            f'<image {_place(x, y, side, side)} href="{source}" style="mix-blend-mode:multiply">'
            f"<title>{escape(label)}</title></image>"
        )

    def text(
        self, x: float, y: float, text: str, *, size: float = 12, anchor: Anchor = "start", turned: bool = False
    ) -> None:
        turn = f' transform="rotate(-90 {_n(x)} {_n(y)})"' if turned else ""
        self._parts.append(
            f'<text x="{_n(x)}" y="{_n(y)}" font-size="{size:g}" text-anchor="{anchor}" fill="#222"{turn}>'
            f"{escape(text)}</text>"
        )

    def document(self) -> str:
        """All that was drawn."""
        inside = "\n".join(self._parts)
        width, height = (_n(side) for side in self._size)
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
            f'height="{height}" role="img" font-family="system-ui, sans-serif"><title>{escape(self._title)}</title>\n'
            f'<rect width="100%" height="100%" fill="#fff"/>\n{inside}\n</svg>'
        )


def _place(x: float, y: float, width: float, height: float) -> str:
    return f'x="{_n(x)}" y="{_n(y)}" width="{_n(width)}" height="{_n(height)}"'


def _n(value: float) -> str:
    """A coordinate: two decimals say more than a screen can show."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
