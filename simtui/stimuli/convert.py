"""Any picture as a stimulus: 28x28, grey, ink bright on black paper.

A JPEG of more than 12.5 million pixels is decoded to a half, a quarter or an eighth of its size. Then, in this
order: turned upright by its EXIF tag; transparent parts laid on white; made grey (luma, ITU-R 601-2; 16-bit and
floating-point greys scaled to 0..255); inverted where it is dark ink on light paper, that is where the median of the
outermost pixels is brighter than the mean of the whole; and, unless it is 28x28 already, fitted as a whole into 28x28
with its proportions kept (bicubic), centred, and padded with that median, its paper. Nothing is cropped, centred by
mass or stretched in contrast.
"""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, JpegImagePlugin, UnidentifiedImageError

from simtui.errors import SimtuiError, printable
from simtui.stimuli.image_set import SIZE
from simtui.storage import untrusted

MOST_PIXELS = 12_500_000
"""A larger picture is refused before it is unpacked, for it takes up to 20 bytes a pixel; but see `_reduced`."""

_SCALES = (2, 4, 8)
"""Fractions of its size that a JPEG can be decoded to."""

MOST_BYTES = 64 * 2**20

# These are programs or drawings that Pillow hands to other software to run, not pictures that it reads itself.
_RUN_ELSEWHERE = {"EPS", "WMF"}


def read_image(path: Path) -> tuple[NDArray[np.uint8], bool]:
    """The picture in a file as a stimulus, uint8 (28, 28), and whether it was inverted.

    Of several frames the first is taken. Raises SimtuiError, naming the file, where it is no picture that Pillow
    reads, is damaged, too large, or of one grey all over.
    """
    shown = printable(path)
    try:
        with untrusted.opened(path, "a picture", MOST_BYTES) as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow's own hints; the size is checked below, damage raises
            with Image.open(file, formats=_formats()) as image:
                if image.width * image.height > MOST_PIXELS and not _reduced(image):
                    raise SimtuiError(
                        f"{shown} has {image.width} x {image.height} pixels, more than "
                        f"{MOST_PIXELS / 1_000_000:g} million: save a smaller picture, or a JPEG."
                    )
                image.load()
                grey = _grey(ImageOps.exif_transpose(image))
    except (SimtuiError, MemoryError):
        raise
    except Image.DecompressionBombError:
        raise SimtuiError(f"{shown} would unpack to far too many pixels: save a smaller picture.") from None
    except Exception as error:  # Pillow's readers fail in many ways; all of them are the file's fault
        reason = getattr(error, "strerror", None) or (
            "Pillow knows no such format" if isinstance(error, UnidentifiedImageError) else error
        )
        raise SimtuiError(
            f"{shown} cannot be read as a picture ({printable(reason)}): mend it or take it out of the folder."
        ) from None
    if grey.min() == grey.max():
        raise SimtuiError(
            f"{shown} is one grey all over, there is nothing on it to compare: take it out of the folder."
        )
    return to_stimulus(grey)


def to_stimulus(grey: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], bool]:
    """A grey picture uint8 (height, width) inverted if need be and fitted into (28, 28); whether it was inverted."""
    inverted = _paper(grey) > grey.mean()
    if inverted:
        grey = 255 - grey
    height, width = grey.shape
    if (height, width) == (SIZE, SIZE):
        return grey, inverted
    scale = SIZE / max(height, width)
    fitted = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = np.asarray(Image.fromarray(grey).resize(fitted, Image.Resampling.BICUBIC))
    canvas = np.full((SIZE, SIZE), round(_paper(grey)), dtype=np.uint8)
    top, left = (SIZE - fitted[1]) // 2, (SIZE - fitted[0]) // 2
    canvas[top : top + fitted[1], left : left + fitted[0]] = small
    return canvas, inverted


def _reduced(image: Image.Image) -> bool:
    """Have a large JPEG decoded to a half, a quarter or an eighth of its size; False where that is not enough.

    A progressive one has to be unpacked as a whole.
    """
    if not isinstance(image, JpegImagePlugin.JpegImageFile) or image.info.get("progressive"):
        return False
    for scale in _SCALES:
        if (image.width // scale) * (image.height // scale) <= MOST_PIXELS:
            image.draft(None, (image.width // scale, image.height // scale))
            return image.width * image.height <= 1.1 * MOST_PIXELS
    return False


def _formats() -> tuple[str, ...]:
    Image.init()
    return tuple(sorted(set(Image.ID) - _RUN_ELSEWHERE))


def _paper(grey: NDArray[np.uint8]) -> float:
    """The median of the outermost pixels."""
    return float(np.median(np.concatenate([grey[0], grey[-1], grey[1:-1, 0], grey[1:-1, -1]])))


def _grey(image: Image.Image) -> NDArray[np.uint8]:
    if image.mode == "F" or image.mode.startswith("I"):
        return _deep_grey(np.asarray(image).astype(np.float64), image.mode.startswith("I;16"))
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        opaque = image.convert("RGBA")
        image = Image.alpha_composite(Image.new("RGBA", opaque.size, "white"), opaque)
    return np.asarray(image.convert("RGB" if image.mode == "CMYK" else "L").convert("L"), dtype=np.uint8)


def _deep_grey(values: NDArray[np.float64], sixteen_bit: bool) -> NDArray[np.uint8]:
    """Greys of more than 8 bits, which Pillow's own conversion would cut off at 255."""
    if not np.isfinite(values).all():
        raise ValueError("it has values that are not numbers")
    low, high = values.min(), values.max()
    if low < 0 or high > 65_535:
        raise ValueError(f"its greys go from {low:g} to {high:g}")
    if sixteen_bit or high > 255:
        values = values / 257
    elif high <= 1:
        values = values * 255
    return np.round(values).astype(np.uint8)
