"""The fast reading of session files must refuse and accept what the careful one does."""

from __future__ import annotations

import gc
import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from simtui.analysis.ratings import collect
from simtui.errors import SimtuiError
from simtui.session import file as session_file
from simtui.study.sampling import sample_study
from tests.builders import complete_run, noise_images, small_study


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return complete_run(small_study(), tmp_path, "P1", {})


@pytest.fixture
def careful(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The sizes of the files that were read with care, each seen twice by a decoder."""
    seen: list[int] = []
    loads = json.loads

    def watched(text: str, **options: Any) -> Any:
        seen.append(len(text))
        return loads(text, **options)

    monkeypatch.setattr("simtui.storage.json_file.json.loads", watched)
    return seen


def test_our_own_files_are_read_the_fast_way(file: Path, careful: list[int]) -> None:
    assert session_file.load(file).participant_id == "P1"
    assert session_file.read_any(file).session == session_file.load(file)
    assert careful == []


def test_the_same_session_written_otherwise_is_the_same(file: Path, careful: list[int]) -> None:
    ours = session_file.load(file)
    file.write_text(json.dumps(json.loads(file.read_text())))
    careful.clear()

    assert session_file.load(file) == ours
    assert len(careful) == 1
    assert session_file.read_any(file).session == ours


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"run": 1,', '"run": 1, "run": 2,', "has the key “run” twice in one object"),
        ('"run": 1,', '"run": 1, "unknown": NaN,', "has NaN, which is no JSON number"),
        ('"run": 1,', '"run": "1",', "run must be a whole number, not text"),
        ('"version": 1', '"version": 2', "it is of version 2, and this simtui reads version 1"),
        ('"simtui.session"', '"simtui.study"', "its format is “simtui.study”, not “simtui.session”"),
        ('"P1"', '"../P1"', "names an impossible participant “../P1”"),
        ("}\n", "}\n{", "is no JSON: a comma"),
        ("{", "\ufeff{", "begins with a byte order mark"),
    ],
)
def test_what_differs_from_our_own_by_a_little_is_refused(file: Path, old: str, new: str, sentence: str) -> None:
    session_file.load(file)
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))

    with pytest.raises(SimtuiError, match=re.escape(sentence)):
        session_file.load(file)


def test_large_files_are_read_with_care(file: Path, careful: list[int]) -> None:
    session = session_file.load(file)
    trials = session.trials * (2**20 // file.stat().st_size)
    file.write_bytes(session_file.encode(msgspec.structs.replace(session, trials=trials)))

    assert len(session_file.load(file).trials) == len(trials)
    assert len(careful) == 1


def test_what_is_no_file_is_refused(file: Path) -> None:
    with pytest.raises(SimtuiError, match="is a folder"):
        session_file.load(file.parent)
    with pytest.raises(SimtuiError, match="There is no file"):
        session_file.load(file.parent / "none.json")


def test_garbage_is_collected_again_afterwards(tmp_path: Path) -> None:
    study = small_study()
    complete_run(study, tmp_path, "P1", {})
    assert gc.isenabled()

    collect(study, [tmp_path])
    assert gc.isenabled()
    with pytest.raises(SimtuiError):
        collect(study, [tmp_path / "none"])
    assert gc.isenabled()


def test_of_several_lists_a_participant_rates_one(tmp_path: Path) -> None:
    study = sample_study(noise_images(40), digits=[8], pairs=5, seed=1, lists=2, blank_ms=0, min_viewing_ms=0)
    complete_run(study, tmp_path, "P1", {})

    ratings = collect(study, [tmp_path])

    rated = [pair.list_index for pair, value in zip(study.pairs, ratings.matrix[0], strict=True) if value == value]
    assert len(study.pairs) == 10
    assert rated == [0] * 5 or rated == [1] * 5
