"""The exported csv tables say what the sessions say, in a form that spreadsheets, R and pandas read."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from simtui import api
from simtui.errors import SimtuiError
from simtui.export import codebook, folder
from simtui.export.columns import Table
from simtui.export.csv_text import harmless, original
from simtui.export.tables import tables
from simtui.session import file as session_file
from simtui.session.environment import Environment, Resumption
from simtui.session.model import Session
from simtui.session.quality import measure
from simtui.study import file as study_file
from simtui.study.model import Study
from tests.builders import saved
from tests.commands import in_process
from tests.sessions import demanding_study, diligent, rate

FILES = ["codebook.csv", "codebook.md", "pairs.csv", "participants.csv", "revisions.csv", "trials.csv"]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study with everything that a run can have; P1 changed an answer and came back, P3 stopped early."""
    made = tmp_path_factory.mktemp("world")
    study = demanding_study(12, repeats=4, catch=2)
    saved(study, made)
    first = rate(study, made / "sessions", "P1", answer=diligent, go_back_at=5)
    rate(study, made / "sessions", "P2", answer=lambda shown, rng: 1)
    rate(study, made / "sessions", "P3", stop_after=3)
    session = session_file.load(first)
    later = Environment(simtui="test", renderer="half-block", color_depth="256", columns=100, rows=30)
    resumed = Resumption(timestamp="2026-01-02T03:04:05.678Z", trial_index=7, environment=later)
    first.write_bytes(session_file.encode(replace(session, resumptions=[resumed])))
    return made


@pytest.fixture(scope="module")
def out(world: Path) -> Path:
    api.load_study(world / "study.json").export(world / "out", world / "sessions")
    return world / "out"


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, strict=True))


def sessions(world: Path) -> list[Session]:
    return [session_file.load(path) for path in sorted((world / "sessions").rglob("P[12]_*.json"))]


def read(kind: str, text: str) -> Any:
    """What a cell says, read as its type in the codebook."""
    if text == "":
        return None
    as_kind: dict[str, Callable[[str], Any]] = {"integer": int, "number": float, "boolean": json.loads}
    return as_kind.get(kind, original)(text)


def test_there_is_one_row_a_response_with_what_the_session_says(world: Path, out: Path) -> None:
    kinds = {row["name"]: row["type"] for row in table(out / "codebook.csv") if row["table"] == "trials"}
    rows = iter(table(out / "trials.csv"))
    for session in sessions(world):
        first: dict[str, int] = {}
        for trial in session.trials:
            row = next(rows)
            assert list(row) == list(kinds)
            said = {name: read(kinds[name], cell) for name, cell in row.items()}
            for name in (
                *("trial_index", "trial_type", "pair_id", "stimulus_left", "stimulus_right", "swapped", "response"),
                *("key", "rt", "onset", "time_elapsed", "timestamp", "onset_confirmed", "interruptions"),
            ):
                assert said[name] == getattr(trial, name), name
            assert said["participant_id"] == session.participant_id
            assert said["n_revisions"] == len(trial.revisions)
            assert said["retest_of"] == (first[trial.pair_id] if trial.trial_type == "repeat" else None)
            first.setdefault(trial.pair_id, trial.trial_index)
    assert next(rows, None) is None


def test_study_and_terminal_stand_in_every_row(world: Path, out: Path) -> None:
    study = study_file.load(world / "study.json")
    rows = table(out / "trials.csv")
    assert {row["expected"] for row in rows if row["trial_type"] == "catch"} == {"10"}
    assert {row["expected"] for row in rows if row["trial_type"] != "catch"} == {""}
    for row in rows:
        pair = study.pair(row["pair_id"])
        assert (row["left"], row["right"], row["digit"]) == (pair.left, pair.right, "8")
    # P1 went on at another terminal before the trial 7.
    of_p1 = [row for row in rows if row["participant_id"] == "P1"]
    assert {row["renderer"] for row in of_p1[:7]} == {""}
    assert {(row["renderer"], row["color_depth"], row["terminal_columns"]) for row in of_p1[7:]} == {
        ("half-block", "256", "100")
    }
    assert {row["resumed_at"] for row in of_p1[7:]} == {"2026-01-02T03:04:05.678Z"}
    assert {row["resumed_at"] for row in rows} == {"", "2026-01-02T03:04:05.678Z"}
    assert all(datetime.fromisoformat(row["timestamp"]).tzinfo for row in rows)


