"""Robot: simulated participants at the real rating screen, each `simtui rate` on a pseudo-terminal of its own.

A robot reads the screen, waits as long as its response time says, and presses the key. It goes on only when the
screen has moved on, and at the end compares the file with the keys that it pressed.
"""

from __future__ import annotations

import contextlib
import os
import re
import selectors
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from pathlib import Path

from simtui.errors import SimtuiError, printable
from simtui.progress import Progress, untold
from simtui.rating.texts import position_in_run, sentence
from simtui.session import file as session_file
from simtui.session.file import encode_simulation
from simtui.session.model import Session
from simtui.session.store import SessionStore
from simtui.simulation.population import Population
from simtui.simulation.sessions import Answer, answers
from simtui.storage.system import pseudo_terminal
from simtui.study.schedule import PlannedTrial, plan

COLUMNS, ROWS = 80, 24

AGAIN_S, SURELY_S = 1.0, 4.0
"""A key that has led to nothing for so long is pressed again: it may have come before the screen took any. For a
rating the longer time: pressed again on a slow machine, it could be taken for the next pair."""

PATIENCE_S = 60.0
"""A screen that does not move on for so long has failed."""

_SEQUENCE = re.compile(rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|[\]P_^X][^\x07\x1b]*(?:\x07|\x1b\\)|[ -/]*[0-~])")


def rate_through_screen(
    population: Population,
    participant_ids: Sequence[str],
    study_path: Path,
    store: SessionStore,
    *,
    at_once: int = 4,
    on_progress: Progress = untold,
) -> None:
    """Let these participants rate the study in `study_path`, at human speed, some at once.

    Raises SimtuiError where a screen fails or a file is not what was pressed; runs under way stay unfinished.
    """
    waiting = deque(participant_ids)
    trials = len(plan(population.study, participant_ids[0], 1).trials)
    done = 0
    with contextlib.ExitStack() as stack, selectors.DefaultSelector() as selector:
        live: set[Robot] = set()
        while waiting or live:
            while waiting and len(live) < at_once:
                robot = Robot(population, waiting.popleft(), study_path, store)
                stack.callback(robot.close)
                selector.register(robot.terminal, selectors.EVENT_READ, robot)
                live.add(robot)
            wait = min(robot.due for robot in live) - time.monotonic()
            for key, _ in selector.select(max(0.0, wait)):
                key.data.read()
            for robot in list(live):
                if robot.finished():
                    selector.unregister(robot.terminal)
                    live.remove(robot)
                    robot.close()
                    done += len(robot.answers)
                else:
                    robot.act(time.monotonic())
            given = done + sum(robot.pressed for robot in live)
            on_progress(given, trials * len(participant_ids), f"{len(live)} screens")


