"""Pictures and given pairs that take far more than they seem to: a sentence, or a stimulus, within bounds."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests.hostile.limits import Outcome, assert_in_bounds, assert_refused, simtui

MOST_MB = 300.0
BASE_MB = 100.0
"""What a refusal may take: the program with numpy and Pillow, and hardly more."""


def made(folder: Path, *arguments: str) -> Outcome:
    given = () if "--pairs-from" in arguments else ("--pairs", "1")
    return simtui("new", "study.json", "--digit", "8", *given, "--practice", "0", *arguments, cwd=folder)


def large(mode: str, width: int, height: int) -> Image.Image:
    image = Image.new(mode, (width, height))
    image.paste(200 if len(image.getbands()) == 1 else (200,) * len(image.getbands()), (0, 0, width // 2, height))
    return image


def greys_of_16_bits(side: int) -> Image.Image:
    values = np.zeros((side, side), np.uint16)
    values[: side // 2] = 40_000
    return Image.fromarray(values)


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("a.png", lambda: large("RGBA", 3_500, 3_500)),
        ("a.webp", lambda: large("RGB", 3_500, 3_500)),
        ("a.png", lambda: greys_of_16_bits(3_500)),
        ("a.jpg", lambda: large("RGB", 7_000, 7_000)),
    ],
    ids=["alpha", "webp", "16 bits", "49 megapixels as a JPEG"],
)
def test_the_largest_pictures_that_are_taken(name: str, make: Callable[[], Image.Image], tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    make().save(tmp_path / "pictures" / name)
    large("L", 28, 28).save(tmp_path / "pictures" / "b.png")
    outcome = made(tmp_path, "--source", "pictures")
    assert outcome.code == 0, outcome.err
    assert_in_bounds(outcome, seconds=3.0, megabytes=MOST_MB)


@pytest.mark.parametrize("name", ["a.png", "a.webp", "progressive.jpg"])
def test_49_megapixels_are_refused_before_they_are_unpacked(name: str, tmp_path: Path) -> None:
    (tmp_path / "pictures").mkdir()
    large("RGB", 7_000, 7_000).save(tmp_path / "pictures" / name, progressive=name.startswith("progressive"))
    outcome = made(tmp_path, "--source", "pictures")
    assert_refused(outcome)
    assert "7000 x 7000 pixels, more than 12.5 million" in outcome.err
    assert_in_bounds(outcome, megabytes=BASE_MB)


@pytest.mark.posix("a device is no file", "/dev/zero")
def test_a_pipe_among_the_pairs_is_not_waited_for(tmp_path: Path) -> None:
    outcome = made(tmp_path, "--pairs-from", "/dev/zero")
    assert_refused(outcome)
    assert "is not a regular file" in outcome.err


def npz(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def endless_header(megabytes: int) -> bytes:
    """The header of a numpy file that says it is so long."""
    return b"\x93NUMPY\x02\x00" + struct.pack("<I", megabytes * 2**20) + b" " * (megabytes * 2**20)


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"left.npy": endless_header(100), "right.npy": b""}, "is no npz file, or a damaged one"),
        ({"left.npy": endless_header(300), "right.npy": b""}, "has 300 MB in left"),
        ({f"{number}.npy": b"" for number in range(20_000)}, "is no npz file, or a damaged one"),
    ],
    ids=["a long header", "a longer one", "many arrays"],
)
def test_an_npz_that_unpacks_to_far_more(files: dict[str, bytes], sentence: str, tmp_path: Path) -> None:
    (tmp_path / "bomb.npz").write_bytes(npz(files))
    assert (tmp_path / "bomb.npz").stat().st_size < 3 * 2**20
    outcome = made(tmp_path, "--pairs-from", "bomb.npz")
    assert_refused(outcome)
    assert sentence in outcome.err
    assert_in_bounds(outcome, megabytes=BASE_MB)
