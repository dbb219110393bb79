"""QuestionLine: the question to every pair; in its place, for a moment, what a key did, or what went wrong."""

from __future__ import annotations

from textual.timer import Timer
from textual.widgets import Static

HINT_S = 1.0
"""How long a hint stands in the place of the question."""


class QuestionLine(Static):
    """Shows the question, unless there is something to say."""

    def __init__(self, question: str, *, id: str) -> None:  # noqa: A002 - Textual's own name for it
        super().__init__(question, id=id, markup=False)
        self._question = question
        self._timer: Timer | None = None

    def hint(self, text: str, seconds: float = HINT_S) -> None:
        """Show a sentence for a second or more, in the room that the question has; not over a fault."""
        if self.has_class("failed"):
            return
        if self._timer is None:
            self.update(text, layout=False)
        else:
            self._timer.stop()
        self._timer = self.set_timer(seconds, self._hint_is_over)

    def fail(self, text: str) -> None:
        """Show what went wrong, until `ask`."""
        self._stop()
        self.add_class("failed")
        self.update(text)

    def ask(self) -> None:
        """Show the question again."""
        self._stop()
        self.remove_class("failed")
        self.update(self._question)

    def _hint_is_over(self) -> None:
        self._timer = None
        self.update(self._question, layout=False)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None
