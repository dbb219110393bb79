"""`simtui rate`: whom --participant means, and a terminal that says it can draw no screens."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.builders import complete_run, saved, small_study
from tests.terminal_session import SIMTUI, TerminalSession


@pytest.mark.parametrize(("term", "why"), [("dumb", "TERM=dumb"), ("", "TERM is not set")])
def test_a_dumb_terminal_is_pointed_to_plain_before_the_screen_opens(term: str, why: str, tmp_path: Path) -> None:
    saved(small_study(), tmp_path)
    rating = [*SIMTUI, "rate", "study.json", "--participant", "P1"]
    with TerminalSession(rating, cwd=tmp_path, environment={"TERM": term}) as terminal:
        terminal.wait_for("Enter starts")
        hint = f"simtui: {why}: if no screen appears here, press Ctrl+C and give --plain.".encode()
        assert 0 <= terminal.raw.find(hint) < terminal.raw.find(b"\x1b[?1049h")


def test_any_other_terminal_is_not(tmp_path: Path) -> None:
    saved(small_study(), tmp_path)
    with TerminalSession([*SIMTUI, "rate", "study.json", "--participant", "P1"], cwd=tmp_path) as terminal:
        terminal.wait_for("Enter starts")
        assert b"--plain" not in terminal.raw


@pytest.mark.parametrize(("typed", "asked"), [("P7", "P7 looks like P07, who has rated"), ("P_07", "stored as P07")])
def test_an_id_that_could_be_mistaken_is_asked_about_on_a_terminal(typed: str, asked: str, tmp_path: Path) -> None:
    saved(small_study(), tmp_path)
    complete_run(small_study(), tmp_path / "sessions", "P07", {})
    with TerminalSession([*SIMTUI, "rate", "study.json", "--participant", typed], cwd=tmp_path) as terminal:
        terminal.wait_for(asked)
        terminal.send("y\r")
        terminal.wait_for("P07 has already finished this study")


def test_an_empty_id_is_refused_and_not_asked_for(tmp_path: Path) -> None:
    saved(small_study(), tmp_path)
    rating = [*SIMTUI, "rate", "study.json", "--plain", "--participant", ""]
    done = subprocess.run(rating, cwd=tmp_path, input="P1\n5\n", capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert "“” cannot be a participant id" in done.stderr


def test_in_a_pipe_it_is_said_and_rated_as_given(tmp_path: Path) -> None:
    study = small_study()
    saved(study, tmp_path)
    complete_run(study, tmp_path / "sessions", "P07", {})
    rating = [*SIMTUI, "rate", "study.json", "--plain", "--participant", "P7"]

    def told(answers: str) -> str:
        return subprocess.run(rating, cwd=tmp_path, input=answers, capture_output=True, text=True, check=True).stderr

    assert "P7 looks like P07, who has rated. This run is of P7" in told("5\n")
    assert (tmp_path / "sessions" / study.id / "P7_run-1.json").exists()
    assert "looks like" not in told("y\n")  # they have a run of their own by now
