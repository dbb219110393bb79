"""The codebook: what every column of every table means, as a table and as a text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simtui.errors import printable
from simtui.export.columns import Column, Table
from simtui.export.csv_text import text_line
from simtui.study.model import Study

HEADER = ("table", "name", "description", "type", "unit", "levels", "lowest", "highest", "missing")


def as_csv(tables: Sequence[Table]) -> str:
    """One row a column of a table."""
    return "".join((text_line(HEADER), *(text_line(row) for table in tables for row in _rows(table))))


def as_markdown(study: Study, tables: Sequence[Table]) -> str:
    """The same for people, in Markdown that reads well as it stands."""
    return "\n".join(_lines(study, tables)) + "\n"


def levels_text(column: Column) -> str:
    """The values that stand for something, and what for: "1 = least similar; 10 = most similar"."""
    return "; ".join(f"{value} = {meaning}" for value, meaning in column.levels.items())


def _rows(table: Table) -> Iterator[tuple[str, ...]]:
    for column in table.columns:
        lowest, highest = ("" if limit is None else str(limit) for limit in (column.lowest, column.highest))
        described = (column.description, column.kind, column.unit, levels_text(column))
        yield (table.name, column.name, *described, lowest, highest, column.missing)


def _lines(study: Study, tables: Sequence[Table]) -> Iterator[str]:
    scale = study.scale
    yield f"# Codebook of the study {study.id}"
    yield ""
    yield f"Question: “{_shown(study.question)}”, answered from {scale.low} to {scale.high}."
    yield ""
    yield "A missing value is an empty cell. Times are in milliseconds, clock times in UTC (ISO 8601)."
    for table in tables:
        yield ""
        yield f"## {table.name}"
        yield ""
        yield f"A row is {table.row}."
        yield ""
        for column in table.columns:
            yield f"- `{column.name}` ({', '.join(filter(None, (column.kind, column.unit, _limits(column))))}): " + (
                _shown(column.description)
            )
            if column.levels:
                yield f"  Values: {_shown(levels_text(column))}."
            if column.missing:
                yield f"  Missing where {_shown(column.missing)}."


def _limits(column: Column) -> str:
    if column.lowest is not None and column.highest is not None:
        return f"{column.lowest} to {column.highest}"
    return "" if column.lowest is None else f"from {column.lowest}"


def _shown(text: str) -> str:
    """Labels and questions come from a file that anybody may have written."""
    return printable(text, 1000)
