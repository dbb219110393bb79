"""What the net makes of images: activations layer by layer, and the similarity of pairs.

Similarity is the cosine of the two images' flattened activations, s = Σxy / √(Σx² Σy²). Activations are float32,
as the net computes them; the sums are float64. `pixels` compares the raw grey values 0..255, not normalised.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from simtui.errors import SimtuiError
from simtui.network.cosines import pair_cosines
from simtui.network.layers import KNOWN, check_layers
from simtui.network.net import Activations, Net, draw_weights, to_input, untrained
from simtui.progress import Progress, untold

BATCH = 250
"""Images a forward pass."""

MEMORY = 128 * 2**20
"""Bytes of activations held at once; more pairs than fit are taken in several goes."""

Images = NDArray[np.uint8 | np.float32]
"""(n, 28, 28), grey values 0 (paper) to 255 (ink): whole ones as a study has them, or those between."""
Positions = NDArray[np.intp] | slice
Batch = tuple[slice, Tensor]


def pair_similarities(
    net: Net, left: Images, right: Images, layers: Iterable[str], on_progress: Progress = untold
) -> dict[str, NDArray[np.float64]]:
    """Similarity of each pair (left[i], right[i]) in each layer: by layer name, float64 (n,).

    left, right: (n, 28, 28). Each different image goes through the net once, however many pairs it is in.
    A pair with an image that leaves the whole layer at zero has no cosine and gets NaN: whoever shows the
    numbers says so. on_progress is called with (images done, images in all).
    Raises SimtuiError for an unknown layer, ValueError for arrays of other shapes.
    """
    return {
        name: values[0] for name, values in _in_networks(lambda _: net, 1, left, right, layers, on_progress).items()
    }


def untrained_similarities(
    networks: int, left: Images, right: Images, layers: Iterable[str], on_progress: Progress = untold
) -> dict[str, NDArray[np.float64]]:
    """`pair_similarities` in so many nets with random weights, of the seeds 0, 1, …: by layer, float64 (networks, n).

    on_progress: counts images, each once for every network that it goes through.
    """
    net = untrained(0)

    def drawn(seed: int) -> Net:
        draw_weights(net, seed)
        return net

    with one_thread():
        return _in_networks(drawn, networks, left, right, layers, on_progress)


@contextmanager
def one_thread() -> Iterator[None]:
    """For passes of few images, which take 3 ms: waiting for a second thread on a busy machine takes ten times that."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(threads)


def _in_networks(
    network: Callable[[int], Net],
    networks: int,
    left: Images,
    right: Images,
    layers: Iterable[str],
    on_progress: Progress,
) -> dict[str, NDArray[np.float64]]:
    """By layer the similarities in `network(0)`, `network(1)`, …: float64 (networks, n). See `pair_similarities`."""
    names = check_layers(layers)
    if left.shape != right.shape or left.shape[1:] != KNOWN["pixels"].shape:
        raise ValueError(f"pairs of images are two arrays (n, 28, 28), not {left.shape} and {right.shape}")
    result = {name: np.empty((networks, len(left))) for name in names}
    blocks = [(block, *_distinct(left[block], right[block])) for block in _blocks(left, right, names)]
    total, done = networks * sum(len(images) for _, images, _, _ in blocks), 0
    for block, images, first, second in blocks:
        # Looked at by all networks before the next ones come: they enter each in the same form.
        batches = list(_batches(images))
        for i in range(networks):
            found = _activations(network(i), images, batches, names, _part(on_progress, done, total))
            done += len(images)
            for name in names:
                result[name][i, block] = cosines = pair_cosines(found[name][first], found[name][second])
                if np.isnan(cosines).any() and not np.isfinite(found[name]).all():
                    raise SimtuiError(
                        f"The network's weights are so large that layer {name} gives numbers without end."
                    )
    return result


