"""AnalysisScreen: how well the network explains the people, and pair by pair where it does not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import ContentSwitcher, Footer, ProgressBar, Static
from textual.worker import Worker, get_current_worker

from simtui.analysis.report import DEFAULT, Settings
from simtui.analysis.results import Report
from simtui.guides.numbers import of_section
from simtui.reporting import notes
from simtui.study.model import Study
from simtui.terminal.detection import Terminal
from simtui.tui.analysis.checkpoint import CheckpointScreen, Choice
from simtui.tui.analysis.headline import Headline
from simtui.tui.analysis.jobs import (
    AnalysisJob,
    JobDone,
    JobFailed,
    JobProgress,
    SaliencyWorker,
    carry_out,
)
from simtui.tui.analysis.layer_strip import LAYER_KEYS
from simtui.tui.analysis.notes import NotesScreen
from simtui.tui.analysis.people_panel import Checklist
from simtui.tui.analysis.results import Results
from simtui.tui.analysis.tabs import TABS
from simtui.tui.dialogs import HelpScreen
from simtui.tui.screens import BaseScreen
from simtui.tui.widgets.steady_footer import SteadyFooter

ROOMY = 80
"""Columns below which everything moves closer together."""


class AnalysisScreen(BaseScreen[None]):
    """Shows one Report. The network runs once a checkpoint, in a thread; layers and pairs are then at hand at once.

    sessions: files and folders of session files. checkpoint: None for simtui's own. participants: whose ratings
    count at first; empty for everybody's. settings: how to analyse.
    """

    CSS_PATH = "screen.tcss"
    HORIZONTAL_BREAKPOINTS = [(0, "-cramped"), (ROOMY, "-narrow"), (112, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (24, "-short"), (30, "-tall")]
    AUTO_FOCUS = ""  # until there is a result nothing can be walked, and Enter tries again
    BINDING_GROUP_TITLE = "Analysis"
    BINDINGS = [
        *(
            Binding(key, f"layer('{layer}')", layer, show=False, group=Binding.Group("Layer"))
            for key, layer in LAYER_KEYS.items()
        ),
        *(
            Binding(tab.key, f"tab('{name}')", tab.label, show=False, group=Binding.Group("Tab"))
            for name, tab in TABS.items()
        ),
        Binding("v", "strokes", "Strokes"),
        Binding("n", "notes", "Notes"),
        Binding("k", "checkpoint", "Checkpoint"),
        Binding("t", "app.toggle_theme", "Theme", show=False),
        Binding("question_mark", "keys", "Keys"),
        Binding("escape", "up", "Up one level", show=False),
        Binding("q", "leave", "Leave"),
        Binding("enter", "try_again", "Try again, where there is no result", show=False),
    ]

    # The widgets that gain and lose the focus paint themselves; Textual would paint the whole screen, too.
    focused: reactive[Widget | None] = reactive(None, repaint=False)

    report: reactive[Report | None] = reactive(None, repaint=False)
    """What is shown; None while there is nothing, and while nobody is chosen."""

    participants: reactive[tuple[str, ...]] = reactive((), repaint=False)
    """Everybody with usable ratings."""

    checked: reactive[tuple[str, ...]] = reactive((), repaint=False)
    """Those whose ratings count."""

    def __init__(
        self,
        study: Study,
        sessions: Sequence[Path],
        terminal: Terminal,
        checkpoint: Path | None = None,
        participants: Collection[str] = (),
        simulated: bool = False,
        settings: Settings = DEFAULT,
    ) -> None:
        super().__init__()
        self._study = study
        self._terminal = terminal
        self._job = AnalysisJob(
            0, study, tuple(sessions), checkpoint, frozenset(participants), simulated=simulated, settings=settings
        )
        self._worker: Worker[None] | None = None
        self._done: JobDone | None = None
        self._saliency = SaliencyWorker(study)

    # ------------------------------------------------------------------ what is on the screen

    def compose(self) -> ComposeResult:
        yield Headline(self._study).data_bind(AnalysisScreen.report)
        with ContentSwitcher(initial="working"):
            with Vertical(id="working"):
                yield Static("", id="doing", markup=False)
                yield ProgressBar(show_eta=False)
                yield Static("Esc stops the work", classes="faint", markup=False)
            with Vertical(id="sentence"):
                yield Static("", id="fault", markup=False)
                yield Static("Enter tries again   k another checkpoint   q leaves", classes="faint", markup=False)
            yield Results(self._study, self._terminal, self._job.settings.layer).data_bind(
                AnalysisScreen.report, AnalysisScreen.participants, AnalysisScreen.checked
            )
        yield SteadyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        self._start(self._job)

    def on_resize(self, event: events.Resize) -> None:
        self.query_one(Footer).compact = event.size.width < ROOMY

    def _turn_to(self, part: str) -> None:
        """working, sentence or results."""
        self.query_one(ContentSwitcher).current = part
        self.refresh_bindings()

    # ------------------------------------------------------------------ the work

    def _start(self, job: AnalysisJob) -> None:
        """Leave whatever is being done and do this instead."""
        self._cancel()
        self._job = job
        self._worker = self.run_worker(partial(self._work, job), thread=True, group="analysis")

    def _work(self, job: AnalysisJob) -> None:
        worker = get_current_worker()
        carry_out(job, self.post_message, lambda: worker.is_cancelled)

    def _cancel(self) -> None:
        if self._worker is not None:
            self._worker.cancel()

    def _next_job(self, checkpoint: Path | None, participants: Collection[str]) -> AnalysisJob:
        """The same study with other choices; the network need not run again for other people."""
        same = self._done is not None and checkpoint == self._done.job.checkpoint
        similarities = self._done.similarities if same and self._done is not None else None
        number = self._job.number + 1
        return replace(
            self._job,
            number=number,
            checkpoint=checkpoint,
            participants=frozenset(participants),
            similarities=similarities,
        )

    @property
    def working(self) -> bool:
        """Whether the screen waits for the network (not for the statistics alone, which are fast)."""
        return self.query_one(ContentSwitcher).current == "working"

    def on_job_progress(self, news: JobProgress) -> None:
        if news.job is not self._job or (self._done is not None and news.job.similarities is not None):
            return
        if not self.working:
            self._turn_to("working")
        self.query_one("#doing", Static).update(news.words)
        bar = self.query_one(ProgressBar)
        bar.update(total=None if news.share is None else 1.0, progress=news.share or 0.0)

    def on_job_failed(self, news: JobFailed) -> None:
        """Without a result the sentence is all there is to show; with one it must not be lost."""
        if news.job is not self._job:
            return
        if self._done is None:
            self._say(news.sentence)
            return
        self._back_to(self._done)
        if self.is_current and news.job.checkpoint != self._job.checkpoint:
            # Where another can be chosen at once.
            self._ask_for_checkpoint(news.job.checkpoint, news.sentence)
        else:
            self.notify(news.sentence, severity="error", timeout=10, markup=False)

    def on_job_done(self, news: JobDone) -> None:
        if news.job is not self._job:
            return
        first = self._done is None
        self._done = news
        self._back_to(news)
        if first:
            self.call_after_refresh(self.query_one(Results).focus_tab)

    def _back_to(self, done: JobDone) -> None:
        self._job = done.job
        self.participants, self.checked = done.ratings.participants, done.report.participants
        self.report = done.report
        self._turn_to("results")

    def _say(self, sentence: str) -> None:
        self.query_one("#fault", Static).update(sentence)
        self._turn_to("sentence")

    @on(Checklist.Changed)
    def _choose_people(self, event: Checklist.Changed) -> None:
        self.checked = event.checked
        if event.checked:
            self._start(self._next_job(self._job.checkpoint, event.checked))
        else:
            self._cancel()
            self._job = self._next_job(self._job.checkpoint, ())
            self.report = None

    @on(Results.SaliencyWanted)
    def _trace(self, event: Results.SaliencyWanted) -> None:
        done = self._done
        if done is not None and done.report.checkpoint.sha256 == event.wanted.sha256:
            work = partial(self._saliency.answer, event.wanted, done.job.checkpoint, event.results.post_message)
            self.run_worker(work, thread=True, group="strokes")

    # ------------------------------------------------------------------ keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a report is not there before the first one, and greyed out while nobody is chosen."""
        if action not in ("layer", "tab", "strokes") or not self.is_mounted:
            return True
        if self._done is None:
            return False
        if action == "tab":
            return True
        if action == "strokes":
            return True if self.report is not None else None
        return True if self.report is not None and parameters[0] in self.report.layers else None

    def action_layer(self, layer: str) -> None:
        self.query_one(Results).shown_layer = layer

    def action_tab(self, name: str) -> None:
        self.query_one(Results).turn_to(name)

    def action_try_again(self) -> None:
        if self.query_one(ContentSwitcher).current == "sentence":
            self._start(self._next_job(self._job.checkpoint, self._job.participants))

    def action_strokes(self) -> None:
        self.query_one(Results).toggle_strokes()

    def action_notes(self) -> None:
        self.app.push_screen(NotesScreen(notes.find(self._job.sessions, self._study.id) or self._notes_place()))

    def _notes_place(self) -> Path:
        """Beside the sessions, where `simtui report` looks for them."""
        first = self._job.sessions[0]
        return notes.place(first.parent if first.is_file() else first, self._study.id)

    def action_checkpoint(self) -> None:
        self._ask_for_checkpoint()

    def _ask_for_checkpoint(self, refused: Path | None = None, fault: str = "") -> None:
        self.app.push_screen(CheckpointScreen(self._job.checkpoint, refused, fault), self._take_checkpoint)

    def _take_checkpoint(self, choice: Choice | None) -> None:
        if choice is not None:
            self._start(self._next_job(choice.path, self._job.participants))

    def action_keys(self) -> None:
        """Of the tab that is open, and of all of them, and what its numbers and those of the summary mean."""
        tab = TABS[self.query_one(Results).open_tab]
        numbers = [(entry.name, entry.told) for entry in of_section(tab.name.capitalize(), "Summary")]
        self.app.push_screen(HelpScreen(tab.label, (*tab.places, AnalysisScreen, type(self.app)), numbers))

    def action_up(self) -> None:
        """One level up, and never out: while the network runs this only stops it; what was there before comes back."""
        if self.working:
            self._stop()
        elif self.query_one(ContentSwitcher).current != "results" or not self.query_one(Results).go_up():
            self.notify("q leaves the analysis.", timeout=2, markup=False)

    def action_leave(self) -> None:
        self._cancel()
        self.dismiss(None)

    def _stop(self) -> None:
        self._cancel()
        if self._done is not None:
            self._back_to(self._done)
        else:
            self._job = self._next_job(self._job.checkpoint, self._job.participants)
            self._say("The work was stopped before there was a result.")
