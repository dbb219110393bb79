"""Your own images: a folder of pictures, or an npz file of given pairs. How they are converted is said in the study."""

from __future__ import annotations

import hashlib
import io
import math
import re
import unicodedata
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import IO, BinaryIO

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from simtui.errors import SimtuiError, printable
from simtui.stimuli.image_set import SIZE, ImageSet
from simtui.stimuli.source import Label, Source
from simtui.storage import untrusted

MOST_IMAGES = 50_000
MOST_PAIRS = 10_000
LARGEST_NPZ = 512 * 2**20
"""Bytes: so many pairs take 125 MB as 64-bit numbers, and other arrays may stand beside them."""

_LONGEST_HEADER = 10_000
_LARGEST_ARRAY = MOST_PAIRS * SIZE * SIZE * 16 + 2 * _LONGEST_HEADER
"""Bytes, in the widest numbers that there are."""
_MOST_MEMBERS = 1_000
"""Arrays in an npz file: two are wanted."""

_LITTER = {"thumbs.db", "desktop.ini"}  # hidden on the systems that make them, though their names do not say so
_NAMES = (("images1", "images2"), ("left", "right"))


def load_folder(folder: Path, label: Label | None = None) -> ImageSet:
    """The pictures of a folder as 28x28 grey stimuli; `simtui.stimuli.convert` says how they are converted.

    With sub-folders, each is one class, named by it (a number if it is all digits), and no picture may lie beside
    them. Without, the folder is one class: `label`, or else the folder's own name. Hidden files are skipped; any
    other file that is no picture is an error, as is a link that leads out of the folder.
    ids: `files-` and the path within the folder in letters, digits and hyphens, numbered where two would be alike.
    Raises SimtuiError, one sentence naming the file.
    """
    if not folder.is_dir():
        raise SimtuiError(f"There is no folder {printable(folder)}: name a folder of images.")
    try:
        files, folders = _entries(folder, folder)
        if files and folders:
            raise SimtuiError(
                f"{printable(folder)} has both pictures ({printable(files[0].name)}) and sub-folders "
                f"({printable(folders[0].name)}): put every picture into the sub-folder of its class."
            )
        own = _label(folder.resolve().name) if label is None else label
        found = [(path, own) for path in files]
        for sub in folders:
            inside, deeper = _entries(sub, folder)
            if deeper:
                raise SimtuiError(f"{printable(deeper[0])} is a folder within a class: put its pictures one level up.")
            found += [(path, _label(sub.name)) for path in inside]
    except (OSError, RuntimeError) as error:  # RuntimeError: links that lead in a circle
        raise SimtuiError(
            f"{printable(folder)} cannot be read: {printable(getattr(error, 'strerror', None) or error)}."
        ) from None
    if not found:
        raise SimtuiError(f"There are no pictures in {printable(folder)}.")
    if len(found) > MOST_IMAGES:
        raise SimtuiError(f"{printable(folder)} has {len(found)} files, more than {MOST_IMAGES}: use fewer.")
    # Pillow takes a moment to import, and given pairs do not need it.
    from simtui.stimuli.convert import read_image

    converted = [read_image(path) for path, _ in found]
    pixels = np.stack([image for image, _ in converted])
    labels, ids = tuple(of for _, of in found), _ids(path.relative_to(folder) for path, _ in found)
    inverted = sum(was for _, was in converted)
    return ImageSet(
        pixels=pixels,
        labels=labels,
        ids=ids,
        source=Source(
            name="files",
            sha256=digest_of(pixels, ids, labels),
            note=f"own pictures, fitted to 28x28 grey with their paper around; {inverted} of {len(found)} inverted",
        ),
    )


