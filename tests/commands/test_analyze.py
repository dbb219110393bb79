"""`simtui analyze` as a process: what it says first of the study."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from simtui import study as studies
from simtui.stimuli.source import Source
from tests.builders import complete_run, saved, small_study


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (Source(name="mnist", split="test"), "Images: MNIST's test set"),
        (Source(name="drawn", note="drawn digits, not MNIST"), "Images: drawn digits, not MNIST"),
    ],
)
def test_every_study_says_what_its_images_are(tmp_path: Path, source: Source, line: str) -> None:
    fields = {name: getattr(small_study(), name) for name in studies.Study.__struct_fields__} | {"source": source}
    study = studies.new_study(**fields)
    saved(study, tmp_path)
    complete_run(study, tmp_path / "sessions", "P1", {pair.id: n + 1 for n, pair in enumerate(study.pairs)})
    done = subprocess.run(
        [sys.executable, "-m", "simtui", "analyze", "study.json"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    assert line in done.stdout.splitlines()


@pytest.mark.parametrize("option", [["--exclude", "catch<0.8"], ["--json"]])
def test_what_the_screen_would_not_heed_is_refused(tmp_path: Path, option: list[str]) -> None:
    saved(small_study(), tmp_path)
    done = subprocess.run(
        [sys.executable, "-m", "simtui", "analyze", "study.json", "--screen", *option],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert f"so that {option[0]} says nothing there: leave one of the two out." in done.stderr
