"""Whether an exported folder is what it claims to be: its tables against its own codebook, or its sidecars."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from simtui.errors import SimtuiError, printable
from simtui.export import bids, codebook, rdm
from simtui.export.columns import MS, Column, Kind, Table
from simtui.export.participants import ANSWER, ANSWERED_AT
from simtui.export.reading import DESCRIPTION, Faults, exported_folder, read, table_files
from simtui.export.restoring import restored
from simtui.storage import untrusted
from simtui.study import file as study_file
from simtui.words import counted

MAX_BYTES = 64 * 2**20
_KINDS: tuple[Kind, ...] = ("string", "integer", "number", "boolean", "datetime")
_IN_MS = ("rt", "onset", "time_elapsed", "median_rt", "terminal_round_trip_ms")
_IN_SECONDS = ("response_time", "onset", "time_elapsed")
_BIDS_FILE = re.compile(r"(sub-[A-Za-z0-9]+)/beh/\1_task-[A-Za-z0-9]+_run-[0-9]+_beh\.tsv")
_PSYCH_DS_FILE = re.compile(r"([a-z]+-[a-zA-Z0-9]+)(_[a-z]+-[a-zA-Z0-9]+)*_data\.(csv|json)")


def is_export(path: Path) -> bool:
    """Whether a path names an exported folder, of whatever format."""
    return exported_folder(path) is not None or (path.is_dir() and (path / rdm.FILE).is_file())


def check(path: Path) -> tuple[str, Faults]:
    """The format of an exported folder, and what is wrong with it. Raises SimtuiError where a file cannot be read."""
    folder = exported_folder(path) or path
    faults = Faults()
    form, checks = _format(folder)
    checks(folder, faults)
    return form, faults


def lines(path: Path, form: str, faults: Faults) -> Iterator[str]:
    """What was found, a line a fault, and a line that sums it up; safe to print."""
    for fault in faults.listed:
        yield f"{printable(path)}: {fault}"
    if faults.count > len(faults.listed):
        yield f"{printable(path)}: and {faults.count - len(faults.listed)} more"
    yield f"{printable(path)}, an export as {form}: {counted(faults.count, 'fault') if faults.count else 'no fault'}"


def _format(folder: Path) -> tuple[str, Callable[[Path, Faults], None]]:
    if (folder / rdm.FILE).is_file():
        return "rdm", _check_rdm
    if (folder / "trials.parquet").is_file():
        return "parquet", _check_parquet
    if (folder / DESCRIPTION).is_file():
        return ("bids", _check_bids) if "BIDSVersion" in _json(folder / DESCRIPTION) else ("psych-ds", _check_psych_ds)
    return "csv", _check_csv


def _check_csv(folder: Path, faults: Faults) -> None:
    _check_tables(folder, _codebook(folder / "codebook.csv", faults), faults)


def _check_tables(folder: Path, tables: Mapping[str, Table], faults: Faults) -> None:
    """Every cell of the csv tables has the type that the codebook gives its column, and all belong together."""
    people: set[tuple[Any, Any]] = set()
    for name, files in sorted(table_files(folder).items()):
        if name not in tables:
            faults.add(f"the codebook has no table {name}")
            continue
        for row in read(tables[name], files, folder, faults):
            who = row.values.get("participant_id"), row.values.get("run")
            if name == "participants":
                people.add(who)
            elif "participant_id" in row.values and who not in people:
                faults.add(f"{row.where}: {printable(who[0], 40)}, run {who[1]}, is not in the table participants")


def _check_psych_ds(folder: Path, faults: Faults) -> None:
    tables = _codebook(folder / "documentation" / "codebook.csv", faults)
    for path in sorted((folder / "data").iterdir()) if (folder / "data").is_dir() else []:
        if path.name != "file_metadata.json" and not _PSYCH_DS_FILE.fullmatch(path.name):
            faults.add(f"data/{printable(path.name)}: no name of Psych-DS, such as subject-P01_session-1_data.csv")
    measured = _json(folder / DESCRIPTION).get("variableMeasured")
    variables = [each for each in measured if isinstance(each, dict)] if isinstance(measured, list) else []
    said = {str(each.get("name")): each for each in variables}
    columns = {column.name: column for table in tables.values() for column in table.columns}
    for name in sorted({*said} ^ {*columns}):
        where = "variableMeasured" if name in said else "the codebook"
        faults.add(f"{DESCRIPTION}: {printable(name)} is in {where} alone")
    for name in {*said} & {*columns}:
        unit = said[name].get("unitText", "")
        if unit != columns[name].unit:
            faults.add(f"{DESCRIPTION}: {name} is in {_unit(unit)}, and the codebook has {_unit(columns[name].unit)}")
    _check_tables(folder, tables, faults)
    if not faults.count:
        study = study_file.load(folder / "materials" / "study.json")
        for _ in restored(study, folder, faults):
            pass


def _check_parquet(folder: Path, faults: Faults) -> None:
    from simtui.errors import require_installed

    require_installed("Checking parquet", ("pyarrow",), extra="parquet")
    import pyarrow as pa
    import pyarrow.parquet as pq

    from simtui.export.parquet import schema

    for name, table in _codebook(folder / "codebook.csv", faults).items():
        path = folder / f"{name}.parquet"
        try:
            found = pq.read_schema(path)
            pq.read_metadata(path)
        except (OSError, pa.ArrowException) as error:
            faults.add(f"{path.name}: cannot be read: {printable(error)}")
            continue
        wanted = schema(table)
        for field in wanted:
            if field.name not in found.names:
                faults.add(f"{path.name}: no column {field.name}")
                continue
            other = found.field(field.name)
            if other.type != field.type:
                faults.add(f"{path.name}, column {field.name}: {other.type}, and the codebook says {field.type}")
            units = [(each.metadata or {}).get(b"unit", b"").decode("utf-8", "replace") for each in (other, field)]
            if units[0] != units[1]:
                faults.add(
                    f"{path.name}, column {field.name}: {_unit(units[0])}, and the codebook says {_unit(units[1])}"
                )
        for extra in sorted({*found.names} - {*wanted.names}):
            faults.add(f"{path.name}: {printable(extra)} is not in the codebook")


def _check_rdm(folder: Path, faults: Faults) -> None:
    import numpy as np

    try:
        with untrusted.opened(folder / rdm.FILE, "dissimilarities", 2**33) as file:
            arrays = dict(np.load(file, allow_pickle=False))
    except SimtuiError:
        raise
    except Exception as error:  # zipfile, zlib and numpy fail in many ways on a damaged file
        faults.add(f"{rdm.FILE}: damaged: {printable(error)}")
        return
    names = ("people", "network", "participants", "layers", "images", "digits", "measures")
    missing = [name for name in names if name not in arrays]
    for name in missing:
        faults.add(f"{rdm.FILE}: no array {name}")
    if missing:
        return
    n = arrays["images"].size
    for name, of in (("people", "participants"), ("network", "layers")):
        squares = arrays[name]
        if squares.shape != (arrays[of].size, n, n):
            faults.add(f"{rdm.FILE}: {name} has the shape {squares.shape}, not {(arrays[of].size, n, n)}")
        elif not np.array_equal(squares, squares.transpose(0, 2, 1), equal_nan=True):
            faults.add(f"{rdm.FILE}: {name} is not symmetric")


def _check_bids(folder: Path, faults: Faults) -> None:
    beh = {name: said for name, said in _json(folder / f"task-{bids.TASK}_beh.json").items() if isinstance(said, dict)}
    for name in _IN_SECONDS:
        unit = beh.get(name, {}).get("Units", "")
        if unit != bids.SECONDS:
            faults.add(f"task-{bids.TASK}_beh.json: {name} is in {_unit(unit)}, and BIDS wants seconds")
    people = {row.get("participant_id", "") for row in _tsv(folder, folder / "participants.tsv", faults)}
    said = _json(folder / "participants.json")
    folders = set()
    for path in sorted(folder.glob("sub-*/*/*")):
        inside = path.relative_to(folder).as_posix()
        match = _BIDS_FILE.fullmatch(inside)
        if match is None:
            faults.add(
                f"{printable(inside)}: no name of BIDS, such as sub-P01/beh/sub-P01_task-similarity_run-1_beh.tsv"
            )
            continue
        folders.add(match[1])
        for number, row in enumerate(_tsv(folder, path, faults, beh), start=2):
            for name in ("response", *_IN_SECONDS):
                if not _is_number(row.get(name, "")):
                    faults.add(
                        f"{inside}, row {number}, column {name}: “{printable(row.get(name, ''), 40)}” is no number"
                    )
    for who in sorted(people ^ folders):
        faults.add(f"{printable(who)} is {'not in participants.tsv' if who in folders else 'without responses'}")
    if "participant_id" not in said:
        faults.add("participants.json: no column participant_id")


def _tsv(root: Path, path: Path, faults: Faults, sidecar: Mapping[str, Any] | None = None) -> Iterator[dict[str, str]]:
    inside = path.relative_to(root).as_posix()
    try:
        lines = untrusted.read(path, "a table of an export", MAX_BYTES).decode("utf-8").splitlines()
    except UnicodeDecodeError:
        faults.add(f"{inside}: not UTF-8 text")
        return
    header = lines[0].split("\t") if lines else []
    if sidecar is not None:
        for name in sorted({*header} - {*sidecar}):
            faults.add(f"{inside}: the column {printable(name, 40)} is in no sidecar")
        for name in sorted({*sidecar} - {*header}):
            faults.add(f"{inside}: no column {printable(name, 40)}")
    for number, line in enumerate(lines[1:], start=2):
        cells = line.split("\t")
        if len(cells) != len(header):
            faults.add(f"{inside}, row {number}: {len(cells)} cells, and the header has {len(header)}")
        elif "" in cells:
            faults.add(f"{inside}, row {number}, column {header[cells.index('')]}: empty, and not {bids.MISSING}")
        else:
            yield dict(zip(header, cells, strict=True))


def _is_number(text: str) -> bool:
    try:
        return text == bids.MISSING or float(text) == float(text)
    except ValueError:
        return False


def _codebook(path: Path, faults: Faults) -> dict[str, Table]:
    """The tables as a codebook describes them. Raises SimtuiError where there is none."""
    data = untrusted.read(path, "the codebook of an export", MAX_BYTES)
    try:
        header, *rows = csv.reader(io.StringIO(data.decode("utf-8", "replace"), newline=""))
    except (csv.Error, ValueError):
        header, rows = [], []
    if not rows or tuple(header) != codebook.HEADER:
        raise SimtuiError(f"{printable(path)} is no codebook: its header is not {', '.join(codebook.HEADER)}.")
    found: dict[str, list[Column]] = {}
    for number, cells in enumerate(rows, start=2):
        if len(cells) != len(header):
            raise SimtuiError(f"{printable(path)} is damaged: row {number} has {len(cells)} cells, not {len(header)}.")
        row = dict(zip(header, cells, strict=True))
        column = _column(row, partial(lambda number, what: faults.add(f"codebook.csv, row {number}: {what}"), number))
        found.setdefault(row["table"], []).append(column)
    return {name: Table(name, "", tuple(columns)) for name, columns in found.items()}


def _column(row: Mapping[str, str], fault: Callable[[str], None]) -> Column:
    limits = [int(row[name]) if re.fullmatch(r"-?[0-9]{1,9}", row[name]) else None for name in ("lowest", "highest")]
    kind = next((kind for kind in _KINDS if kind == row["type"]), None)
    name = row["name"]
    if kind is None:
        fault(f"“{printable(row['type'], 40)}” is no type: {', '.join(_KINDS)}")
    if name in _IN_MS and row["unit"] != MS:
        fault(f"{name} is in {_unit(row['unit'])}, and exported times are in {MS}")
    if not row["description"] and not name.startswith((ANSWER, ANSWERED_AT)):
        fault(f"{printable(name, 40)} has no description")
    return Column(
        name=name,
        description=row["description"],
        kind=kind or "string",
        level="run",
        get=lambda _: None,
        unit=row["unit"],
        lowest=limits[0],
        highest=limits[1],
        missing=row["missing"],
    )


def _unit(text: str) -> str:
    return f"“{printable(text, 40)}”" if text else "no unit"


def _json(path: Path) -> dict[str, Any]:
    data = untrusted.read(path, "a part of an export", MAX_BYTES)
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        raise SimtuiError(f"{printable(path)} is damaged: it is no JSON.") from None
    if not isinstance(value, dict):
        raise SimtuiError(f"{printable(path)} is damaged: it is no JSON object.")
    return value
