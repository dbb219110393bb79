"""simtui where all is missing that Windows has not; see tests/systems/windows.py for what that can tell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from simtui.study import file as study_file
from tests.builders import saved, small_study
from tests.conftest import REPOSITORY


def windows(folder: Path, *arguments: str, typed: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
    """`simtui` with these arguments in a folder."""
    return subprocess.run(
        [sys.executable, "-m", "tests.systems.windows", *arguments],
        check=False,
        cwd=folder,
        env=os.environ | variables | {"PYTHONPATH": str(REPOSITORY)},
        input=typed,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


def worked(folder: Path, *arguments: str, typed: str = "", **variables: str) -> str:
    done = windows(folder, *arguments, typed=typed, **variables)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_harness_hides_what_windows_lacks(tmp_path: Path) -> None:
    script = (
        "import tests.systems.windows\n"
        "from simtui.storage import system\n"
        "print(system.POSIX, system.HOLDS_FOLDERS, system.own_user(), hasattr(system.os, 'fchmod'))\n"
    )
    seen = subprocess.run([sys.executable, "-c", script], check=True, cwd=REPOSITORY, capture_output=True, text=True)
    assert seen.stdout.split() == ["False", "False", "None", "False"]


def test_a_study_is_made_rated_and_analysed(tmp_path: Path) -> None:
    worked(tmp_path, "new", "study.json", "--source", "drawn", "--pairs", "6", "--digit", "8", "--seed", "1")
    practice = study_file.load(tmp_path / "study.json").design.practice
    worked(tmp_path, "plan", "study.json")
    typed = "\n" * 2 + "".join(f"{rating}\n" for rating in (5,) * practice) + "\n" + "3\n5\n7\n9\n4\n2\n"
    rated = worked(tmp_path, "rate", "study.json", "--participant", "P1", "--plain", typed=typed)
    assert "Thank" in rated
    assert "1 complete" in worked(tmp_path, "status", "study.json")
    worked(tmp_path, "validate", "study.json")
    worked(tmp_path, "simulate", "study.json", "--participants", "3", "--seed", "1", "--sessions", "robots")
    told = json.loads(worked(tmp_path, "analyze", "study.json", "robots", "--simulated", "--json"))
    assert len(told["participants"]) == 3
    worked(tmp_path, "report", "study.json", "robots", "--simulated", "--out", "report.html")
    assert (tmp_path / "report.html").stat().st_size > 10_000
    worked(tmp_path, "export", "study.json", "sessions", "--to", "tables")
    assert (tmp_path / "tables" / "trials.csv").is_file()


@pytest.mark.parametrize(
    "arguments",
    [
        ("kiosk", "study.json", "--sessions", "s"),
        ("host", "study.json"),
        ("doctor", "--host"),
        ("simulate", "study.json", "--participants", "1", "--through-screen"),
    ],
    ids=["kiosk", "host", "a doctor of hosts", "robots"],
)
def test_what_needs_a_posix_system_says_so(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    saved(small_study(), tmp_path)
    refused = windows(tmp_path, *arguments)
    assert refused.returncode == 2
    assert "on Windows use WSL" in refused.stderr
    assert "Traceback" not in refused.stderr


@pytest.mark.parametrize("in_use", ["1", "9"])
def test_a_file_that_another_program_has_open_for_a_moment_is_written_all_the_same(tmp_path: Path, in_use: str) -> None:
    saved(small_study(pairs=2), tmp_path)
    rated = worked(tmp_path, "rate", "study.json", "--participant", "P1", "--plain", typed="\n1\n2\n", IN_USE=in_use)
    assert "Thank" in rated
    (session,) = tmp_path.glob("sessions/*/P1_run-1.json")
    assert [trial["response"] for trial in json.loads(session.read_text("utf-8"))["trials"]] == [1, 2]


def test_one_that_stays_open_is_a_sentence_and_nothing_is_lost(tmp_path: Path) -> None:
    saved(small_study(pairs=2), tmp_path)
    refused = windows(tmp_path, "rate", "study.json", "--participant", "P1", "--plain", typed="\n1\n2\n", IN_USE="ever")
    assert "another program has it open" in refused.stdout + refused.stderr
    assert "Traceback" not in refused.stderr
    (session,) = tmp_path.glob("sessions/*/P1_run-1.json")
    assert json.loads(session.read_text("utf-8"))["status"] == "in_progress"
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.mark.parametrize("tests", ["tests/tui/participant/test_flow.py", "tests/tui/participant/test_rating.py"])
def test_the_app_and_the_files_pass_their_own_tests(tests: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pytest", "-n", "0", "-q", "-p", "tests.systems.windows", "-p", "no:cacheprovider"]
    ran = subprocess.run(
        [*command, f"--basetemp={tmp_path / 'inner'}", tests],
        check=False,
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert ran.returncode == 0, ran.stdout[-3000:]
