"""RatingScreen: one pair after another, and a key for each."""

from __future__ import annotations

from functools import partial
from typing import Any

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.containers import Center, Vertical
from textual.geometry import Size
from textual.timer import Timer
from textual.widgets import Static

from simtui.rating.answers import SECOND_DIGIT_S, Answers, Press
from simtui.rating.run import Run
from simtui.rating.texts import (
    error_sentence,
    page_before,
    position_in_run,
    scale_sentence,
    sentence,
)
from simtui.terminal.detection import Terminal
from simtui.tui.app import confirmer_of
from simtui.tui.participant.curtain import Curtain
from simtui.tui.participant.leave import LeaveScreen
from simtui.tui.participant.page import KeysScreen, Page
from simtui.tui.participant.saving import saying_when_slow
from simtui.tui.screens import BaseScreen
from simtui.tui.widgets.digit_pair import DigitPair
from simtui.tui.widgets.question_line import QuestionLine
from simtui.tui.widgets.rating_scale import RatingScale
from simtui.tui.widgets.run_progress import RunProgress

FLASH_S = 0.1
"""How long the chosen value stands on the scale beside the pair before the screen blanks."""

PREPARE_S = 0.03
"""So long after a pair was painted the next is prepared: at once, it would hold up the thread that writes the paint."""

ROOMY_ROWS, LOW_ROWS = 23, 17
"""Rows for the whole screen with air between its parts, and for all of them without."""

