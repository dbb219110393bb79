"""JobScreen: does one analysis job after another in a thread, and shows how far it is, or why there is no result."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

from textual.containers import Vertical
from textual.widget import Widget
from textual.widgets import ContentSwitcher, ProgressBar, Static
from textual.worker import Worker, get_current_worker

from simtui.tui.analysis.jobs import AnalysisJob, JobDone, JobProgress, carry_out
from simtui.tui.screens import BaseScreen


def waiting() -> Iterator[Widget]:
    """What a ContentSwitcher shows while there is no result: `working` and `sentence`."""
    yield Vertical(
        Static("", id="doing", markup=False),
        ProgressBar(show_eta=False),
        Static("Esc stops the work", classes="faint", markup=False),
        id="working",
    )
    yield Vertical(
        Static("", id="fault", markup=False),
        Static("Enter tries again   k another checkpoint   q leaves", classes="faint", markup=False),
        id="sentence",
    )


class JobScreen(BaseScreen[None]):
    """Has one ContentSwitcher on top, with `waiting` and the parts that show results."""

    def __init__(self, job: AnalysisJob) -> None:
        super().__init__()
        self._job = job
        self._worker: Worker[None] | None = None
        self._done: JobDone | None = None

    @property
    def part(self) -> str:
        """What is shown: working, sentence, or a part with a result."""
        return self.query_one(ContentSwitcher).current or ""

    def _turn_to(self, part: str) -> None:
        self.query_one(ContentSwitcher).current = part
        self.refresh_bindings()

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
        return self.part == "working"

    def on_job_progress(self, news: JobProgress) -> None:
        if news.job is not self._job or (self._done is not None and news.job.similarities is not None):
            return
        if not self.working:
            self._turn_to("working")
        self.query_one("#doing", Static).update(news.words)
        bar = self.query_one(ProgressBar)
        bar.update(total=None if news.share is None else 1.0, progress=news.share or 0.0)

    def _say(self, sentence: str) -> None:
        self.query_one("#fault", Static).update(sentence)
        self._turn_to("sentence")
