"""Psych-DS and BIDS: what their own validators say, and their rules that concern us where there is no validator."""

from __future__ import annotations

import base64
import csv
import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simtui import api
from simtui.study import file as study_file
from tests.commands import in_process
from tests.export import datasets, validators
from tests.sessions import change

KEYWORDS = {"study", "site", "subject", "session", "task", "condition", "trial", "stimulus", "description"}
RECOMMENDED = (
    "README.md",
    "CHANGES.md",
    "analysis",
    "results",
    "materials",
    "documentation",
    "data/file_metadata.json",
)


@pytest.fixture(scope="module", params=datasets.EVERY)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with sessions, exported to psych-ds and bids."""
    folder = datasets.EVERY[request.param](tmp_path_factory.mktemp(request.param))
    study = api.load_study(folder / "study.json")
    for form in ("psych-ds", "bids"):
        study.export(folder / form, folder / "sessions", format=form, simulated=True)
    return folder


def table(path: Path, delimiter: str = ",") -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file, delimiter=delimiter, strict=True)
        header = next(rows)
        return [dict(zip(header, row, strict=True)) for row in rows]


def header(path: Path) -> list[str]:
    return next(csv.reader(path.read_text(encoding="utf-8").splitlines()))


# ---------------------------------------------------------------------- Psych-DS


def test_psychds_validator_finds_nothing(world: Path) -> None:
    assert validators.psych_ds(world / "psych-ds") == []


def psych_ds_faults(folder: Path) -> set[str]:
    """The rules of Psych-DS that an export could break: which of them this folder breaks, by the validator's codes."""
    found = {"MISSING " + name for name in RECOMMENDED if not (folder / name).exists()}
    description = json.loads((folder / "dataset_description.json").read_bytes())
    if not {"@context", "@type", "name", "description", "variableMeasured"} <= set(description):
        found.add("JSON_KEY_REQUIRED")
    variables = [variable["name"] for variable in description["variableMeasured"]]
    seen: set[str] = set()
    for path in (folder / "data").glob("*.csv"):
        match = re.fullmatch(r"([a-z]+-[a-zA-Z0-9]+)(_[a-z]+-[a-zA-Z0-9]+)*_data\.csv", path.name)
        if match is None or not {part.split("-")[0] for part in path.stem.split("_")[:-1]} <= KEYWORDS:
            found.add("FILENAME_KEYWORD_FORMATTING_ERROR")
        names = header(path)
        if len(set(names)) < len(names):
            found.add("CSV_HEADER_REPEATED")
        if set(names) - set(variables):
            found.add("CSV_COLUMN_MISSING_FROM_METADATA")
        with path.open(encoding="utf-8", newline="") as file:
            if {len(row) for row in csv.reader(file, strict=True)} != {len(names)}:
                found.add("CSV_HEADER_LENGTH_MISMATCH")
        if not path.with_suffix(".json").is_file():
            found.add("MISSING_SIDECAR_METADATA")
        seen |= set(names)
    if set(variables) - seen or len(set(variables)) < len(variables):
        found.add("VARIABLE_MISSING_FROM_CSV_COLUMNS")
    return found


def test_psych_ds_keeps_the_rules(world: Path) -> None:
    assert psych_ds_faults(world / "psych-ds") == set()


def _drop_column(folder: Path) -> None:
    for path in (folder / "data").glob("subject-*_data.csv"):
        rows = [line.split(",", 1)[1] for line in path.read_text(encoding="utf-8").splitlines()]
        path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    for path in (folder / "data").glob("description-*_data.csv"):
        path.unlink()
        path.with_suffix(".json").unlink()


def _hyphen(folder: Path) -> None:
    path = next((folder / "data").glob("subject-*_data.csv"))
    path.rename(path.with_name(path.name.replace("_session", "-x_session")))


def _unknown_column(folder: Path) -> None:
    change(folder / "dataset_description.json", lambda said: said["variableMeasured"].pop(5))


