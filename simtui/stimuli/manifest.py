"""Given pairs as a table of picture files: a study that was made elsewhere can be rated here."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from simtui.errors import SimtuiError, printable, told_of
from simtui.stimuli.files import MOST_PAIRS, digest_of
from simtui.stimuli.image_set import ImageSet
from simtui.stimuli.source import Label, Source
from simtui.storage import untrusted

MAX_BYTES = 16 * 2**20
LONGEST_CLASS = 64
_NEEDED = ("left", "right")

Picture = tuple[NDArray[np.uint8], bool]


def load_manifest(path: Path, label: Label | None = None) -> tuple[ImageSet, ImageSet]:
    """The n left and the n right pictures of a table, in its order.

    The csv file has the columns `left` and `right`, each a picture file by its path from the table's own folder, which
    it must not leave; and, unless a `label` is given for all, `class`: a digit or another name, the class of both
    pictures. Other columns are not looked at. Pictures are converted as `simtui.stimuli.convert` says.
    Raises SimtuiError, listing up to twenty faults with row and column.
    """
    rows = _rows(path)
    faults: list[str] = []
    home = path.parent.resolve()
    seen: dict[Path, Picture | None] = {}
    sides: dict[str, list[Picture]] = {name: [] for name in _NEEDED}
    labels: list[Label] = []
    for number, row in rows:
        where = f"row {number}, column"
        for name in _NEEDED:
            picture, fault = _picture(home, path.parent, row[name].strip(), seen)
            if picture is None:
                faults.append(f"{where} {name}: {fault}")
            else:
                sides[name].append(picture)
        text = str(label) if label is not None else row["class"].strip()
        if not text or not text.isprintable() or len(text) > LONGEST_CLASS:
            faults.append(f"{where} class: “{printable(text, 40)}” cannot name a class: give it a short plain name")
        labels.append(int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text)
    if faults:
        _refuse(path, faults)
    return _image_sets(sides, tuple(labels))


def _image_sets(sides: dict[str, list[Picture]], labels: tuple[Label, ...]) -> tuple[ImageSet, ImageSet]:
    width = max(2, len(str(len(labels))))
    ids = [tuple(f"pairs-p{i:0{width}d}-{side}" for i in range(1, len(labels) + 1)) for side in _NEEDED]
    pixels = [np.stack([image for image, _ in sides[side]]) for side in _NEEDED]
    inverted = sum(was for side in _NEEDED for _, was in sides[side])
    source = Source(
        name="files",
        sha256=digest_of(np.concatenate(pixels), ids[0] + ids[1], labels * 2),
        note=f"given pairs of own pictures, fitted to 28x28 grey; {inverted} of {2 * len(labels)} inverted",
    )
    left, right = (
        ImageSet(pixels=of, labels=labels, ids=names, source=source) for of, names in zip(pixels, ids, strict=True)
    )
    return left, right


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    """The rows that are not blank, each with its number: the header is row 1."""
    data = untrusted.read(path, "a table of pairs", MAX_BYTES)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        _refuse(path, ["it is not UTF-8 text"])
    header = next((line for line in text.splitlines() if line.strip()), "")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count), strict=True)
    rows: list[tuple[int, dict[str, str]]] = []
    faults: list[str] = []
    names: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = [cell.strip().casefold() for cell in cells]
            elif len(cells) != len(names):
                faults.append(f"row {reader.line_num}: {len(cells)} cells, and the header has {len(names)}")
            else:
                rows.append((reader.line_num, {"class": "", **dict(zip(names, cells, strict=True))}))
            if len(rows) > MOST_PAIRS:
                _refuse(path, [f"it has more than {MOST_PAIRS:,} pairs"])
    except csv.Error as error:
        faults.append(f"row {reader.line_num}: {error}")
    missing = [name for name in _NEEDED if name not in (names or ())]
    if missing:
        no_column = " and no column ".join(missing)
        _refuse(path, [f"row 1: no column {no_column}; a table of pairs has left, right and class"])
    if not rows and not faults:
        faults.append("it has no row below its header")
    if faults:
        _refuse(path, faults)
    return rows


def _picture(home: Path, folder: Path, name: str, seen: dict[Path, Picture | None]) -> tuple[Picture | None, str]:
    """The picture in a file named in the table, or what is wrong with it."""
    from simtui.stimuli.convert import read_image

    if not name:
        return None, "no picture is named"
    shown = f"“{printable(name, 60)}”"
    try:
        real = (folder / name).resolve()
    except (OSError, RuntimeError, ValueError):
        return None, f"{shown} is no path of a file"
    if not real.is_relative_to(home):
        return None, f"{shown} is outside the folder of the table"
    if real not in seen:
        try:
            seen[real] = read_image(folder / name)
        except SimtuiError as error:
            seen[real] = None
            return None, str(error).rstrip(".")
    found = seen[real]
    return found, "" if found else f"{shown} is the picture of an earlier fault"


def _refuse(path: Path, faults: Sequence[str]) -> NoReturn:
    """Raises SimtuiError."""
    raise SimtuiError(told_of(f"No study was made of {printable(path)}: ", faults))
