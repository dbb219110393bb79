"""One participant at the real screen of `simtui rate`, for tests that break something under it."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from simtui.session import file as session_file
from simtui.session.validation import check
from simtui.study.model import Study
from simtui.study.schedule import plan
from tests.terminal_session import SIMTUI, TerminalSession

PAIRS = 6


class Rating:
    """A study at `study_path`, rated by P01 into `root`; each `screen` is a new process on a new terminal."""

    def __init__(self, study: Study, study_path: Path, root: Path) -> None:
        self.study = study
        self.study_path = study_path
        self.root = root
        self.folder = root / study.id
        self.file = self.folder / "P01_run-1.json"

    def screen(self, command: Sequence[str] = SIMTUI) -> TerminalSession:
        argv = [*command, "rate", str(self.study_path), "--participant", "P01", "--sessions", str(self.root)]
        return TerminalSession(argv, cwd=self.study_path.parent)

    def responses(self) -> list[int | None]:
        return [trial.response for trial in session_file.load(self.file).trials]

    def resume_and_finish(self, answered: int) -> None:
        """A new process goes on with the pair after those answered, each rated with the key of its number."""
        with self.screen() as terminal:
            assert f"stopped after {answered} of {PAIRS}" in terminal.wait_for("Go on from there")
            terminal.send("y")
            start(terminal)
            rate(terminal, range(answered + 1, PAIRS + 1))
            terminal.wait_for("Thank you")
        self.is_whole(PAIRS)

    def is_whole(self, answered: int) -> None:
        """The file is valid by itself and against its study, and has the keys that were pressed for its plan."""
        session = session_file.load(self.file)
        assert [t.response for t in session.trials] == list(range(1, answered + 1))
        assert [t.pair_id for t in session.trials] == plan(self.study, "P01", 1).order[:answered]
        assert session.complete == (answered == PAIRS)
        checked = check([self.study_path, self.file])
        assert checked.sessions == 1
        assert [str(finding) for finding in checked.findings if not finding.warning] == []
        assert not self.file.with_name("P01_run-2.json").exists()


def start(terminal: TerminalSession) -> None:
    terminal.wait_for("Enter starts")
    terminal.send("\r")


def rate(terminal: TerminalSession, numbers: range) -> None:
    """Rate these pairs, each with the key of its number, waiting for the screen to move on."""
    for number in numbers:
        terminal.wait_for(f"Pair {number} of {PAIRS}")
        terminal.press_until(str(number), partial(moved_on_from, number))


def moved_on_from(number: int, text: str) -> bool:
    found = re.search(r"Pair (\d+) of", text)
    return (found is not None and int(found[1]) == number + 1) or "Thank you" in text


def says(words: str) -> Callable[[str], bool]:
    """Whether a screen has these words, however its lines are broken: a terminal breaks a long path within words."""
    return lambda text: "".join(words.split()) in "".join(text.split())
