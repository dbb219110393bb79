"""`simtui validate` takes every exported folder, and names what is wrong in one that was changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from simtui import api
from simtui.export.write import FORMATS
from tests.commands import in_process
from tests.export import datasets
from tests.export.test_round_trip import cell, drop, edit
from tests.sessions import change


@pytest.fixture(scope="module", params=datasets.EVERY)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = datasets.EVERY[request.param](tmp_path_factory.mktemp(request.param))
    study = api.load_study(folder / "study.json")
    for form in FORMATS:
        study.export(folder / form, folder / "sessions", format=form, simulated=True)
    return folder


def test_what_export_writes_has_no_fault(world: Path) -> None:
    done = in_process.simtui(world, "validate", *FORMATS, "study.json")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[: len(FORMATS)] == [f"{form}, an export as {form}: no fault" for form in FORMATS]
    assert lines[-1].startswith("1 study and 0 sessions: no fault")


def _wrong_unit(out: Path) -> None:
    def seconds(said: dict[str, list[dict[str, str]]]) -> None:
        next(each for each in said["variableMeasured"] if each["name"] == "rt")["unitText"] = "s"

    change(out / "dataset_description.json", seconds)


def _hyphen(out: Path) -> None:
    path = next(out.rglob("sub*P1*.csv"), None) or next(out.rglob("sub*P1*.tsv"))
    path.rename(path.with_name(path.name.replace("P1", "P-1")))


def _half_a_matrix(out: Path) -> None:
    with np.load(out / "rdm.npz") as arrays:
        found = dict(arrays)
    np.savez(out / "rdm.npz", **{**found, "people": found["people"][:, :3]})


SEEDED: list[tuple[str, str, Callable[[Path], None]]] = [
    ("csv", "no column rt", lambda out: drop(out / "trials.csv", "rt")),
    ("csv", "rt is in “s”, and exported times are in ms", lambda out: edit(out / "codebook.csv", ",ms,", ",s,")),
    ("csv", "column rt: “fast” is no number", lambda out: cell(out / "trials.csv", 3, "rt", "fast")),
    ("csv", "P-1, run 1, is not in the table part", lambda out: cell(out / "trials.csv", 3, "participant_id", "P-1")),
    ("psych-ds", "rt is in “s”, and the codebook has “ms”", _wrong_unit),
    ("psych-ds", "no name of Psych-DS", _hyphen),
    (
        "psych-ds",
        "rt is in the codebook alone",
        lambda out: change(
            out / "dataset_description.json",
            lambda said: said.update(variableMeasured=[x for x in said["variableMeasured"] if x["name"] != "rt"]),
        ),
    ),
    (
        "bids",
        "response_time is in “ms”, and BIDS wants seconds",
        lambda out: change(out / "task-similarity_beh.json", lambda said: said["response_time"].update(Units="ms")),
    ),
    ("bids", "no name of BIDS", _hyphen),
    (
        "bids",
        "the column answer is in no sidecar",
        lambda out: edit(next(out.glob("sub-P1/beh/*.tsv")), "response\t", "answer\t"),
    ),
    ("parquet", "trials.parquet: cannot be read", lambda out: edit_bytes(out / "trials.parquet")),
    ("rdm", "people has the shape", _half_a_matrix),
]


def edit_bytes(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-20])


@pytest.mark.parametrize(("form", "fault", "seed"), SEEDED, ids=[f"{form} {fault}" for form, fault, _ in SEEDED])
def test_a_seeded_fault_is_found(form: str, fault: str, seed: Callable[[Path], None], tmp_path: Path) -> None:
    folder = datasets.everything(tmp_path)
    api.load_study(folder / "study.json").export(folder / "out", folder / "sessions", format=form)
    seed(folder / "out")
    done = in_process.simtui(folder, "validate", "out")
    assert fault in done.stdout
    assert done.returncode == 1
    assert "Traceback" not in done.stderr


def test_what_is_no_json_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "dataset_description.json").write_text(json.dumps([1]), encoding="utf-8")
    done = in_process.simtui(tmp_path, "validate", ".")
    assert done.returncode == 2
    assert "no JSON object" in done.stderr


DAMAGED = {
    "csv": ("codebook.csv", b"table,name,description,type,unit,levels,lowest,highest,missing\r\ntrials,rt\r\n"),
    "psych-ds": ("dataset_description.json", b'{"variableMeasured": ["rt"]}'),
    "bids": ("task-similarity_beh.json", b'{"onset": "in seconds"}'),
    "rdm": ("rdm.npz", b"PK\x03\x04"),
}
"""Of each format a file of it, and what a slip of an editor may leave of that."""


@pytest.mark.parametrize("form", DAMAGED)
def test_a_damaged_file_is_told_of_in_sentences(form: str, tmp_path: Path) -> None:
    folder = datasets.example(tmp_path)
    api.load_study(folder / "study.json").export(folder / "out", folder / "sessions", format=form, simulated=True)
    name, left = DAMAGED[form]
    (folder / "out" / name).write_bytes(left)
    done = in_process.simtui(folder, "validate", "out")
    assert done.returncode in (1, 2)
    assert "out" in done.stdout + done.stderr
    assert "Traceback" not in done.stderr
