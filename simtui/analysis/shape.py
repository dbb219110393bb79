"""What is drawn in an image: place, slant, strokes, holes; all images at once, as arrays (n, 28, 28), 0 paper, 255 ink.

An image without ink has no shape: its numbers are NaN, and it is returned as it came.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Images = NDArray[np.float64]
Masks = NDArray[np.bool_]
Vector = NDArray[np.float64]

T = TypeVar("T", bound=np.generic)

_AT_ONCE = 256
"""Images of which what is computed on the way stays in the processor's cache."""

CENTRE = 14.0
"""Row and column in which MNIST puts an image's centre of mass."""


def some_at_a_time(function: Callable[[NDArray[Any]], NDArray[T]], images: NDArray[Any]) -> NDArray[T]:
    """What a function makes of each image, with no more memory than some of them take."""
    parts = [images[start : start + _AT_ONCE] for start in range(0, len(images), _AT_ONCE)]
    return np.concatenate([function(part) for part in parts]) if len(parts) > 1 else function(images)


@dataclass(frozen=True, slots=True)
class Moments:
    """Of each image, shape (n,): its ink, the centre of mass, and the central second moments per unit of ink.

    row_variance: of the rows; covariance: of rows with columns.
    """

    mass: Vector
    row: Vector
    column: Vector
    row_variance: Vector
    covariance: Vector

    @property
    def shear(self) -> Vector:
        """Columns that the strokes lean for each row down: covariance / row variance; NaN without height."""
        tall = self.row_variance > 0
        shear: Vector = np.divide(self.covariance, self.row_variance, out=np.full(tall.shape, np.nan), where=tall)
        return shear

    @property
    def slant(self) -> Vector:
        """The same as an angle from the vertical, degrees, positive where the top leans to the right."""
        return np.asarray(-np.degrees(np.arctan(self.shear)), dtype=np.float64)


def moments(images: Images) -> Moments:
    """Moments of the grey values (Hu, 1962)."""
    rows, columns = np.arange(images.shape[1])[:, None], np.arange(images.shape[2])
    mass = images.sum(axis=(1, 2))
    unit = np.divide(1.0, mass, out=np.full(mass.shape, np.nan), where=mass > 0)
    row = (images * rows).sum(axis=(1, 2)) * unit
    column = (images * columns).sum(axis=(1, 2)) * unit
    down, across = rows - row[:, None, None], columns - column[:, None, None]
    return Moments(
        mass=mass,
        row=row,
        column=column,
        row_variance=(images * down**2).sum(axis=(1, 2)) * unit,
        covariance=(images * down * across).sum(axis=(1, 2)) * unit,
    )


def centred(images: Images) -> Images:
    """The images moved, by bilinear interpolation, so that their centre of mass lies in the middle (14, 14)."""
    found = moments(images)
    inked = found.mass > 0
    across = np.repeat((found.column - CENTRE)[:, None], images.shape[1], axis=1)
    return np.where(inked[:, None, None], _moved(images, found.row - CENTRE, across), images)


def moved_back(drawings: Images, images: Images) -> Images:
    """Drawings (n, 28, 28) made over `centred(images)`, put back to where the images' own strokes are."""
    found = moments(images)
    across = np.repeat((CENTRE - found.column)[:, None], images.shape[1], axis=1)
    return _moved(drawings, CENTRE - found.row, across)


def deskewed(images: Images) -> Images:
    """The images sheared so that rows and columns are uncorrelated (no slant), and centred, in one interpolation.

    Row y of the result is taken from row y + (cy − 14), columns x + (cx − 14) + shear · (y − 14).
    """
    return some_at_a_time(_deskewed, images)


def _deskewed(images: Images) -> Images:
    found = moments(images)
    upright = np.isfinite(found.shear)
    from_centre = np.arange(images.shape[1]) - CENTRE
    across = (found.column - CENTRE)[:, None] + np.nan_to_num(found.shear)[:, None] * from_centre
    moved = _moved(images, found.row - CENTRE, across)
    return np.where(upright[:, None, None], moved, images)


def _moved(images: Images, down: Vector, across: NDArray[np.float64]) -> Images:
    """Image i read at rows y + down[i] and columns x + across[i, y]; outside there is paper."""
    rows = np.arange(images.shape[1]) + np.nan_to_num(down)[:, None]
    columns = np.arange(images.shape[2]) + np.nan_to_num(across)[:, :, None]
    shifted = _interpolated(images, np.repeat(rows[:, :, None], images.shape[2], axis=2), axis=1)
    return _interpolated(shifted, columns, axis=2)


def _interpolated(images: Images, at: NDArray[np.float64], axis: int) -> Images:
    """Linear interpolation along one axis at positions of the images' own shape."""
    size = images.shape[axis]
    pad = [(0, 0)] * 3
    pad[axis] = (1, 1)
    padded = np.pad(images, pad)
    at = np.clip(at, -1, size)
    below = np.minimum(np.floor(at), size - 1)
    share, index = at - below, below.astype(np.intp) + 1
    low, high = (np.take_along_axis(padded, index + step, axis=axis) for step in (0, 1))
    return np.asarray((1 - share) * low + share * high, dtype=np.float64)


