"""Reading a table of ratings that were collected elsewhere: what it says, or every fault in it with its place."""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from simtui.errors import SimtuiError, printable, told_of
from simtui.session.cells import Reader, Row
from simtui.session.shapes import Ratings, read_shape, wide
from simtui.storage import untrusted
from simtui.study.model import Study

MAX_BYTES = 2 * 2**20
"""A table of 1,000 pairs and 500 participants has 1.2 MB."""
MAX_ROWS = MAX_COLUMNS = 20_000
"""More than any study has pairs, and than a spreadsheet has columns. A table must be read in 2 s."""


class TableError(SimtuiError):
    """The table cannot be imported and nothing was written; `faults` are all that is wrong with it."""

    def __init__(self, path: Path, faults: Sequence[str]) -> None:
        super().__init__(told_of(f"{printable(path)} was not imported and nothing was written: ", faults))
        self.faults = tuple(faults)


@dataclass(slots=True)
class Table:
    """What was read: by participant, in the order of the table, what they gave. sha256: of the bytes of the file."""

    ratings: Ratings = field(default_factory=dict)
    sha256: str = ""


def read_table(study: Study, path: Path) -> Table:
    """The ratings in a table with a header, of one of these shapes:

    - a row a pair: its id or its number in the study (from 1) first, then a column for each participant, with a column
      such as anna_rt beside it where there are response times;
    - a row a person, as Google Forms and Qualtrics give it: a column for each pair (Q7, Pair 7, … [Pair 7]), one that
      says who it is, and others, which are passed over;
    - a row a rating: columns participant, pair and rating, and perhaps rt (ms) and timestamp.

    Ratings are whole numbers on the study's scale; an empty cell is a rating that is missing. Commas, semicolons and
    tabs separate; UTF-8 or UTF-16 with its byte order mark. Response times are in ms, or in s where the name says so.

    Raises TableError, listing every fault with its row and column, and SimtuiError where the file cannot be read.
    """
    data = untrusted.read(path, "a table of ratings", MAX_BYTES)
    header, *body = _without_qualtrics(_rows(path, _text(path, data)))
    # Spreadsheets like to write empty columns at the right.
    width = max(i + 1 for row in (header, *body) for i, cell in enumerate(row.cells) if cell)
    names = [*header.cells, *[""] * width][:width]
    reader = Reader()
    ratings = read_shape(study, names, body, reader)
    if ratings is None:
        ratings = wide(study, header, names, body, reader)
    if not reader.faults:
        reader.faults += [f"{who}: no rating at all" for who, given in ratings.items() if not given]
        reader.faults += [] if ratings else ["it has no row below its header"]
    if reader.faults:
        raise TableError(path, reader.faults)
    return Table(ratings, hashlib.sha256(data).hexdigest())


def _text(path: Path, data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        try:
            return data.decode("utf-16")
        except UnicodeDecodeError:
            raise TableError(path, ["row 1: not whole UTF-16 text; save the table as “CSV UTF-8”"]) from None
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise TableError(path, [f"row {line}: not UTF-8 text; save the table as “CSV UTF-8”"]) from None


def _rows(path: Path, text: str) -> list[Row]:
    """The rows that are not blank."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(",;\t", key=header.count)
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        stripped = (Row(reader.line_num, [cell.strip() for cell in cells]) for cells in reader)
        rows = list(islice((row for row in stripped if any(row.cells)), MAX_ROWS + 1))
    except csv.Error as error:
        raise TableError(path, [f"row {reader.line_num}: {error}"]) from None
    if len(rows) > MAX_ROWS or any(len(row.cells) > MAX_COLUMNS for row in rows):
        raise TableError(path, [f"more than {MAX_ROWS:,} rows or columns"])
    if not rows:
        raise TableError(path, ["the table is empty"])
    return rows


def _without_qualtrics(rows: Sequence[Row]) -> Sequence[Row]:
    """Qualtrics writes the questions and its own ids in two more rows below the header."""
    for place, row in enumerate(rows[1:3], start=1):
        if any('"ImportId"' in cell for cell in row.cells):
            return [rows[0], *rows[place + 1 :]]
    return rows
