"""AnalysisScreen: how well the network explains the people, and pair by pair where it does not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import ContentSwitcher, DataTable, Footer

from simtui.analysis.report import DEFAULT, Settings
from simtui.analysis.results import Report
from simtui.guides.numbers import of_section
from simtui.reporting import notes
from simtui.storage import remembered
from simtui.study.model import Study
from simtui.terminal.detection import Terminal
from simtui.tui.analysis import files
from simtui.tui.analysis.checkpoint import CheckpointScreen, Choice
from simtui.tui.analysis.headline import Headline
from simtui.tui.analysis.job_screen import JobScreen, waiting
from simtui.tui.analysis.jobs import (
    AnalysisJob,
    JobDone,
    JobFailed,
    NobodyRated,
    SaliencyWorker,
)
from simtui.tui.analysis.layer_strip import LAYER_KEYS, LayerStrip
from simtui.tui.analysis.notes import NotesScreen
from simtui.tui.analysis.pair_choice import PairChoice
from simtui.tui.analysis.people_panel import Checklist
from simtui.tui.analysis.results import Results
from simtui.tui.analysis.tabs import TABS
from simtui.tui.analysis.unrated import Unrated
from simtui.tui.dialogs import HelpScreen
from simtui.tui.widgets.steady_footer import SteadyFooter

if TYPE_CHECKING:
    from simtui.analysis.similarities import Similarities

ROOMY = 80
"""Columns below which everything moves closer together."""


class AnalysisScreen(JobScreen):
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
        Binding("h", "report", "Report"),
        Binding("i", "plot", "Plot"),
        Binding("k", "checkpoint", "Checkpoint"),
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

    similarities: reactive[Similarities | None] = reactive(None, repaint=False, always_update=True)
    """Of the network, where nobody's ratings can be used; `why` says why not."""

    why: reactive[str] = reactive("", repaint=False)

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
        chosen = frozenset(participants)
        super().__init__(
            AnalysisJob(0, study, tuple(sessions), checkpoint, chosen, simulated=simulated, settings=settings)
        )
        self._study = study
        self._terminal = terminal
        self._remembering: AnalysisJob | None = None
        self._saliency = SaliencyWorker(study)

    # ------------------------------------------------------------------ what is on the screen

    def compose(self) -> ComposeResult:
        yield Headline(self._study).data_bind(AnalysisScreen.report)
        with ContentSwitcher(initial="working"):
            yield from waiting()
            yield Results(self._study, self._terminal, self._job.settings.layer).data_bind(
                AnalysisScreen.report, AnalysisScreen.participants, AnalysisScreen.checked
            )
            yield Unrated(self._study, self._terminal, self._job.settings.layer).data_bind(
                AnalysisScreen.similarities, AnalysisScreen.why
            )
        yield SteadyFooter(show_command_palette=False)

    def on_mount(self) -> None:
        self._start(self._job)

    def on_resize(self, event: events.Resize) -> None:
        self.query_one(Footer).compact = event.size.width < ROOMY

    # ------------------------------------------------------------------ the work

    def on_job_failed(self, news: JobFailed) -> None:
        """Without a result the sentence is all there is to show; with one it must not be lost."""
        if news.job is not self._job:
            return
        if self._done is not None:
            self._back_to(self._done)
        elif self.similarities is not None:
            self._turn_to("unrated")
        else:
            self._say(news.sentence)
            return
        if self.is_current and (self._done is None or news.job.checkpoint != self._job.checkpoint):
            # Where another can be chosen at once.
            self._ask_for_checkpoint(news.job.checkpoint, news.sentence)
        else:
            self.notify(news.sentence, severity="error", timeout=10, markup=False)

    def on_job_done(self, news: JobDone) -> None:
        if news.job is not self._job:
            return
        first = self._done is None
        if news.job is self._remembering:
            chosen = news.job.checkpoint
            remembered.keep(checkpoint=None if chosen is None else str(chosen.resolve()))
        self._done = news
        self._back_to(news)
        if first:
            self.call_after_refresh(self.query_one(Results).focus_tab)

    def on_nobody_rated(self, news: NobodyRated) -> None:
        if news.job is not self._job:
            return
        self.why, self.similarities = news.why, news.similarities
        self._turn_to("unrated")
        self.query_one(Unrated).focus_table()

    def _back_to(self, done: JobDone) -> None:
        self._job = done.job
        self.participants, self.checked = done.ratings.participants, done.report.participants
        self.report = done.report
        self._turn_to("results")

    @on(DataTable.RowSelected, "#unrated DataTable")
    def _read_again(self) -> None:
        self.action_try_again()

    @on(Checklist.Changed)
    def _choose_people(self, event: Checklist.Changed) -> None:
        self.checked = event.checked
        if event.checked:
            self._start(self._next_job(self._job.checkpoint, event.checked))
        else:
            self._cancel()
            self._job = self._next_job(self._job.checkpoint, ())
            self.report = None

    @on(PairChoice.SaliencyWanted)
    def _trace(self, event: PairChoice.SaliencyWanted) -> None:
        """With the checkpoint of the job whose news are shown; the worker refuses a file that is another by now."""
        job = self._done.job if self._done is not None else self._job
        work = partial(self._saliency.answer, event.wanted, job.checkpoint, event.asker.post_message)
        self.run_worker(work, thread=True, group="strokes")

    # ------------------------------------------------------------------ files

    def action_report(self) -> None:
        done, report, layer = self._done, self.report, self._pairs().shown_layer
        if done is not None and report is not None:
            ratings, own_words = done.ratings.only(report.participants), notes.find(self._job.sessions, self._study.id)
            files.write(self, partial(files.write_report, self._study, report, ratings, layer, own_words))

    def action_plot(self) -> None:
        report, layer = self.report, self._pairs().shown_layer
        if report is not None:
            files.write(self, partial(files.write_plot, self._study, report, layer))

    # ------------------------------------------------------------------ keys

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What needs a report is not there before the first one, and greyed out while nobody is chosen."""
        if action not in ("layer", "tab", "strokes", "report", "plot") or not self.is_mounted:
            return True
        if self.part == "unrated":
            return action == "strokes" or (action == "layer" and parameters[0] in self.query_one(Unrated).layers)
        if self._done is None:
            return False
        if action == "tab":
            return True
        if action != "layer":
            return True if self.report is not None else None
        return True if self.report is not None and parameters[0] in self.report.layers else None

    def _pairs(self) -> PairChoice:
        return self.query_one(Unrated if self.part == "unrated" else Results)

    def action_layer(self, layer: str) -> None:
        self._pairs().shown_layer = layer

    @on(LayerStrip.Chosen)
    def _choose_clicked_layer(self, event: LayerStrip.Chosen) -> None:
        self._pairs().shown_layer = event.layer

    def action_tab(self, name: str) -> None:
        self.query_one(Results).turn_to(name)

    def action_try_again(self) -> None:
        if self.part in ("sentence", "unrated"):
            self._start(self._next_job(self._job.checkpoint, self._job.participants))

    def action_strokes(self) -> None:
        self._pairs().toggle_strokes()

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
            self._remembering = self._job

    def action_keys(self) -> None:
        """Of the tab that is open, and of all of them, and what its numbers and those of the summary mean."""
        tab = TABS[self.query_one(Results).open_tab]
        title, places = (tab.label, tab.places) if self.part == "results" else ("Analysis", ())
        sections = (tab.name.capitalize(), "Summary") if self.part == "results" else ()
        numbers = [(entry.name, entry.told) for entry in of_section(*sections)]
        self.app.push_screen(HelpScreen(title, (*places, AnalysisScreen, type(self.app)), numbers))

    def action_up(self) -> None:
        """One level up, and never out: while the network runs this only stops it; what was there before comes back."""
        if self.working:
            self._stop()
        elif self.part != "results" or not self.query_one(Results).go_up():
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
