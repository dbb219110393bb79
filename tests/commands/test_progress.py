"""Whoever watches is told that there is work going on, and a file of numbers holds nothing but them."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest

from simtui.study import file as study_file
from tests.commands import in_process
from tests.terminal_session import SIMTUI, TerminalSession
from tests.tui.worlds import drawn_study, rated


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("progress")
    study = drawn_study()
    study_file.save(study, made / "study.json")
    rated(study, made / "sessions", "Ann", "Ben")
    return made


@pytest.mark.parametrize(("command", "label"), [("analyze", "Network"), ("compare", "Networks")])
def test_a_bar_on_the_terminal_and_json_alone_in_the_file(folder: Path, command: str, label: str) -> None:
    line = f"{shlex.join(SIMTUI)} {command} study.json --json > {command}.json"
    with TerminalSession(["sh", "-c", line], cwd=folder) as terminal:
        assert terminal.exited(60)
        assert terminal.status == 0
    seen = terminal.raw.decode()
    assert f"{label}  [" in seen
    assert seen.index("0%") < seen.index("statistics")
    # It moves while nothing is told, which is most of the time that torch takes to be imported.
    assert len(set(re.findall(rf"{label}  (?:\[[#-]*\] +\d+%  )?([|/\\-]) \d+ s", seen))) >= 3
    assert terminal.text.strip() == ""
    assert json.loads((folder / f"{command}.json").read_bytes())["format"].startswith("simtui.")


def test_nobody_watching_gets_nothing(folder: Path) -> None:
    done = in_process.simtui(folder, "compare", "study.json")
    assert (done.returncode, done.stderr) == (0, "")
    assert "\x1b" not in done.stdout
