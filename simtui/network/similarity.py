"""What the net makes of images: activations layer by layer, and the similarity of pairs.

Similarity is the cosine of the two images' flattened activations, s = Σxy / √(Σx² Σy²). Activations are float32,
as the net computes them; the sums are float64. `pixels` compares the raw grey values 0..255, not normalised.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import torch
from numpy.typing import NDArray

from simtui.network.layers import KNOWN, check_layers
from simtui.network.net import Activations, Net, to_input, untrained

__all__ = ["activations", "classify", "cosine_matrix", "pair_cosines", "pair_similarities", "untrained"]

BATCH = 250
"""Images a forward pass."""

MEMORY = 128 * 2**20
"""Bytes of activations held at once; more pairs than fit are taken in several goes."""

Images = NDArray[np.uint8]
Progress = Callable[[int, int], None]


def pair_similarities(
    net: Net, left: Images, right: Images, layers: Iterable[str], on_progress: Progress | None = None
) -> dict[str, NDArray[np.float64]]:
    """Similarity of each pair (left[i], right[i]) in each layer: by layer name, float64 (n,).

    left, right: uint8 (n, 28, 28). Each different image goes through the net once, however many pairs it is in.
    A pair with an image that leaves the whole layer at zero has no cosine and gets NaN: whoever shows the
    numbers says so. on_progress is called with (images done, images in all).
    Raises SimtuiError for an unknown layer, ValueError for arrays of other shapes.
    """
    names = check_layers(layers)
    if left.shape != right.shape or left.shape[1:] != KNOWN["pixels"].shape:
        raise ValueError(f"pairs of images are two arrays (n, 28, 28), not {left.shape} and {right.shape}")
    result = {name: np.empty(len(left)) for name in names}
    bytes_an_image = 4 * sum(int(np.prod(KNOWN[name].shape)) for name in names)
    at_once = max(1, MEMORY // (2 * bytes_an_image or 1))
    blocks = [slice(start, start + at_once) for start in range(0, len(left), at_once)]
    distinct = [_distinct(left[block], right[block]) for block in blocks]
    total, done = sum(len(images) for images, _, _ in distinct), 0
    for block, (images, first, second) in zip(blocks, distinct, strict=True):
        found = activations(net, images, names, _shifted(on_progress, done, total))
        done += len(images)
        for name in names:
            result[name][block] = pair_cosines(found[name][first], found[name][second])
    return result


def activations(
    net: Net, pixels: Images, layers: Iterable[str], on_progress: Progress | None = None
) -> dict[str, NDArray[np.float32]]:
    """Activations of images uint8 (n, 28, 28): by layer name, float32 (n, units), flattened.

    Raises SimtuiError for an unknown layer.
    """
    names = check_layers(layers)
    n = len(pixels)
    result = {name: np.empty((n, int(np.prod(KNOWN[name].shape))), dtype=np.float32) for name in names}
    if "pixels" in result:
        result["pixels"][:] = pixels.reshape(n, -1)
    computed = [name for name in names if name != "pixels"]
    for batch, output in _forward(net, pixels if computed else pixels[:0], on_progress):
        for name in computed:
            result[name][batch] = getattr(output, name).flatten(1).numpy()
    return result


def classify(net: Net, pixels: Images, on_progress: Progress | None = None) -> NDArray[np.int64]:
    """The digit that the net takes each image, uint8 (n, 28, 28), for: int64 (n,)."""
    result = np.empty(len(pixels), dtype=np.int64)
    for batch, output in _forward(net, pixels, on_progress):
        result[batch] = output.log_probs.argmax(1).numpy()
    return result


def pair_cosines(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float64]:
    """Cosine of row i of `a` with row i of `b`, both (n, units): float64 (n,), NaN where a row is all zero."""
    n, units = a.shape
    # Σxy, Σx², Σy² of every pair.
    sums = np.empty((3, n))
    rows = max(1, min(n, _CHUNK // max(units, 1)))
    workers = min(_cores(), n // rows) if n * units >= _WORTH_THREADS else 1
    if workers < 2:
        _sums(a, b, sums, rows)
    else:
        # numpy lets go of the interpreter in these loops. Every row is summed by itself: the split changes no bit.
        parts = [slice(n * i // workers, n * (i + 1) // workers) for i in range(workers)]
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(lambda part: _sums(a[part], b[part], sums[:, part], rows), parts))
    return _ratio(sums[0], sums[1] * sums[2])


def cosine_matrix(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Cosine of every row of `vectors`, (n, units), with every row: float64 (n, n), NaN where a row is all zero."""
    x = vectors.astype(np.float64)
    lengths = np.sqrt(_dots(x, x))[:, None]
    # Unit vectors first: n divisions instead of n².
    unit = np.divide(x, lengths, out=np.full(x.shape, np.nan), where=lengths > 0)
    cosines: NDArray[np.float64] = unit @ unit.T
    return cosines


_CHUNK = 2**18  # numbers in a buffer: 2 MB in float64, about a core's cache

_WORTH_THREADS = 2**22
"""Numbers in an array from which a second thread saves more than it costs to start."""


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _sums(a: NDArray[np.float32], b: NDArray[np.float32], sums: NDArray[np.float64], rows: int) -> None:
    """Σxy, Σx², Σy² of each pair of rows into `sums` (3, n), in float64, `rows` rows at a time."""
    n, units = a.shape
    # Two buffers for the whole job: fresh ones for every chunk cost more than the sums themselves.
    x_buffer, y_buffer = np.empty((rows, units)), np.empty((rows, units))
    for start in range(0, n, rows):
        chunk = slice(start, min(start + rows, n))
        k = chunk.stop - start
        x, y = x_buffer[:k], y_buffer[:k]
        x[:], y[:] = a[chunk], b[chunk]
        for row, (first, second) in enumerate(((x, y), (x, x), (y, y))):
            sums[row, chunk] = _dots(first, second)


def _dots(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """Row by row dot products; matmul here is several times faster than einsum for short rows."""
    dots: NDArray[np.float64] = np.matmul(x[:, None, :], y[:, :, None])[:, 0, 0]
    return dots


def _ratio(products: NDArray[np.float64], squares: NDArray[np.float64]) -> NDArray[np.float64]:
    lengths = np.sqrt(squares)
    ratio = np.full(products.shape, np.nan)
    np.divide(products, lengths, out=ratio, where=lengths > 0)
    return ratio


def _distinct(left: Images, right: Images) -> tuple[Images, NDArray[np.intp], NDArray[np.intp]]:
    """The different images among the pairs, and the position of each pair's left and right one among them."""
    images = np.concatenate([left, right])
    positions: dict[bytes, int] = {}
    where = np.array([positions.setdefault(image.tobytes(), len(positions)) for image in images], dtype=np.intp)
    first = np.unique(where, return_index=True)[1]
    return images[first], where[: len(left)], where[len(left) :]


def _forward(net: Net, pixels: Images, on_progress: Progress | None) -> Iterator[tuple[slice, Activations]]:
    """Batch by batch: its place, and what the net gives for it, without a graph for gradients."""
    for start in range(0, len(pixels), BATCH):
        batch = slice(start, start + BATCH)
        with torch.inference_mode():
            output = net(to_input(pixels[batch]))
        yield batch, output
        if on_progress is not None:
            on_progress(min(start + BATCH, len(pixels)), len(pixels))


def _shifted(on_progress: Progress | None, done: int, total: int) -> Progress | None:
    """Progress of one part of the images as progress of them all."""
    return None if on_progress is None else lambda n, _: on_progress(done + n, total)
