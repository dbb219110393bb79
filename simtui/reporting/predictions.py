"""How a network reads labelled digits: which it takes for which, and the digits themselves with its answers."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from simtui.stimuli.image_set import ImageSet
from simtui.storage.png import Image
from simtui.terminal.layout import table

Tile = tuple[list[Image], str]
"""One image, and what stands below it."""


def tiles(images: ImageSet, predictions: NDArray[np.int64], count: int, *, wrong: bool, seed: int = 0) -> list[Tile]:
    """So many random images with the network's answers; a wrong one is marked with !, and the right one follows.

    predictions: of every image (n,). wrong: those that it takes for another digit come first, else they stand in the
    order of their file.
    """
    labels = np.array(images.labels, dtype=np.int64)
    order = np.random.default_rng(seed).permutation(len(images))
    right = predictions == labels
    chosen = order[np.argsort(right[order], kind="stable")][:count] if wrong else np.sort(order[:count])
    return [
        (
            [tuple(bytes(row) for row in images.pixels[i])],
            str(predictions[i]) if right[i] else f"! {predictions[i]}, not {labels[i]}",
        )
        for i in chosen
    ]


def confusion(labels: NDArray[np.int64], predictions: NDArray[np.int64]) -> NDArray[np.int64]:
    """How many images of each digit (rows) the network takes for each digit (columns), (10, 10)."""
    counts = np.zeros((10, 10), dtype=np.int64)
    np.add.at(counts, (labels, predictions), 1)
    return counts


def confusion_lines(counts: NDArray[np.int64]) -> list[str]:
    """The table as text; what never happens is a dot, so that what does is seen."""
    header = ["digit", *map(str, range(10)), "correct"]
    rows = []
    for digit, row in enumerate(counts):
        share = f"{100 * row[digit] / row.sum():.1f} %" if row.sum() else "–"
        rows.append([str(digit), *(str(n) if n else "·" for n in row), share])
    return table(header, rows)
