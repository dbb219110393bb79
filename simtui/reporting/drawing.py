"""Drawings of a Report, made with a pen, so that a picture is the same in every format and gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Literal, Protocol

from simtui.reporting.blocks import Axis, Curves, ImageMap, Scatter

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#444444", "#b8a500")
"""Okabe and Ito's colours, which the colour-blind tell apart, the readable ones first."""

_MOVED_MOST = 5
"""Images whose lines stand out."""

Anchor = Literal["start", "middle", "end"]


class Pen(Protocol):
    """Draws on white paper that begins in its upper left corner; lengths in dots of 1/96 inch, colours as "#rrggbb"."""

    def begin(self, width: float, height: float, title: str) -> None:
        """Take the paper. title: what the picture shows, for those who do not see it."""

    def line(self, x1: float, y1: float, x2: float, y2: float, colour: str, *, dashed: bool = False) -> None:
        """A thin line."""

    def frame(self, x: float, y: float, width: float, height: float, colour: str) -> None:
        """A rectangle that is not filled."""

    def bar(self, x: float, y: float, width: float, height: float, colour: str, opacity: float) -> None:
        """A rectangle that is filled and has no edge."""

    def dot(self, x: float, y: float, radius: float, colour: str, opacity: float = 1.0, label: str = "") -> None:
        """A filled circle. label: what it is, where a format can say it."""

    def image(self, x: float, y: float, side: float, data: bytes, label: str) -> None:
        """A square PNG picture, whose white lets through what lies below it."""

    def text(
        self, x: float, y: float, text: str, *, size: float = 12, anchor: Anchor = "start", turned: bool = False
    ) -> None:
        """One line of text on the base line y. turned: it runs upwards through x, y."""


def scatter(plot: Scatter, pen: Pen) -> None:
    """The plot with its lines; with several kinds of point, each has its colour and there is a legend."""
    left, top, side = 60, 40, 380
    kinds = list(dict.fromkeys(point.kind for point in plot.points))
    colours = {kind: _COLOURS[i % len(_COLOURS)] for i, kind in enumerate(kinds)}
    pen.begin(left + side + 20 + (90 if len(kinds) > 1 else 0), top + side + 52, plot.title)
    pen.text(left + side / 2, 22, plot.title, size=15, anchor="middle")
    for tick in (0.0, 0.25, 0.5, 0.75, 1.0):
        at = tick * side
        pen.text(left + at, top + side + 18, f"{tick:g}", anchor="middle")
        pen.text(left - 8, top + side - at + 4, f"{tick:g}", anchor="end")
        if 0 < tick < 1:
            pen.line(left + at, top, left + at, top + side, "#eeeeee")
            pen.line(left, top + side - at, left + side, top + side - at, "#eeeeee")
    pen.frame(left, top, side, side, "#888888")
    for fit in plot.fits:
        start, end = left + fit.x1 * side, left + fit.x2 * side
        pen.line(start, top + side - fit.y1 * side, end, top + side - fit.y2 * side, colours[fit.kind])
    for point in plot.points:
        if point.x is None or point.y is None:
            continue
        pen.dot(left + point.x * side, top + side - point.y * side, 4.5, colours[point.kind], 0.75, point.label)
    pen.text(left + side / 2, top + side + 40, plot.xlabel, anchor="middle")
    pen.text(16, top + side / 2, plot.ylabel, anchor="middle", turned=True)
    for i, (kind, colour) in enumerate(colours.items() if len(kinds) > 1 else ()):
        y = top + 12 + 20 * i
        pen.dot(left + side + 20, y, 4.5, colour)
        pen.text(left + side + 30, y + 4, kind)


