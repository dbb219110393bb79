"""`simtui plan`: the table that people read, and the JSON with every number of it."""

from __future__ import annotations

import json
from pathlib import Path

from simtui.study import file as study_file
from simtui.study.sampling import sample_study
from tests.builders import noise_images, saved, small_study
from tests.commands.in_process import simtui


def test_forty_participants_of_twenty_one_pairs(tmp_path: Path) -> None:
    saved(small_study(pairs=21), tmp_path)
    done = simtui(tmp_path, "plan", "study.json")
    assert (done.returncode, done.stderr) == (0, "")
    lines = done.stdout.splitlines()
    assert lines[0].endswith("40 participants (P01 to P40), 21 trials each")
    assert lines[2].startswith("pair   digit  1st third  2nd third  3rd third  as given  exchanged")
    rows = {line.split()[0]: line.split()[1:] for line in lines[3:] if line}
    assert sum(name.startswith("p") for name in rows) == 21
    assert all(
        set(rows[f"p{n:02d}"][1:4]) <= {"13", "14"} and rows[f"p{n:02d}"][4:] == ["20", "20"] for n in range(1, 22)
    )
    assert rows["least"] == ["13", "13", "13", "20", "20"]
    assert rows["mean"] == ["13.3", "13.3", "13.3", "20.0", "20.0"]
    assert rows["most"] == ["14", "14", "14", "20", "20"]
    assert lines[-1] == "Neighbouring trials that share an image: 0"


def test_repeats_catch_trials_and_streaks_have_their_lines(tmp_path: Path) -> None:
    saved(sample_study(noise_images(60), digits=[3, 8], pairs=10, seed=1, repeats=4, catch=3), tmp_path)
    lines = simtui(tmp_path, "plan", "study.json", "--participants", "12").stdout.splitlines()
    assert "repeated  all in 1st  all in 2nd  all in 3rd" in lines[2]
    assert lines[-4].startswith("Longest streak of one digit in neighbouring trials: ")
    assert int(lines[-4].split()[-1]) <= 3
    assert "(a third of the run is 9.0); 50% with their sides exchanged" in lines[-2]
    assert lines[-1].startswith("Catch trials: ")


def test_the_json_is_one_object_a_list_in_each(tmp_path: Path) -> None:
    study = sample_study(noise_images(60), digits=[8], pairs=6, seed=1, lists=2)
    path = saved(study, tmp_path)
    document = json.loads(simtui(tmp_path, "plan", "study.json", "--participants", "24", "--json").stdout)
    assert (document["format"], document["version"], document["study_id"]) == ("simtui.plan", 1, study.id)
    assert document["study_sha256"] == study_file.load(path).sha256
    assert [one["list_index"] for one in document["lists"]] == [0, 1]
    assert document["lists"][1]["participants"][:2] == ["P02", "P04"]
    for one in document["lists"]:
        assert all(pair["thirds"] == [4, 4, 4] and pair["sides"] == [6, 6] for pair in one["pairs"])


def test_what_cannot_be_planned_is_said(tmp_path: Path) -> None:
    saved(sample_study(noise_images(60), digits=[8], pairs=6, seed=1, lists=3), tmp_path)
    few = simtui(tmp_path, "plan", "study.json", "--participants", "2")
    none = simtui(tmp_path, "plan", "none.json")
    assert (few.returncode, none.returncode) == (2, 2)
    assert "ask for at least 3 participants" in few.stderr
    assert "There is no file none.json" in none.stderr
