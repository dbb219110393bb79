"""What was exported comes back: the same sessions, the same analysis; and what is damaged is named and not taken."""

from __future__ import annotations

import csv
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import asdict, replace

from simtui import api
from simtui.analysis.report import as_json
from simtui.errors import SimtuiError
from simtui.export.restoring import import_export
from simtui.session import file as session_file
from simtui.session.model import Session
from simtui.session.pool import Choice
from simtui.session.renaming import rename
from simtui.session.validation import check
from tests.builders import saved, small_study
from tests.commands import in_process
from tests.export import datasets
from tests.sessions import rate

FORMS = ("csv", "psych-ds")


@pytest.fixture(scope="module", params=datasets.EVERY)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = datasets.EVERY[request.param](tmp_path_factory.mktemp(request.param))
    study = api.load_study(folder / "study.json")
    for form in FORMS:
        study.export(folder / form, folder / "sessions", format=form, simulated=True)
        import_export(study, folder / form, folder / f"from-{form}")
    return folder


def loaded(folder: Path, sessions: str) -> api.Ratings:
    return api.load_ratings(api.load_study(folder / "study.json"), folder / sessions, simulated=True)


@pytest.mark.parametrize("form", FORMS)
def test_the_sessions_are_the_same(form: str, world: Path) -> None:
    before, after = loaded(world, "sessions").sessions, loaded(world, f"from-{form}").sessions
    assert len(before) == len(after) > 1
    for one, other in zip(before, after, strict=True):
        # Which list it was is said in any case; sessions of earlier versions did not say it.
        assert asdict(replace(one, list_index=other.list_index)) == asdict(other)


@pytest.mark.parametrize("form", FORMS)
def test_the_analysis_is_the_same_to_the_last_digit(form: str, world: Path) -> None:
    study = api.load_study(world / "study.json")
    first, again = (
        json.loads(as_json(api.analyze(study, loaded(world, where)))) for where in ("sessions", f"from-{form}")
    )
    for report in (first, again):
        for used in report.pop("sessions"):
            used.pop("file")
        report.pop("skipped")
    assert first == again


@pytest.mark.parametrize("form", FORMS)
def test_what_comes_back_is_valid(form: str, world: Path) -> None:
    checked = check([world / "study.json", world / f"from-{form}"])
    assert [str(finding) for finding in checked.findings if not finding.warning] == []