PSYCH_DS_FAULTS: dict[str, Callable[[Path], Any]] = {
    "VARIABLE_MISSING_FROM_CSV_COLUMNS": _drop_column,
    "FILENAME_KEYWORD_FORMATTING_ERROR": _hyphen,
    "CSV_COLUMN_MISSING_FROM_METADATA": _unknown_column,
}


@pytest.mark.parametrize("code", PSYCH_DS_FAULTS)
@pytest.mark.parametrize("real", [False, True], ids=["rules", "validator"])
def test_psych_ds_with_a_fault_is_refused(code: str, real: bool, tmp_path: Path) -> None:
    folder = datasets.imported(tmp_path)
    api.load_study(folder / "study.json").export(folder / "out", folder / "sessions", format="psych-ds")
    PSYCH_DS_FAULTS[code](folder / "out")
    if real:
        assert code in {issue[1] for issue in validators.psych_ds(folder / "out") if issue[0] == "error"}
    else:
        assert code in psych_ds_faults(folder / "out")


def test_variables_say_what_they_measure_in_which_unit(world: Path) -> None:
    said = json.loads((world / "psych-ds" / "dataset_description.json").read_bytes())["variableMeasured"]
    rt = next(variable for variable in said if variable["name"] == "rt")
    assert rt["unitText"] == "ms"
    assert rt["description"].startswith("Time from the painted pair to the key event")
    response = next(variable for variable in said if variable["name"] == "response")
    assert (response["minValue"], response["maxValue"]) == (1, 10)
    assert response["valueReference"][0]["description"] == "least similar"


def test_the_archive_has_the_study_and_its_images(world: Path) -> None:
    study = study_file.load(world / "study.json")
    for place, images in (("psych-ds/materials", "stimuli"), ("bids/sourcedata", "../stimuli")):
        assert (world / place / "study.json").read_bytes() == (world / "study.json").read_bytes()
        pictures = {path.stem: path.read_bytes() for path in (world / place / images).glob("*.png")}
        assert pictures == {image: base64.b64decode(text) for image, text in study.images.items()}


def test_the_study_is_the_very_file_however_it_is_laid_out(tmp_path: Path) -> None:
    """Sessions name the study by the sha256 of its file: written anew it would be another."""
    folder = datasets.imported(tmp_path)
    own = study_file.load(folder / "study.json")
    laid_out = json.dumps(json.loads((folder / "study.json").read_bytes())).encode()
    (folder / "study.json").write_bytes(laid_out)
    sha256 = study_file.load(folder / "study.json").sha256
    assert sha256 != own.sha256
    for path in (folder / "sessions").rglob("*.json"):
        change(path, lambda said: said.update(study_sha256=sha256))
    for form, place in (("psych-ds", "materials"), ("bids", "sourcedata")):
        api.load_study(folder / "study.json").export(folder / form, folder / "sessions", format=form)
        assert (folder / form / place / "study.json").read_bytes() == laid_out
    assert in_process.simtui(folder, "validate", "psych-ds", "bids").returncode == 0


# ---------------------------------------------------------------------- BIDS


def test_bids_validator_finds_nothing(world: Path) -> None:
    assert validators.bids(world / "bids") == []


def test_bids_keeps_the_rules(world: Path) -> None:
    root = world / "bids"
    people = table(root / "participants.tsv", "\t")
    assert next(iter(people[0])) == "participant_id"
    folders = sorted(path.name for path in root.glob("sub-*"))
    assert sorted(row["participant_id"] for row in people) == folders
    beh = json.loads((root / "task-similarity_beh.json").read_bytes())
    assert beh["response_time"]["Units"] == beh["onset"]["Units"] == "s"
    for folder in folders:
        assert re.fullmatch("sub-[A-Za-z0-9]+", folder)
        [path] = (root / folder / "beh").iterdir()
        assert re.fullmatch(rf"{folder}_task-similarity_run-[0-9]+_beh\.tsv", path.name)
        for row in table(path, "\t"):
            assert set(row) <= set(beh)
            assert "" not in row.values()
    assert set(people[0]) == set(json.loads((root / "participants.json").read_bytes()))


