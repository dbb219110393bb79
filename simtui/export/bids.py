"""The format bids: a BIDS dataset of behaviour alone, a tsv file a run, with sidecars at the root.

Times of a trial are in seconds, missing values are n/a, and people are sub-…, as the standard wants it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from simtui import __version__
from simtui.export import about
from simtui.export.codebook import levels_text
from simtui.export.columns import MS, Column, Place, Table
from simtui.export.rows import Maker

if TYPE_CHECKING:
    from pathlib import Path

    from simtui.export.write import Job

VERSION = "1.10.0"
TASK = "similarity"
MISSING = "n/a"
END = "\n"
SECONDS = "s"
_RENAMED = {"rt": "response_time"}
"""What BIDS has a name of its own for."""

_NOT_KNOWN = ("InstitutionName", "InstitutionAddress", "InstitutionalDepartmentName", "CogAtlasID", "CogPOID")
"""What the standard wants to read and simtui does not know: for the researcher to fill in."""

_SPACE = re.compile(r"[\t\r\n]+")


def responses_file(participant_id: str, run: int) -> str:
    """The file of the responses of a run, by its path in the dataset."""
    return f"sub-{participant_id}/beh/sub-{participant_id}_task-{TASK}_run-{run}_beh.tsv"


def bids_tables(tables: dict[str, Table]) -> dict[str, Table]:
    """The tables as BIDS has them: names, units, and people's ids with sub- before them."""
    trials, participants = tables["trials"], tables["participants"]
    # The name of the file says whose responses they are.
    own = [column for column in trials.columns if column.name != "participant_id"]
    people = [_with_prefix(column) if column.name == "participant_id" else column for column in participants.columns]
    return {
        **tables,
        "trials": Table("trials", trials.row, tuple(map(_in_seconds, own))),
        "participants": Table("participants", participants.row, tuple(people)),
    }


def write(job: Job) -> None:
    """Write the dataset into the job's folder. Raises OSError."""
    tables = bids_tables(dict(job.tables))
    maker = Maker(job.study, tables, cell, job.measured)
    root = job.folder
    with (root / "participants.tsv").open("w", encoding="utf-8", newline="") as people:
        people.write(line(column.name for column in tables["participants"].columns))
        header = line(column.name for column in tables["trials"].columns)
        for session, site in job.each():
            rows = maker.session(session, site)
            path = root / responses_file(session.participant_id, session.run)
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("w", encoding="utf-8", newline="") as file:
                file.write(header)
                file.writelines(map(line, rows["trials"]))
            people.writelines(map(line, rows["participants"]))
    _write_json(root / "participants.json", sidecar(tables["participants"]))
    task = {
        "TaskName": TASK,
        "TaskDescription": "Each trial shows two images; the participant rates how similar they look.",
        "Instructions": job.study.question,
        **dict.fromkeys(_NOT_KNOWN, MISSING),
    }
    _write_json(root / f"task-{TASK}_beh.json", {**task, **sidecar(tables["trials"])})
    _write_json(root / "dataset_description.json", description(job))
    (root / "sourcedata").mkdir()
    (root / "sourcedata" / "study.json").write_bytes(job.data)
    (root / "stimuli").mkdir()
    about.write_images(job.study, root / "stimuli")
    (root / "README.md").write_text(about.readme(job, f"BIDS {VERSION}"), encoding="utf-8", newline="")
    (root / "CHANGES").write_text(about.changes(), encoding="utf-8", newline="")


def description(job: Job) -> dict[str, Any]:
    """What dataset_description.json says."""
    return {
        "Name": about.name(job.study),
        "BIDSVersion": VERSION,
        "DatasetType": "raw",
        "License": MISSING,
        "Authors": [MISSING],
        "GeneratedBy": [{"Name": "simtui", "Version": __version__}],
        "SourceDatasets": [{"Version": f"study {job.study.id}, sha256 {job.study.sha256}"}],
    }


def sidecar(table: Table) -> dict[str, Any]:
    """What a JSON file beside a tsv file says of its columns."""
    return {column.name: _said(column) for column in table.columns}


def _said(column: Column) -> dict[str, Any]:
    missing = f" n/a where {column.missing}." if column.missing else ""
    ordered = column.lowest is not None
    # Levels are all the values that there are: of a scale only its ends have a meaning of their own.
    ends = f" {levels_text(column)}." if ordered and column.levels else ""
    said: dict[str, Any] = {"Description": column.description + ends + missing}
    if column.unit:
        said["Units"] = column.unit
    if column.levels and not ordered:
        said["Levels"] = dict(column.levels)
    if column.lowest is not None:
        said["Minimum"] = column.lowest
    if column.highest is not None:
        said["Maximum"] = column.highest
    return said


def cell(column: Column) -> Callable[[Any], str]:
    """What makes the tsv cells of a column of its values."""
    return {"boolean": _boolean, "number": _number, "integer": _number}.get(column.kind, _text)


def line(cells: Iterable[str]) -> str:
    """A line of cells that are tsv already."""
    return "\t".join(cells) + END


def _in_seconds(column: Column) -> Column:
    if column.unit != MS or column.level not in ("trial", "revision"):
        return column

    def get(place: Place) -> float | None:
        value = column.get(place)
        return None if value is None else value / 1000

    return replace(
        column,
        name=_RENAMED.get(column.name, column.name),
        description=column.description.replace(", in ms", ", in seconds"),
        unit=SECONDS,
        get=get,
    )


def _with_prefix(column: Column) -> Column:
    return replace(column, get=lambda place: f"sub-{column.get(place)}")


def _text(value: object) -> str:
    return MISSING if value in (None, "") else _SPACE.sub(" ", str(value))


def _number(value: float | None) -> str:
    return MISSING if value is None or value != value else repr(value)  # noqa: PLR0124


def _boolean(value: bool | None) -> str:
    return MISSING if value is None else "true" if value else "false"


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="")