def load_pairs(path: Path, label: Label | None = None) -> tuple[ImageSet, ImageSet]:
    """Given pairs from an npz file: the n left and the n right images, in order, all of class `label` if it is given.

    Else their classes are in the arrays `labels1` and `labels2`, or `labels` for both sides, (n,), whole numbers or
    short texts; without these arrays all are 8.

    The file has two arrays of equal length, `images1` and `images2` or `left` and `right`, of shape (n, 28, 28) or
    (n, 1, 28, 28), ink bright. Values are 0..255, or, where none in either array is above 1, 0..1 and scaled by
    255; what is not whole is rounded, and the source's note says so. Other arrays are ignored.
    ids: `pairs-p01-left`, `pairs-p01-right` and so on. Raises SimtuiError, one sentence, for anything else. Nothing
    is unpickled, and shapes are checked before anything is unpacked.
    """
    shown = printable(path)
    left, right, labels = _read_arrays(path, shown)
    values = np.concatenate([left, right]).astype(np.float64)
    if not np.isfinite(values).all():
        raise SimtuiError(f"{shown} has values that are not finite numbers: the pixels must be 0 to 255 or 0 to 1.")
    low, high = float(values.min()), float(values.max())
    if low < 0 or high > 255:
        raise SimtuiError(
            f"{shown} has values from {low:g} to {high:g}: "
            "the pixels must be 0 to 255 or 0 to 1, before any normalisation."
        )
    note = "given pairs"
    if high <= 1:
        values *= 255
        note += ", 0..1 scaled to 0..255"
    pixels = np.round(values)
    if not np.array_equal(pixels, values):
        note += ", rounded to whole greys"
    n, whole = len(left), pixels.astype(np.uint8)
    width = max(2, len(str(n)))
    sides = [tuple(f"pairs-p{i:0{width}d}-{side}" for i in range(1, n + 1)) for side in ("left", "right")]
    if label is not None or labels is None:
        labels = ((8 if label is None else label,) * n,) * 2
    source = Source(name="files", sha256=digest_of(whole, sides[0] + sides[1], labels[0] + labels[1]), note=note)
    return (
        ImageSet(pixels=whole[:n], labels=labels[0], ids=sides[0], source=source),
        ImageSet(pixels=whole[n:], labels=labels[1], ids=sides[1], source=source),
    )


def _entries(folder: Path, root: Path) -> tuple[list[Path], list[Path]]:
    """Visible files and folders of `folder`, sorted by name; SimtuiError for links that leave `root`, and devices."""
    files: list[Path] = []
    folders: list[Path] = []
    home = root.resolve()
    for path in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if path.name.startswith(".") or path.name.lower() in _LITTER:
            continue
        if path.is_symlink() and not path.resolve().is_relative_to(home):
            raise SimtuiError(
                f"{printable(path)} is a link that leads out of {printable(root)}: copy the picture itself."
            )
        if path.is_dir():
            folders.append(path)
        elif path.is_file():
            files.append(path)
        else:
            raise SimtuiError(f"{printable(path)} is not a regular file: take it out of the folder.")
    return files, folders


def _label(name: str) -> Label:
    if not name.isprintable() or len(name) > 64:
        raise SimtuiError(f"The folder {printable(name)} cannot name a class: give it a short plain name.")
    return int(name) if name.isascii() and name.isdigit() and len(name) < 10 else name


def _ids(paths: Iterable[Path]) -> tuple[str, ...]:
    """One id a path, in order: letters, digits and hyphens, none twice."""
    ids: dict[str, None] = {}
    for path in paths:
        plain = unicodedata.normalize("NFKD", path.with_suffix("").as_posix()).encode("ascii", "ignore").decode()
        stem = "files-" + (re.sub(r"[^A-Za-z0-9]+", "-", plain).strip("-")[:48] or "image")
        new, count = stem, 1
        while new in ids:
            count += 1
            new = f"{stem}-{count}"
        ids[new] = None
    return tuple(ids)


def digest_of(pixels: NDArray[np.uint8], ids: tuple[str, ...], labels: tuple[Label, ...]) -> str:
    """Of the converted images with their ids and classes, so that the same set can be recognised."""
    digest = hashlib.sha256(pixels.tobytes())
    for image_id, label in zip(ids, labels, strict=True):
        digest.update(f"{image_id}\t{label}\n".encode())
    return digest.hexdigest()


_Labels = tuple[tuple[Label, ...], tuple[Label, ...]]
"""The classes of the left and of the right images."""


def _read_arrays(path: Path, shown: str) -> tuple[NDArray[np.generic], NDArray[np.generic], _Labels | None]:
    try:
        with (
            untrusted.opened(path, "an npz file of pairs", LARGEST_NPZ) as file,
            zipfile.ZipFile(_listed(file)) as archive,
        ):
            members = set(archive.namelist())
            chosen = [names for names in _NAMES if all(f"{name}.npy" in members for name in names)]
            if len(chosen) != 1:
                has = printable(", ".join(sorted(name.removesuffix(".npy") for name in members)) or "none")
                raise SimtuiError(
                    f"{shown} must have two arrays named images1 and images2, or left and right; its arrays: {has}."
                )
            left, right = (_read_array(archive, name, shown) for name in chosen[0])
            labels = _read_labels(archive, members, len(left), shown)
    except OSError as error:
        raise untrusted.unreadable(path, error) from None
    except SimtuiError:
        raise
    except Exception:  # zipfile, zlib and numpy fail in many ways on a damaged file
        raise SimtuiError(f"{shown} is no npz file, or a damaged one: save the pairs with numpy.savez.") from None
    if len(left) != len(right):
        raise SimtuiError(
            f"{shown} has {len(left)} images {chosen[0][0]} but {len(right)} {chosen[0][1]}: pairs need as many."
        )
    return left, right, labels


