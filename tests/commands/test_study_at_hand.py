"""A folder's only study needs no name; where there are several, or none, the command says so."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simtui.study.at_hand import studies_at_hand
from tests.builders import complete_run, saved, small_study
from tests.commands import in_process


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A study, two runs of it, and files that are no study."""
    study = small_study()
    saved(study, tmp_path)
    for person in ("Ann", "Ben"):
        complete_run(study, tmp_path / "sessions", person, {pair.id: n + 1 for n, pair in enumerate(study.pairs)})
    (tmp_path / "notes.json").write_text('{"about": "simtui.study"')
    (tmp_path / "empty.json").touch()
    (tmp_path / "folder.json").mkdir()
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe.json")
    return tmp_path


def test_a_file_is_a_study_by_how_it_begins(folder: Path) -> None:
    (folder / "notes.json").write_text("x" * 500 + '"simtui.study"')

    assert studies_at_hand([folder]) == [folder / "study.json"]
    assert studies_at_hand([folder / "none"]) == []


@pytest.mark.parametrize("command", ["show", "status"])
def test_the_only_study_is_the_one_that_is_meant_and_named(folder: Path, command: str) -> None:
    (folder / "notes.json").unlink()
    named = in_process.simtui(folder, command, "study.json")
    meant = in_process.simtui(folder, command)

    assert meant.returncode == 0, meant.stderr
    assert meant.stdout == named.stdout
    assert meant.stderr == "simtui: study.json, the only study here.\n"


def test_a_study_of_the_home_screen_is_found_where_that_keeps_it(folder: Path) -> None:
    (folder / "notes.json").unlink()
    (folder / "study.json").rename(folder / "sessions" / "study.json")

    done = in_process.simtui(folder, "show")

    assert done.returncode == 0, done.stderr
    assert done.stderr == "simtui: sessions/study.json, the only study here.\n"


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ((), "There is no study here."),
        (("a", "b"), "a.json and b.json are here: name one."),
        (("a", "b", "c", "d"), "a.json, b.json, c.json and others are here: name one."),
    ],
)
def test_otherwise_it_has_to_be_named(tmp_path: Path, more: tuple[str, ...], said: str) -> None:
    for name in more:
        (tmp_path / f"{name}.json").write_text('{"format": "simtui.study"}')

    done = in_process.simtui(tmp_path, "show")

    assert done.returncode == 2
    assert done.stderr.startswith("simtui: Missing argument 'STUDY.json'")
    assert said in done.stderr
