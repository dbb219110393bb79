"""28x28 grey PNGs, read and written with the standard library alone.

Pillow would add 15 ms of processor time and 3 MB to the start of every rating process (measured in pairs).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterable

from simtui.errors import SimtuiError

SIZE = 28
"""Height and width of every image, in pixels."""

Image = tuple[bytes, ...]
"""28 rows of 28 bytes, 0 is paper and 255 is ink."""

_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def _header(scale: int = 1) -> bytes:
    # 8 bit, grey, deflate, five filters, not interlaced.
    return struct.pack(">IIBBBBB", SIZE * scale, SIZE * scale, 8, 0, 0, 0, 0)


_HEADER = _header()
_INFLATED = SIZE * (SIZE + 1)
_MAX_BYTES = 65_536  # a 28x28 picture has a few hundred; this leaves room for text and colour-profile chunks


def encode(rows: Iterable[Iterable[int]], scale: int = 1) -> bytes:
    """The PNG file of a 28x28 image of values 0..255; the same image gives the same bytes.

    scale: how many pixels each becomes, to the right and down. Raises ValueError where the rows are not 28 times 28
    values of 0..255: that is a programmer's fault.
    """
    image = [bytes(row) for row in rows]
    if len(image) != SIZE or any(len(row) != SIZE for row in image):
        raise ValueError(f"an image has {SIZE} rows of {SIZE} pixels, not {[len(row) for row in image]}")
    # Unfiltered rows: strokes on empty paper pack smaller as they are than as differences.
    wide = [b"".join(row[i : i + 1] * scale for i in range(SIZE)) for row in image]
    scanlines = b"".join((b"\x00" + row) * scale for row in wide)
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", _header(scale)),
            _chunk(b"IDAT", zlib.compress(scanlines, 9)),
            _chunk(b"IEND", b""),
        )
    )


def decode(data: bytes) -> Image:
    """The image in an 8-bit grey, non-interlaced 28x28 PNG file.

    Raises SimtuiError for anything else, whether damaged, of another kind, or made to do harm: no more
    than 64 KiB are looked at and no more than the 812 bytes of such an image are ever inflated.
    """
    if len(data) > _MAX_BYTES:
        raise _fault(f"has {len(data):,} bytes, far too many for {SIZE}x{SIZE} pixels")
    if not data.startswith(_SIGNATURE):
        raise _fault("does not begin as a PNG file does")
    packed = _image_data(data)
    inflater = zlib.decompressobj()
    try:
        scanlines = inflater.decompress(packed, _INFLATED + 1)
    except zlib.error as error:
        raise _fault("holds damaged pixel data") from error
    if len(scanlines) != _INFLATED:
        raise _fault(f"holds {'fewer' if len(scanlines) < _INFLATED else 'more'} than {SIZE}x{SIZE} pixels")
    if not inflater.eof:
        raise _fault("has pixel data that end too early")
    return _unfilter(scanlines)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def _image_data(data: bytes) -> bytes:
    """The joined IDAT chunks of a file whose signature has been seen, its chunks and header checked."""
    at, seen_header, packed = len(_SIGNATURE), False, b""
    while True:
        if at + 12 > len(data):
            raise _fault("is cut short")
        length, kind = struct.unpack_from(">I4s", data, at)
        end = at + 12 + length
        if end > len(data):
            raise _fault("is cut short")
        body = data[at + 8 : end - 4]
        if struct.unpack_from(">I", data, end - 4)[0] != zlib.crc32(kind + body):
            raise _fault("is damaged: a checksum does not match")
        if seen_header != (kind != b"IHDR"):
            raise _fault("has its header in the wrong place")
        if kind == b"IHDR":
            if body != _HEADER:
                raise _fault(f"is not an 8-bit grey, non-interlaced picture of {SIZE}x{SIZE} pixels")
            seen_header = True
        elif kind == b"IDAT":
            packed += body
        elif kind == b"IEND":
            return packed
        elif kind[:1].isupper():
            raise _fault("holds a part that a grey picture does not have")
        at = end


def _unfilter(scanlines: bytes) -> Image:
    """Undo the filter of each row (PNG specification, third edition, section 9)."""
    rows: list[bytes] = []
    above = bytes(SIZE)
    for y in range(SIZE):
        start = y * (SIZE + 1)
        kind, coded = scanlines[start], scanlines[start + 1 : start + 1 + SIZE]
        if kind > 4:
            raise _fault("holds pixels filtered in an unknown way")
        above = _unfiltered_row(kind, coded, above)
        rows.append(above)
    return tuple(rows)


def _unfiltered_row(kind: int, coded: bytes, above: bytes) -> bytes:
    """One row, plainly written out: of thousands of images in a study every one may be filtered in the dearest way."""
    if kind == 0:
        return coded
    if kind == 2:
        return bytes([(value + up) & 255 for value, up in zip(coded, above, strict=True)])
    row = bytearray()
    left = corner = 0
    for value, up in zip(coded, above, strict=True):
        if kind == 1:
            estimate = left
        elif kind == 3:
            estimate = (left + up) // 2
        else:
            # Paeth: of left, up and corner the one nearest to left + up - corner; ties go to the first.
            to_left, to_up, to_corner = abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)
            estimate = corner
            if to_left <= to_up and to_left <= to_corner:
                estimate = left
            elif to_up <= to_corner:
                estimate = up
            corner = up
        left = (value + estimate) & 255
        row.append(left)
    return bytes(row)


def _fault(what: str) -> SimtuiError:
    return SimtuiError(f"An image {what}; it must be an 8-bit grey PNG of {SIZE}x{SIZE} pixels.")