def _read_labels(archive: zipfile.ZipFile, members: set[str], n: int, shown: str) -> _Labels | None:
    """The classes in the file, if it has any."""
    for names in (("labels1", "labels2"), ("labels", "labels")):
        if all(f"{name}.npy" in members for name in names):
            left, right = (_labels_in(archive, name, n, shown) for name in names)
            return left, right
    for one, other in (("labels1", "labels2"), ("labels2", "labels1")):
        if f"{one}.npy" in members:
            raise SimtuiError(f"{shown} has {one} and no {other}: save both, or labels for both sides.")
    return None


def _labels_in(archive: zipfile.ZipFile, name: str, n: int, shown: str) -> tuple[Label, ...]:
    wrong = SimtuiError(
        f"{shown} has {name} that is not {n} whole numbers or short texts, one a pair: save it so, or leave it out."
    )
    if archive.getinfo(f"{name}.npy").file_size > 2**20:
        raise wrong
    with archive.open(f"{name}.npy") as file:
        shape, dtype = _header(file)
    if dtype.hasobject or dtype.kind not in "iuU" or shape not in ((n,), (n, 1)):
        raise wrong
    with archive.open(f"{name}.npy") as file:
        found = npy.read_array(file, allow_pickle=False).reshape(n).tolist()
    fine = [
        0 <= label < 10**9 if isinstance(label, int) else label.isprintable() and 0 < len(label) <= 64
        for label in found
    ]
    if not all(fine):
        raise wrong
    return tuple(int(label) if str(label).isascii() and str(label).isdigit() else label for label in found)


def _read_array(archive: zipfile.ZipFile, name: str, shown: str) -> NDArray[np.generic]:
    """One array as (n, 28, 28). Its header is believed only once it is bearable."""
    size = archive.getinfo(f"{name}.npy").file_size
    if size > _LARGEST_ARRAY:
        raise SimtuiError(f"{shown} has {size >> 20} MB in {name}: there must be 1 to {MOST_PAIRS} images.")
    with archive.open(f"{name}.npy") as file:
        shape, dtype = _header(file)
    if dtype.hasobject:
        raise SimtuiError(f"{shown} holds Python objects in {name}, which could run code, and is refused.")
    if dtype.kind not in "buif":
        raise SimtuiError(f"{shown} has {name} of type {printable(dtype)}: the pixels must be numbers.")
    if shape[1:] not in ((SIZE, SIZE), (1, SIZE, SIZE)):
        by = "x".join(map(str, shape)) or "a single number"
        raise SimtuiError(f"{shown} has {name} of shape {by}: it must be n x 28 x 28 or n x 1 x 28 x 28.")
    if not 1 <= shape[0] <= MOST_PAIRS:
        raise SimtuiError(f"{shown} has {shape[0]} images in {name}: there must be 1 to {MOST_PAIRS}.")
    if size > math.prod(shape) * dtype.itemsize + 2**16:
        raise SimtuiError(f"{shown} has more in {name} than its header says: save it again with numpy.savez.")
    with archive.open(f"{name}.npy") as file:
        array: NDArray[np.generic] = npy.read_array(file, allow_pickle=False)
    return array.reshape(shape[0], SIZE, SIZE)


def _listed(file: BinaryIO) -> BinaryIO:
    """The file, once the list of what is in it has been found to be bearable. Raises BadArchiveError."""
    untrusted.zip_members(file, _MOST_MEMBERS)
    return file


def _header(file: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[np.generic]]:
    """Raises ValueError for a longer header than any array of numbers has: numpy would read it whole first."""
    start = file.read(_LONGEST_HEADER)
    length, at = (start[8:10], 10) if start[6:7] == b"\x01" else (start[8:12], 12)
    if at + int.from_bytes(length, "little") > len(start):
        raise ValueError("a header without end")
    whole = io.BytesIO(start)
    read = npy.read_array_header_1_0 if npy.read_magic(whole) == (1, 0) else npy.read_array_header_2_0
    shape, _, dtype = read(whole)
    return shape, dtype
