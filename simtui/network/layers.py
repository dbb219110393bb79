"""The layers a similarity can be taken from: names, sizes and words, to be had without torch."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from simtui.errors import SimtuiError, printable


@dataclass(frozen=True, slots=True)
class Layer:
    """One representation of an image.

    name: as on the command line and in the files.
    shape: of one image's activations.
    description: one line for people.
    """

    name: str
    shape: tuple[int, ...]
    description: str


KNOWN: dict[str, Layer] = {
    layer.name: layer
    for layer in (
        Layer("fc", (50,), "fully connected layer, 50 units, after ReLU"),
        Layer("pool2", (20, 4, 4), "second convolution after pooling, 20 maps of 4x4"),
        Layer("conv2", (20, 8, 8), "second convolution, 20 maps of 8x8, after ReLU, before pooling"),
        Layer("conv1", (10, 24, 24), "first convolution, 10 maps of 24x24, after ReLU, before pooling"),
        Layer("pixels", (28, 28), "the raw image, 0..255, no network (baseline)"),
    )
}
"""Every layer by its name, from the deepest to the image itself."""

LAYERS = ("fc", "pool2", "conv2", "conv1", "pixels")
"""What is analysed unless other layers are asked for, in the order of screens and tables."""

DEFAULT_LAYER = "fc"
"""The homework's choice."""


def check_layers(names: Iterable[str]) -> tuple[str, ...]:
    """`names` without repeats, in their order; SimtuiError for a layer that does not exist."""
    chosen = tuple(dict.fromkeys(names))
    for name in chosen:
        if name not in KNOWN:
            raise SimtuiError(f"There is no layer {printable(name)!r}: choose from {', '.join(KNOWN)}.")
    return chosen