@pytest.mark.parametrize("form", FORMS)
def test_exporting_what_came_back_gives_the_same_bytes(form: str, world: Path) -> None:
    again = world / f"{form}-again"
    api.load_study(world / "study.json").export(again, world / f"from-{form}", format=form, simulated=True)
    for path in again.rglob("*.*"):
        assert path.read_bytes() == (world / form / path.relative_to(again)).read_bytes()


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A folder with a study, its sessions, and their export as csv in `out`."""
    folder = datasets.everything(tmp_path)
    api.load_study(folder / "study.json").export(folder / "out", folder / "sessions")
    return folder


def edit(path: Path, old: str, new: str, count: int = 1) -> None:
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, count).encode())


def cell(path: Path, row: int, column: str, value: str) -> None:
    """Put a value into a cell; no cell of these rows is quoted."""
    lines = path.read_bytes().decode().split("\r\n")
    cells = lines[row - 1].split(",")
    cells[lines[0].split(",").index(column)] = value
    lines[row - 1] = ",".join(cells)
    path.write_bytes("\r\n".join(lines).encode())


def drop(path: Path, column: str) -> None:
    lines = path.read_bytes().decode().split("\r\n")
    place = lines[0].split(",").index(column)
    kept = [",".join(part for i, part in enumerate(line.split(",")) if i != place) for line in lines[:-1]]
    path.write_bytes("\r\n".join([*kept, ""]).encode())


def test_an_export_from_before_there_were_links_comes_back(world: Path, tmp_path: Path) -> None:
    study = api.load_study(world / "study.json")
    out = tmp_path / "csv"
    shutil.copytree(world / "csv", out)
    with (out / "participants.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    with (out / "participants.csv").open("w", encoding="utf-8", newline="") as file:
        kept = [name for name in rows[0] if not name.startswith("outside_")]
        assert len(kept) == len(rows[0]) - 2
        table = csv.DictWriter(file, kept, extrasaction="ignore", lineterminator="\r\n")
        table.writeheader()
        table.writerows(rows)
    import_export(study, out, tmp_path / "sessions")
    before, after = (
        api.load_ratings(study, folder / "sessions", simulated=True).sessions for folder in (world, tmp_path)
    )
    for one, other in zip(before, after, strict=True):
        assert asdict(replace(one, outside=None, list_index=other.list_index)) == asdict(other)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "trials.csv, row 1: no column rt": lambda out: drop(out / "trials.csv", "rt"),
    "trials.csv, row 3, column response: “11” is not from 1 to 10": lambda out: cell(
        out / "trials.csv", 3, "response", "11"
    ),
    "trials.csv, row 4, column rt: “soon” is no number": lambda out: cell(out / "trials.csv", 4, "rt", "soon"),
    "trials.csv, row 2, column swapped: “maybe” is neither true nor false": lambda out: cell(
        out / "trials.csv", 2, "swapped", "maybe"
    ),
    "trials.csv, row 2, column trial_type: “odd” is none of practice, main, repeat, catch": lambda out: cell(
        out / "trials.csv", 2, "trial_type", "odd"
    ),
    "trials.csv, row 5, column pair_id: no value": lambda out: cell(out / "trials.csv", 5, "pair_id", ""),
    "“extra” is no column of the table trials": lambda out: edit(out / "trials.csv", "participant_id", "extra"),
    "P9, run 1, is not in the table participants": lambda out: cell(out / "trials.csv", 2, "participant_id", "P9"),
    "of another file of it": lambda out: cell(out / "participants.csv", 2, "study_sha256", "0" * 64),
    "does not give the response": lambda out: cell(out / "trials.csv", 5, "key", "x"),
    "complete, and": lambda out: edit(out / "participants.csv", "P2,", "P3,"),
    "cells, and the header has": lambda out: edit(out / "trials.csv", "\r\n", ",\r\n", 3),
}


@pytest.mark.parametrize("fault", DAMAGES)
def test_a_damaged_table_is_named_and_nothing_is_written(fault: str, exported: Path) -> None:
    DAMAGES[fault](exported / "out")
    done = in_process.simtui(exported, "import", "study.json", "out", "--sessions", "new")
    if fault == "complete, and":
        fault = "P3, run 1, is not"
        assert "P2, run 1, is not in the table participants" in done.stderr
    else:
        assert fault in done.stderr
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert not (exported / "new").exists()


def test_at_most_twenty_faults_are_listed(exported: Path) -> None:
    edit(exported / "out" / "trials.csv", ",0,", ",zero,", 100)
    done = in_process.simtui(exported, "import", "study.json", "out", "--sessions", "new")
    assert done.stderr.count("\n  ") == 21
    assert "  and " in done.stderr.splitlines()[-1]


def test_another_study_is_refused(exported: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = datasets.imported(tmp_path_factory.mktemp("other"))
    with pytest.raises(SimtuiError, match="was not imported"):
        import_export(api.load_study(other / "study.json"), exported / "out", exported / "new")


def test_a_folder_of_another_format_is_refused_with_what_is_read(exported: Path) -> None:
    study = api.load_study(exported / "study.json")
    study.export(exported / "bids", exported / "sessions", format="bids")
    done = in_process.simtui(exported, "import", "study.json", "bids", "--sessions", "new")
    assert done.returncode == 2
    assert "no export in csv or psych-ds" in done.stderr


def test_it_is_all_or_none_and_an_interrupted_import_goes_on(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = api.load_study(exported / "study.json")
    import_export(study, exported / "out", exported / "new")
    [first, second] = sorted((exported / "new").rglob("*.json"))
    before = {path: path.read_bytes() for path in (first, second)}
    second.unlink()
    # One of two is there, as after a kill; then the disk is full; then it is not.
    monkeypatch.setattr("simtui.session.store.Hold.create", _full)
    with pytest.raises(SimtuiError, match="Nothing was imported"):
        import_export(study, exported / "out", exported / "new")
    assert not second.exists()
    monkeypatch.undo()
    done = in_process.simtui(exported, "import", "study.json", "out/trials.csv", "--sessions", "new")
    assert (done.returncode, done.stderr) == (0, "")
    assert {path: path.read_bytes() for path in (first, second)} == before


def _full(*_: object) -> None:
    raise SimtuiError("the disk is full.")


def test_a_session_that_is_there_is_never_replaced(exported: Path) -> None:
    shutil.copytree(exported / "sessions", exported / "new")
    path = next((exported / "new").rglob("P1_run-1.json"))
    session: Session = session_file.load(path)
    path.write_bytes(session_file.encode(replace(session, updated_at="2026-01-01T00:00:00.000Z")))
    before = path.read_bytes()
    with pytest.raises(SimtuiError, match="there is a session of P1 already"):
        import_export(api.load_study(exported / "study.json"), exported / "out", exported / "new")
    assert path.read_bytes() == before


def test_an_unfinished_run_under_a_corrected_id_comes_back(tmp_path: Path) -> None:
    study = small_study(6)
    saved(study, tmp_path)
    rate(study, tmp_path / "sessions", "P70", stop_after=2)
    rename(study, tmp_path / "sessions", "P70", "P07")
    known = api.load_study(tmp_path / "study.json")
    known.export(tmp_path / "out", tmp_path / "sessions", choice=Choice(incomplete=True))
    (path,) = import_export(known, tmp_path / "out", tmp_path / "back")
    assert session_file.load(path) == session_file.load(tmp_path / "sessions" / study.id / path.name)
