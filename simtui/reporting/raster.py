"""Drawings as PNG, on white paper."""

from __future__ import annotations

import io
from functools import partial

from PIL import Image, ImageChops, ImageDraw, ImageFont

from simtui.reporting import drawing
from simtui.reporting.blocks import Axis, Curves, ImageMap, Scatter
from simtui.reporting.drawing import Anchor
from simtui.reporting.pictures import as_png
from simtui.study.model import Study

SCALE = 2
"""Pixels of a dot: sharp on paper and on fine screens."""

_FINER = 2
"""How much larger it is drawn before it is made smaller, which smooths the edges."""

_UNIT = SCALE * _FINER
_ANCHORS = {"start": "ls", "middle": "ms", "end": "rs"}
_INK = "#222222"


def scatter(plot: Scatter) -> bytes:
    """See `drawing.scatter`. The same plot gives the same bytes."""
    pen = _Raster()
    drawing.scatter(plot, pen)
    return pen.document()


def axis(axis: Axis) -> bytes:
    """See `drawing.axis`."""
    pen = _Raster()
    drawing.axis(axis, pen)
    return pen.document()


def curves(plot: Curves) -> bytes:
    """See `drawing.curves`. The same curves give the same bytes."""
    pen = _Raster()
    drawing.curves(plot, pen)
    return pen.document()


def image_map(drawn: ImageMap, study: Study | None = None) -> bytes:
    """See `drawing.image_map`. The same map gives the same bytes."""
    pen = _Raster()
    drawing.image_map(drawn, pen, None if study is None else partial(as_png, study))
    return pen.document()


class _Raster:
    """A pen, see `drawing.Pen`, that sets pixels."""

    def __init__(self) -> None:
        self._page = Image.new("RGBA", (1, 1))

    def begin(self, width: float, height: float, title: str) -> None:  # noqa: ARG002  a PNG has no words
        self._page = Image.new("RGBA", (round(width * _UNIT), round(height * _UNIT)), "white")

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str, *, dashed: bool = False) -> None:
        parts = [(0.0, 1.0)]
        if dashed:
            length = max(abs(x2 - x1), abs(y2 - y1))
            parts = [(at / length, min(1.0, (at + 3) / length)) for at in range(0, int(length), 6)]
        for start, end in parts:
            places = (x1 + start * (x2 - x1), y1 + start * (y2 - y1), x1 + end * (x2 - x1), y1 + end * (y2 - y1))
            ImageDraw.Draw(self._page).line([place * _UNIT for place in places], colour, _UNIT)

    def frame(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        ImageDraw.Draw(self._page).rectangle(_corners(x, y, x + width, y + height), outline=colour, width=_UNIT)

    def bar(self, x: float, y: float, width: float, height: float, colour: str, opacity: float) -> None:
        layer = Image.new("RGBA", self._page.size)
        ImageDraw.Draw(layer).rectangle(_corners(x, y, x + width, y + height), _clear(colour, opacity))
        self._page.alpha_composite(layer)

    def dot(self, x: float, y: float, radius: float, colour: str, opacity: float = 1.0, label: str = "") -> None:  # noqa: ARG002
        # Only as much of the page as the dot takes: there may be thousands.
        reach = round(radius * _UNIT) + 1
        layer = Image.new("RGBA", (2 * reach + 1, 2 * reach + 1))
        ImageDraw.Draw(layer).circle((reach, reach), radius * _UNIT, _clear(colour, opacity))
        self._page.alpha_composite(layer, (max(0, round(x * _UNIT) - reach), max(0, round(y * _UNIT) - reach)))

    def image(self, x: float, y: float, side: float, data: bytes, label: str) -> None:  # noqa: ARG002
        size = round(side * _UNIT)
        picture = Image.open(io.BytesIO(data)).convert("RGBA").resize((size, size), Image.Resampling.BOX)
        place = round(x * _UNIT), round(y * _UNIT)
        below = self._page.crop((*place, place[0] + size, place[1] + size))
        self._page.paste(ImageChops.multiply(below, picture), place)

    def text(
        self, x: float, y: float, text: str, *, size: float = 12, anchor: Anchor = "start", turned: bool = False
    ) -> None:
        font = ImageFont.load_default(size * _UNIT)
        if not turned:
            ImageDraw.Draw(self._page).text((x * _UNIT, y * _UNIT), text, _INK, font, _ANCHORS[anchor])
            return
        left, top, right, bottom = font.getbbox(text, anchor="ms")
        layer = Image.new("RGBA", (max(1, round(right - left)), max(1, round(bottom - top))))
        ImageDraw.Draw(layer).text((-left, -top), text, _INK, font, "ms")
        upwards = layer.transpose(Image.Transpose.ROTATE_90)
        self._page.alpha_composite(
            upwards, (max(0, round(x * _UNIT + top)), max(0, round(y * _UNIT - upwards.height / 2)))
        )

    def document(self) -> bytes:
        """All that was drawn, as a PNG file."""
        page = self._page.convert("RGB").reduce(_FINER)
        data = io.BytesIO()
        page.save(data, "PNG", dpi=(96 * SCALE, 96 * SCALE), optimize=True)
        return data.getvalue()


def _corners(x1: float, y1: float, x2: float, y2: float) -> list[float]:
    return [place * _UNIT for place in (x1, y1, x2, y2)]


def _clear(colour: str, opacity: float) -> tuple[int, int, int, int]:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return red, green, blue, round(255 * opacity)
