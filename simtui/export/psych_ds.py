"""The format psych-ds: a Psych-DS 1.5 dataset, a csv file a run, every column in variableMeasured.

The directories and files that the standard recommends are all there, so that its validator has nothing to warn of.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from typing import IO, TYPE_CHECKING, Any

from simtui import __version__
from simtui.export import about, codebook
from simtui.export.columns import Column
from simtui.export.csv_text import cell, line
from simtui.export.rows import Maker

if TYPE_CHECKING:
    from pathlib import Path

    from simtui.export.write import Job

VERSION = "1.5.0"
_CONTEXT = {"@context": "https://schema.org/", "@type": "Dataset"}
_ANALYSIS = "Put the code here that turns ../data into results.\n"
_RESULTS = "Put here what the code in ../analysis gives.\n"


def data_file(participant_id: str, run: int) -> str:
    """The name of the csv file of a run."""
    return f"subject-{participant_id}_session-{run}_data.csv"


def table_file(table: str) -> str:
    """The name of the csv file of a table that is not split by run."""
    return f"description-{table}_data.csv"


def write(job: Job) -> None:
    """Write the dataset into the job's folder. Raises OSError."""
    data = job.folder / "data"
    for name in ("data", "materials/stimuli", "documentation", "analysis", "results"):
        (job.folder / name).mkdir(parents=True)
    maker = Maker(job.study, job.tables, cell, job.measured)
    headers = {name: line(column.name for column in table.columns) for name, table in job.tables.items()}
    with ExitStack() as stack:
        whole: dict[str, IO[str]] = {}
        for name in ("pairs", "participants", "revisions"):
            path = data / table_file(name)
            whole[name] = stack.enter_context(path.open("w", encoding="utf-8", newline=""))
            whole[name].write(headers[name])
            _sidecar(path, f"The table {name}: a row is {job.tables[name].row}.")
        whole["pairs"].writelines(map(line, maker.pairs()))
        for session, site in job.each():
            rows = maker.session(session, site)
            path = data / data_file(session.participant_id, session.run)
            with path.open("w", encoding="utf-8", newline="") as file:
                file.write(headers["trials"])
                file.writelines(map(line, rows.pop("trials")))
            _sidecar(path, f"The responses of {session.participant_id} in run {session.run}.")
            for name, of in rows.items():
                whole[name].writelines(map(line, of))
    _write_json(data / "file_metadata.json", {**_CONTEXT, "encodingFormat": "text/csv"})
    _write_json(job.folder / "dataset_description.json", description(job))
    about.write_images(job.study, job.folder / "materials" / "stimuli")
    (job.folder / "materials" / "study.json").write_bytes(job.data)
    made = tuple(job.tables.values())
    texts = {
        "README.md": about.readme(job, "Psych-DS 1.5"),
        "CHANGES.md": about.changes(),
        "documentation/codebook.csv": codebook.as_csv(made),
        "documentation/codebook.md": codebook.as_markdown(job.study, made),
        "analysis/README.md": _ANALYSIS,
        "results/README.md": _RESULTS,
    }
    for name, text in texts.items():
        (job.folder / name).write_text(text, encoding="utf-8", newline="")


def description(job: Job) -> dict[str, Any]:
    """What dataset_description.json says."""
    columns: dict[str, Column] = {}
    for table in job.tables.values():
        for column in table.columns:
            columns.setdefault(column.name, column)
    return {
        **_CONTEXT,
        "name": about.name(job.study),
        "description": about.abstract(job.study),
        "schemaVersion": f"Psych-DS {VERSION}",
        "keywords": ["similarity", "pairwise comparison", "perception", "images"],
        "creativeWorkStatus": f"exported by simtui {__version__}",
        "identifier": f"sha256:{job.study.sha256}",
        "variableMeasured": [_variable(column) for column in columns.values()],
    }


def _variable(column: Column) -> dict[str, Any]:
    missing = f" Missing where {column.missing}." if column.missing else ""
    said: dict[str, Any] = {
        "@type": "PropertyValue",
        "name": column.name,
        "description": column.description + missing,
        "additionalType": column.kind,
    }
    if column.unit:
        said["unitText"] = column.unit
    if column.lowest is not None:
        said["minValue"] = column.lowest
    if column.highest is not None:
        said["maxValue"] = column.highest
    if column.levels:
        said["valueReference"] = [
            {"@type": "PropertyValue", "value": value, "description": meaning}
            for value, meaning in column.levels.items()
        ]
    return said


def _sidecar(path: Path, text: str) -> None:
    _write_json(path.with_suffix(".json"), {**_CONTEXT, "name": path.name, "description": text})


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8", newline="")