def curves(plot: Curves, pen: Pen) -> None:
    """Each curve through its points, its name beside it, and a dashed line at what is wanted."""
    left, top, wide, high = 64.0, 40.0, 460.0, 300.0
    pen.begin(left + wide + 110, top + high + 52, plot.title)
    pen.text(left, 22, plot.title, size=13)
    for tick in (0.0, 0.2, 0.4, 0.6, 0.8, 1.0):
        y, wanted = top + high - tick * high, tick == plot.wanted
        pen.text(left - 8, y + 4, f"{tick:.0%}", anchor="end")
        pen.line(left, y, left + wide, y, "#888888" if wanted else "#eeeeee", dashed=wanted)
    pen.frame(left, top, wide, high, "#888888")
    places = [left + wide * place / max(1, len(plot.x) - 1) for place in range(len(plot.x))]
    for x, number in zip(places, plot.x, strict=True):
        pen.text(x, top + high + 18, str(number), anchor="middle")
    for i, (name, values) in enumerate(plot.curves.items()):
        beside = top + 12 + 20 * i
        colour = _COLOURS[i % len(_COLOURS)]
        points = [(x, top + high - value * high) for x, value in zip(places, values, strict=True)]
        for (x1, y1), (x2, y2) in pairwise(points):
            pen.line(x1, y1, x2, y2, colour)
        for at, value in zip(points, values, strict=True):
            pen.dot(*at, 3.5, colour, label=f"{name}: {value:.0%}")
        pen.dot(left + wide + 20, beside, 3.5, colour)
        pen.text(left + wide + 30, beside + 4, name)
    pen.text(left + wide / 2, top + high + 40, plot.xlabel, anchor="middle")
    pen.text(16, top + high / 2, plot.ylabel, anchor="middle", turned=True)


def image_map(drawn: ImageMap, pen: Pen, picture: Callable[[str], bytes] | None = None) -> None:
    """The images at their places in people's space, each with a line to a dot where it stands for the layer.

    picture: the PNG file of an image by its id; None leaves dots in their place. The lines of those that moved most
    stand out.
    """
    left, top, side, half = 40, 60, 460, 16
    pen.begin(side + 2 * left, side + top + 40, drawn.title)
    pen.text(left + side / 2, 24, drawn.title, size=15, anchor="middle")
    pen.text(left + side / 2, 44, f"image: people's space; dot: {drawn.layer}", anchor="middle")

    def at(place: tuple[float, float]) -> tuple[float, float]:
        return left + place[0] * side, top + (1 - place[1]) * side

    places = list(enumerate(drawn.places))[::-1]
    for i, place in places:
        pen.line(*at(place.people), *at(place.layer), "#d55e00" if i < _MOVED_MOST else "#cccccc")
        pen.dot(*at(place.layer), 4.5, "#d55e00", 0.75, f"{place.label} ({drawn.layer})")
    for _, place in places:
        x, y = at(place.people)
        if picture is None:
            pen.dot(x, y, 4.5, "#0072b2", 0.75, f"{place.label} (people)")
        else:
            pen.image(x - half, y - half, 2 * half, picture(place.image), f"{place.label} (people)")


def axis(axis: Axis, pen: Pen) -> None:
    """r with its interval, and below it each mark with its name."""
    left, wide, line, room = 20, 460, 46, 240
    pen.begin(left + wide + room, line + 56 + 20 * len(axis.marks), axis.title)
    pen.line(left, line, left + wide, line, "#888888")
    for tick in (-1.0, -0.5, 0.0, 0.5, 1.0):
        x = left + (tick + 1) / 2 * wide
        pen.line(x, line - 4, x, line + 4, "#888888")
        pen.text(x, line + 20, f"{tick:g}".replace("-", "−"), anchor="middle")
    if axis.ci is not None:
        low, high = (left + (min(max(end, -1.0), 1.0) + 1) / 2 * wide for end in axis.ci)
        pen.bar(low, line - 6, high - low, 12, "#0072b2", 0.35)
    x = left + (axis.r + 1) / 2 * wide
    pen.dot(x, line, 6, "#0072b2")
    pen.text(x, line - 16, f"r = {axis.r:.3f}", size=15, anchor="middle")
    # From the largest down, each with its words to its right: no line then crosses the words of another.
    for i, mark in enumerate(sorted(axis.marks, key=lambda mark: -mark.value)):
        x, y = left + (min(max(mark.value, -1.0), 1.0) + 1) / 2 * wide, line + 46 + 20 * i
        pen.line(x, line, x, y - 4, "#d55e00", dashed=True)
        pen.text(x + 6, y, f"{mark.name} {mark.value:.3f}")
