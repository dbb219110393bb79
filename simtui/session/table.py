"""Reading a table of ratings that were collected elsewhere: what it says, or every fault in it with its place."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from simtui.errors import SimtuiError, printable
from simtui.session.model import check_participant_id
from simtui.storage import untrusted
from simtui.study.model import Pair, Study

MAX_BYTES = 2 * 2**20
"""A table of 1,000 pairs and 500 participants has 1.2 MB."""
MAX_ROWS = MAX_COLUMNS = 20_000
"""More than any study has pairs, and than a spreadsheet has columns. A table must be read in 2 s."""
MAX_FAULTS = 1_000
_WHOLE = re.compile(r"([+-]?[0-9]+)(?:\.0*)?\Z")
_LONGEST = 9
"""Digits beyond which a number is on no scale, and dear to convert."""


class TableError(SimtuiError):
    """The table cannot be imported and nothing was written; `faults` are all that is wrong with it."""

    def __init__(self, path: Path, faults: Sequence[str]) -> None:
        start = f"{printable(path)} was not imported and nothing was written: "
        listed = [f"  {fault}" for fault in faults[:MAX_FAULTS]]
        if len(faults) > MAX_FAULTS:
            listed.append(f"  and {len(faults) - MAX_FAULTS} more")
        super().__init__(
            f"{start}{faults[0]}." if len(faults) == 1 else f"{start}{len(faults)} faults.\n" + "\n".join(listed)
        )
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table. number: as a spreadsheet counts, the header being 1."""

    number: int
    cells: list[str]


@dataclass(slots=True)
class Table:
    """What was read: the pairs in table order, and the ratings by participant, in column order.

    sha256: of the bytes of the file.
    """

    pairs: list[Pair] = field(default_factory=list)
    ratings: dict[str, list[int]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    sha256: str = ""


def read_table(study: Study, path: Path) -> Table:
    """The table in a file: a header, then a row a pair.

    Its first column is a pair's id or its number in the study (from 1), every further column is named after a
    participant and holds whole numbers on the study's scale. Commas, semicolons and tabs separate; UTF-8, with or
    without a byte order mark.

    Raises TableError, listing every fault with its row and column, and SimtuiError where the file cannot be read.
    """
    data = untrusted.read(path, "a table of ratings", MAX_BYTES)
    table = _parse(study, _rows(path, _text(path, data)))
    if table.faults:
        raise TableError(path, table.faults)
    table.sha256 = hashlib.sha256(data).hexdigest()
    return table


def _text(path: Path, data: bytes) -> str:
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


def _parse(study: Study, rows: Sequence[Row]) -> Table:
    """Everything that the table says and everything that is wrong with it."""
    table = Table()
    header, body = rows[0], rows[1:]
    # Spreadsheets like to write empty columns at the right.
    width = max(i + 1 for row in rows for i, cell in enumerate(row.cells) if cell)
    names = [*header.cells, *[""] * width][:width]
    table.faults += _header_faults(header.number, names)
    columns = [(i, name) for i, name in enumerate(names) if i > 0]
    ratings: list[list[int]] = [[] for _ in names]
    seen: dict[str, int] = {}
    unknown: set[str] = set()
    for row in body:
        if len(row.cells) < width or any(row.cells[width:]):
            table.faults.append(f"row {row.number}: {len(row.cells)} cells, and the header has {len(names)}")
        pair = _pair(study, row.cells[0])
        where = f"row {row.number}, column 1"
        if pair is None:
            fault = f"{where}: {_quoted(row.cells[0])} is no pair's id and no number of one in the study"
            unknown.add(fault)
            table.faults.append(fault)
        elif pair.id in seen:
            table.faults.append(f"{where}: {pair.id} is rated in row {seen[pair.id]} already")
        else:
            seen[pair.id] = row.number
            table.pairs.append(pair)
        for i, name in columns[: max(0, len(row.cells) - 1)]:
            rating, fault = _rating(study, row.cells[i])
            ratings[i].append(rating)
            if fault:
                table.faults.append(f"row {row.number}, column {_quoted(name) if name else i + 1}: {fault}")
    if seen:
        for number, pair in enumerate(study.pairs, start=1):
            if pair.id not in seen:
                table.faults.append(f"column 1: no row for the pair {pair.id}, number {number}")
    else:
        # The same of every row and of every pair is said once.
        table.faults = [fault for fault in table.faults if fault not in unknown] + [_no_pair(study, bool(body))]
    table.ratings = {name: ratings[i] for i, name in columns} if not table.faults else {}
    return table


def _no_pair(study: Study, rows: bool) -> str:
    first, last, count = study.pairs[0].id, study.pairs[-1].id, len(study.pairs)
    what = "none of its rows names a pair of the study" if rows else "it has no row below its header"
    return (
        f"{what}, and it needs one for each pair, with the pair's id ({first} to {last}) or number (1 to {count}) "
        "in column 1"
    )


def _header_faults(row: int, names: Sequence[str]) -> Iterator[str]:
    if len(names) < 2:
        yield f"row {row}: no participant; the first column names the pairs, every further one is a participant"
    first: dict[str, int] = {}
    for column, name in enumerate(names[1:], start=2):
        where = f"row {row}, column {column}"
        if not name:
            yield f"{where}: no participant id"
            continue
        try:
            check_participant_id(name)
        except SimtuiError as error:
            yield f"{where}: {str(error).rstrip('.')}"
        # Some file systems do not tell P1 from p1.
        other = first.setdefault(name.casefold(), column)
        if other != column:
            yield f"{where}: {_quoted(name)} is the participant of column {other} already"


def _pair(study: Study, text: str) -> Pair | None:
    """The pair with this id, or with this number."""
    for pair in study.pairs:
        if pair.id == text:
            return pair
    number = _whole(text)
    return study.pairs[number - 1] if number is not None and 1 <= number <= len(study.pairs) else None


def _rating(study: Study, text: str) -> tuple[int, str]:
    """The rating, and what is wrong with it if something is."""
    if not text:
        return 0, "no rating"
    if not _WHOLE.match(text):
        return 0, f"{_quoted(text)} is not a whole number"
    rating = _whole(text)
    if rating is None or rating not in study.scale.values:
        return 0, f"{_quoted(text)} is off the scale of {study.scale.low} to {study.scale.high}"
    return rating, ""


def _whole(text: str) -> int | None:
    match = _WHOLE.match(text)
    return int(match[1]) if match and len(match[1]) <= _LONGEST else None


def _quoted(text: str) -> str:
    return f"“{printable(text, 40)}”"
