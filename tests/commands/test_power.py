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
