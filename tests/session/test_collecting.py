"""The fast reading of session files must refuse and accept what the careful one does."""

from __future__ import annotations

import gc
import json
from pathlib import Path

import msgspec
import pytest

from simtui.analysis.ratings import collect
from simtui.errors import SimtuiError
from simtui.session import collecting as session_files
from simtui.session import file as session_file
from simtui.session.model import Session
from simtui.study.sampling import sample_study
from tests.builders import complete_run, noise_images, small_study


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return complete_run(small_study(), tmp_path, "P1", {})


@pytest.fixture
def careful(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were read the slow way."""
    seen: list[Path] = []
    load = session_file.load

    def watched(path: Path) -> Session:
        seen.append(path)
        return load(path)

    monkeypatch.setattr(session_file, "load", watched)
    return seen


def test_our_own_files_are_read_the_fast_way(file: Path, careful: list[Path]) -> None:
    assert session_files.read(file) == session_file.load(file)
    assert careful == [file]


def test_the_same_session_written_otherwise_is_the_same(file: Path, careful: list[Path]) -> None:
    ours = session_files.read(file)
    file.write_text(json.dumps(json.loads(file.read_text())))

    assert session_files.read(file) == ours
    assert careful == [file]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"run": 1,', '"run": 1, "run": 2,'),
        ('"run": 1,', '"run": 1, "unknown": NaN,'),
        ('"run": 1,', '"run": "1",'),
        ('"version": 1', '"version": 2'),
        ('"simtui.session"', '"simtui.study"'),
        ('"P1"', '"../P1"'),
        ("}\n", "}\n{"),
        ("{", "\ufeff{"),
    ],
)
def test_what_the_careful_reading_refuses_is_refused(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new, 1))

    with pytest.raises(SimtuiError) as slow:
        session_file.load(file)
    with pytest.raises(SimtuiError) as fast:
        session_files.read(file)

    assert str(fast.value) == str(slow.value)


def test_large_files_and_folders_are_left_to_the_careful_reading(file: Path, careful: list[Path]) -> None:
    session = session_file.load(file)
    careful.clear()
    trials = session.trials * (4 * session_files._LARGEST // file.stat().st_size)
    file.write_bytes(session_file.encode(msgspec.structs.replace(session, trials=trials)))

    assert len(session_files.read(file).trials) == len(trials)
    with pytest.raises(SimtuiError, match="is a folder"):
        session_files.read(file.parent)
    with pytest.raises(SimtuiError, match="There is no file"):
        session_files.read(file.parent / "none.json")
    assert len(careful) == 3


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
