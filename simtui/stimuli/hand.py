"""A writing hand: bounded random numbers, smooth curves through control points, and how a hand wanders.

Control points live in a digit's own frame: y from 0 at its top to 1 at its foot, x in the same unit. Of the
generator only `random` is used, the plainest reading of its bits, and of mathematics only what IEEE 754 rounds
the same way everywhere, so that the same generator draws the same digit on every machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simtui.stimuli.raster import Line, Points

Stroke = list[tuple[float, float]]
"""Control points (x, y) in writing order. A point given twice running is a corner."""

_STEP = 0.02
"""Distance between the points of a finished curve."""


@dataclass(frozen=True, slots=True)
class Hand:
    """Random choices of one drawing."""

    rng: np.random.Generator

    def between(self, low: float, high: float) -> float:
        """A number from the flat distribution on low..high."""
        return low + (high - low) * float(self.rng.random())

    def bell(self, mean: float, sd: float) -> float:
        """A number from a bell-shaped distribution that ends three standard deviations from its mean."""
        # Three uniforms rather than a normal: no logarithm, no tail that draws a monster once in a thousand.
        return mean + 2 * sd * (float(self.rng.random()) + float(self.rng.random()) + float(self.rng.random()) - 1.5)

    def chance(self, probability: float) -> bool:
        """True this often."""
        return float(self.rng.random()) < probability

    def near(self, x: float, y: float, sd: float) -> tuple[float, float]:
        """A point about (x, y)."""
        return self.bell(x, sd), self.bell(y, sd)


def arc(cx: float, cy: float, rx: float, ry: float, start: float, stop: float, n: int) -> Stroke:
    """n points along an ellipse, from `start` to `stop` in quarter turns: 0 right, 1 top, 2 left, 3 foot."""
    return [on_ellipse(cx, cy, rx, ry, start + (stop - start) * i / (n - 1)) for i in range(n)]


def on_ellipse(cx: float, cy: float, rx: float, ry: float, quarter: float) -> tuple[float, float]:
    """The point of an ellipse at an angle in quarter turns (see `arc`); the angle is right to a degree."""
    whole = int(quarter // 1)
    cos, sin = rotation(quarter - whole)
    for _ in range(whole % 4):
        cos, sin = -sin, cos
    return cx + rx * cos, cy - ry * sin


def rotation(quarter: float) -> tuple[float, float]:
    """Cosine and sine of an angle between -1 and 1 quarter turns, without calling either.

    The pair lies on the unit circle exactly (rational parametrisation by the half angle's tangent); the half
    angle's tangent is approximated by a cubic, by which the angle is out by less than a degree.
    """
    t = quarter * (0.786 + 0.214 * quarter * quarter)
    return (1 - t * t) / (1 + t * t), 2 * t / (1 + t * t)


def smooth(control: Stroke, roundness: float) -> Points:
    """An evenly spaced curve through the control points, its corners rounded over the length `roundness`."""
    pieces: list[Stroke] = [[control[0]]]
    for point in control[1:]:
        if point == pieces[-1][-1]:
            pieces.append([])
        pieces[-1].append(point)
    curve = _evenly(np.concatenate([_catmull_rom(np.array(piece)) for piece in pieces if len(piece) > 1]))
    span = min(round(roundness / _STEP), (len(curve) - 1) // 2)
    if span < 1:
        return curve
    # Ends are continued by reflection through the end point, so that smoothing leaves them where they are.
    padded = np.concatenate([2 * curve[0] - curve[span:0:-1], curve, 2 * curve[-1] - curve[-2 : -2 - span : -1]])
    total = sum(padded[i : i + len(curve)] for i in range(2 * span + 1))
    return np.asarray(total / (2 * span + 1), dtype=np.float64)


def _catmull_rom(points: Points) -> Points:
    """Centripetal Catmull-Rom spline through the points (Barry and Goldman 1988), twelve steps a piece."""
    if len(points) == 2:
        return points
    padded = np.concatenate([2 * points[:1] - points[1:2], points, 2 * points[-1:] - points[-2:-1]])
    chord = np.sqrt(np.square(padded[1:] - padded[:-1])[:, 0] + np.square(padded[1:] - padded[:-1])[:, 1])
    knots = np.sqrt(np.maximum(chord, 1e-6))
    d0, d1, d2 = knots[:-2, None], knots[1:-1, None], knots[2:, None]
    p0, p1, p2, p3 = padded[:-3], padded[1:-2], padded[2:-1], padded[3:]
    # The spline in Hermite form: tangents at both ends of each piece, scaled to the piece's own knot span.
    m1 = d1 * ((p1 - p0) / d0 - (p2 - p0) / (d0 + d1) + (p2 - p1) / d1)
    m2 = d1 * ((p2 - p1) / d1 - (p3 - p1) / (d1 + d2) + (p3 - p2) / d2)
    t = (np.arange(12) / 12)[None, :, None]
    p1, p2, m1, m2 = p1[:, None], p2[:, None], m1[:, None], m2[:, None]
    curve = p1 + t * (m1 + t * (3 * (p2 - p1) - 2 * m1 - m2 + t * (2 * (p1 - p2) + m1 + m2)))
    return np.concatenate([curve.reshape(-1, 2), points[-1:]])


def _evenly(curve: Points) -> Points:
    """The curve with its points one step apart."""
    moves = curve[1:] - curve[:-1]
    length = np.concatenate([[0.0], np.cumsum(np.sqrt(moves[:, 0] * moves[:, 0] + moves[:, 1] * moves[:, 1]))])
    at = np.linspace(0.0, length[-1], max(round(float(length[-1]) / _STEP), 2) + 1)
    return np.stack([np.interp(at, length, curve[:, 0]), np.interp(at, length, curve[:, 1])], axis=1)


def wander(hand: Hand, n: int, sd: float, every: float) -> NDArray[np.float64]:
    """n values along a curve that drift about zero, with one free value in each length `every`."""
    knots = max(round(n * _STEP / every), 1) + 2
    values = np.array([hand.bell(0.0, sd) for _ in range(knots)])
    at = np.linspace(0.0, knots - 1.0, n)
    left = np.minimum(at.astype(np.int64), knots - 2)
    t = at - left
    t = t * t * (3 - 2 * t)
    return np.asarray(values[left] * (1 - t) + values[left + 1] * t, dtype=np.float64)


def write(hand: Hand, strokes: Sequence[Stroke]) -> list[Line]:
    """The strokes as this hand writes them: rounded, trembling, bent, stretched, slanted, turned."""
    roundness = hand.between(0.02, 0.11)
    tremble = hand.between(0.0, 0.014)
    unevenness = hand.between(0.03, 0.16)
    curves = []
    for stroke in strokes:
        curve = smooth(stroke, roundness)
        drift = [wander(hand, len(curve), tremble, 0.2) for _ in "xy"]
        curves.append(curve + np.stack(drift, axis=1))
    bend = _Bend.of(hand)
    lines = []
    for curve in curves:
        pressure = 1.0 + wander(hand, len(curve), unevenness, 0.35) + wander(hand, len(curve), 0.05, 0.07)
        lines.append(Line(bend.apply(curve), np.clip(pressure, 0.55, 1.6)))
    return lines


@dataclass(frozen=True, slots=True)
class _Bend:
    """One smooth deformation of the whole digit: low-order polynomials, then width, slant and a turn."""

    dx: tuple[float, float, float]
    dy: tuple[float, float, float]
    width: float
    slant: float
    turn: float

    @staticmethod
    def of(hand: Hand) -> _Bend:
        sd = 0.04
        return _Bend(
            dx=(hand.bell(0, sd), hand.bell(0, sd), hand.bell(0, sd)),
            dy=(hand.bell(0, sd), hand.bell(0, sd), hand.bell(0, sd)),
            width=hand.bell(1.0, 0.17),
            # People lean their digits forward far more often, and farther, than back.
            slant=max(hand.bell(0.07, 0.2), -0.26),
            turn=hand.bell(0.0, 0.055),
        )

    def apply(self, curve: Points) -> Points:
        u = 2 * (curve[:, 0] - 0.4)
        v = 2 * (curve[:, 1] - 0.5)
        x = u / 2 + self.dx[0] * v * v + self.dx[1] * (v * v - 1) * v + self.dx[2] * u * v
        y = v / 2 + self.dy[0] * u * u + self.dy[1] * u * v + self.dy[2] * (1 - v * v)
        x = x * self.width - self.slant * y
        cos, sin = rotation(self.turn)
        return np.stack([x * cos + y * sin, y * cos - x * sin], axis=1)
