"""RatingScreen: one pair after another, and a key for each."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Center, Vertical
from textual.geometry import Size
from textual.timer import Timer
from textual.widgets import Static

from simtui.rating.keyguard import KeyGuard, Verdict
from simtui.rating.run import AUTO_REPEAT, Run
from simtui.rating.texts import counts, error_sentence, position_in_run, practice_apart, sentence
from simtui.storage.atomic import WriteFailedError
from simtui.terminal.detection import Terminal
from simtui.tui.dialogs import confirm
from simtui.tui.participant.keys import KeysScreen
from simtui.tui.participant.page import Page
from simtui.tui.screens import BaseScreen
from simtui.tui.widgets.digit_pair import DigitPair
from simtui.tui.widgets.rating_scale import RatingScale
from simtui.tui.widgets.run_progress import RunProgress

FLASH_S = 0.1
"""How long the chosen value stands on the scale beside the pair before the screen blanks."""

PREPARE_S = 0.03
"""So long after a pair was painted the next is prepared: at once, it would hold up the thread that writes the paint."""

ROOMY_ROWS, LOW_ROWS = 23, 17
"""Rows for the whole screen with air between its parts, and for all of them without."""


@dataclass(frozen=True, slots=True)
class Response:
    """A rating as it was given; onset and pressed are monotonic seconds."""

    rating: int
    key: str
    onset: float
    pressed: float


class RatingScreen(BaseScreen[bool]):
    """Shows a run's trials until it is finished (gives True) or the participant leaves (gives False).

    A response is on disk before anything on the screen moves on; one that cannot be written keeps its pair.
    """

    CSS_PATH = "rating.tcss"
    BINDINGS = [
        Binding("backspace", "back", "Go back one pair", show=False),
        Binding("enter", "keep", "Keep the earlier answer; try again to save", show=False),
        Binding("question_mark", "keys", "Show the keys", show=False),
        Binding("q", "leave", "Stop; what is answered is saved", show=False),
    ]

    def __init__(self, run: Run, terminal: Terminal) -> None:
        super().__init__()
        self.run_in_progress = run
        self._terminal = terminal
        design = run.study.design
        self._blank_s = design.blank_ms / 1000
        self._guard = KeyGuard(min_viewing_s=design.min_viewing_ms / 1000)
        self._onset: float | None = None
        self._interruptions = 0
        self._unsaved: Response | None = None
        self._timer: Timer | None = None
        self._curtain = ExitStack()

    @property
    def unsaved(self) -> bool:
        """Whether an answer waits for its writing to be tried again."""
        return self._unsaved is not None

    # ------------------------------------------------------------------ what is on the screen

    def compose(self) -> ComposeResult:
        study = self.run_in_progress.study
        with Vertical(id="rating"):
            yield Center(RunProgress(plain=self._terminal.depth == "ascii"))
            yield Center(DigitPair(self._terminal))
            yield Static(sentence(study, "question"), id="question", markup=False)
            yield Center(RatingScale(study.scale))
        yield Static("", id="too-small", markup=False)

    def on_mount(self) -> None:
        self._pair = self.query_one(DigitPair)
        self._scale = self.query_one(RatingScale)
        self._progress = self.query_one(RunProgress)
        self._message = self.query_one("#question", Static)
        self._fit(self.app.size)
        self.app.app_resume_signal.subscribe(self, self._come_back)
        # Textual paints a new screen several times until its layout stands: on a slow line that is seconds.
        self._curtain.enter_context(self.app.batch_update())
        self.screen_layout_refresh_signal.subscribe(self, self._wait_once_more)

    def _wait_once_more(self, _: object) -> None:
        self.screen_layout_refresh_signal.unsubscribe(self)
        self.call_after_refresh(self._raise_curtain)

    def _raise_curtain(self) -> None:
        """The layout stands: paint it, and then the first pair."""
        self._curtain.close()
        self.call_after_refresh(self._show)

    def on_unmount(self) -> None:
        self._curtain.close()

    def _show(self) -> None:
        """Put the current pair on the screen; its onset is stamped when it has been painted."""
        run = self.run_in_progress
        self._stop_timer()
        self._onset = None
        shown = run.current()
        left, right = run.study.image(shown.left), run.study.image(shown.right)
        self._pair.show(left, right, partial(self._stamp_onset, shown.index))
        self._scale.chosen, self._scale.earlier = None, shown.earlier_response
        self._show_progress(shown.index)

    def _stamp_onset(self, index: int) -> None:
        run = self.run_in_progress
        if self.is_current and not self._too_small and not run.finished and run.current().index == index:
            self._onset = run.now()
            self.set_timer(PREPARE_S, self._prepare)

    def _prepare(self) -> None:
        """Work out how the next pair is drawn, while this one is looked at."""
        run = self.run_in_progress
        following = None if run.finished else run.following()
        if following is not None:
            self._pair.prepare(run.study.image(following.left), run.study.image(following.right))

    def _show_progress(self, index: int) -> None:
        name, number, total = position_in_run(self.run_in_progress.planned, index)
        words = sentence(self.run_in_progress.study, name, number=number, total=total)
        self._progress.show(words, (number - 1) / total)

    def _blank(self) -> None:
        self._pair.blank()
        self._scale.chosen = self._scale.earlier = None
        self._timer = self.set_timer(self._blank_s, self._go_on)

    def _go_on(self) -> None:
        run = self.run_in_progress
        if run.finished:
            self.dismiss(True)
        elif run.break_due:
            _, number, total = position_in_run(run.planned, run.current().index)
            text = sentence(run.study, "break", done=number - 1, total=total)
            self.app.push_screen(Page([("", text), ("start", sentence(run.study, "break_end"))]), self._after_break)
        else:
            self._show()

    def _after_break(self, go_on: bool | None) -> None:
        self.call_after_refresh(self._show)
        if not go_on:
            self.call_after_refresh(self.action_leave)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    # ------------------------------------------------------------------ responses

    def on_key(self, event: events.Key) -> None:
        """Every key passes the guard, so that a burst is seen for one whatever it is made of."""
        rating = self.run_in_progress.study.scale.rating_of_key(event.character or "")
        onset = self._onset if rating is not None and self._unsaved is None else None
        verdict = self._guard.judge(event.key, event.time, onset)
        if verdict is Verdict.RETRACT:
            self._retract()
        if rating is not None or verdict is Verdict.RETRACT or self._guard.in_burst:
            event.stop()
            event.prevent_default()
        if rating is not None and onset is not None and verdict is Verdict.ACCEPT:
            self._respond(Response(rating, event.character or "", onset, event.time))

    def _respond(self, response: Response) -> None:
        run = self.run_in_progress
        try:
            run.answer(
                response.rating, response.key, response.onset, response.pressed, interruptions=self._interruptions
            )
        except WriteFailedError as failure:
            self._unsaved = response
            self._scale.chosen = response.rating
            self._say(sentence(run.study, "save_failed", reason=error_sentence(run.study, failure)), failed=True)
            return
        if self._unsaved is not None:
            self._unsaved = None
            self._say(sentence(run.study, "question"))
        self._onset, self._interruptions = None, 0
        if self._blank_s:
            self._scale.chosen = response.rating
            self._timer = self.set_timer(FLASH_S, self._blank)
        else:
            self._go_on()

    def _retract(self) -> None:
        """The answer just taken was a held key's: it is undone, and its pair is shown again."""
        try:
            self.run_in_progress.retract(AUTO_REPEAT)
        except WriteFailedError:
            return  # the answer stands, as it does on disk
        self._show_again()

    def _say(self, text: str, *, failed: bool = False) -> None:
        self._message.update(text)
        self._message.set_class(failed, "failed")

    # ------------------------------------------------------------------ keys

    def action_back(self) -> None:
        if self._onset is not None and self._unsaved is None and self.run_in_progress.back():
            self._interruptions = 0
            self._show()

    def action_keep(self) -> None:
        if self._unsaved is not None:
            self._respond(self._unsaved)
        elif self._onset is not None and self.run_in_progress.keep():
            self._interruptions = 0
            self._go_on()

    def action_keys(self) -> None:
        self._onset = None
        self.app.push_screen(KeysScreen(self.run_in_progress.study), lambda _: self._show_again())

    def action_leave(self) -> None:
        self._onset = None
        run = self.run_in_progress
        question = sentence(run.study, "leave", **counts(run.session))
        practice = practice_apart(run.study, run.session)
        self.app.push_screen(confirm(run.study, f"{question} {practice}".rstrip()), self._leave_or_stay)

    def _leave_or_stay(self, leave: bool | None) -> None:
        if leave:
            self.dismiss(False)
        else:
            self._show_again()

    def _show_again(self) -> None:
        """Show the pair anew after something covered it: its rt counts from now, and the trial says so."""
        self._interruptions += 1
        if self._unsaved is None:
            self._go_on_or_show()

    def _come_back(self, _: App[Any]) -> None:
        """After Ctrl+Z and fg. A dialog on top shows the pair again itself, and so does a blank that is under way."""
        if self.is_current and self._onset is not None and self._unsaved is None:
            self._onset = None
            self._pair.blank()
            self._show_again()

    def _go_on_or_show(self) -> None:
        if self.run_in_progress.finished:
            self.dismiss(True)
        else:
            self.call_after_refresh(self._show)

    # ------------------------------------------------------------------ the size of the window

    @property
    def _too_small(self) -> bool:
        return self.has_class("-too-small")

    def on_resize(self, event: events.Resize) -> None:
        if not self.is_mounted:
            return
        was_small = self._too_small
        self._fit(event.size)
        if was_small and not self._too_small and self.is_current:
            self._show_again()

    def _fit(self, size: Size) -> None:
        """Make the most of a terminal of this size; in too small a one nothing is shown, and nothing can be rated."""
        needed = self._pair.needs(size)
        self.set_class(size.height < ROOMY_ROWS, "-low")
        self.set_class(size.height < LOW_ROWS, "-lowest")
        self.set_class(needed is not None, "-too-small")
        if needed is not None:
            self._onset = None
            columns, rows = needed
            text = sentence(self.run_in_progress.study, "too_small", columns=columns, rows=rows)
            self.query_one("#too-small", Static).update(text)
