"""Two sites whose participants have the same ids: two people in every format, and the folder they came from."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest

from simtui.session import file as session_file
from simtui.study import file as study_file
from tests.commands import in_process
from tests.export import datasets, validators
from tests.sessions import diligent, rate


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """P1 and P2 with lists and questions in berlin; another P1 in paris, whose run says nothing of questions."""
    folder = datasets.everything(tmp_path_factory.mktemp("sites"))
    study = study_file.load(folder / "study.json")
    shutil.move(folder / "sessions", folder / "berlin")
    datasets.finish(study, rate(study, folder / "paris", "P1", answer=diligent), datasets.ANSWERS[0])
    sites = ("--site", "berlin=berlin", "--site", "paris=paris")
    for form in ("csv", "psych-ds", "bids"):
        done = in_process.simtui(folder, "export", "study.json", *sites, "--to", form, "--format", form)
        assert (done.returncode, done.stderr) == (0, "")
        assert f"{form}: 3 participants" in done.stdout
        assert "Note: Different folders have the same participant ids" in done.stdout
    return folder


def test_everybody_has_a_label_and_a_site(world: Path) -> None:
    with (world / "csv" / "participants.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["participant_id"], row["site"]) for row in rows] == [
        ("P2", "berlin"),
        ("berlin/P1", "berlin"),
        ("paris/P1", "paris"),
    ]
    assert sorted(path.name for path in (world / "bids").glob("sub-*")) == ["sub-P2", "sub-berlinP1", "sub-parisP1"]


def test_the_validators_of_the_standards_find_nothing(world: Path) -> None:
    assert validators.bids(world / "bids") == []
    assert validators.psych_ds(world / "psych-ds") == []


def test_our_own_check_finds_nothing_and_all_come_back(world: Path) -> None:
    done = in_process.simtui(world, "validate", "csv", "psych-ds", "bids")
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    for form in ("csv", "psych-ds"):
        done = in_process.simtui(world, "import", "study.json", form, "--sessions", f"from-{form}")
        assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert [path.name for path in sorted((world / "from-csv").rglob("*.json"))] == [
        path.name for path in sorted((world / "from-psych-ds").rglob("*.json"))
    ]
    found = {path.name: session_file.load(path) for path in (world / "from-csv").rglob("*.json")}
    assert sorted(found) == ["P2_run-1.json", "berlinP1_run-1.json", "parisP1_run-1.json"]
    [original] = (world / "paris").rglob("*.json")
    assert [t.response for t in found["parisP1_run-1.json"].trials] == [
        t.response for t in session_file.load(original).trials
    ]