def ink(images: Images) -> Masks:
    """Where each image is at least half as dark as its own darkest pixel; nowhere in an image without ink."""
    darkest = images.max(axis=(1, 2), keepdims=True)
    return np.asarray((images >= darkest / 2) & (darkest > 0))


def skeletons(masks: Masks) -> Masks:
    """Each mask thinned to lines of one pixel that keep its connections (Guo & Hall, 1989, algorithm A1)."""
    return some_at_a_time(_thinned, masks)


def _thinned(masks: Masks) -> Masks:
    # Images last, so that each step is one over contiguous memory.
    padded = np.pad(masks.transpose(1, 2, 0), ((1, 1), (1, 1), (0, 0)))
    inner = padded[1:-1, 1:-1]
    changed = True
    while changed:
        changed = False
        for deletable in _DELETABLE:
            gone = inner & deletable[_neighbours(padded)]
            inner &= ~gone
            changed = changed or bool(gone.any())
    return np.ascontiguousarray(inner.transpose(2, 0, 1))


_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))
"""The eight neighbours, clockwise from the one above: p2 … p9 of the papers on thinning, bits 0 … 7 of a code."""


def _neighbours(padded: Masks) -> NDArray[np.uint8]:
    """The code of each pixel's neighbours, of masks (height, width, n) with a border of one pixel."""
    height, width = padded.shape[0] - 1, padded.shape[1] - 1
    marked = padded.view(np.uint8)
    code = np.zeros((height - 1, width - 1, padded.shape[2]), dtype=np.uint8)
    for bit, (down, across) in enumerate(_AROUND):
        code |= marked[1 + down : height + down, 1 + across : width + across] << bit
    return code


def _deletable() -> tuple[Masks, Masks]:
    """By the code of its neighbours, whether a pixel goes in the first and in the second pass of an iteration."""
    p = (np.arange(256)[:, None] >> np.arange(8)) & 1 == 1
    p2, p3, p4, p5, p6, p7, p8, p9 = p.T
    connected = (~p2 & (p3 | p4)).astype(int) + (~p4 & (p5 | p6)) + (~p6 & (p7 | p8)) + (~p8 & (p9 | p2))
    first = (p9 | p2).astype(int) + (p3 | p4) + (p5 | p6) + (p7 | p8)
    second = (p2 | p3).astype(int) + (p4 | p5) + (p6 | p7) + (p8 | p9)
    fewest = np.minimum(first, second)
    inner = (connected == 1) & (fewest >= 2) & (fewest <= 3)
    return inner & ~((p2 | p3 | ~p5) & p4), inner & ~((p6 | p7 | ~p9) & p8)


_DELETABLE = _deletable()


def distances(lines: Masks) -> Images:
    """From each pixel to the nearest that is marked in its image, in pixels; NaN in an image without one."""
    return some_at_a_time(_distances, lines)


def _distances(lines: Masks) -> Images:
    height, width = lines.shape[1:]
    # Images last, as above. Further than every pixel: nothing is marked.
    far = np.int16(height + width)
    nearest = np.where(lines.transpose(2, 1, 0), np.int16(0), far)
    for y in range(1, height):
        np.minimum(nearest[:, y], nearest[:, y - 1] + np.int16(1), out=nearest[:, y])
    for y in range(height - 2, -1, -1):
        np.minimum(nearest[:, y], nearest[:, y + 1] + np.int16(1), out=nearest[:, y])
    # Down each column first, then across: the squares of both are whole numbers.
    down = nearest * nearest
    squared = down.copy()
    for across in range(1, width):
        further = down + np.int16(across * across)
        np.minimum(squared[across:], further[:-across], out=squared[across:])
        np.minimum(squared[:-across], further[across:], out=squared[:-across])
    found: Images = np.sqrt(np.ascontiguousarray(squared.transpose(2, 1, 0)), dtype=np.float64)
    found[~np.asarray(lines.any(axis=(1, 2)))] = np.nan
    return found


def hole_counts(masks: Masks) -> Vector:
    """How many patches of paper each mask encloses, shape (n,); paper connects by edges, not by corners."""
    from scipy import ndimage

    paper = ~np.pad(masks, ((0, 0), (1, 1), (1, 1)))
    within = np.zeros((3, 3, 3), dtype=int)
    within[1] = [[0, 1, 0], [1, 1, 1], [0, 1, 0]]
    labels, n = ndimage.label(paper, structure=within)
    owner = np.zeros(n + 1, dtype=np.intp)
    owner[labels.ravel()] = np.repeat(np.arange(len(masks)), labels[0].size if len(masks) else 0)
    # All around every image there is one more patch, of the outside.
    return np.bincount(owner[1:], minlength=len(masks)).astype(np.float64) - 1


def log_aspects(masks: Masks) -> Vector:
    """Logarithm of width over height of the box around each mask, shape (n,)."""
    widths, heights = (_extent(np.asarray(masks.any(axis=axis))) for axis in (1, 2))
    return np.asarray(np.log(widths / heights), dtype=np.float64)


def _extent(lines: Masks) -> Vector:
    first, last = lines.argmax(axis=1), lines.shape[1] - lines[:, ::-1].argmax(axis=1)
    return np.where(lines.any(axis=1), (last - first).astype(np.float64), np.nan)
