"""`simtui power`: the table that people read, the JSON that programs read, and what is refused."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from tests.builders import saved, small_study
from tests.commands import in_process


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    saved(small_study(pairs=12), tmp_path)
    return tmp_path


def power(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return in_process.simtui(folder, "power", "study.json", *arguments)


def test_the_table_says_what_it_rests_on_and_has_a_row_for_the_study(folder: Path) -> None:
    done = power(folder, "--r", "0.5", "--simulations", "400", "--participants", "1", "--participants", "8")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "True r 0.5 between the network's similarity and what all people share" in done.stdout
    assert "Raters agree with r = 0.4, lapse in 2% of the trials" in done.stdout
    assert "400 simulated studies a cell, seed 0" in done.stdout
    rows = [line.split() for line in done.stdout.splitlines() if line.lstrip().startswith("12*")]
    assert len(rows) == 4
    assert rows[0][1] == "–"
    assert 5 < int(rows[0][2]) <= int(rows[1][2])
    alone, together = (int(value) for value in rows[1][1:])
    assert 5 < alone < together < 100
    assert "* as many pairs a digit as" in done.stdout


def test_the_json_is_one_object_with_every_cell(folder: Path) -> None:
    arguments = ["--r", "0.5", "--pairs", "30", "--pairs", "8", "--participants", "4", "--simulations", "300", "--json"]
    done, again = power(folder, *arguments), power(folder, *arguments)
    table = json.loads(done.stdout)
    assert (table["format"], table["version"]) == ("simtui.power", 1)
    assert (table["r"], table["reliability"], table["lapses"], table["scale"]) == (0.5, 0.4, 0.02, [1, 10])
    assert [(cell["pairs"], cell["raters"]) for cell in table["cells"]] == [(8, 4), (30, 4)]
    assert table["cells"][0]["detected"] < table["cells"][1]["detected"]
    assert table["cells"][0]["ci_width"] > table["cells"][1]["ci_width"]
    assert again.stdout == done.stdout


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Missing option '--r'"),
        (["--r", "2"], "is not in the range"),
        (["--r", "nan"], "is not a number"),
        (["--r", "0.5", "--pairs", "3"], "is not in the range"),
        (["--r", "0.5", "--reliability", "0.99"], "out of reach"),
        (["--r", "0.5", "--reliability", "nan"], "is not a number"),
        (["--r", "0.5", "--pairs", "100000", "--participants", "10000"], "fewer --simulations"),
    ],
)
def test_what_cannot_be_simulated_is_a_sentence_and_exit_code_2(
    folder: Path, arguments: list[str], sentence: str
) -> None:
    done = power(folder, *arguments)
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""


GRID = ("--grid", "--r", "0.3", "--r", "0.6", "--pairs", "12", "--lists", "1", "--lists", "2", "--simulations", "200")


def test_a_grid_is_one_table_with_a_curve_for_each_r(folder: Path) -> None:
    done = power(folder, *GRID, "--plot", "power.svg")
    assert done.returncode == 0, done.stderr
    rows = [line.split() for line in done.stdout.splitlines() if line.startswith(("0.3 ", "0.6 "))]
    assert [(row[0], row[1], row[3]) for row in rows[:6]] == [("0.3", "1", k) for k in ("1", "2", "5", "10", "20")] + [
        ("0.3", "2", "1")
    ]
    assert len(rows) == 2 * 2 * 5
    weak, strong = (next(row for row in rows if row[:4] == [r, "1", "12*", "10"]) for r in ("0.3", "0.6"))
    assert int(weak[4]) < int(strong[4])
    assert "a: r 0.3   b: r 0.6" in done.stdout
    drawing = (folder / "power.svg").read_text()
    assert "r 0.3: " in drawing
    assert "r 0.6: " in drawing
    assert "12 pairs of a digit" in drawing
    again = power(folder, *GRID, "--plot", "power.svg")
    assert again.returncode == 2
    assert "is there already" in again.stderr


def test_parts_computed_anywhere_are_merged_to_the_same_bytes(folder: Path) -> None:
    arguments = [*GRID, "--json"]
    whole = power(folder, *arguments).stdout
    assert json.loads(whole)["format"] == "simtui.power_grid"
    for part in ("1/3", "2/3", "3/3"):
        done = power(folder, *arguments, "--part", part, "--out", f"part{part[0]}")
        assert f"Part {part[0]} of 3 is in part{part[0]}" in done.stdout
    parts = ["part3", "part1", "part2"]
    assert in_process.simtui(folder, "merge", *parts, "--json").stdout == whole
    told = in_process.simtui(folder, "merge", *parts, "--out", "whole")
    assert "all 4 batches" in told.stdout
    assert power(folder, *arguments, "--out", "whole").stdout == whole
    missing = in_process.simtui(folder, "merge", "part1", "part2")
    assert missing.returncode == 2
    assert "run those that are not finished again" in missing.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--r", "0.3", "--r", "0.5"], "ask for it with --grid"),
        (["--r", "0.3", "--plot", "x.svg"], "--plot draws the curves of --grid"),
        (["--r", "0.3", "--part", "1/2"], "name it with --out"),
        (["--r", "0.3", "--part", "3/2", "--out", "x"], "is no part of a whole"),
        (["--r", "0.3", "--out", "study.json"], "is not a file of batches"),
    ],
)
def test_what_cannot_be_computed_so_is_a_sentence(folder: Path, arguments: list[str], sentence: str) -> None:
    done = power(folder, *arguments, "--simulations", "100")
    assert done.returncode == 2
    assert sentence in done.stderr
