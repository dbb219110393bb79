"""`simtui analyze`: what it says first of the study, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simtui.stimuli.source import Source
from simtui.study import file as study_file
from simtui.study import model as studies
from tests.builders import complete_run, saved, small_study
from tests.commands import in_process
from tests.terminal_session import SIMTUI, TerminalSession
from tests.tui.worlds import drawn_study, rated


@pytest.mark.parametrize(
    ("source", "line"),
    [
        (Source(name="mnist", split="test"), "Images: MNIST's test set"),
        (Source(name="drawn", note="drawn digits, not MNIST"), "Images: drawn digits, not MNIST"),
    ],
)
def test_every_study_says_what_its_images_are(tmp_path: Path, source: Source, line: str) -> None:
    fields = {name: getattr(small_study(), name) for name in studies.Study.__struct_fields__} | {"source": source}
    study = study_file.new_study(**fields)
    saved(study, tmp_path)
    complete_run(study, tmp_path / "sessions", "P1", {pair.id: n + 1 for n, pair in enumerate(study.pairs)})
    done = in_process.simtui(tmp_path, "analyze", "study.json")
    assert done.returncode == 0, done.stderr
    assert line in done.stdout.splitlines()


def test_the_screen_and_json_at_once_are_refused(tmp_path: Path) -> None:
    saved(small_study(), tmp_path)
    done = in_process.simtui(tmp_path, "analyze", "study.json", "--screen", "--json")
    assert done.returncode == 2
    assert "--screen shows the analysis and --json prints it: leave one of the two out." in done.stderr


def test_the_plot_as_a_file_beside_text_and_json(tmp_path: Path) -> None:
    study = drawn_study()
    study_file.save(study, tmp_path / "study.json")
    rated(study, tmp_path / "sessions", "Ann", "Ben")

    text = in_process.simtui(tmp_path, "analyze", "study.json", "--plot", "scatter.svg")
    machine = in_process.simtui(tmp_path, "analyze", "study.json", "--plot", "scatter.png", "--json")
    again = in_process.simtui(tmp_path, "analyze", "study.json", "--plot", "scatter.png")
    full = in_process.simtui(tmp_path, "analyze", "study.json", "--full")

    assert text.stdout.splitlines()[-1] == "scatter.svg was written."
    assert (tmp_path / "scatter.svg").read_text().count("<circle") == len(study.pairs)
    (group,) = json.loads(machine.stdout)["groups"]
    assert [sorted(pair["ratings"]) for pair in group["pairs"]] == [["Ann", "Ben"]] * len(study.pairs)
    assert machine.stderr == "scatter.png was written.\n"
    assert again.returncode == 2
    assert "--force" in again.stderr
    assert len(text.stdout.splitlines()) <= 41
    assert len(full.stdout.splitlines()) > 80
    header = next(line for line in full.stdout.splitlines() if line.split()[:2] == ["pair", "net"])
    assert header.split()[-2:] == ["Ann", "Ben"]


def test_the_screen_heeds_every_option(tmp_path: Path) -> None:
    study = drawn_study()
    study_file.save(study, tmp_path / "study.json")
    rated(study, tmp_path / "sessions", "Ann", "Ben")
    complete_run(study, tmp_path / "sessions", "Flat", dict.fromkeys((pair.id for pair in study.pairs), 5))
    options = ["--layer", "conv2", "--zscore", "--centre", "--exclude", "sd=0", "--seed", "3"]
    with TerminalSession([*SIMTUI, "analyze", "study.json", "--screen", *options], cwd=tmp_path, columns=140) as seen:
        seen.wait_for("conv2 · 2 people · 12 pairs of digit 8", 60)
        assert "centred copies" in seen.text
        assert "z-scored" in seen.text
        seen.press_until("a", lambda text: "Notes" in (line.strip() for line in text.splitlines()))
        seen.press_until("q", lambda _: seen.exited(0.2))
    assert seen.status == 0
