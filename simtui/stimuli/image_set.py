"""ImageSet: what every source of images returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from simtui.stimuli.source import Label, Source

SIZE = 28
"""Height and width of every image, in pixels."""


@dataclass(frozen=True, slots=True)
class ImageSet:
    """Labelled grey images in MNIST's form.

    pixels: uint8, shape (n, 28, 28), 0 is paper and 255 is ink.
    labels: n classes, one an image.
    ids: n different names of letters, digits and hyphens, stable from run to run.
    source: where they came from.
    """

    pixels: NDArray[np.uint8]
    labels: tuple[Label, ...]
    ids: tuple[str, ...]
    source: Source

    def __post_init__(self) -> None:
        n = len(self.ids)
        if self.pixels.shape != (n, SIZE, SIZE) or self.pixels.dtype != np.uint8 or len(self.labels) != n:
            raise ValueError(f"{self.pixels.shape} {self.pixels.dtype} pixels, {len(self.labels)} labels, {n} ids")

    def __len__(self) -> int:
        return len(self.ids)

    def classes(self) -> list[Label]:
        """The labels that occur, numbers first."""
        return sorted(set(self.labels), key=lambda label: (isinstance(label, str), label))

    def where(self, label: Label) -> list[int]:
        """Positions of the images of one class, in order."""
        return [i for i, other in enumerate(self.labels) if other == label]

    def take(self, positions: Sequence[int]) -> ImageSet:
        """The images at these positions, in this order."""
        return ImageSet(
            pixels=self.pixels[list(positions)],
            labels=tuple(self.labels[i] for i in positions),
            ids=tuple(self.ids[i] for i in positions),
            source=self.source,
        )
