"""The whole homework on the real MNIST, as the guide has it, by a newcomer who types what is there."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

import pytest

from simtui import guides
from simtui.reporting import notes
from simtui.session import file as session_file
from simtui.study import file as study_file
from tests.conftest import REPOSITORY
from tests.documents import Newcomer, blocks
from tests.terminal_session import TerminalSession


class TwoPeople(Newcomer):
    """Rates, then lets a friend rate, then types the word that closes the kiosk."""

    def __init__(self, terminal: TerminalSession) -> None:
        super().__init__(terminal)
        self._next, self._rating = iter(("friend", "finis")), False

    def _keys(self, shown: str) -> str:
        if "Pair " in shown:
            self._rating = True
        if "Thank you!" not in shown:
            return super()._keys(shown)
        if self._rating:
            self._id, self._rating = next(self._next), False
        return "\r"


def commands() -> list[str]:
    """The lines of the guide's block of four commands."""
    found = [block for block in blocks(guides.path("start")) if "test_homework.py" in block.not_run]
    return [line.partition("#")[0].strip() for block in found for line in block.text.splitlines()]


def test_no_path_is_typed_twice_and_four_commands_do() -> None:
    words = [word for line in commands() for word in shlex.split(line)]

    assert len(commands()) == 4
    for path in ("mnist", "eights.json", "report.html", "sessions"):
        assert words.count(path) - (path == "mnist") == 1  # MNIST is also the name of the source


def test_the_guides_four_commands_walk_through_all_of_it(tmp_path: Path, shared: Path) -> None:
    (tmp_path / "mnist").symlink_to(shared / "mnist", target_is_directory=True)
    variables = {"PYTHON": sys.executable, "PYTHONPATH": str(REPOSITORY)} | {
        name: os.environ[name] for name in ("HOME", "XDG_CONFIG_HOME") if name in os.environ
    }
    script = 'set -e\nsimtui() { "$PYTHON" -m simtui "$@"; }\n' + "\n".join(commands())
    with TerminalSession(["bash", "-c", script], cwd=tmp_path, environment=variables) as terminal:
        TwoPeople(terminal).go(timeout=300)
        said = terminal.raw.decode("utf-8", "replace")
        assert terminal.status == 0, said[-2000:]

    assert "99.51 percent correct" in said
    study = study_file.load(tmp_path / "eights.json")
    assert len(study.pairs) == 20
    runs = [session_file.load(path) for path in (tmp_path / "sessions" / study.id).glob("*.json")]
    assert {run.participant_id for run in runs} == {"K01", "friend"}
    assert all(run.complete for run in runs)
    page = (tmp_path / "report.html").read_text()
    assert "Correlation between net and human similarity ratings: r = " in page
    assert page.count("data:image/png;base64,") >= 2 * len(study.pairs)
    assert "MNIST's test set" in page.replace("&#x27;", "'")
    assert notes.read(notes.place(tmp_path / "sessions", study.id)) == notes.FRESH


@pytest.mark.parametrize("question", notes.QUESTIONS)
def test_the_questions_are_the_homeworks(shared: Path, question: str) -> None:
    assert question in (shared / "homework" / "assignment.txt").read_text(encoding="utf-8")
