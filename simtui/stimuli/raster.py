"""From curves to MNIST's form: a 20x20 box of anti-aliased grey, centre of mass at the middle of 28x28.

Everything before the last rounding is done in element-wise additions, multiplications, divisions and square
roots, which IEEE 754 rounds the same way everywhere, on coordinates rounded to 1/1024 of a pixel; every sum
over pixels is a sum of integers. That is why the same digit has the same bytes on every machine, which a
library's own line drawing, or a sine, would not promise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simtui.stimuli.image_set import SIZE

Points = NDArray[np.float64]
"""Positions, shape (n, 2): x to the right, y downwards."""

BOX = 20
"""Side of the box that MNIST fits each digit into, in pixels."""

_FINE = 2
"""Samples a pixel, along each axis."""

_BLOCK = 8
"""Segments rasterised at a time."""

_GRID = 1024.0
"""Coordinates are rounded to this fraction of a pixel, so that the last bit of a sum cannot show."""


@dataclass(frozen=True, slots=True)
class Line:
    """One stroke of the pen: positions, shape (n, 2), and the pen's radius at each as a multiple of the mean."""

    points: Points
    pressure: NDArray[np.float64]


def rasterise(lines: Sequence[Line], radius: float, softness: float, grain: Points) -> NDArray[np.uint8]:
    """The lines as a (28, 28) image, 0 paper and 255 full ink.

    radius: mean half width of the pen, in pixels of the image. softness: width of the grey edge, in pixels.
    grain: how far out the edge lies in each pixel of the box, in pixels, shape (20, 20): paper is not smooth.

    As in MNIST the ink's longer side fills 20 pixels, the aspect ratio is kept, and the 20x20 box is then moved
    by whole pixels so that the centre of mass is nearest the middle, which MNIST takes to be the centre of pixel
    14 of 0..27: the mass lies within half a pixel of it in each direction.
    """
    starts, ends, radii = _segments(_fit(lines, radius, softness), radius)
    return _centred(_coverage(starts, ends, radii, softness, grain))


def _fit(lines: Sequence[Line], radius: float, softness: float) -> list[Line]:
    """The lines scaled and moved so that their ink, edge included, just fills the box, and centred in it."""
    centre = np.concatenate([line.points for line in lines])
    # Half of the soft edge lies outside the pen's radius; the outermost tenth of it would round to nothing.
    margin = np.concatenate([line.pressure for line in lines])[:, None] * radius + 0.4 * softness
    scale = 1.0
    for _ in range(8):  # the ink's extent is piecewise linear in the scale: this settles in a few rounds
        extent = float(((centre * scale + margin).max(axis=0) - (centre * scale - margin).min(axis=0)).max())
        scale *= 1 + (BOX - extent) / max(extent - 2 * radius, 1.0)
    low, high = (centre * scale - margin).min(axis=0), (centre * scale + margin).max(axis=0)
    offset = BOX / 2 - (low + high) / 2
    return [
        Line(np.round((line.points * scale + offset) * _GRID) / _GRID, np.round(line.pressure * _GRID) / _GRID)
        for line in lines
    ]


def _segments(lines: Sequence[Line], radius: float) -> tuple[Points, Points, NDArray[np.float64]]:
    """Start, end and pen radius of every straight piece, in pixels of the box."""
    return (
        np.concatenate([line.points[:-1] for line in lines]),
        np.concatenate([line.points[1:] for line in lines]),
        np.concatenate([(line.pressure[:-1] + line.pressure[1:]) / 2 for line in lines]) * radius,
    )


def _coverage(
    starts: Points, ends: Points, radii: NDArray[np.float64], softness: float, grain: Points
) -> NDArray[np.int64]:
    """How much of each pixel of the box the ink covers, 0..255: distance to the nearest stroke, supersampled."""
    inside = np.full((BOX * _FINE, BOX * _FINE), -np.inf)
    # In blocks that stay in the processor's cache, not all at once: less than half the time.
    for i in range(0, len(starts), _BLOCK):
        block = slice(i, i + _BLOCK)
        np.maximum(inside, _depth(starts[block], ends[block], radii[block]), out=inside)
    rough = np.repeat(np.repeat(grain, _FINE, axis=0), _FINE, axis=1)
    levels = np.rint(np.clip(0.5 + (inside + rough) / softness, 0.0, 1.0) * 255.0).astype(np.int64)
    sums = levels.reshape(BOX, _FINE, BOX, _FINE).sum(axis=(1, 3))
    # Rounded half up in integers.
    return np.asarray((2 * sums + _FINE * _FINE) // (2 * _FINE * _FINE), dtype=np.int64)


def _depth(starts: Points, ends: Points, radii: NDArray[np.float64]) -> Points:
    """How far each sample lies inside the ink of the nearest of these segments, in pixels; negative outside."""
    axis = (np.arange(BOX * _FINE) + 0.5) / _FINE
    along = ends - starts
    squared = along[:, 0] * along[:, 0] + along[:, 1] * along[:, 1]
    along_x, along_y, squared = along[:, :1], along[:, 1:], np.where(squared > 0, squared, 1.0)[:, None]
    dx, dy = axis - starts[:, :1], axis - starts[:, 1:]
    # Along the segment, 0 at its start and 1 at its end: separable in x and y, so one outer sum.
    t = (dy * along_y / squared)[:, :, None] + (dx * along_x / squared)[:, None, :]
    np.clip(t, 0.0, 1.0, out=t)
    ex = dx[:, None, :] - t * along_x[:, :, None]
    ey = np.subtract(dy[:, :, None], np.multiply(t, along_y[:, :, None], out=t), out=t)
    np.add(np.multiply(ex, ex, out=ex), np.multiply(ey, ey, out=ey), out=ex)
    return np.asarray((radii[:, None, None] - np.sqrt(ex, out=ex)).max(axis=0), dtype=np.float64)


def _centred(box: NDArray[np.int64]) -> NDArray[np.uint8]:
    """The box placed, by whole pixels, so that its centre of mass is nearest the middle of the image."""
    image = np.zeros((SIZE, SIZE), dtype=np.uint8)
    total = int(box.sum())
    steps = np.arange(BOX)
    corner = []
    for mass in (box.sum(axis=1), box.sum(axis=0)):
        # 14 less the mass's mean position, rounded half up, in integers.
        shift = (SIZE * total - 2 * int((steps * mass).sum()) + total) // (2 * total)
        corner.append(min(max(shift, 0), SIZE - BOX))
    image[corner[0] : corner[0] + BOX, corner[1] : corner[1] + BOX] = box
    return image
