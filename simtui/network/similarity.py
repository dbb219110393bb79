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
    starts = iter(range(0, n, rows))
    helpers = min(_cores(), n // rows) - 1 if n * units >= _WORTH_THREADS else 0
    if helpers < 1:
        _sums(a, b, sums, rows, starts)
    else:
        # Each takes the next chunk when it is done with one, so that a core that is late or busy costs little. Every
        # row is summed by itself: who does it changes no bit.
        with ThreadPoolExecutor(helpers) as pool:
            helping = [pool.submit(_sums, a, b, sums, rows, starts) for _ in range(helpers)]
            _sums(a, b, sums, rows, starts)
            for each in helping:
                each.result()
    return _ratio(sums[0], sums[1] * sums[2])


def cosine_matrix(vectors: NDArray[np.float32]) -> NDArray[np.float64]:
    """Cosine of every row of `vectors`, (n, units), with every row: float64 (n, n), NaN where a row is all zero."""
    x = vectors.astype(np.float64)
    lengths = np.sqrt(_dots(x, x))[:, None]
    # Unit vectors first: n divisions instead of n².
    unit = np.divide(x, lengths, out=np.full(x.shape, np.nan), where=lengths > 0)
    cosines: NDArray[np.float64] = unit @ unit.T
    return cosines


_CHUNK = 2**18
"""Numbers of each image's side that are taken at once: with both sides 4 MB in float64."""

_PART = 320

_WORTH_THREADS = 2**22
"""Numbers in an array from which a second thread saves more than it costs to start."""


def _cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _sums(
    a: NDArray[np.float32], b: NDArray[np.float32], sums: NDArray[np.float64], rows: int, starts: Iterator[int]
) -> None:
    """Σxy, Σx², Σy² of each pair of rows into `sums` (3, n), in float64: of `rows` rows from each of `starts`."""
    n, units = a.shape
    parts = units // _part(units)
    # One buffer for the whole job: a fresh one for every chunk costs more than the sums themselves.
    both, of_parts = np.empty((2, rows, units)), np.empty(rows * parts)
    for start in starts:
        chunk = slice(start, min(start + rows, n))
        k = chunk.stop - start
        np.copyto(both[0, :k], a[chunk])
        np.copyto(both[1, :k], b[chunk])
        x, y = both[:, :k].reshape(2, k * parts, units // parts)
        for row, (first, second) in enumerate(((x, y), (x, x), (y, y))):
            found = _dots(first, second, of_parts[: k * parts])
            np.add.reduce(found.reshape(k, parts), axis=1, out=sums[row, chunk])


def _part(units: int) -> int:
    """How many numbers of a row are summed at a go: a divisor of units.

    For a few long rows numpy would not let go of the interpreter, and a second thread would have to wait.
    """
    return next(part for part in range(min(units, _PART), 0, -1) if units % part == 0) if units else 1


def _dots(
    x: NDArray[np.float64], y: NDArray[np.float64], out: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Row by row dot products (n,), into `out` if given; matmul is several times faster here than einsum."""
    dots = np.empty(len(x)) if out is None else out
    np.matmul(x[:, None, :], y[:, :, None], out=dots[:, None, None])
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
