"""Confirmer: asks the app's terminal when it has drawn something, and says when it has."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

from textual.app import App

from simtui.terminal.confirmation import Confirmation, Question
from simtui.tui._textual import bytes_sent, send

WhenDrawn = Callable[[float, bool], None]
"""Told when something was drawn, monotonic seconds, and whether the terminal said so."""

PAINTED_S = 0.3
"""After so long the first page is on its way to the terminal, and a question behind it tells how fast that is."""


class Confirmer:
    """One for each app. Where the terminal does not answer, what was sent counts as drawn."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._confirmation = Confirmation(answers=False)
        self._waiting: tuple[Question, WhenDrawn] | None = None
        self._alarm: asyncio.TimerHandle | None = None

    def begin(self, *, answers: bool) -> None:
        """Find out whether the terminal answers. answers: whether it has answered a question before."""
        if not self._app.is_headless:
            self._confirmation.answers |= answers
            self._ask()
            self._app.set_timer(PAINTED_S, self.mark)

    def mark(self) -> None:
        """What comes from here on is to be confirmed: on a line that may be slow, how long it takes tells how slow."""
        if self._confirmation.answers and not self._confirmation.fast:
            self._ask()

    def when_drawn(self, then: WhenDrawn, now: Callable[[], float] = time.monotonic) -> None:
        """Call `then` once the terminal has drawn what was sent up to now; nothing else is waited for any more.

        now: the clock of the run, which tells the time where no terminal does.
        """
        self._waiting = None
        if self._confirmation.answers:
            self._waiting = self._ask(), then
        else:
            then(now(), False)

    def hear(self, row: int, at: float) -> None:
        """The terminal says where its cursor is: in this row, counted from 1."""
        self._confirmation.hear(row, at)
        self._watch()
        if self._waiting is not None:
            question, then = self._waiting
            if question.answered is not None and not question.late:
                self._waiting = None
                then(question.answered, True)

    def _ask(self) -> Question:
        question = self._confirmation.ask(time.monotonic(), bytes_sent(self._app))
        send(self._app, question.text)
        self._watch()
        return question

    def _watch(self) -> None:
        """Wake up when a reply is late."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
        deadline = self._confirmation.deadline()
        if deadline is not None:
            # Not a timer of Textual's, which is a task of its own: two are set and stopped for every pair.
            self._alarm = asyncio.get_running_loop().call_later(deadline - time.monotonic(), self._give_up)

    def _give_up(self) -> None:
        self._alarm = None
        self._confirmation.give_up()
        if self._waiting is not None:
            question, then = self._waiting
            self._waiting = None
            then(question.asked, False)
