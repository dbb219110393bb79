"""A column of an exported table: its meaning, type, unit, levels and missing values, and where its values come from.

Everything that is said of a column anywhere (codebook, sidecars, metadata of parquet, variableMeasured) is said here.
"""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from types import NoneType, UnionType
from typing import Any, Literal, Union

from msgspec import Struct

from simtui.session.descriptions import descriptions
from simtui.session.environment import Environment, Resumption
from simtui.session.model import Revision, Session, Trial
from simtui.session.quality import Quality
from simtui.study.model import Pair, Study

Kind = Literal["string", "integer", "number", "boolean", "datetime"]

Level = Literal["run", "environment", "trial", "pair", "revision"]
"""What a value belongs to: it is the same in all rows of one run, one environment, one pair …"""

MS = "ms"


@dataclass(slots=True)
class Place:
    """The response, or the run or pair, whose row is being made: what the columns take their values from.

    first: by pair id, the trial_index of the first showing of a pair in the run.
    """

    study: Study
    session: Session = None  # type: ignore[assignment]
    site: str = ""
    quality: Quality | None = None
    environment: Environment = None  # type: ignore[assignment]
    resumption: Resumption | None = None
    trial: Trial = None  # type: ignore[assignment]
    first: dict[str, int] = dataclasses.field(default_factory=dict)
    pair: Pair = None  # type: ignore[assignment]
    pair_kind: str = ""
    measured: Mapping[str, float | None] = dataclasses.field(default_factory=dict)
    revision: Revision = None  # type: ignore[assignment]
    revision_number: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column. get: its value at a place, None where it is missing.

    unit: of its numbers, empty where they have none. levels: by value, what it stands for; of an ordered scale only
    the values that have a label. lowest, highest: of whole numbers that have limits. missing: why a value may be
    missing; empty where none ever is. struct, field: whose field it is, of a study or session file; `unknown` is what
    stands there for a missing value. later: exports of earlier simtui do not have it.
    """

    name: str
    description: str
    kind: Kind
    level: Level
    get: Callable[[Place], Any]
    unit: str = ""
    levels: Mapping[str, str] = dataclasses.field(default_factory=dict)
    lowest: int | None = None
    highest: int | None = None
    missing: str = ""
    struct: type[Struct] | None = None
    field: str = ""
    unknown: object = None
    later: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table: its name, what a row of it is, and its columns."""

    name: str
    row: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column:
        """The column of that name. Raises StopIteration where there is none."""
        return next(column for column in self.columns if column.name == name)


_LEVELS: dict[type[Struct], Level] = {
    Session: "run",
    Environment: "environment",
    Trial: "trial",
    Pair: "pair",
    Revision: "revision",
}


def of_field(
    struct: type[Struct],
    field_name: str,
    name: str = "",
    *,
    description: str = "",
    kind: Kind | None = None,
    unit: str = "",
    levels: Mapping[str, str] | None = None,
    lowest: int | None = None,
    highest: int | None = None,
    missing: str = "",
    unknown: object = None,
) -> Column:
    """The column of a field of a study or session file, which means what the file's schema says.

    name: of the column, where it is not the field's. unknown: a value that stands for a missing one in the file.
    """
    level = _LEVELS[struct]
    where = {"run": "session"}.get(level, level)
    value = attrgetter(f"{where}.{field_name}")
    get = value if unknown is None else _known(value, unknown)
    meaning = description or descriptions(struct).get(field_name) or descriptions(Trial)[field_name]
    return Column(
        name=name or field_name,
        description=sentence(meaning),
        kind=kind or _kind(struct, field_name),
        level=level,
        get=get,
        unit=unit,
        levels=levels or {},
        lowest=lowest,
        highest=highest,
        missing=missing,
        struct=struct,
        field=field_name,
        unknown=unknown,
    )


def sentence(text: str) -> str:
    """A description as a sentence of its own."""
    return text[:1].upper() + text[1:].rstrip(".") + "."


def _known(value: Callable[[Place], Any], unknown: object) -> Callable[[Place], Any]:
    def get(place: Place) -> Any:
        found = value(place)
        return None if found == unknown else found

    return get


@lru_cache(maxsize=16)
def _hints(struct: type[Struct]) -> dict[str, Any]:
    return typing.get_type_hints(struct)


def _kind(struct: type[Struct], field_name: str) -> Kind:
    hint = _hints(struct)[field_name]
    if typing.get_origin(hint) in (Union, UnionType):
        kinds = [part for part in typing.get_args(hint) if part is not NoneType]
        hint = kinds[0] if len(kinds) == 1 else str
    return {bool: "boolean", int: "integer", float: "number"}.get(hint, "string")  # type: ignore[return-value]
