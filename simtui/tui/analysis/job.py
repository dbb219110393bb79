"""The work behind the analysis screen, done in a thread: it touches no widget and says everything in messages."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.message import Message

from simtui.analysis.report import DEFAULT, Settings
from simtui.analysis.results import Report
from simtui.errors import SimtuiError, printable, require_installed
from simtui.study.model import Study

if TYPE_CHECKING:
    from simtui.analysis.ratings import Ratings
    from simtui.analysis.similarities import Similarities


@dataclass(frozen=True, slots=True)
class Job:
    """What to analyse. number: of the job, so that news of an abandoned one are told from those of its successor.

    checkpoint: None for simtui's own. participants: whose ratings count; empty for everybody's.
    similarities: of the checkpoint where it has run already; the network is then not touched.
    simulated: whether simulated sessions are used too. settings: how to analyse.
    """

    number: int
    study: Study
    sessions: tuple[Path, ...]
    checkpoint: Path | None
    participants: frozenset[str] = frozenset()
    similarities: Similarities | None = None
    simulated: bool = False
    settings: Settings = DEFAULT


class News(Message):
    """Something from a job."""

    def __init__(self, job: Job) -> None:
        super().__init__()
        self.job = job


class Progress(News):
    """How far a job is. share: 0 to 1, or None where that cannot be said."""

    def __init__(self, job: Job, words: str, share: float | None = None) -> None:
        super().__init__(job)
        self.words = words
        self.share = share

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Progress)


class Done(News):
    """A job is done. ratings: everybody's, whoever was chosen."""

    def __init__(self, job: Job, report: Report, ratings: Ratings, similarities: Similarities) -> None:
        super().__init__(job)
        self.report = report
        self.ratings = ratings
        self.similarities = similarities


class Failed(News):
    """A job cannot be done. sentence: why, and what to do."""

    def __init__(self, job: Job, sentence: str) -> None:
        super().__init__(job)
        self.sentence = sentence


class _Cancelled(Exception):  # noqa: N818  it is no error
    """Nobody waits for this job any more."""


def carry_out(job: Job, post: Callable[[Message], object], cancelled: Callable[[], bool]) -> None:
    """Do a job in the thread that calls; everything that comes of it, faults included, is posted."""

    def tell(words: str, share: float | None = None) -> None:
        if cancelled():
            raise _Cancelled
        post(Progress(job, words, share))

    try:
        post(_result(job, tell))
    except _Cancelled:
        return
    except SimtuiError as fault:
        post(Failed(job, str(fault)))
    except ImportError as fault:
        # Installed and yet not to be had: torch and torchvision of different builds, a library of another machine.
        post(Failed(job, f"The analysis cannot start, because an import fails: {fault}. Install the extra again."))


def _result(job: Job, tell: Callable[..., None]) -> Done:
    tell("Reading the sessions")
    if not any(path.exists() for path in job.sessions):
        raise SimtuiError(f"There are no ratings of {printable(job.study.title or job.study.id)} yet: rate it first.")
    from simtui.analysis.ratings import collect

    how = job.settings
    ratings = collect(job.study, job.sessions, include_simulated=job.simulated).excluding(how.rules)
    chosen = ratings.only(job.participants & set(ratings.participants)) if job.participants else ratings
    require_installed("The analysis")
    similarities = job.similarities
    if similarities is None:
        tell("Loading the network")
        from simtui.analysis.similarities import compute_similarities

        similarities = compute_similarities(
            job.study,
            job.checkpoint,
            centre=how.centre,
            on_progress=lambda done, total, _="", /: tell("Running the network", done / total),
        )
    tell("Computing the statistics", 1.0)
    from simtui.analysis.report import build

    report = build(job.study, chosen, similarities, seed=how.seed, zscore=how.zscore)
    return Done(job, report, ratings, similarities)