def test_bids_times_are_the_sessions_in_seconds(world: Path) -> None:
    ratings = api.load_ratings(api.load_study(world / "study.json"), world / "sessions", simulated=True)
    for session in ratings.sessions:
        who = session.participant_id
        path = world / "bids" / f"sub-{who}" / "beh" / f"sub-{who}_task-similarity_run-{session.run}_beh.tsv"
        for row, trial in zip(table(path, "\t"), session.trials, strict=True):
            assert row["response"] == str(trial.response)
            if trial.rt is None:
                assert (row["response_time"], row["onset"], row["key"]) == ("n/a", "n/a", "n/a")
            else:
                assert float(row["response_time"]) == trial.rt / 1000


def _no_id(root: Path) -> None:
    lines = (root / "participants.tsv").read_text(encoding="utf-8").splitlines()
    (root / "participants.tsv").write_text("".join(line.split("\t", 1)[1] + "\n" for line in lines), encoding="utf-8")


def _wrong_unit(root: Path) -> None:
    change(root / "task-similarity_beh.json", lambda said: said["response_time"].update(Units="ms"))


def _hyphen_in_bids(root: Path) -> None:
    path = next(root.glob("sub-*/beh/*.tsv"))
    path.rename(path.with_name(path.name.replace("_task", "-x_task")))


BIDS_FAULTS: dict[str, Callable[[Path], None]] = {
    "TSV_COLUMN_MISSING": _no_id,
    "TSV_COLUMN_TYPE_REDEFINED": _wrong_unit,
    "INVALID_ENTITY_LABEL": _hyphen_in_bids,
}


@pytest.mark.parametrize("code", BIDS_FAULTS)
def test_bids_with_a_fault_is_refused(code: str, tmp_path: Path) -> None:
    folder = datasets.imported(tmp_path)
    api.load_study(folder / "study.json").export(folder / "out", folder / "sessions", format="bids")
    BIDS_FAULTS[code](folder / "out")
    assert code in {issue[1] for issue in validators.bids(folder / "out")}


@pytest.mark.parametrize("form", ["psych-ds", "bids"])
def test_the_same_input_gives_the_same_bytes(form: str, world: Path) -> None:
    again = world / f"{form}-again"
    api.load_study(world / "study.json").export(again, world / "sessions", format=form, simulated=True)
    files = {path.relative_to(again): path.read_bytes() for path in again.rglob("*") if path.is_file()}
    first = world / form
    assert files == {path.relative_to(first): path.read_bytes() for path in first.rglob("*") if path.is_file()}
    # And --force knows every file of it for one that an export has written.
    api.load_study(world / "study.json").export(again, world / "sessions", simulated=True, force=True)
    shutil.rmtree(again)


def test_answers_and_consent_are_in_the_table_of_participants(tmp_path: Path) -> None:
    folder = datasets.everything(tmp_path)
    api.load_study(folder / "study.json").export(folder / "out", folder / "sessions")
    rows = table(folder / "out" / "participants.csv")
    for row, answers in zip(rows, datasets.ANSWERS, strict=True):
        assert row["answer_age"] == str(answers[0])
        assert row["answer_hand"] == answers[1]
        assert row["answer_glasses"] == str(answers[2]).lower()
        assert row["answer_comments"] == (answers[3] or "")
        assert (row["consent"], row["consent_at"]) == ("true", "2026-01-02T03:04:00.000Z")
    assert {row["list"] for row in rows} == {"0", "1"}
    said = {row["name"]: row for row in table(folder / "out" / "codebook.csv")}
    assert said["answer_age"]["description"] == "Answer to “How old are you?”."
    assert (said["answer_age"]["type"], said["answer_age"]["lowest"]) == ("integer", "18")
