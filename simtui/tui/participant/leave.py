"""Leaving a run: stop and go on later, or, where the study asks for consent, withdraw."""

from __future__ import annotations

from textual import events
from textual.containers import Horizontal
from textual.widgets import Button, Static

from simtui.rating.run import Run
from simtui.rating.texts import counts, error_sentence, practice_apart, sentence
from simtui.storage.atomic import WriteFailedError
from simtui.tui.dialogs import ConfirmScreen, button, confirm
from simtui.tui.participant.saving import saying_when_slow
from simtui.tui.screens import yes_no_keys


class LeaveScreen(ConfirmScreen):
    """Gives True where the participant stops or has withdrawn, and False where they stay."""

    def __init__(self, run: Run) -> None:
        study = run.study
        question = sentence(study, "leave", **counts(run.session))
        super().__init__(
            f"{question} {practice_apart(study, run.session)}".rstrip(),
            yes=sentence(study, "yes"),
            no=sentence(study, "no"),
            keys=yes_no_keys(study),
            prefer=False,
        )
        self._run = run
        self._withdraw_key = sentence(study, "withdraw_key") if study.texts.get("consent") else ""

    def on_mount(self) -> None:
        if self._withdraw_key:
            words = f"{sentence(self._run.study, 'withdraw')} ({self._withdraw_key})"
            self.query_one(Horizontal).mount(button(words, "withdraw"))
        super().on_mount()

    def on_button_pressed(self, event: Button.Pressed) -> None:
        if event.button.id == "withdraw":
            event.stop()
            event.prevent_default()
            self._ask_to_withdraw()

    def on_key(self, event: events.Key) -> None:
        if self._withdraw_key and (event.character or "").casefold() == self._withdraw_key.casefold():
            event.stop()
            event.prevent_default()
            self._ask_to_withdraw()

    def _ask_to_withdraw(self) -> None:
        study = self._run.study
        self.app.push_screen(confirm(study, sentence(study, "withdraw_question"), prefer=False), self._withdraw)

    def _withdraw(self, sure: bool | None) -> None:
        if not sure:
            return
        try:
            with saying_when_slow(self.app, self._run.study):
                self._run.withdraw()
        except WriteFailedError as failure:
            self.query_one(Static).update(error_sentence(self._run.study, failure))
        else:
            self.dismiss(True)
