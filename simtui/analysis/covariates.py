"""Image covariates: what can be said of a pair of images without a network, one number a pair and covariate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from simtui.analysis import shape
from simtui.analysis.shape import Images, Masks, Vector
from simtui.stimuli.pixels import pixel_cosines

Indices = NDArray[np.intp]

_PAIRS_AT_ONCE = 2_000


@dataclass(frozen=True, slots=True)
class CovariateKind:
    """A covariate, for people.

    label: in tables. says: what a pair that is alike in it has in common, in sentences; covariates that measure
    the same thing say the same. kind: whether a larger value means more alike or more different. unit: of its values,
    empty where they have none.
    """

    name: str
    label: str
    says: str
    kind: Literal["similarity", "difference"]
    unit: str = ""

    @property
    def direction(self) -> int:
        """The sign of its r with any measure of similarity, if it matters at all."""
        return 1 if self.kind == "similarity" else -1


_OVERLAP, _UPRIGHT = "where the ink lies", "shape once slant and position are taken out"

COVARIATES: dict[str, CovariateKind] = {
    covariate.name: covariate
    for covariate in (
        CovariateKind("pixel_cosine", "pixel cosine", _OVERLAP, "similarity"),
        CovariateKind("ink_overlap", "ink overlap", _OVERLAP, "similarity"),
        CovariateKind("ssim", "structural similarity", _OVERLAP, "similarity"),
        CovariateKind("chamfer", "skeleton distance", _OVERLAP, "difference", "pixels"),
        CovariateKind("deskewed_cosine", "deskewed cosine", _UPRIGHT, "similarity"),
        CovariateKind("deskewed_chamfer", "deskewed skeleton distance", _UPRIGHT, "difference", "pixels"),
        CovariateKind("slant", "slant difference", "slant", "difference", "degrees"),
        CovariateKind("stroke_width", "stroke width difference", "stroke width", "difference", "pixels"),
        CovariateKind("aspect", "aspect difference", "proportions", "difference"),
        CovariateKind("ink_mass", "ink difference", "amount of ink", "difference", "black pixels"),
        CovariateKind("holes", "holes difference", "number of holes", "difference"),
    )
}
"""Every covariate by its name, in the order of tables."""


def covariates(images: NDArray[np.uint8 | np.float32], left: Indices, right: Indices) -> dict[str, Vector]:
    """Every covariate of the pairs (images[left[i]], images[right[i]]): by name, float64 (pairs,).

    images: (n, 28, 28), 0 paper and 255 ink. NaN where an image has no ink.

    pixel_cosine, deskewed_cosine: cosine of the grey values, as they are and after `shape.deskewed`.
    ink_overlap: inked pixels of both over those of either (`shape.ink`). ssim: Wang et al. (2004), Gaussian window
    of 1.5 pixels, K₁ 0.01, K₂ 0.03, mean over where the window fits. chamfer, deskewed_chamfer: mean distance in
    pixels from a point of one skeleton to the nearest of the other, both ways (Barrow et al., 1977).
    slant: absolute difference in degrees (`shape.Moments.slant`). stroke_width: of ink over length of skeleton, in
    pixels. aspect: of log(width / height). ink_mass: of the sum of grey values, in black pixels. holes: of their
    number.
    """
    grey = images.astype(np.float64)
    upright = shape.deskewed(grey)
    masks = shape.ink(grey)
    lines = shape.skeletons(masks)
    found = {
        "pixel_cosine": _cosines(grey, left, right),
        "ink_overlap": _overlaps(masks, left, right),
        "ssim": _ssim(grey, left, right),
        "chamfer": _chamfer(lines, left, right),
        "deskewed_cosine": _cosines(upright, left, right),
        "deskewed_chamfer": _chamfer(shape.skeletons(shape.ink(upright)), left, right),
    }
    moments, length = shape.moments(grey), lines.sum(axis=(1, 2))
    black = moments.mass / 255
    inked = moments.mass > 0
    of_images = {
        "slant": moments.slant,
        "stroke_width": np.divide(black, length, out=np.full(length.shape, np.nan), where=length > 0),
        "aspect": shape.log_aspects(masks),
        "ink_mass": np.where(inked, black, np.nan),
        "holes": np.where(inked, shape.hole_counts(masks), np.nan),
    }
    found |= {name: np.abs(values[left] - values[right]) for name, values in of_images.items()}
    return {name: found[name] for name in COVARIATES}


def _blocks(n: int) -> Iterator[slice]:
    """A pair's images are 12 kB in float64: many pairs are taken in several goes."""
    for start in range(0, n, _PAIRS_AT_ONCE):
        yield slice(start, min(start + _PAIRS_AT_ONCE, n))


def _cosines(images: Images, left: Indices, right: Indices) -> Vector:
    result = np.empty(len(left))
    for block in _blocks(len(left)):
        result[block] = pixel_cosines(images[left[block]], images[right[block]])
    return result


def _overlaps(masks: Masks, left: Indices, right: Indices) -> Vector:
    both, either = np.empty(len(left)), np.empty(len(left))
    for block in _blocks(len(left)):
        a, b = masks[left[block]], masks[right[block]]
        both[block], either[block] = (a & b).sum(axis=(1, 2)), (a | b).sum(axis=(1, 2))
    inked = np.asarray(masks.any(axis=(1, 2)))
    return np.where(inked[left] & inked[right], _ratio(both, either), np.nan)


def _ssim(images: Images, left: Indices, right: Indices) -> Vector:
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    mean = _smooth(images)
    variance = _smooth(images**2) - mean**2
    inked = np.asarray(images.any(axis=(1, 2)))
    result = np.empty(len(left))
    for block in _blocks(len(left)):
        i, j = left[block], right[block]
        products = mean[i] * mean[j]
        covariance = _smooth(images[i] * images[j]) - products
        ratio = (2 * products + c1) * (2 * covariance + c2)
        ratio /= (mean[i] ** 2 + mean[j] ** 2 + c1) * (variance[i] + variance[j] + c2)
        result[block] = ratio.mean(axis=(1, 2))
    return np.where(inked[left] & inked[right], result, np.nan)


def _smooth(images: Images) -> Images:
    """The local mean under a Gaussian window of 11 pixels, only where it fits into the image."""
    from scipy import ndimage

    def smoothed(some: Images) -> Images:
        return np.asarray(
            ndimage.gaussian_filter(some, sigma=(0, 1.5, 1.5), radius=(0, 5, 5))[:, 5:-5, 5:-5], dtype=np.float64
        )

    return shape.some_at_a_time(smoothed, images)


def _chamfer(lines: Masks, left: Indices, right: Indices) -> Vector:
    far = shape.distances(lines)
    length = lines.sum(axis=(1, 2)).astype(np.float64)
    result = np.empty(len(left))
    for block in _blocks(len(left)):
        i, j = left[block], right[block]
        there = _ratio((lines[i] * far[j]).sum(axis=(1, 2)), length[i])
        back = _ratio((lines[j] * far[i]).sum(axis=(1, 2)), length[j])
        result[block] = (there + back) / 2
    return result


def _ratio(above: Vector, below: Vector) -> Vector:
    ratio: Vector = np.divide(above, below, out=np.full(above.shape, np.nan), where=below > 0)
    return ratio
