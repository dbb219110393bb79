"""A class that rates at once: real processes on terminals of their own, lists, questions, consent, a list of
participants, codes, and some who are killed in the middle and start again.

    python -m tests.benchmarks.class_of_sixty [--people 60] [--killed 10]

prints what `simtui plan` says of it afterwards, and fails where lists are not balanced, an answer that the screen had
moved on from is not in its file, or the analysis is not of everybody.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from simtui.session import file as session_file
from simtui.session.store import SessionStore
from simtui.study import file as study_file
from simtui.study.model import Study
from tests.terminal_session import SIMTUI, TerminalSession

QUESTIONS = """
[[page]]
when = "before"
question = [
  {id = "age", kind = "number", text = "How old are you?", low = 16, high = 110},
  {id = "hand", kind = "choice", text = "Which hand?", options = ["left", "right"]},
]
[[page]]
when = "after"
question = [{id = "again", kind = "yes-no", text = "Would you do it again?"}]
"""

PAIRS, LISTS = 4, 4

AGAIN_S = 5.0
"""A key that nothing came of, neither on the screen nor in the file, is pressed again."""

LIMIT_S = 900.0

_CODE = re.compile(r"Your completion code: ([0-9A-Z]{4}-[0-9A-Z]{4})")


@dataclass
class Pupil:
    """One participant before one screen. dies_after: ratings after which the process is killed; None for none.

    given: what was pressed, by place in the run, and the screen has moved on from. code: as it was shown.
    """

    name: str
    argv: Sequence[str]
    folder: Path
    store: SessionStore
    dies_after: int | None = None
    given: dict[int, int] = field(default_factory=dict)
    code: str = ""
    killed: bool = False
    done: bool = False
    _seen: str = ""
    _pressed_at: float = 0.0
    _pending: tuple[int, int] | None = None

    def begin(self) -> None:
        self.terminal = TerminalSession(self.argv, cwd=self.folder, environment={"TERM": "xterm-256color"})
        self._seen, self._pending = "", None

    def act(self) -> None:
        """Take in what the screen shows, and press what it asks for."""
        terminal = self.terminal
        while terminal.pump():
            pass
        if terminal.exited(0.0):
            assert terminal.status == 0, f"{self.name} ended with {terminal.status}:\n{terminal.text}"
            self.done = True
            return
        text = terminal.text
        if text == self._seen and time.monotonic() - self._pressed_at < AGAIN_S:
            return
        changed, self._seen = text != self._seen, text
        found = re.search(r"Pair (\d+) of (\d+)", text)
        if self._pending is not None and (found is None or int(found[1]) - 1 != self._pending[0]):
            place, rating = self._pending
            self.given[place], self._pending = rating, None
            if self.dies_after is not None and len(self.given) >= self.dies_after:
                self.dies_after, self.killed = None, True
                terminal.kill()
                assert terminal.exited(30)
                self.begin()
                return
        keys = self._keys(text, int(found[1]) - 1 if found else None, changed)
        if keys:
            terminal.send(keys)
            self._pressed_at = time.monotonic()

    def _keys(self, text: str, place: int | None, changed: bool) -> str:
        code = _CODE.search(text)
        if code:
            self.code = code[1]
        if "Go on from there?" in text or "Do you agree" in text:
            return "y"
        if place is not None:
            return self._rating(place, changed)
        if "How old are you?" in text and "Esc stops" in text:
            return f"{20 + len(self.name)}\r2\r" if changed else ""
        if "do it again?" in text and "Esc stops" in text:
            return "y\r" if changed else ""
        if any(words in text for words in ("Enter starts", "Enter goes on", "Enter closes")):
            return "\r"
        return ""

    def _rating(self, place: int, changed: bool) -> str:
        """The key for the pair at this place, unless it has been taken already."""
        session = session_file.load(self.store.path(self.name, 1))
        if session.answered > place or (self._pending is not None and changed):
            return ""
        pair_id = session.schedule.order[place]
        rating = 1 + (int(pair_id[1:]) * 5 + len(self.given) % 2) % 9
        self._pending = (place, rating)
        return str(rating)


def rate_at_once(folder: Path, people: int, killed: int) -> tuple[Study, list[Pupil]]:
    """The class, every one of whom has finished. Raises AssertionError where somebody cannot."""
    (folder / "questions.toml").write_text(QUESTIONS, encoding="utf-8")
    (folder / "consent.txt").write_text("You may stop at any time.", encoding="utf-8")
    names = [f"P{number:02d}" for number in range(1, people + 1)]
    (folder / "people.txt").write_text("\n".join(names), encoding="utf-8")
    made = ["new", "study.json", "--pairs", str(PAIRS), "--lists", str(LISTS), "--practice", "0"]
    made += ["--questions", "questions.toml", "--consent", "consent.txt", "--completion-code", "each"]
    simtui(folder, *made)
    study = study_file.load(folder / "study.json")
    store = SessionStore(folder / "sessions", study.id)
    rate = [*SIMTUI, "rate", "study.json", "--participants", "people.txt", "--participant"]
    stranger = subprocess.run([*rate, "X99"], cwd=folder, capture_output=True, text=True, check=False)
    assert stranger.returncode == 2
    assert "X99 is not on the list of participants" in stranger.stderr
    pupils = [
        Pupil(name, [*rate, name], folder, store, 1 + number % (PAIRS - 1) if number < killed else None)
        for number, name in enumerate(names)
    ]
    end = time.monotonic() + LIMIT_S
    try:
        for pupil in pupils:
            pupil.begin()
        while not all(pupil.done for pupil in pupils):
            assert time.monotonic() < end, f"not done: {[pupil.name for pupil in pupils if not pupil.done]}"
            for pupil in pupils:
                if not pupil.done:
                    pupil.act()
            time.sleep(0.01)
    finally:
        for pupil in pupils:
            if hasattr(pupil, "terminal"):
                pupil.terminal.__exit__(None, None, None)
    return study, pupils


def check(folder: Path, study: Study, pupils: Sequence[Pupil], killed: int) -> list[str]:
    """What came of the class, in sentences. Raises AssertionError where it is not what was promised."""
    assert sum(pupil.killed for pupil in pupils) == killed
    sessions = {pupil.name: session_file.load(pupil.store.path(pupil.name, 1)) for pupil in pupils}
    sizes = Counter(session.list_index for session in sessions.values())
    assert len(sizes) == min(LISTS, len(pupils))
    assert max(sizes.values()) - min(sizes.values()) <= 1, sizes
    for pupil in pupils:
        session = sessions[pupil.name]
        assert session.complete
        assert session.consent is not None
        kept = {trial.trial_index: trial.response for trial in session.trials}
        assert kept == pupil.given, f"{pupil.name}: pressed {pupil.given}, on disk {kept}"
        assert [answer.answer for answer in session.answers] == [20 + len(pupil.name), "right", True]
        assert len(session.resumptions) == pupil.killed
    assert len({pupil.code for pupil in pupils} - {""}) == len(pupils)
    found = json.loads(simtui(folder, "analyze", "study.json", "--json", "--no-cache"))
    assert len(found["participants"]) == len(pupils)
    audit = simtui(folder, "plan", "study.json", "sessions").split("\n\n")[0]
    for words in (
        f"{len(pupils)} participants, {len(pupils)} of them with a complete run",
        "they differ by at most one",
        "none is missing",
        "Every run follows the plan",
    ):
        assert words in audit, audit
    status: dict[str, Any] = json.loads(
        simtui(folder, "status", "study.json", "--participants", "people.txt", "--json")
    )
    assert status["not_come"] == []
    assert {row["participant_id"]: row["completion_code"] for row in status["sessions"]} == {
        pupil.name: pupil.code for pupil in pupils
    }
    assert "no fault" in simtui(folder, "validate", "sessions", "study.json")
    return [*audit.splitlines(), f"Analysed together: {len(found['participants'])} participants"]


def simtui(folder: Path, *arguments: str) -> str:
    done = subprocess.run([*SIMTUI, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{arguments}: {done.stderr}"
    return done.stdout


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=60)
    parser.add_argument("--killed", type=int, default=10)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        begun = time.monotonic()
        study, pupils = rate_at_once(Path(place), asked.people, asked.killed)
        took = time.monotonic() - begun
        print("\n".join(check(Path(place), study, pupils, asked.killed)))
    print(f"{asked.people} processes, {asked.killed} of them killed and started again: {took:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
