"""Digits drawn from strokes: the embedded default, which needs no download.

A glyph (`glyphs`) says how a digit is written, a hand (`hand`) writes it with its own slant, width, tremble and
pressure, and the raster (`raster`) puts it into MNIST's form. How far each of these varies was set beside the
real MNIST: ink, stroke width, slant, aspect ratio, grey levels, and the similarity of two images of one class.
They look and measure like MNIST but are not MNIST, and every screen and file says so (`NOTE`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from simtui.errors import SimtuiError, printable
from simtui.stimuli.glyphs import GLYPHS
from simtui.stimuli.hand import Hand, write
from simtui.stimuli.image_set import SIZE, ImageSet
from simtui.stimuli.raster import BOX, rasterise
from simtui.stimuli.source import Source

VERSION = 1
"""Of the drawing program. Raised whenever any pixel of any drawing changes."""

NOTE = "drawn digits, not MNIST"
"""What every screen and file says of these images."""


def draw(digit: int, rng: np.random.Generator) -> NDArray[np.uint8]:
    """One drawing of a digit 0..9: shape (28, 28), 0 paper and 255 ink, in MNIST's form.

    The drawing uses up some of `rng`. Raises SimtuiError for another digit.
    """
    _check(digit)
    hand = Hand(rng)
    radius = hand.bell(1.2, 0.3)
    softness = hand.between(0.5, 1.0)
    lines = write(hand, GLYPHS[digit](hand))
    if digit != 1:
        # A pen too broad for a narrow digit would fill its loops.
        path = np.concatenate([line.points for line in lines])
        width, height = path.max(axis=0) - path.min(axis=0)
        radius = min(radius, 0.13 * BOX * float(width / max(width, height)))
    grain = hand.between(0.1, 0.5) * (rng.random((BOX, BOX)) - 0.5)
    return rasterise(lines, max(radius, 0.6), softness, grain)


def load(digits: Sequence[int], per_digit: int, seed: int) -> ImageSet:
    """`per_digit` drawings of each of the digits, in the order given; a digit given twice counts once.

    Image k of a digit depends on the seed, the digit and k alone, on every machine. Raises SimtuiError for an
    unknown digit, a negative number of images or a negative seed.
    """
    digits = list(dict.fromkeys(digits))
    for digit in digits:
        _check(digit)
    if seed < 0:
        raise SimtuiError(f"The seed of drawn digits is {seed}: choose 0 or a greater whole number.")
    if per_digit < 0:
        raise SimtuiError(f"{per_digit} drawings of each digit were asked for: ask for 0 or more.")
    named = [(digit, k) for digit in digits for k in range(per_digit)]
    pixels = np.zeros((len(named), SIZE, SIZE), dtype=np.uint8)
    for image, key in zip(pixels, named, strict=True):
        image[:] = draw(key[0], np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key))))
    source = Source(name="drawn", seed=seed, version=VERSION, note=NOTE)
    return ImageSet(
        pixels=pixels,
        labels=tuple(digit for digit, _ in named),
        ids=tuple(f"drawn-{digit}-{k:05d}" for digit, k in named),
        source=source,
    )


def _check(digit: int) -> None:
    if digit not in range(len(GLYPHS)):
        raise SimtuiError(f"There is no drawn digit {printable(digit)}: choose from 0 to 9.")
