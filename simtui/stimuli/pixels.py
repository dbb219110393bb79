"""Images as arrays, and how alike two are without a network: the cosine of their grey values."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from simtui.storage import png

Images = NDArray[np.uint8 | np.float32 | np.float64]
"""(n, 28, 28), grey values from 0, paper, to 255, ink."""


def stacked(images: Iterable[png.Image]) -> NDArray[np.uint8]:
    """Images as a study decodes them, 28 rows of 28 bytes each, as one array (n, 28, 28)."""
    data = bytearray().join(row for image in images for row in image)
    return np.frombuffer(data, dtype=np.uint8).reshape(-1, png.SIZE, png.SIZE)


def pixel_cosines(first: Images, second: Images) -> NDArray[np.float64]:
    """Cosine of image first[i] with second[i], both (n, 28, 28): float64 (n,), NaN where an image has no ink.

    Of whole grey values it is the same to the last bit on every machine: sums of whole numbers below 2**53 are exact.
    """
    a, b = (images.reshape(len(images), png.SIZE**2).astype(np.float64) for images in (first, second))
    products, squares = np.einsum("ij,ij->i", a, b), np.einsum("ij,ij->i", a, a) * np.einsum("ij,ij->i", b, b)
    return _cosines(products, squares)


def pixel_cosine_matrix(images: Images) -> NDArray[np.float64]:
    """Cosine of every image with every other, (n, 28, 28): float64 (n, n), as exact as `pixel_cosines`."""
    flat = images.reshape(len(images), -1).astype(np.float64)
    products = flat @ flat.T
    squares = np.diag(products)
    return _cosines(products, squares[:, None] * squares)


def _cosines(products: NDArray[np.float64], squares: NDArray[np.float64]) -> NDArray[np.float64]:
    """s = Σxy / √(Σx² Σy²)."""
    return np.divide(products, np.sqrt(squares), out=np.full_like(products, np.nan), where=squares > 0)
