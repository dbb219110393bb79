"""simulate and compare give the same bytes however they are computed; power's own are in test_power.py."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.builders import saved, small_study
from tests.commands import in_process


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved(small_study(pairs=6), tmp_path)
    return tmp_path


def simtui(folder: Path, *arguments: str) -> str:
    done = in_process.simtui(folder, *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.glob("*/*.json"))}


def test_parts_of_the_people_are_the_same_people(folder: Path) -> None:
    simulate = ["simulate", "study.json", "--participants", "5", "--model", "pixels"]
    simtui(folder, *simulate, "--sessions", "whole")
    for part in ("1/2", "2/2"):
        simtui(folder, *simulate, "--sessions", "parts", "--part", part)
    assert len(files(folder / "whole")) == 5
    assert files(folder / "parts") == files(folder / "whole")
    simtui(folder, *simulate, "--sessions", "processes", "--workers", "2")
    assert files(folder / "processes") == files(folder / "whole")


def test_a_part_that_is_there_already_is_refused_whole(folder: Path) -> None:
    simulate = ["simulate", "study.json", "--participants", "4", "--model", "random", "--sessions", "parts"]
    simtui(folder, *simulate, "--part", "1/2")
    before = files(folder / "parts")
    again = in_process.simtui(folder, *simulate, "--part", "1/2")
    assert again.returncode == 2
    assert "nothing was written" in again.stderr
    assert files(folder / "parts") == before


@pytest.mark.slow
def test_networks_compared_in_parts_give_the_same_comparison(folder: Path) -> None:
    simtui(folder, "simulate", "study.json", "--participants", "3", "--model", "pixels")
    compare = ["compare", "study.json", "--layer", "fc"]
    whole = simtui(folder, *compare, "--simulated", "--json")
    assert simtui(folder, *compare, "--simulated", "--json", "--out", "kept") == whole
    for part in ("1/2", "2/2"):
        assert "is in part" in simtui(folder, *compare, "--part", part, "--out", f"part{part[0]}")
    refused = in_process.simtui(folder, "merge", "part1", "part2")
    assert refused.returncode == 2
    assert "give it to the same command as its --out" in refused.stderr
    simtui(folder, "merge", "part1", "part2", "--out", "merged")
    assert (folder / "merged").read_bytes() == (folder / "kept").read_bytes()
    assert simtui(folder, *compare, "--simulated", "--json", "--out", "merged") == whole
    assert json.loads(whole)["rows"][0]["r"] > 0
