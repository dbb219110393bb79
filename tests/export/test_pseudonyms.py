"""Under pseudonyms nothing in an export says who it was or when; the table that does is its owner's alone."""

from __future__ import annotations

import csv
import re
import stat
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from simtui import api
from simtui.errors import SimtuiError
from simtui.export.reading import Faults
from simtui.export.restoring import restored
from simtui.session.importing import import_ratings
from tests.builders import saved, small_study
from tests.commands import in_process
from tests.export import datasets, validators

FORMS = ("csv", "parquet", "psych-ds", "bids", "rdm")
TIME = re.compile(rb"20[0-9]{2}-[0-9]{2}-[0-9]{2}")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = datasets.everything(tmp_path_factory.mktemp("pseudonyms"))
    study = api.load_study(folder / "study.json")
    for form in FORMS:
        study.export(folder / form, folder / "sessions", format=form, pseudonyms=True)
    return folder


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def who_is_who(world: Path) -> Path:
    [path] = world.glob("*.pseudonyms.csv")
    return path


def test_the_table_is_beside_the_exports_and_its_owners_alone(world: Path) -> None:
    path = who_is_who(world)
    if sys.platform != "win32":  # which has no such permissions
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [row["participant_id"] for row in table(path)] == ["P1", "P2"]


@pytest.mark.parametrize("form", FORMS)
def test_neither_ids_nor_clock_times_are_in_any_file_or_name(form: str, world: Path) -> None:
    sessions = api.load_ratings(api.load_study(world / "study.json"), world / "sessions").sessions
    for path in (world / form).rglob("*"):
        assert not re.search(r"P[12](?![0-9])", path.name)
        if path.is_dir() or path.suffix == ".png" or path.name == "study.json":
            continue
        data = path.read_bytes()
        for session in sessions:
            assert session.session_id.encode() not in data
            assert str(session.schedule.seed).encode() not in data
            assert session.outside is not None
            assert session.outside.study.encode() not in data
            assert session.outside.session.encode() not in data
        if path.suffix in (".csv", ".tsv", ".json"):
            assert not re.search(rb"\bP[12]\b", data)
            assert not TIME.search(data)


def test_everybody_has_one_pseudonym_in_every_format(world: Path) -> None:
    names = sorted(row["pseudonym"] for row in table(who_is_who(world)))
    assert [row["participant_id"] for row in table(world / "csv" / "participants.csv")] == names
    assert sorted({row["participant_id"] for row in table(world / "csv" / "trials.csv")}) == names
    assert sorted(path.name for path in (world / "bids").glob("sub-*")) == [f"sub-{name}" for name in names]


def test_how_long_everything_took_stays_true(world: Path) -> None:
    sessions = api.load_ratings(api.load_study(world / "study.json"), world / "sessions").sessions
    real = {session.participant_id: session for session in sessions}
    of = {row["pseudonym"]: real[row["participant_id"]] for row in table(who_is_who(world))}
    for row in table(world / "csv" / "trials.csv"):
        session = of[row["participant_id"]]
        trial = session.trials[int(row["trial_index"])]
        took = datetime.fromisoformat(trial.timestamp or "") - datetime.fromisoformat(session.started_at)
        assert datetime.fromisoformat(row["timestamp"]) - datetime.fromisoformat("1900-01-01T00:00:00Z") == took
        assert (row["response"], float(row["rt"])) == (str(trial.response), trial.rt)


def test_a_later_export_keeps_the_pseudonyms_and_adds_to_them(tmp_path: Path) -> None:
    folder = datasets.everything(tmp_path)
    study = api.load_study(folder / "study.json")
    first = next((folder / "sessions").rglob("P1_run-1.json"))
    study.export(folder / "one", first, pseudonyms=True)
    [before] = table(who_is_who(folder))
    study.export(folder / "all", folder / "sessions", pseudonyms=True)
    study.export(folder / "again", folder / "sessions", pseudonyms=True)
    after = table(who_is_who(folder))
    assert before in after
    assert len(after) == 2
    for path in (folder / "all").iterdir():
        assert path.read_bytes() == (folder / "again" / path.name).read_bytes()


def test_it_is_valid_and_comes_back(world: Path) -> None:
    faults = Faults()
    sessions = list(restored(api.load_study(world / "study.json"), world / "csv", faults))
    assert faults.listed == []
    assert [session.imported_from for session in sessions] == ["csv", "csv"]
    done = in_process.simtui(world, "validate", *FORMS)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("form", ["psych-ds", "bids"])
def test_the_standards_own_validators_find_nothing(form: str, world: Path) -> None:
    assert {"psych-ds": validators.psych_ds, "bids": validators.bids}[form](world / form) == []


def test_a_table_that_is_none_is_left_alone(tmp_path: Path) -> None:
    folder = datasets.everything(tmp_path)
    study = api.load_study(folder / "study.json")
    path = folder / f"{study.id}.pseudonyms.csv"
    path.write_text("mine", encoding="utf-8")
    with pytest.raises(SimtuiError, match="no table of pseudonyms"):
        study.export(folder / "out", folder / "sessions", pseudonyms=True)
    assert path.read_text(encoding="utf-8") == "mine"
    assert not (folder / "out").exists()


@pytest.mark.posix("a process's time zone cannot be changed elsewhere")
def test_times_without_a_zone_are_moved_alike_wherever_that_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    study = small_study(3)
    saved(study, tmp_path)
    rows = "".join(f"A,{n},{n + 2},2026-01-02 10:0{n}:00\n" for n in (1, 2, 3))
    (tmp_path / "ratings.csv").write_text(f"participant,pair,rating,timestamp\n{rows}", encoding="utf-8")
    import_ratings(study, tmp_path / "ratings.csv", tmp_path / "sessions")
    known = api.load_study(tmp_path / "study.json")
    try:
        for name, zone in (("here", "UTC0"), ("there", "EST5")):
            monkeypatch.setenv("TZ", zone)
            time.tzset()
            known.export(tmp_path / name, tmp_path / "sessions", pseudonyms=True)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert (tmp_path / "here" / "trials.csv").read_bytes() == (tmp_path / "there" / "trials.csv").read_bytes()
