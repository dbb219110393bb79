"""The published schemas: up to date, and of one mind with the reader of the files."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from simtui.session.model import Session
from simtui.session.schema import SCHEMAS, as_text, shipped
from simtui.study.model import Study
from tests.builders import saved, small_study
from tests.sessions import demanding_study, rate

READERS: dict[str, msgspec.json.Decoder[Any]] = {
    "study": msgspec.json.Decoder(Study),
    "session": msgspec.json.Decoder(Session),
}


@pytest.mark.parametrize("name", SCHEMAS)
def test_the_shipped_file_is_up_to_date(name: str) -> None:
    written = shipped(name).read_text(encoding="utf-8")
    assert written == as_text(SCHEMAS[name]()), "run python -m simtui.session.schema, and commit what it writes"


@pytest.mark.parametrize("name", SCHEMAS)
def test_it_is_a_schema_of_its_dialect(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[name]())


def test_the_sha256_of_a_study_is_no_part_of_its_file() -> None:
    assert "sha256" not in SCHEMAS["study"]()["$defs"]["Study"]["properties"]


def documents(folder: Path) -> dict[str, list[Any]]:
    """Files as simtui writes them."""
    demanding = demanding_study(12, repeats=2, catch=2)
    plain = small_study(3)
    runs = [
        rate(demanding, folder, "P1", go_back_at=4),
        rate(demanding, folder, "P2", stop_after=3),
        rate(plain, folder, "P3", stop_after=0),
    ]
    files = [saved(demanding, folder, "a.json"), saved(plain, folder, "b.json")]
    return {
        "study": [json.loads(path.read_bytes()) for path in files],
        "session": [json.loads(path.read_bytes()) for path in runs],
    }


WRONG: list[Any] = [None, True, 0, -1, 2**70, 1.5, "", "x", [], [None], {}, {"a": 1}]


def damaged(document: Any, rng: random.Random) -> Any:
    """The document with one value, anywhere in it, replaced, left out, or joined by one that nobody knows."""
    broken = copy.deepcopy(document)
    holder, key = rng.choice(list(places(broken)))
    how = rng.choice(("replace", "remove", "add"))
    if how == "replace":
        holder[key] = rng.choice(WRONG)
    elif how == "remove":
        del holder[key]
    elif isinstance(holder, dict):
        holder["unheard_of"] = rng.choice(WRONG)
    else:
        holder.append(rng.choice(WRONG))
    return broken


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in a document with each of its keys."""
    keys: Any = value.keys() if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    for key in keys:
        yield value, key
        yield from places(value[key])


def readable(reader: msgspec.json.Decoder[Any], name: str, document: Any) -> bool:
    """Whether the reader takes the document; the three fields that it checks afterwards are checked too."""
    try:
        read = reader.decode(json.dumps(document).encode())
    except msgspec.ValidationError:
        return False
    patterns: dict[str, Callable[[Any], bool]] = {
        "study": lambda s: 0 < len(s.id) <= 64 and s.id.isascii() and s.id.replace("-", "a").isalnum(),
        "session": lambda s: 0 < len(s.participant_id) <= 32 and s.participant_id.isalnum(),
    }
    return read.format == f"simtui.{name}" and read.version == 1 and patterns[name](read)


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_and_reader_agree_on_thousands_of_damaged_files(name: str, tmp_path: Path) -> None:
    rng = random.Random(name)
    validator = jsonschema.Draft202012Validator(SCHEMAS[name]())
    counts = {True: 0, False: 0}
    whole = documents(tmp_path)[name]
    assert all(validator.is_valid(document) and readable(READERS[name], name, document) for document in whole)
    for _ in range(1_500):
        document = damaged(rng.choice(whole), rng)
        taken = readable(READERS[name], name, document)
        assert validator.is_valid(document) == taken, document
        counts[taken] += 1
    # Neither all refused nor all taken: the agreement means something.
    assert min(counts.values()) > 200
