"""Read MNIST's idx files, plain or gzipped, believing nothing that their headers say.

Format: http://yann.lecun.com/exdb/mnist/ ("FILE FORMATS FOR THE MNIST DATABASE").
"""

from __future__ import annotations

import gzip
import hashlib
import struct
import zlib
from collections.abc import Callable
from math import prod
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from simtui.errors import SimtuiError, printable
from simtui.storage import untrusted

MOST = 100_000
"""Images or labels beyond which a file is not read: MNIST's larger half has 60,000."""
MOST_BYTES = MOST * 28 * 28 + 1024


def read(path: Path, item_shape: tuple[int, ...], what: str) -> tuple[NDArray[np.uint8], str]:
    """The array of bytes in an idx file, shape (n, *item_shape), and the sha256 of the uncompressed file.

    A gzipped file is told by its first bytes, not by its name, and never inflated beyond what its header
    announces. Raises SimtuiError, one sentence, for a file that cannot be read, is not such a file of `what`,
    or is longer or shorter than its header says.
    """
    shown = printable(path)
    try:
        with untrusted.opened(path, f"a file of MNIST's {what}", MOST_BYTES) as raw:
            zipped = raw.read(2) == b"\x1f\x8b"
            raw.seek(0)
            if not zipped:
                return _parse(raw, item_shape, what, shown)
            with gzip.GzipFile(fileobj=raw) as inflated:
                return _parse(inflated, item_shape, what, shown)
    except (EOFError, gzip.BadGzipFile, zlib.error):
        raise _damaged(shown, "its compression does not unpack") from None
    except OSError as error:
        raise untrusted.unreadable(path, error) from None


def _parse(
    file: BinaryIO | gzip.GzipFile, item_shape: tuple[int, ...], what: str, shown: str
) -> tuple[NDArray[np.uint8], str]:
    dimensions = 1 + len(item_shape)
    read_bytes: Callable[[int], bytes] = file.read
    header = read_bytes(4 + 4 * dimensions)
    if len(header) < 4 + 4 * dimensions or header[:4] != bytes((0, 0, 8, dimensions)):
        raise _damaged(shown, f"it is not an idx file of {what}")
    n, *shape = struct.unpack(f">{dimensions}I", header[4:])
    if tuple(shape) != item_shape:
        raise _damaged(shown, f"its {what} are {'x'.join(map(str, shape))}, not {'x'.join(map(str, item_shape))}")
    if not 0 < n <= MOST:
        raise _damaged(shown, f"its header announces {n} {what}")
    expected = n * prod(item_shape)
    # One byte more than announced: a longer file shows itself, and gzip checks its checksum at the end.
    body = read_bytes(expected + 1)
    if len(body) != expected:
        longer = "more" if len(body) > expected else "less"
        raise _damaged(shown, f"it holds {longer} than the {n} {what} that its header announces")
    digest = hashlib.sha256(header + body).hexdigest()
    return np.frombuffer(body, dtype=np.uint8).reshape(n, *item_shape), digest


def _damaged(shown: str, reason: str) -> SimtuiError:
    return SimtuiError(f"{shown} is damaged or not of MNIST ({reason}): delete it and run `simtui download`.")
