"""Reading the tables that an export wrote: values as they went in, or every fault with its file, row and column."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simtui.errors import MOST_FAULTS, SimtuiError, printable, told_of
from simtui.export import csv_folder, psych_ds
from simtui.export.columns import Column, Table
from simtui.export.csv_text import original
from simtui.storage import untrusted

MAX_BYTES = 2**30
DESCRIPTION = "dataset_description.json"

Values = dict[str, Any]
"""A row: its values by column."""

_BOOLEANS = {"true": True, "false": False}
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}\Z")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table that was read. where: its file and row, as a spreadsheet counts: the header is row 1."""

    where: str
    values: Values


@dataclass(slots=True)
class Faults:
    """What is wrong, as far as it is listed, and how many faults there are in all."""

    listed: list[str] = field(default_factory=list)
    count: int = 0

    def add(self, fault: str) -> None:
        """Take in one more."""
        self.count += 1
        if len(self.listed) < MOST_FAULTS:
            self.listed.append(fault)

    def refuse(self, folder: Path, what: str = "was not imported and nothing was written") -> None:
        """Raises SimtuiError where there is any fault."""
        if self.count:
            raise SimtuiError(told_of(f"{printable(folder)} {what}: ", self.listed, self.count))


def exported_folder(path: Path) -> Path | None:
    """The folder of an export that a path names: the folder itself, or its file trials.csv; None where it is none."""
    if path.is_dir():
        return path if (path / csv_folder.CODEBOOK).exists() or (path / DESCRIPTION).exists() else None
    beside = path.parent / csv_folder.CODEBOOK
    return path.parent if path.name == "trials.csv" and beside.is_file() else None


def table_files(folder: Path) -> dict[str, list[Path]]:
    """The csv files of the tables of an export, by table; those of the trials may be many.

    Raises SimtuiError where the folder is an export in a format without csv tables.
    """
    if (folder / "trials.csv").is_file():
        return {name: [folder / f"{name}.csv"] for name in ("trials", "participants", "revisions", "pairs")}
    data = folder / "data"
    if data.is_dir():
        files = {name: [data / psych_ds.table_file(name)] for name in ("participants", "revisions", "pairs")}
        trials = sorted(path for path in data.glob("subject-*_data.csv") if not path.is_symlink())
        return {"trials": trials, **files}
    raise SimtuiError(
        f"{printable(folder)} is no export in csv or psych-ds, which are the formats that can be read back: "
        "it has no trials.csv and no folder data."
    )


def read(table: Table, paths: Sequence[Path], root: Path, faults: Faults) -> Iterator[Row]:
    """The rows of a table, in one or several files; what is wrong with them goes to `faults`.

    Raises SimtuiError where a file cannot be read at all.
    """
    for path in paths:
        name = printable(path.relative_to(root), 120)
        with untrusted.opened(path, f"the table {table.name} of an export", MAX_BYTES) as file:
            reader = csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""), strict=True)
            try:
                header = next(reader, [])
                columns = list(_columns(table, header, name, faults))
                if {column.name for column in table.columns if not column.later} - {each.name for _, each in columns}:
                    continue
                for row in reader:
                    where = f"{name}, row {reader.line_num}"
                    if len(row) != len(header):
                        faults.add(f"{where}: {len(row)} cells, and the header has {len(header)}")
                        continue
                    values = {
                        column.name: _value(column, row[place], f"{where}, column {column.name}", faults)
                        for place, column in columns
                    }
                    yield Row(where, values)
            except UnicodeDecodeError:
                faults.add(f"{name}: not UTF-8 text")
            except csv.Error as error:
                faults.add(f"{name}, row {reader.line_num}: {error}")


def _columns(table: Table, header: Sequence[str], name: str, faults: Faults) -> Iterator[tuple[int, Column]]:
    """Where in the header each column of the table is."""
    wanted = {column.name: column for column in table.columns}
    seen: set[str] = set()
    for place, text in enumerate(header):
        if text in seen:
            faults.add(f"{name}, row 1, column {place + 1}: {_quoted(text)} is there twice")
        elif text in wanted:
            yield place, wanted[text]
        else:
            faults.add(f"{name}, row 1, column {place + 1}: {_quoted(text)} is no column of the table {table.name}")
        seen.add(text)
    for column in table.columns:
        if column.name not in seen and not column.later:
            faults.add(f"{name}, row 1: no column {column.name}")


def _value(column: Column, text: str, where: str, faults: Faults) -> Any:
    """What a cell says; None where it says nothing, or nothing that can be."""
    if text == "":
        if not column.missing:
            faults.add(f"{where}: no value")
        return None
    value, fault = _parsed(column, text)
    if fault:
        faults.add(f"{where}: {_quoted(text)} {fault}")
        return None
    return value


def _parsed(column: Column, text: str) -> tuple[Any, str]:
    match column.kind:
        case "boolean":
            return _BOOLEANS.get(text), "" if text in _BOOLEANS else "is neither true nor false"
        case "integer":
            if not _INTEGER.match(text):
                return None, "is no whole number"
            return int(text), _off_limits(column, int(text))
        case "number":
            try:
                # JSON's numbers: neither nan, nor inf, nor digits grouped by underscores.
                return json.loads(text, parse_constant=float.fromhex), ""
            except ValueError:
                return None, "is no number"
        case _:
            value = original(text)
            known = column.lowest is not None or not column.levels or value in column.levels
            return value, "" if known else f"is none of {', '.join(column.levels)}"


def _off_limits(column: Column, value: int) -> str:
    low, high = column.lowest, column.highest
    if (low is None or value >= low) and (high is None or value <= high):
        return ""
    return f"is not {f'from {low} to {high}' if high is not None else f'at least {low}'}"


def _quoted(text: str) -> str:
    return f"“{printable(text, 40)}”"
