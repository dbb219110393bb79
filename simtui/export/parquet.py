"""The format parquet: a table a file by pyarrow, with what every column means in its metadata."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from simtui.errors import SimtuiError, printable
from simtui.export import codebook
from simtui.export.columns import Column, Table
from simtui.export.rows import Maker

if TYPE_CHECKING:
    from pathlib import Path

    from simtui.export.write import Job

_ROWS = 50_000
"""Rows that are kept before they are written."""


def write(job: Job) -> None:
    """Write the tables and the codebook into the job's folder. Raises OSError, and SimtuiError for what is no time."""
    maker = Maker(job.study, job.tables, _value, job.measured)
    with ExitStack() as stack:
        files = {
            name: stack.enter_context(_File(job.folder / f"{name}.parquet", table))
            for name, table in job.tables.items()
        }
        files["pairs"].add(list(maker.pairs()))
        for session, site in job.each():
            for name, rows in maker.session(session, site).items():
                files[name].add(rows)
    made = tuple(job.tables.values())
    (job.folder / "codebook.csv").write_text(codebook.as_csv(made), encoding="utf-8", newline="")
    (job.folder / "codebook.md").write_text(codebook.as_markdown(job.study, made), encoding="utf-8", newline="")


def schema(table: Table) -> pa.Schema:
    """The types of a table's columns, each with its description, unit, levels and missing values."""
    said = {b"simtui.table": table.name.encode(), b"simtui.row": table.row.encode()}
    return pa.schema([pa.field(column.name, _type(column), metadata=_said(column)) for column in table.columns], said)


class _File:
    """A parquet file that is written a group of rows at a time."""

    def __init__(self, path: Path, table: Table) -> None:
        self._schema = schema(table)
        self._rows: list[list[Any]] = []
        self._writer = pq.ParquetWriter(path, self._schema)

    def __enter__(self) -> _File:
        return self

    def __exit__(self, *_: object) -> None:
        self._flush()
        self._writer.close()

    def add(self, rows: list[list[Any]]) -> None:
        """Take in rows, each a list of values."""
        self._rows += rows
        if len(self._rows) >= _ROWS:
            self._flush()

    def _flush(self) -> None:
        columns: Iterable[Sequence[Any]] = zip(*self._rows, strict=True) if self._rows else [()] * len(self._schema)
        arrays = [_array(values, field) for values, field in zip(columns, self._schema, strict=True)]
        self._writer.write_table(pa.Table.from_arrays(arrays, schema=self._schema))
        self._rows = []


def _array(values: Sequence[Any], field: pa.Field) -> pa.Array:
    try:
        return pa.array(values, field.type)
    except (pa.ArrowException, OverflowError):
        raise SimtuiError(
            f"A value of the column {field.name} is none that parquet can hold: `simtui validate` says where."
        ) from None


def _said(column: Column) -> dict[str, str]:
    limits = {"lowest": column.lowest, "highest": column.highest}
    said = {
        "description": column.description,
        "unit": column.unit,
        "levels": codebook.levels_text(column),
        "missing": column.missing,
        **{name: str(limit) for name, limit in limits.items() if limit is not None},
    }
    return {name: text for name, text in said.items() if text}


def _type(column: Column) -> pa.DataType:
    return {
        "string": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "datetime": pa.timestamp("ms", tz="UTC"),
    }[column.kind]


def _value(column: Column) -> Callable[[Any], Any]:
    return {"datetime": _time, "string": _text}.get(column.kind, _same)


def _same(value: Any) -> Any:
    return value


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _time(value: str | None) -> datetime | None:
    if value is None:
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise SimtuiError(f"“{printable(value, 40)}” in a session is no time: `simtui validate` says where.") from None