class Robot:
    """One simulated participant before one screen.

    terminal: the descriptor to wait on. due: when `act` has something to do, monotonic seconds.
    pressed: how many trials have had their key. answers: known once the run has begun.
    """

    def __init__(self, population: Population, participant_id: str, study_path: Path, store: SessionStore) -> None:
        self._population = population
        self._participant_id = participant_id
        self._path = store.path(participant_id, 1)
        self._planned: list[PlannedTrial] = []
        self.answers: list[Answer] = []
        self.pressed = 0
        self._screen = b""
        self._open = True
        self._seen_at: float | None = None
        self._rated_at = 0.0
        self._moved_at = time.monotonic()
        self.terminal, inside = pseudo_terminal(COLUMNS, ROWS)
        rate = [sys.executable, "-m", "simtui", "rate", str(study_path.resolve()), "--participant", participant_id]
        rate += ["--sessions", str(store.folder.parent.resolve())]
        rate += ["--simulated", encode_simulation(population.simulation)]
        variables = {name: value for name, value in os.environ.items() if not name.startswith("SSH_")}
        self._process = subprocess.Popen(  # noqa: S603 - this very Python, and no shell
            rate,
            stdin=inside,
            stdout=inside,
            stderr=inside,
            start_new_session=True,
            env=variables | {"TERM": "xterm-256color", "LANG": "C.UTF-8"},
        )
        os.close(inside)
        self.due = self._moved_at + AGAIN_S

    def read(self) -> None:
        """Take in what the screen shows, and see whether it has moved on."""
        try:
            data = os.read(self.terminal, 65_536)
        except OSError:
            data = b""
        if not data:
            # The program has let go of its terminal; it ends in a moment.
            self._open = False
            self.due = time.monotonic() + 0.05
            return
        self._screen += data
        if not self._planned:
            self._look_for_plan()
        if self._seen_at is None and self.pressed < len(self.answers) and self._shows(self.pressed):
            self._seen_at = self._moved_at = time.monotonic()
            self.due = self._seen_at + self.answers[self.pressed].rt / 1000

    def act(self, now: float) -> None:
        """Press what is to be pressed by now. Raises SimtuiError where the screen does not go on."""
        if now < self.due:
            return
        if now - self._moved_at > PATIENCE_S:
            raise SimtuiError(f"The screen of {self._participant_id} stands still; it says: {self._text()[-300:]}")
        if self._seen_at is not None:
            self._press(self._key(self.pressed), now)
            self.pressed += 1
            self._seen_at, self._rated_at = None, now
            self._screen = b""
        elif self.pressed and self._answered() < self.pressed:
            if now - self._rated_at > SURELY_S:
                self._rated_at = now
                self._press(self._key(self.pressed - 1), now)
            else:
                self.due = now + AGAIN_S
        else:
            self._press(self._key_of_page(), now)

    def finished(self) -> bool:
        """Whether the program has ended. Raises SimtuiError where the run is not the one that was pressed."""
        if self._process.poll() is None:
            return False
        while self._open:
            self.read()
        if self._process.returncode or not self._path.exists():
            raise SimtuiError(f"The screen of {self._participant_id} has failed; it says: {self._text()[-300:]}")
        self._compare(session_file.load(self._path))
        return True

    def close(self) -> None:
        """End the program, if it still runs, and let go of the terminal."""
        if self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        with contextlib.suppress(OSError):
            os.close(self.terminal)

    def _press(self, key: str, now: float) -> None:
        with contextlib.suppress(OSError):
            os.write(self.terminal, key.encode())
        self.due = now + AGAIN_S + self._population.study.design.blank_ms / 1000

    def _key(self, index: int) -> str:
        return str(self.answers[index].rating % 10)

    def _key_of_page(self) -> str:
        """What leads on from a page of text: consent, welcome, break, thanks."""
        study = self._population.study
        asked = "consent" in study.texts and not self._planned
        return "y" if asked and sentence(study, "welcome_start") not in self._text() else "\r"

    def _look_for_plan(self) -> None:
        if self._path.exists():
            session = session_file.load(self._path)
            self._planned = session.schedule.trials
            self.answers = answers(self._population, self._participant_id, session.schedule)

    def _answered(self) -> int:
        return sum(trial.response is not None for trial in session_file.load(self._path).trials)

    def _shows(self, index: int) -> bool:
        name, number, total = position_in_run(self._planned, index)
        return sentence(self._population.study, name, number=number, total=total) in self._text()

    def _text(self) -> str:
        return printable(_SEQUENCE.sub(b"", self._screen).decode("utf-8", "replace"), 100_000)

    def _compare(self, session: Session) -> None:
        if session.simulation != self._population.simulation or not session.complete:
            raise SimtuiError(f"{printable(self._path)} is not the complete simulated run that was rated.")
        for trial, answer in zip(session.trials, self.answers, strict=True):
            if trial.response != answer.rating:
                raise SimtuiError(
                    f"{printable(self._path)} has the response {trial.response} in trial {trial.trial_index}, "
                    f"and the key for {answer.rating} was pressed."
                )
