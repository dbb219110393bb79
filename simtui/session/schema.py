"""The published JSON Schemas of study and session files, made from the data classes.

`python -m simtui.session.schema` writes them again after a data class has changed; a test says when that is due.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from inspect import cleandoc
from pathlib import Path
from typing import Any

import click
import msgspec
import msgspec.inspect

from simtui.session import model as sessions
from simtui.session.descriptions import descriptions
from simtui.study import model as studies

FOLDER = Path(__file__).parent / "schemas"

_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def study_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12, of a study file."""
    schema, main = _schema(studies.Study, "A simtui study", studies.FORMAT, studies.VERSION)
    # It is that of the file itself, which cannot say it.
    del main["properties"]["sha256"]
    main["properties"]["id"]["pattern"] = "^[A-Za-z0-9-]{1,64}$"
    return schema


def session_schema() -> dict[str, Any]:
    """JSON Schema, draft 2020-12, of a session file."""
    schema, main = _schema(sessions.Session, "A simtui session", sessions.FORMAT, sessions.VERSION)
    main["properties"]["participant_id"]["pattern"] = "^[A-Za-z0-9]{1,32}$"
    for kind in (sessions.Session, sessions.Answer):
        for field in msgspec.structs.fields(kind):
            if field.default_factory is not msgspec.NODEFAULT:
                default = msgspec.to_builtins(field.default_factory())
                schema["$defs"][kind.__name__]["properties"][field.name].setdefault("default", default)
    return schema


SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {"study": study_schema, "session": session_schema}


def as_text(schema: dict[str, Any]) -> str:
    """The schema as its file has it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def shipped(name: str) -> Path:
    """The file of the schema “study” or “session” in this package."""
    return FOLDER / f"{name}.schema.json"


def _schema(kind: type, title: str, form: str, version: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """The whole schema, and the part of it that is about the outermost object."""
    schema = {"$schema": _DIALECT, "title": title, **msgspec.json.schema(kind)}
    for part in schema["$defs"].values():
        part["description"] = cleandoc(part["description"])
    for struct in _structs(kind):
        fields = schema["$defs"][struct.__name__]["properties"]
        written = {field.name: field.encode_name for field in msgspec.structs.fields(struct)}
        for name, meaning in descriptions(struct).items():
            fields[written[name]]["description"] = meaning
    main = schema["$defs"][kind.__name__]
    main["properties"]["format"] = {"const": form, "default": form}
    main["properties"]["version"] = {"const": version, "default": version}
    return schema, main


def _structs(kind: type) -> list[type[msgspec.Struct]]:
    """The data classes that a file is made of."""
    found: dict[type[msgspec.Struct], None] = {}

    def visit(type_: msgspec.inspect.Type) -> None:
        match type_:
            case msgspec.inspect.StructType():
                if type_.cls not in found:
                    found[type_.cls] = None
                    for field in type_.fields:
                        visit(field.type)
            case msgspec.inspect.UnionType():
                for part in type_.types:
                    visit(part)
            case msgspec.inspect.ListType():
                visit(type_.item_type)
            case msgspec.inspect.DictType():
                visit(type_.value_type)

    visit(msgspec.inspect.type_info(kind))
    return list(found)


if __name__ == "__main__":
    for name, make in SCHEMAS.items():
        shipped(name).write_text(as_text(make()), encoding="utf-8")
        click.echo(f"{shipped(name)} is up to date")
