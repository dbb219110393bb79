"""One's own pictures and given pairs: converted as said, refused with one sentence that names the file."""

from __future__ import annotations

import io
import os
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from simtui.errors import SimtuiError
from simtui.stimuli import drawn
from simtui.stimuli.convert import MOST_PIXELS, read_image, to_stimulus
from simtui.stimuli.files import load_folder, load_pairs


def digit(label: int = 8, seed: int = 0) -> NDArray[np.uint8]:
    pixels: NDArray[np.uint8] = drawn.load([label], 1, seed).pixels[0]
    return pixels


def picture(path: Path, pixels: NDArray[Any] | None = None, **options: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(digit() if pixels is None else pixels).save(path, **options)
    return path


def refusal(job: Callable[[], object]) -> str:
    with pytest.raises(SimtuiError) as caught:
        job()
    message = str(caught.value)
    assert message.isprintable()
    assert message.endswith(".")
    return message


# ---------------------------------------------------------------- folders


def test_sub_folders_are_classes_and_28x28_ink_on_black_is_taken_as_it_is(tmp_path: Path) -> None:
    for label in (3, 8):
        for seed in range(2):
            picture(tmp_path / str(label) / f"image_{seed}.png", digit(label, seed))
    picture(tmp_path / "cross" / "a.png")
    found = load_folder(tmp_path)
    assert found.labels == (3, 3, 8, 8, "cross")
    assert found.ids == (
        "files-3-image-0",
        "files-3-image-1",
        "files-8-image-0",
        "files-8-image-1",
        "files-cross-a",
    )
    assert np.array_equal(found.pixels[2], digit(8, 0))
    assert np.array_equal(found.pixels[3], digit(8, 1))
    assert found.source.name == "files"
    assert found.source.note == "own pictures, fitted to 28x28 grey with their paper around; 0 of 5 inverted"


def test_a_flat_folder_is_one_class(tmp_path: Path) -> None:
    picture(tmp_path / "faces" / "a.png")
    picture(tmp_path / "7" / "a.png")
    assert load_folder(tmp_path / "faces").labels == ("faces",)
    assert load_folder(tmp_path / "7").labels == (7,)
    assert load_folder(tmp_path / "faces", 8).labels == (8,)


def test_the_same_folder_gives_the_same_set_and_another_image_another_sha256(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    picture(tmp_path / "b.png", digit(3))
    first, again = load_folder(tmp_path, 8), load_folder(tmp_path, 8)
    assert first.source == again.source
    picture(tmp_path / "b.png", digit(4))
    assert load_folder(tmp_path, 8).source.sha256 != first.source.sha256


def test_ids_are_plain_and_never_alike(tmp_path: Path) -> None:
    names = [
        "a b.png",
        "a_b.png",
        "a-b.bmp",
        "é.png",
        "数字.png",
        "x" * 100 + "1.png",
        "x" * 100 + "2.png",
        "[red]<b>.png",
    ]
    for name in names:
        picture(tmp_path / name)
    ids = load_folder(tmp_path, 8).ids
    assert len(set(ids)) == len(names)
    assert all(
        all(c.isascii() and (c.isalnum() or c == "-") for c in image_id) and len(image_id) <= 64 for image_id in ids
    )
    assert {"files-a-b", "files-a-b-2", "files-a-b-3", "files-e", "files-image", "files-red-b"} < set(ids)


def test_hidden_files_are_skipped(tmp_path: Path) -> None:
    picture(tmp_path / "8" / "a.png")
    (tmp_path / ".DS_Store").write_bytes(b"x")
    (tmp_path / ".git").mkdir()
    (tmp_path / "8" / "Thumbs.db").write_bytes(b"x")
    assert len(load_folder(tmp_path)) == 1


@pytest.mark.parametrize("suffix", ["png", "jpg", "gif", "bmp", "tif", "webp", "ppm"])
def test_formats_and_sizes_are_fitted(tmp_path: Path, suffix: str) -> None:
    large = np.asarray(Image.fromarray(digit()).resize((112, 112), Image.Resampling.BICUBIC))
    pixels, inverted = read_image(picture(tmp_path / f"a.{suffix}", large))
    assert not inverted
    assert np.corrcoef(pixels.ravel(), digit().ravel())[0, 1] > 0.98


def test_dark_ink_on_light_paper_is_inverted(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", 255 - digit())
    picture(tmp_path / "b.png")
    found = load_folder(tmp_path, 8)
    assert np.array_equal(found.pixels[0], digit())
    assert np.array_equal(found.pixels[1], digit())
    assert found.source.note is not None
    assert found.source.note.endswith("1 of 2 inverted")


def test_proportions_are_kept_and_paper_fills_the_rest() -> None:
    wide = np.full((20, 80), 40, dtype=np.uint8)
    wide[8:12, 10:70] = 240
    pixels, inverted = to_stimulus(wide)
    assert not inverted
    rows, columns = np.nonzero(pixels > 120)
    assert set(pixels[:10].ravel()) == {40}
    assert set(pixels[18:].ravel()) == {40}
    assert (rows.max() - rows.min() + 1, columns.max() - columns.min() + 1) in {(1, 21), (2, 21), (1, 22), (2, 22)}
    assert abs(rows.mean() - 13.5) <= 1
    tall, _ = to_stimulus(np.ascontiguousarray(wide.T))
    # Some versions of Pillow round the two directions differently.
    assert np.abs(tall.astype(int) - pixels.T).max() <= 1


def test_a_smaller_picture_is_enlarged() -> None:
    small = np.zeros((7, 7), dtype=np.uint8)
    small[3, 1:6] = 255
    pixels, _ = to_stimulus(small)
    assert pixels[13:15, 8:20].min() > 150


def test_a_thin_picture_keeps_a_row() -> None:
    line = np.zeros((1, 300), dtype=np.uint8)
    line[0, 100:200] = 255
    assert to_stimulus(line)[0].max() > 200


def test_transparency_lies_on_white(tmp_path: Path) -> None:
    ink = digit()
    rgba = np.dstack([np.zeros((28, 28, 3), np.uint8), ink])
    assert np.abs(read_image(picture(tmp_path / "rgba.png", rgba))[0].astype(int) - ink).max() <= 1
    grey_alpha = Image.merge("LA", (Image.new("L", (28, 28)), Image.fromarray(ink)))
    grey_alpha.save(tmp_path / "la.png")
    assert np.abs(read_image(tmp_path / "la.png")[0].astype(int) - ink).max() <= 1
    palette = Image.fromarray((ink > 127).astype(np.uint8)).convert("P")
    palette.putpalette([255, 0, 0, 0, 0, 0])
    palette.save(tmp_path / "p.gif", transparency=0)
    assert np.array_equal(read_image(tmp_path / "p.gif")[0] > 127, ink > 127)


def test_deep_greys_are_scaled_not_cut_off(tmp_path: Path) -> None:
    ink = digit()
    picture(tmp_path / "16.png", ink.astype(np.uint16) * 257)
    picture(tmp_path / "16.tif", ink.astype(np.uint16) * 257)
    picture(tmp_path / "float.tif", (ink / 255).astype(np.float32))
    picture(tmp_path / "float255.tif", ink.astype(np.float32))
    for path in sorted(tmp_path.iterdir()):
        assert np.array_equal(read_image(path)[0], ink), path.name
    for bad in (np.nan, -1.0, 1e6):
        values = ink.astype(np.float32)
        values[0, 0] = bad
        path = picture(tmp_path / "bad.tif", values)
        assert "bad.tif cannot be read as a picture" in refusal(partial(read_image, path))


def test_colour_and_cmyk_become_grey(tmp_path: Path) -> None:
    colour = np.dstack([digit()] * 3)
    assert np.array_equal(read_image(picture(tmp_path / "rgb.png", colour))[0], digit())
    Image.fromarray(colour).convert("CMYK").save(tmp_path / "cmyk.tif")
    assert np.abs(read_image(tmp_path / "cmyk.tif")[0].astype(int) - digit()).max() <= 2


def test_a_photograph_is_turned_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned a quarter clockwise
    picture(tmp_path / "a.png", np.ascontiguousarray(np.rot90(digit())), exif=exif.tobytes())
    assert np.array_equal(read_image(tmp_path / "a.png")[0], digit())


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("notes.txt", b"hello", "Pillow knows no such format"),
        ("empty.png", b"", "cannot be read as a picture"),
        ("half.png", None, "cannot be read as a picture"),
        ("a\x1b[2J.png", b"x", "a\\x1b[2J.png"),
        ("a.eps", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) run\n", "Pillow knows no such format"),
    ],
)
def test_a_file_that_is_no_picture_is_named(tmp_path: Path, name: str, content: bytes | None, says: str) -> None:
    picture(tmp_path / "good.png")
    if content is None:
        large = np.random.default_rng(0).integers(0, 256, (90, 90), dtype=np.uint8)
        content = picture(tmp_path / name, large).read_bytes()[:4000]
    (tmp_path / name).write_bytes(content)
    message = refusal(lambda: load_folder(tmp_path, 8))
    assert says in message
    assert str(tmp_path) in message


def png(width: int, height: int) -> bytes:
    """A PNG that says it is so large, with next to nothing in it."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9))) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [int(MOST_PIXELS**0.5) + 1, 10_000, 60_000])
def test_a_picture_that_would_unpack_to_too_much_is_refused_unpacked(tmp_path: Path, side: int) -> None:
    (tmp_path / "bomb.png").write_bytes(png(side, side))
    message = refusal(lambda: load_folder(tmp_path, 8))
    assert "bomb.png" in message
    assert "save a smaller picture" in message


def test_a_blank_picture_is_refused(tmp_path: Path) -> None:
    picture(tmp_path / "blank.png", np.full((40, 40), 255, dtype=np.uint8))
    assert "one grey all over" in refusal(lambda: load_folder(tmp_path, 8))


def test_links_out_of_the_folder_are_refused_and_links_within_are_not(tmp_path: Path) -> None:
    outside = picture(tmp_path / "outside" / "secret.png")
    picture(tmp_path / "own" / "a.png")
    (tmp_path / "own" / "b.png").symlink_to(tmp_path / "own" / "a.png")
    assert len(load_folder(tmp_path / "own", 8)) == 2
    (tmp_path / "own" / "c.png").symlink_to(outside)
    assert "c.png is a link that leads out of" in refusal(lambda: load_folder(tmp_path / "own", 8))
    (tmp_path / "classes").mkdir()
    (tmp_path / "classes" / "8").symlink_to(tmp_path / "outside")
    assert "8 is a link that leads out of" in refusal(lambda: load_folder(tmp_path / "classes"))
    (tmp_path / "link").symlink_to(tmp_path / "outside")
    assert len(load_folder(tmp_path / "link", 8)) == 1


def test_folders_that_cannot_be_classes(tmp_path: Path) -> None:
    assert "There is no folder" in refusal(lambda: load_folder(tmp_path / "nowhere"))
    assert "There are no pictures" in refusal(lambda: load_folder(tmp_path))
    (tmp_path / "8").mkdir()
    assert "There are no pictures" in refusal(lambda: load_folder(tmp_path))
    picture(tmp_path / "8" / "deeper" / "a.png")
    assert "is a folder within a class" in refusal(lambda: load_folder(tmp_path))
    picture(tmp_path / "a.png")
    assert "both pictures (a.png) and sub-folders (8)" in refusal(lambda: load_folder(tmp_path))
    picture(tmp_path / "odd" / "\x1b[31m8" / "a.png")
    assert "\\x1b[31m8 cannot name a class" in refusal(lambda: load_folder(tmp_path / "odd"))


@pytest.mark.posix("named pipes")
def test_devices_and_circles_in_a_folder_are_refused(tmp_path: Path) -> None:
    (tmp_path / "pipes").mkdir()
    os.mkfifo(tmp_path / "pipes" / "a.png")
    assert "a.png is not a regular file" in refusal(lambda: load_folder(tmp_path / "pipes"))
    (tmp_path / "circle").mkdir()
    (tmp_path / "circle" / "a.png").symlink_to(tmp_path / "circle" / "a.png")
    assert "circle" in refusal(lambda: load_folder(tmp_path / "circle"))


# ---------------------------------------------------------------- given pairs


def images(n: int = 3) -> NDArray[np.uint8]:
    return drawn.load([8], n, 1).pixels


def npz(path: Path, **arrays: Any) -> Path:
    np.savez_compressed(path, **arrays)
    return path


@pytest.mark.parametrize("names", [("images1", "images2"), ("left", "right")])
@pytest.mark.parametrize("channel", [False, True])
@pytest.mark.parametrize("kind", [np.uint8, np.int64, np.float32, np.float64])
def test_given_pairs_are_read_in_order(
    tmp_path: Path, names: tuple[str, str], channel: bool, kind: type[np.number[Any]]
) -> None:
    six = images(6)
    arrays: list[NDArray[Any]] = [a.astype(kind)[:, None] if channel else a.astype(kind) for a in (six[:3], six[3:])]
    left, right = load_pairs(npz(tmp_path / "pairs.npz", ix=np.arange(3), **dict(zip(names, arrays, strict=True))), 4)
    assert np.array_equal(left.pixels, six[:3])
    assert np.array_equal(right.pixels, six[3:])
    assert left.ids == ("pairs-p01-left", "pairs-p02-left", "pairs-p03-left")
    assert right.ids == ("pairs-p01-right", "pairs-p02-right", "pairs-p03-right")
    assert left.labels == right.labels == (4, 4, 4)
    assert left.source == right.source
    assert (left.source.name, left.source.note) == ("files", "given pairs")


def test_values_of_0_to_1_are_scaled(tmp_path: Path) -> None:
    six = images(6) / np.float32(255)
    left, right = load_pairs(npz(tmp_path / "pairs.npz", left=six[:3], right=six[3:]))
    assert np.array_equal(np.concatenate([left.pixels, right.pixels]), images(6))
    assert left.source.note is not None
    assert left.source.note.startswith("given pairs, 0..1 scaled to 0..255")


def test_both_arrays_are_scaled_alike(tmp_path: Path) -> None:
    faint = np.zeros((1, 28, 28))
    faint[0, 5, 5] = 1
    left, right = load_pairs(npz(tmp_path / "pairs.npz", left=faint, right=images(1).astype(float)))
    assert left.pixels.max() == 1
    assert np.array_equal(right.pixels, images(1))


def test_rounding_is_said(tmp_path: Path) -> None:
    left, _ = load_pairs(npz(tmp_path / "pairs.npz", left=images(1) * 0.9, right=images(1)))
    assert left.source.note == "given pairs, rounded to whole greys"
    assert np.abs(left.pixels - images(1) * 0.9).max() <= 0.5


def test_arrays_in_fortran_order_and_of_other_byte_orders_are_read(tmp_path: Path) -> None:
    left, right = load_pairs(
        npz(tmp_path / "pairs.npz", left=np.asfortranarray(images(2)), right=images(2).astype(">u2"))
    )
    assert np.array_equal(left.pixels, images(2))
    assert np.array_equal(right.pixels, images(2))


@pytest.mark.parametrize(
    ("arrays", "says"),
    [
        ({"left": images(2), "right": images(3)}, "2 images left but 3 right"),
        ({"left": images(2)}, "images1 and images2, or left and right; its arrays: left"),
        ({}, "its arrays: none"),
        (
            {"left": images(2), "right": images(2), "images1": images(2), "images2": images(2)},
            "must have two arrays named",
        ),
        ({"left": images(2), "right": images(2)[:, :27]}, "right of shape 2x27x28"),
        ({"left": images(2)[0], "right": images(2)}, "left of shape 28x28"),
        ({"left": images(2)[..., None], "right": images(2)}, "left of shape 2x28x28x1"),
        ({"left": np.float64(3), "right": images(2)}, "left of shape a single number"),
        ({"left": images(2)[:0], "right": images(2)[:0]}, "0 images in left"),
        ({"left": images(2) + 0.0 + np.nan, "right": images(2)}, "not finite"),
        ({"left": images(2) + np.inf, "right": images(2)}, "not finite"),
        ({"left": images(2).astype(int) + 1, "right": images(2)}, "values from 0 to 256"),
        ({"left": (images(2) / 255 - 0.1307) / 0.3081, "right": images(2)}, "before any normalisation"),
        ({"left": images(2).astype(complex), "right": images(2)}, "type complex128"),
        ({"left": images(2).astype(str), "right": images(2)}, "the pixels must be numbers"),
        ({"left": images(2).astype(object), "right": images(2)}, "Python objects in left, which could run code"),
    ],
)
def test_pairs_that_are_none(tmp_path: Path, arrays: dict[str, Any], says: str) -> None:
    message = refusal(lambda: load_pairs(npz(tmp_path / "pairs.npz", **arrays)))
    assert says in message
    assert str(tmp_path / "pairs.npz") in message


def test_files_that_are_no_npz(tmp_path: Path) -> None:
    path = tmp_path / "pairs.npz"
    assert "There is no file" in refusal(lambda: load_pairs(path))
    assert "is a folder" in refusal(lambda: load_pairs(tmp_path))
    np.save(tmp_path / "one.npy", images(2))
    whole = npz(tmp_path / "whole.npz", left=images(30), right=images(30)).read_bytes()
    flipped = bytearray(whole)
    flipped[len(whole) // 3] ^= 0xFF
    for content in (b"", b"text", (tmp_path / "one.npy").read_bytes(), whole[:-40], bytes(flipped), pickle.dumps({})):
        path.write_bytes(content)
        assert "is no npz file, or a damaged one" in refusal(lambda: load_pairs(path))


def test_an_object_array_does_not_run(tmp_path: Path) -> None:
    class RunsCode:
        def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
            return os.mkdir, (str(tmp_path / "made"),)

    arrays: NDArray[np.object_] = np.array([RunsCode()], dtype=object)
    assert "refused" in refusal(lambda: load_pairs(npz(tmp_path / "pairs.npz", left=arrays, right=arrays)))
    assert not (tmp_path / "made").exists()


def header(shape: tuple[int, ...], descr: str = "|u1") -> bytes:
    buffer = io.BytesIO()
    np.lib.format.write_array_header_1_0(buffer, {"descr": descr, "fortran_order": False, "shape": shape})
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (header((10**9, 28, 28)) + bytes(784), "1000000000 images in left"),
        (header((2, 28, 28)) + bytes(784 * 50_000), "more in left than its header says"),
        (header((2, 28, 28)) + bytes(784), "no npz file, or a damaged one"),
        (header((-1, 28, 28)) + bytes(784), "-1 images in left"),
        (b"\x93NUMPY\x01\x00" + struct.pack("<H", 64) + b"{" * 64, "no npz file, or a damaged one"),
        (b"not an array", "no npz file, or a damaged one"),
    ],
    ids=["giant header", "giant body", "short body", "negative", "no header", "no array"],
)
def test_headers_that_lie(tmp_path: Path, content: bytes, says: str) -> None:
    with zipfile.ZipFile(tmp_path / "pairs.npz", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("left.npy", content)
        archive.writestr("right.npy", content)
    assert says in refusal(lambda: load_pairs(tmp_path / "pairs.npz"))


def test_the_real_pairs_are_read(shared: Path) -> None:
    left, right = load_pairs(shared / "ratings" / "digits8.npz", 8)
    assert len(left) == len(right) == 30
    with np.load(shared / "ratings" / "digits8.npz", allow_pickle=False) as pairs:
        assert np.array_equal(left.pixels, pairs["images1"][:, 0])
        assert np.array_equal(right.pixels, pairs["images2"][:, 0])
    assert left.source.note == "given pairs"
