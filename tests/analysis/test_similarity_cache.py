"""What a network said of a study is kept, is the same to the last digit, and is never believed blindly."""

from __future__ import annotations

import dataclasses
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simtui.analysis import similarity_cache
from simtui.analysis.similarities import Similarities, compute_similarities
from simtui.study import file as studies
from simtui.study.model import Study
from tests.tui.worlds import drawn_study, rated


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(similarity_cache, "folder", lambda: tmp_path / "kept")
    return tmp_path / "kept"


@pytest.fixture(scope="module")
def study() -> Study:
    return drawn_study(pairs=4)


def same(one: Similarities, other: Similarities) -> bool:
    for field in dataclasses.fields(Similarities):
        a, b = getattr(one, field.name), getattr(other, field.name)
        if isinstance(a, dict) and any(isinstance(value, np.ndarray) for value in a.values()):
            if list(a) != list(b) or not all(np.array_equal(a[key], b[key], equal_nan=True) for key in a):
                return False
        elif a != b:
            return False
    return True


@pytest.mark.parametrize("centre", [False, True])
def test_the_second_time_gives_the_same_to_the_last_digit(place: Path, study: Study, centre: bool) -> None:
    first = similarity_cache.similarities(study, centre=centre)
    assert len(list(place.iterdir())) == 1
    again = similarity_cache.similarities(study, centre=centre)
    assert same(first, again)
    assert same(again, compute_similarities(study, centre=centre))


def test_other_ways_of_looking_are_kept_apart(place: Path, study: Study) -> None:
    for centre in (False, True):
        similarity_cache.similarities(study, centre=centre)
    similarity_cache.similarities(drawn_study(pairs=5))
    assert len(list(place.iterdir())) == 3


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 not a zip file", b"\x80\x04N."])
def test_a_damaged_file_is_computed_anew(place: Path, study: Study, content: bytes) -> None:
    first = similarity_cache.similarities(study)
    (file,) = place.iterdir()
    file.write_bytes(content)
    assert same(similarity_cache.similarities(study), first)
    assert file.read_bytes() != content


def test_without_the_cache_nothing_is_read_or_written(place: Path, study: Study) -> None:
    similarity_cache.similarities(study, keep=False)
    assert not place.exists()


def test_a_folder_that_cannot_be_made_costs_nothing(place: Path, study: Study) -> None:
    place.write_text("a file in its place")
    assert similarity_cache.similarities(study).layers


def test_what_was_not_used_for_longest_makes_room(place: Path, study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    similarity_cache.similarities(study)
    (old,) = place.iterdir()
    os.utime(old, (1, 1))
    monkeypatch.setattr(similarity_cache, "LARGEST_FOLDER", old.stat().st_size * 3 // 2)
    similarity_cache.similarities(study, centre=True)
    assert old not in list(place.iterdir())
    assert len(list(place.iterdir())) == 1


def test_an_analysis_of_a_known_study_imports_no_torch(tmp_path: Path) -> None:
    study = drawn_study(pairs=6)
    studies.save(study, tmp_path / "study.json")
    rated(study, tmp_path / "sessions", "A", "B")
    code = (
        "import sys; from simtui.cli import app; app.main(sys.argv[1:], standalone_mode=False); "
        "print(*(name in sys.modules for name in ('torch', 'scipy.optimize', 'scipy.special')), file=sys.stderr)"
    )
    environment = os.environ | {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path)}
    outcomes = [
        subprocess.run(
            [sys.executable, "-c", code, "analyze", "study.json", "--json"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        for _ in range(2)
    ]
    assert [done.stderr.split()[-3] for done in outcomes] == ["True", "False"]
    assert outcomes[1].stderr.split()[-2:] == ["False", "False"]
    assert outcomes[0].stdout == outcomes[1].stdout
