"""PNGs in and out, against Pillow, and every way one can be wrong."""

from __future__ import annotations

import io
import random
import struct
import tracemalloc
import zlib

import numpy as np
import PIL.Image
import pytest

from simtui.errors import SimtuiError
from simtui.storage import png


def _noise(seed: int) -> png.Image:
    rng = random.Random(seed)
    return tuple(bytes(rng.choice((0, 0, rng.randrange(256), 255)) for _ in range(28)) for _ in range(28))


def _file(scanlines: bytes, header: bytes | None = None, before: bytes = b"", packed: bytes | None = None) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", 28, 28, 8, 0, 0, 0, 0) if header is None else header
    data = chunk(b"IDAT", zlib.compress(scanlines) if packed is None else packed)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + data + chunk(b"IEND", b"")


def _pillow(image: png.Image, **options: bool) -> bytes:
    stream = io.BytesIO()
    PIL.Image.frombytes("L", (28, 28), b"".join(image)).save(stream, "PNG", **options)
    return stream.getvalue()


@pytest.mark.parametrize("seed", range(5))
def test_what_is_written_is_read_back_here_and_by_pillow(seed: int) -> None:
    image = _noise(seed)
    data = png.encode(image)
    assert png.decode(data) == image
    assert PIL.Image.open(io.BytesIO(data)).tobytes() == b"".join(image)
    assert png.encode(image) == data


def test_rows_of_a_numpy_array_are_an_image_too() -> None:
    pixels = np.arange(784, dtype=np.uint8).reshape(28, 28)
    assert np.array_equal(np.array([list(row) for row in png.decode(png.encode(pixels))]), pixels)


@pytest.mark.parametrize("seed", range(5))
def test_files_of_pillow_are_read(seed: int) -> None:
    assert png.decode(_pillow(_noise(seed), optimize=True)) == _noise(seed)


@pytest.mark.parametrize("kind", range(5))
def test_each_filter_is_undone(kind: int) -> None:
    image = _noise(kind)

    def predicted(x: int, y: int) -> int:
        left = image[y][x - 1] if x else 0
        up = image[y - 1][x] if y else 0
        corner = image[y - 1][x - 1] if x and y else 0
        p = left + up - corner
        distances = {"left": abs(p - left), "up": abs(p - up), "corner": abs(p - corner)}
        if distances["left"] <= distances["up"] and distances["left"] <= distances["corner"]:
            paeth = left
        else:
            paeth = up if distances["up"] <= distances["corner"] else corner
        return (0, left, up, (left + up) // 2, paeth)[kind]

    scanlines = b"".join(bytes([kind, *((image[y][x] - predicted(x, y)) % 256 for x in range(28))]) for y in range(28))
    assert png.decode(_file(scanlines)) == image


def test_text_beside_the_pixels_is_passed_over() -> None:
    body = b"Comment\x00hello"
    text = struct.pack(">I", len(body)) + b"tEXt" + body + struct.pack(">I", zlib.crc32(b"tEXt" + body))
    assert png.decode(_file(bytes(812), before=text)) == (bytes(28),) * 28


def test_pixels_in_several_chunks_are_joined() -> None:
    packed = zlib.compress(bytes(812))
    first = struct.pack(">I", 5) + b"IDAT" + packed[:5] + struct.pack(">I", zlib.crc32(b"IDAT" + packed[:5]))
    assert png.decode(_file(b"", before=first, packed=packed[5:])) == (bytes(28),) * 28


def _header(width: int = 28, height: int = 28, depth: int = 8, color: int = 0, interlace: int = 0) -> bytes:
    return struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, interlace)


_GOOD = png.encode(_noise(0))
_ODD_CHUNK = struct.pack(">I", 0) + b"QQQQ" + struct.pack(">I", zlib.crc32(b"QQQQ"))
_FAULTS = {
    "nothing": (b"", "does not begin"),
    "text": (b"GIF89a", "does not begin"),
    "cut in a chunk": (_GOOD[:-20], "cut short"),
    "cut before the end": (_GOOD[:-12], "cut short"),
    "only a signature": (_GOOD[:8], "cut short"),
    "a flipped bit": (_GOOD[:60] + bytes([_GOOD[60] ^ 1]) + _GOOD[61:], "checksum"),
    "too large": (_file(bytes(812), _header(width=29)), "28x28"),
    "a huge size": (_file(bytes(812), _header(2**31 - 1, 2**31 - 1)), "28x28"),
    "colour": (_file(bytes(812), _header(color=2)), "8-bit grey"),
    "16 bit": (_file(bytes(812), _header(depth=16)), "8-bit grey"),
    "interlaced": (_file(bytes(812), _header(interlace=1)), "non-interlaced"),
    "two headers": (_GOOD[:33] + _GOOD[8:], "wrong place"),
    "no header": (_GOOD[:8] + _GOOD[33:], "wrong place"),
    "an unknown critical part": (_file(bytes(812), before=_ODD_CHUNK), "does not have"),
    "too few pixels": (_file(bytes(811)), "fewer than"),
    "too many pixels": (_file(bytes(813)), "more than"),
    "not deflate": (_file(b"", packed=b"pixels"), "damaged pixel data"),
    "no end of deflate": (_file(b"", packed=zlib.compress(bytes(812))[:-4]), "end too early"),
    "filter 5": (_file(b"\x05" * 812), "unknown way"),
    "a large file": (_GOOD + bytes(70_000), "far too many"),
}


@pytest.mark.parametrize("fault", _FAULTS)
def test_every_fault_is_one_sentence(fault: str) -> None:
    data, says = _FAULTS[fault]
    with pytest.raises(SimtuiError, match=says):
        png.decode(data)


def test_a_bomb_costs_nothing() -> None:
    squeezer = zlib.compressobj(9)
    packed = b"".join(squeezer.compress(bytes(1_000_000)) for _ in range(60)) + squeezer.flush()
    data = _file(b"", packed=packed)
    assert len(data) < 65_536
    tracemalloc.start()
    with pytest.raises(SimtuiError, match="more than"):
        png.decode(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1_000_000


def test_rows_of_the_wrong_size_are_a_programmers_fault() -> None:
    with pytest.raises(ValueError, match="28 rows"):
        png.encode([bytes(28)] * 27)