OTHER_KEYS = frozenset({"backspace", "enter", "question_mark", "q", "t"})
"""Keys of the rating screen that are no ratings."""


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
        self._answers = Answers(run)
        self._blank_s = run.study.design.blank_ms / 1000
        self._onset: float | None = None
        self._confirmed = False
        self._page_at: int | None = None
        self._timer: Timer | None = None

    @property
    def ready(self) -> bool:
        """Whether the pair has been painted, and its rating is waited for."""
        return self._onset is not None

    @property
    def unsaved(self) -> bool:
        return self._answers.failure is not None

    # ------------------------------------------------------------------ what is on the screen

    def compose(self) -> ComposeResult:
        study = self.run_in_progress.study
        with Vertical(id="rating"):
            yield Center(RunProgress(plain=self._terminal.depth == "ascii"))
            yield Center(DigitPair(self._terminal))
            yield QuestionLine(sentence(study, "question"), id="question")
            yield Center(RatingScale(study.scale))
        yield Static("", id="too-small", markup=False)

    def on_mount(self) -> None:
        self._pair = self.query_one(DigitPair)
        self._scale = self.query_one(RatingScale)
        self._progress = self.query_one(RunProgress)
        self._message = self.query_one(QuestionLine)
        self._confirmer = confirmer_of(self.app)
        self._fit(self.app.size)
        self.app.app_resume_signal.subscribe(self, self._come_back)
        self._curtain = Curtain(self, self._show)

    def on_unmount(self) -> None:
        self._curtain.open()

    def _show(self) -> None:
        """Put the current pair on the screen; its onset is stamped when it has been painted."""
        run = self.run_in_progress
        self._stop_timer()
        self._onset = None
        shown = run.current()
        left, right = run.study.image(shown.left), run.study.image(shown.right)
        self._confirmer.mark()
        self._pair.show(left, right, partial(self._confirm, shown.index))
        self._scale.chosen, self._scale.earlier = None, shown.earlier_response
        name, number, total = position_in_run(run.planned, shown.index)
        self._progress.show(sentence(run.study, name, number=number, total=total), (number - 1) / total)

    def _confirm(self, index: int) -> None:
        """The pair has been sent: nothing counts as an answer to it before the terminal has drawn it."""
        self._confirmer.when_drawn(partial(self._stamp_onset, index), self.run_in_progress.now)

    def _stamp_onset(self, index: int, at: float, confirmed: bool) -> None:
        run = self.run_in_progress
        if self.is_current and not self._too_small and not run.finished and run.current().index == index:
            self._onset, self._confirmed = at, confirmed
            self.set_timer(PREPARE_S, self._prepare)

    def _prepare(self) -> None:
        """Work out how the next pair is drawn, while this one is looked at."""
        run = self.run_in_progress
        following = None if run.finished else run.following()
        if following is not None:
            self._pair.prepare(*map(run.study.image, (following.left, following.right)), after_blank=self._blank_s > 0)

    def _blank(self) -> None:
        """Empty paper; the scale shows the answer until the next pair comes."""
        self._pair.blank()
        self._scale.earlier = None
        self._timer = self.set_timer(self._blank_s, self._go_on)

    def _go_on(self) -> None:
        """After the blank: a page would take the second digit of a 10 for a key of its own, so it is waited for."""
        if self._answers.awaits_second_digit and (self.run_in_progress.finished or self._text_of_page()):
            self._pair.blank()
            self._scale.chosen = self._answers.rating
            self._timer = self.set_timer(SECOND_DIGIT_S, self._move_on)
        else:
            self._move_on()

    def _move_on(self) -> None:
        """To the end, a page, or the next pair."""
        run = self.run_in_progress
        self._stop_timer()
        if run.finished:
            self.dismiss(True)
        elif text := self._text_of_page():
            self._page_at = run.current().index
            self.app.push_screen(Page([("", text), ("start", sentence(run.study, "break_end"))]), self._after_page)
        else:
            self._show()

    def _text_of_page(self) -> str:
        """What is said before the current pair, once: that practice is over, or that it is time for a break."""
        run = self.run_in_progress
        return "" if run.finished or self._page_at == run.current().index else page_before(run)

    def _after_page(self, go_on: bool | None) -> None:
        self.call_after_refresh(self._show)
        if not go_on:
            self.call_after_refresh(self.action_leave)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.stop()
            self._timer = None

    # ------------------------------------------------------------------ responses

    def on_key(self, event: events.Key) -> None:
        with saying_when_slow(self.app, self.run_in_progress.study, self._message):
            press = self._answers.press(event.key, event.character, event.time, self._onset, self._confirmed)
        if press is not Press.OTHER:
            event.stop()
            event.prevent_default()
            self._follow(press)
        elif event.key not in OTHER_KEYS:
            self._hint_keys()

    def _follow(self, press: Press) -> None:
        """Show what a key came to."""
        study = self.run_in_progress.study
        if press is Press.ANSWERED:
            self._acknowledge()
        elif press is Press.COMPLETED and self._timer is None:
            self._message.hint(sentence(study, "completed", response=self._answers.rating))
        elif press is Press.COMPLETED:
            self._scale.chosen = self._answers.rating
        elif press is Press.RETRACTED:
            self._show_again()
        elif press is Press.FAILED and self._answers.failure is not None:
            self._stop_timer()
            self._onset, self._scale.chosen = None, self._answers.rating
            reason = error_sentence(study, self._answers.failure)
            self._message.fail(sentence(study, "save_failed", reason=reason))

    def _acknowledge(self) -> None:
        """The answer is on disk: show which it is, and go on."""
        self._onset = None
        if self._blank_s:
            self._scale.chosen = self._answers.rating
            self._timer = self.set_timer(FLASH_S, self._blank)
        else:
            self._go_on()

    def _hint_keys(self) -> None:
        """Which keys are ratings, to somebody who pressed another one while a pair is up, and not before."""
        if self.is_mounted and self._timer is None and not self.unsaved and not self._too_small:
            self._message.hint(scale_sentence(self.run_in_progress.study, "which_keys"))

    # ------------------------------------------------------------------ keys

    def action_back(self) -> None:
        if self.ready and self.run_in_progress.back():
            self._answers.interruptions = 0
            self._show()

    def action_keep(self) -> None:
        if self.unsaved:
            with saying_when_slow(self.app, self.run_in_progress.study, self._message):
                press = self._answers.try_again()
            if press is Press.FAILED:
                self._follow(press)
            else:
                self._message.ask()
                self._acknowledge()
        elif self.ready and self.run_in_progress.keep():
            self._answers.interruptions = 0
            self._go_on()
        else:
            self._hint_keys()

    def action_keys(self) -> None:
        self._onset = None
        self.app.push_screen(KeysScreen(self.run_in_progress.study), lambda _: self._show_again())

    def action_leave(self) -> None:
        self._onset = None
        self.app.push_screen(LeaveScreen(self.run_in_progress), self._leave_or_stay)

    def _leave_or_stay(self, leave: bool | None) -> None:
        if leave:
            self.dismiss(False)
        else:
            self._show_again()

    def _show_again(self) -> None:
        """Show the pair anew after something covered it: its rt counts from now, and the trial says so."""
        self._answers.cover()
        if self.unsaved:
            return
        if self.run_in_progress.finished:
            self.dismiss(True)
        else:
            self.call_after_refresh(self._show)

    def _come_back(self, _: App[Any]) -> None:
        """After Ctrl+Z and fg. A dialog on top shows the pair again itself, and so does a blank that is under way."""
        if self.is_current and self.ready:
            self._onset = None
            self._pair.blank()
            self._show_again()

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