def _blocks(left: Images, right: Images, names: Sequence[str]) -> list[slice]:
    """The pairs whose activations are held at once."""
    bytes_an_image = 4 * sum(int(np.prod(KNOWN[name].shape)) for name in names)
    at_once = max(1, MEMORY // (2 * bytes_an_image or 1))
    if len(left) > BATCH // 2 and _all_differ(left, right):
        # Nothing is computed twice then, and what is of a few images stays where the processor has it at hand.
        at_once = min(at_once, BATCH // 2)
    return [slice(start, start + at_once) for start in range(0, len(left), at_once)]


def pixel_similarities(left: Images, right: Images) -> NDArray[np.float64]:
    """The layer `pixels` of `pair_similarities`, for which no net is needed."""
    return pair_cosines(*(side.reshape(len(side), -1).astype(np.float32) for side in (left, right)))


def activations(
    net: Net, pixels: Images, layers: Iterable[str], on_progress: Progress = untold
) -> dict[str, NDArray[np.float32]]:
    """Activations of images (n, 28, 28): by layer name, float32 (n, units), flattened.

    Raises SimtuiError for an unknown layer.
    """
    return _activations(net, pixels, _batches(pixels), check_layers(layers), on_progress)


def _activations(
    net: Net, pixels: Images, batches: Iterable[Batch], names: Sequence[str], on_progress: Progress
) -> dict[str, NDArray[np.float32]]:
    """Of images, and of them as they enter the net."""
    n = len(pixels)
    result = {name: np.empty((n, int(np.prod(KNOWN[name].shape))), dtype=np.float32) for name in names}
    if "pixels" in result:
        result["pixels"][:] = pixels.reshape(n, -1)
    computed = [name for name in names if name != "pixels"]
    for batch, output in _forward(net, batches if computed else (), n, on_progress):
        for name in computed:
            found = getattr(output, name).flatten(1).numpy()
            if len(found) == n:
                result[name] = found
            else:
                result[name][batch] = found
    return result


def classify(net: Net, pixels: Images, on_progress: Progress = untold) -> NDArray[np.int64]:
    """The digit that the net takes each image, (n, 28, 28), for: int64 (n,)."""
    result = np.empty(len(pixels), dtype=np.int64)
    for batch, output in _forward(net, _batches(pixels), len(pixels), on_progress):
        result[batch] = output.log_probs.argmax(1).numpy()
    return result


def _all_differ(left: Images, right: Images) -> bool:
    seen = {image.tobytes() for side in (left, right) for image in side}
    return len(seen) == 2 * len(left)


def _distinct(left: Images, right: Images) -> tuple[Images, Positions, Positions]:
    """The different images among the pairs, and where each pair's left and right one stand among them."""
    n, images = len(left), np.concatenate([left, right])
    data, size = images.tobytes(), images[:1].nbytes
    places: dict[bytes, int] = {}
    where = [places.setdefault(data[i * size : (i + 1) * size], i) for i in range(2 * n)]
    if len(places) == 2 * n:
        return images, slice(0, n), slice(n, 2 * n)
    first, positions = np.unique(where, return_inverse=True)
    return images[first], positions[:n], positions[n:]


def _batches(pixels: Images) -> Iterator[Batch]:
    """The images as they enter a net, some at a time, each time with their place."""
    for start in range(0, len(pixels), BATCH):
        batch = slice(start, min(start + BATCH, len(pixels)))
        yield batch, to_input(pixels[batch])


def _forward(
    net: Net, batches: Iterable[Batch], total: int, on_progress: Progress
) -> Iterator[tuple[slice, Activations]]:
    """Batch by batch, of `total` images: its place, and what the net gives for it, without a graph for gradients."""
    for batch, x in batches:
        with torch.inference_mode():
            output = net(x)
        yield batch, output
        on_progress(batch.stop, total)


def _part(on_progress: Progress, done: int, total: int) -> Progress:
    """What is told of a part of the images, told of them all."""
    return lambda n, _, __="", /: on_progress(done + n, total)