def test_what_was_taken_back_has_a_table(world: Path, out: Path) -> None:
    taken = [
        (session.participant_id, trial.trial_index, revision)
        for session in sessions(world)
        for trial in session.trials
        for revision in trial.revisions
    ]
    rows = table(out / "revisions.csv")
    assert len(rows) == len(taken) == 1
    for row, (who, index, revision) in zip(rows, taken, strict=True):
        assert (row["participant_id"], row["trial_index"], row["revision"]) == (who, str(index), "1")
        assert (row["response"], float(row["rt"])) == (str(revision.response), revision.rt)
        assert row["reason"] == "changed by the participant"


def test_pairs_have_their_images_and_what_is_measured_of_them(world: Path, out: Path) -> None:
    study = study_file.load(world / "study.json")
    rows = table(out / "pairs.csv")
    assert [row["pair_id"] for row in rows] == [pair.id for pair in study.every_pair()]
    assert [row["pair_type"] for row in rows] == ["practice"] * 2 + ["main"] * 12 + ["catch"] * 2
    assert all(
        (row["left"], row["right"]) == (pair.left, pair.right)
        for row, pair in zip(rows, study.every_pair(), strict=True)
    )
    assert all(0 < float(row["pixel_cosine"]) < 1 for row in rows if row["pair_type"] == "main")
    assert not [name for name in rows[0] if name.startswith("similarity_")]


def test_participants_have_quality_and_flags(world: Path, out: Path) -> None:
    first, second = table(out / "participants.csv")
    quality = measure(sessions(world)[0], study_file.load(world / "study.json"))
    assert (first["participant_id"], first["n_responses"]) == ("P1", "12")
    for name in ("catch", "retest", "difference", "fast", "same", "sd"):
        assert float(first[name]) == getattr(quality, name), name
    assert float(first["median_rt"]) == quality.rt
    assert first["n_resumptions"] == "1"
    assert second["flags"] == "2 of 2 catch trials failed; one value for 100%"


def test_with_a_checkpoint_pairs_have_their_similarity(world: Path, tmp_path: Path) -> None:
    study = api.load_study(world / "study.json")
    model = Path(__file__).parents[2] / "models" / "convnet_mnist.pt"
    study.export(tmp_path / "out", world / "sessions", checkpoint=model)
    report = api.analyze(study, api.load_ratings(study, world / "sessions"))
    said = {row["pair_id"]: row for row in table(tmp_path / "out" / "pairs.csv")}
    for pair in report.groups[0].pairs:
        for layer, value in pair.similarity.items():
            assert float(said[pair.id][f"similarity_{layer}"]) == value


def test_the_same_input_gives_the_same_bytes(world: Path, out: Path) -> None:
    again = world / "again"
    api.load_study(world / "study.json").export(again, world / "sessions")
    assert sorted(path.name for path in again.iterdir()) == FILES
    for path in out.iterdir():
        assert path.read_bytes() == (again / path.name).read_bytes()


def test_lines_end_and_cells_are_quoted_as_in_rfc_4180(out: Path) -> None:
    for path in out.glob("*.csv"):
        data = path.read_bytes()
        assert data.endswith(b"\r\n")
        assert data.count(b"\n") == data.count(b"\r\n")
        data.decode("utf-8")


