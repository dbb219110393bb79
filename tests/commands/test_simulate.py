"""`simtui simulate`, and what analyses make of people who do not exist."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from simtui.analysis.ratings import collect
from simtui.session import file as session_file
from simtui.study import file as study_file
from tests.builders import complete_run, saved, small_study
from tests.commands import in_process


def simulate(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return in_process.simtui(folder, "simulate", "study.json", "--model", "pixels", *arguments)


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*/*.json")}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved(small_study(pairs=12, practice=1), tmp_path)
    return tmp_path


def test_it_makes_flagged_sessions_and_says_what_they_are(folder: Path) -> None:
    done = simulate(folder, "--participants", "3", "--seed", "5", "--r", "0.6", "--reliability", "0.5")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "3 simulated participants are in sessions/" in done.stdout
    assert "Reliability 0.5 (mean r of one with another), lapses 2%, seed 5; r of pixels with the mean" in done.stdout
    assert "unless told: simtui analyze study.json sessions/" in done.stdout
    made = files(folder / "sessions")
    assert sorted(made) == ["S001_run-1.json", "S002_run-1.json", "S003_run-1.json"]
    for data in made.values():
        document = json.loads(data)
        assert document["simulated"] is True
        said = document["simulation"]
        assert (said["model"], said["seed"], said["r"], said["reliability"]) == ("pixels", 5, 0.6, 0.5)
        assert 0.5 < said["r_of_mean"][0] < 0.65
    checked = in_process.simtui(folder, "validate", "study.json", "sessions")
    assert checked.returncode == 0, checked.stdout
    assert "no fault" in checked.stdout


def test_the_same_options_give_the_same_bytes_in_any_number(folder: Path) -> None:
    for where, count in (("a", "4"), ("b", "4"), ("c", "2")):
        assert simulate(folder, "--participants", count, "--seed", "5", "--sessions", where).returncode == 0
    assert simulate(folder, "--participants", "4", "--seed", "6", "--sessions", "d").returncode == 0
    a, b, c, d = (files(folder / name) for name in "abcd")
    assert a == b
    assert c == {name: a[name] for name in c}
    assert not set(a.values()) & set(d.values())


def test_nothing_is_overwritten_and_then_nothing_is_written(folder: Path) -> None:
    study = study_file.load(folder / "study.json")
    complete_run(study, folder / "sessions", "S002", {})
    before = files(folder / "sessions")
    done = simulate(folder, "--participants", "3")
    assert done.returncode == 2
    assert "S002_run-1.json is there already and nothing was written" in done.stderr
    assert files(folder / "sessions") == before


def test_neither_pixels_nor_random_needs_torch(folder: Path) -> None:
    for model in ("pixels", "random"):
        code = (
            "import sys\nfrom simtui.cli import app\n"
            f"arguments = ['--model', '{model}', '--sessions', '{model}']\n"
            "app.main(['simulate', 'study.json', *arguments], standalone_mode=False)\n"
            "print({'torch', 'scipy', 'pandas', 'textual'} & set(sys.modules))"
        )
        done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == "set()"
        assert len(files(folder / model)) == 10


def test_the_network_s_own_layers_are_followed_and_named(folder: Path) -> None:
    done = in_process.simtui(folder, "simulate", "study.json", "--participants", "1")
    assert done.returncode == 0, done.stderr
    session = session_file.load(next((folder / "sessions").glob("*/*.json")))
    assert session.simulation is not None
    assert (session.simulation.model, session.simulation.r) == ("fc", 1.0)
    assert len(session.simulation.checkpoint_sha256 or "") == 64


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--reliability", "0.99"], "out of reach"),
        (["--reliability", "nan"], "is not a number"),
        (["--r", "1.5"], "is not in the range"),
        (["--model", "random", "--r", "0.5"], "leave one of them out"),
        (["--model", "fc9"], "is not one of"),
        (["--model", "fc", "--checkpoint", "none.pt"], "none.pt"),
        (["--participants", "0"], "is not in the range"),
        (["--sessions", "study.json"], "study.json"),
    ],
)
def test_bad_input_is_a_sentence_and_exit_code_2(folder: Path, arguments: list[str], sentence: str) -> None:
    done = simulate(folder, *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert [path.name for path in folder.iterdir()] == ["study.json"]


def analyze(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return in_process.simtui(folder, "analyze", "study.json", "--layer", "pixels", *arguments)


def report(folder: Path, *arguments: str) -> dict[str, Any]:
    done = analyze(folder, "--json", *arguments)
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_the_analysis_has_nobody_where_all_are_simulated_unless_told(folder: Path) -> None:
    assert simulate(folder, "--participants", "3").returncode == 0
    without = analyze(folder)
    assert without.returncode == 2
    assert "3 simulated (--simulated uses them)" in without.stderr
    assert without.stdout == ""
    found = report(folder, "--simulated")
    assert found["simulated"] is True
    assert found["participants"] == ["S001", "S002", "S003"]
    assert any("3 of the 3 participants are simulated, not people" in note for note in found["notes"])


def test_the_analysis_leaves_them_out_beside_people_and_says_so(folder: Path) -> None:
    study = study_file.load(folder / "study.json")
    for number, participant in enumerate(("P01", "P02")):
        given = {pair.id: 1 + (7 * i + number) % 10 for i, pair in enumerate(study.pairs)}
        complete_run(study, folder / "sessions", participant, given)
    alone = collect(study, [folder / "sessions"]).matrix
    assert simulate(folder, "--participants", "2").returncode == 0
    found = report(folder)
    assert found["simulated"] is False
    assert found["participants"] == ["P01", "P02"]
    assert [(Path(file["file"]).name, file["reason"]) for file in found["skipped"]] == [
        (f"S00{number}_run-1.json", "simulated, not a person") for number in (1, 2)
    ]
    for i, pair in enumerate(found["groups"][0]["pairs"]):
        assert pair["human"] == alone[:, i].mean()
    mixed = analyze(folder, "--simulated").stdout
    assert "SIMULATED: some of these participants are not people" in mixed
    assert "P01, P02, S001, S002" in mixed