@given(st.text(st.sampled_from("'=+-@\t\rab1"), max_size=6))
def test_no_text_is_run_and_none_is_changed_for_good(text: str) -> None:
    assert not harmless(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    assert original(harmless(text)) == text


def test_a_class_named_like_a_formula_is_harmless(tmp_path: Path) -> None:
    study = demanding_study(6, repeats=0, catch=0)
    evil = '=HYPERLINK("http://example.org","x")'
    pairs = [replace(pair, digit=evil) for pair in study.pairs]
    fields = {name: getattr(study, name) for name in study.__struct_fields__ if name != "sha256"}
    named = study_file.new_study(
        **{**fields, "pairs": pairs, "practice_pairs": [], "design": replace(study.design, digits=[evil], practice=0)}
    )
    saved(named, tmp_path)
    rate(named, tmp_path / "sessions", "P1")
    api.load_study(tmp_path / "study.json").export(tmp_path / "out", tmp_path / "sessions")
    assert {row["digit"] for row in table(tmp_path / "out" / "trials.csv")} == {f"'{evil}"}


def every_table(study: Study) -> tuple[Table, ...]:
    return tables(study, ("slant", "similarity_fc"))


def test_every_column_says_what_it_means_and_once(world: Path) -> None:
    meanings: dict[str, tuple[str, ...]] = {}
    for made in every_table(study_file.load(world / "study.json")):
        assert len({column.name for column in made.columns}) == len(made.columns)
        for column in made.columns:
            assert len(column.description) > 10, column.name
            assert column.description.endswith(".")
            # One name is one thing, in whatever table it stands: Psych-DS has one list for all of them.
            said = (column.description, column.kind, column.unit)
            if column.name not in ("simulated",):
                assert meanings.setdefault(column.name, said) == said


def test_what_can_be_missing_says_why(world: Path, out: Path) -> None:
    for made in every_table(study_file.load(world / "study.json")):
        rows = table(out / f"{made.name}.csv")
        for column in made.columns:
            if column.name in (rows[0] if rows else {}) and any(row[column.name] == "" for row in rows):
                assert column.missing, (made.name, column.name)


def test_the_codebook_command_says_the_same_without_data(world: Path, out: Path) -> None:
    done = in_process.simtui(world, "codebook", "study.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == (out / "codebook.md").read_text(encoding="utf-8")
    assert "- `rt` (number, ms): Time from the painted pair to the key event" in done.stdout


def test_the_codebook_names_every_column_that_is_written(out: Path) -> None:
    said = table(out / "codebook.csv")
    assert list(said[0]) == list(codebook.HEADER)
    for name in ("trials", "pairs", "participants", "revisions"):
        header = next(csv.reader((out / f"{name}.csv").read_text(encoding="utf-8").splitlines()))
        assert header == [row["name"] for row in said if row["table"] == name]


def test_the_command_lists_what_it_left_out(world: Path) -> None:
    done = in_process.simtui(world, "export", "study.json", "--to", "told")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("told: 2 participants in 6 files")
    assert "P3_run-1.json: not complete" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        (("--to", "sessions"), "sessions is there already and was left alone"),
        (("--to", "sessions", "--force"), "no export has written the file"),
        (("--to", "study.json", "--force"), "is there already and no folder"),
        (("--to", "nowhere/at/all"), "nowhere/at/all"),
        (("--to", "x", "--format", "xlsx"), "There is no format 'xlsx': choose from csv"),
        (("--to", "x", "--exclude", "catch<2"), "The rules leave nobody"),
    ],
)
def test_faults_are_one_sentence_and_change_nothing(world: Path, arguments: tuple[str, ...], fault: str) -> None:
    before = sorted(str(path) for path in world.rglob("*"))
    done = in_process.simtui(world, "export", "study.json", *arguments)
    assert done.returncode == 2
    assert fault in done.stderr
    assert "Traceback" not in done.stderr
    assert sorted(str(path) for path in world.rglob("*")) == before


def test_force_replaces_an_earlier_export_and_leaves_nothing_of_it(world: Path, tmp_path: Path) -> None:
    study = api.load_study(world / "study.json")
    study.export(tmp_path / "out", world / "sessions")
    (tmp_path / "out" / "trials.csv").write_text("old", encoding="utf-8")
    (tmp_path / "out" / "rdm.npz").write_bytes(b"of another format")
    study.export(tmp_path / "out", world / "sessions", force=True)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == FILES
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out"]
    assert len(table(tmp_path / "out" / "trials.csv")) == 40


def test_a_write_that_fails_leaves_what_was_there(world: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    study = api.load_study(world / "study.json")
    study.export(tmp_path / "out", world / "sessions")
    before = (tmp_path / "out" / "trials.csv").read_bytes()

    def full(_: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder, "_sync", full)
    with pytest.raises(SimtuiError):
        study.export(tmp_path / "out", world / "sessions", force=True)
    assert (tmp_path / "out" / "trials.csv").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
