"""The work behind the analysis screen, done in threads: it touches no widget and says everything in messages."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from textual.message import Message

from simtui.analysis.report import DEFAULT, Settings
from simtui.analysis.results import Report
from simtui.errors import SimtuiError, printable, require_installed
from simtui.study.model import Study

if TYPE_CHECKING:
    from simtui.analysis.ratings import Ratings
    from simtui.analysis.similarities import Similarities
    from simtui.network.net import Net

Gradient = NDArray[np.float64]
"""Of the cosine, with respect to the left and to the right image, (2, 28, 28)."""


@dataclass(frozen=True, slots=True)
class AnalysisJob:
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


class JobMessage(Message):
    """Something from a job."""

    def __init__(self, job: AnalysisJob) -> None:
        super().__init__()
        self.job = job


class JobProgress(JobMessage):
    """How far a job is. share: 0 to 1, or None where that cannot be said."""

    def __init__(self, job: AnalysisJob, words: str, share: float | None = None) -> None:
        super().__init__(job)
        self.words = words
        self.share = share

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, JobProgress)


class JobDone(JobMessage):
    """A job is done. ratings: everybody's, whoever was chosen."""

    def __init__(self, job: AnalysisJob, report: Report, ratings: Ratings, similarities: Similarities) -> None:
        super().__init__(job)
        self.report = report
        self.ratings = ratings
        self.similarities = similarities


class NobodyRated(JobMessage):
    """The network has run, and nobody's ratings can be used. why: in a sentence."""

    def __init__(self, job: AnalysisJob, why: str, similarities: Similarities) -> None:
        super().__init__(job)
        self.why = why
        self.similarities = similarities


class JobFailed(JobMessage):
    """A job cannot be done. sentence: why, and what to do."""

    def __init__(self, job: AnalysisJob, sentence: str) -> None:
        super().__init__(job)
        self.sentence = sentence


class _Cancelled(Exception):  # noqa: N818  it is no error
    """Nobody waits for this job any more."""


def carry_out(job: AnalysisJob, post: Callable[[Message], object], cancelled: Callable[[], bool]) -> None:
    """Do a job in the thread that calls; everything that comes of it, faults included, is posted."""

    def tell(words: str, share: float | None = None) -> None:
        if cancelled():
            raise _Cancelled
        post(JobProgress(job, words, share))

    try:
        post(_result(job, tell))
    except _Cancelled:
        return
    except SimtuiError as fault:
        post(JobFailed(job, str(fault)))
    except ImportError as fault:
        # Installed and yet not to be had: torch and torchvision of different builds, a library of another machine.
        post(JobFailed(job, f"The analysis cannot start, because an import fails: {fault}. Install the extra again."))


def _result(job: AnalysisJob, tell: Callable[..., None]) -> JobDone | NobodyRated:
    tell("Reading the sessions")
    how, why = job.settings, ""
    ratings = None
    try:
        ratings = _ratings(job)
    except SimtuiError as fault:
        why = str(fault)
    require_installed("The analysis")
    similarities = job.similarities
    if similarities is None:
        tell("Loading the network")
        from simtui.analysis import similarity_cache

        similarities = similarity_cache.similarities(
            job.study,
            job.checkpoint,
            centre=how.centre,
            keep=how.cache,
            on_progress=lambda done, total, _="", /: tell("Running the network", done / total),
        )
    if ratings is None:
        return NobodyRated(job, why, similarities)
    ratings = ratings.excluding(how.rules)
    chosen = ratings.only(job.participants & set(ratings.participants)) if job.participants else ratings
    tell("Computing the statistics", 1.0)
    from simtui.analysis.report import build

    report = build(job.study, chosen, similarities, seed=how.seed, zscore=how.zscore)
    return JobDone(job, report, ratings, similarities)


def _ratings(job: AnalysisJob) -> Ratings:
    """Everybody's. Raises SimtuiError where nobody's can be used."""
    if not any(path.exists() for path in job.sessions):
        raise SimtuiError(f"There are no ratings of {printable(job.study.title or job.study.id)} yet: rate it first.")
    from simtui.analysis.ratings import collect

    return collect(job.study, job.sessions, replace(job.settings.choice, simulated=job.simulated))


# ---------------------------------------------------------------- which strokes make a pair alike to a layer


@dataclass(frozen=True, slots=True)
class SaliencyRequest:
    """One pair in one layer of one checkpoint (its file's sha256). centred: as the network sees centred copies."""

    sha256: str
    layer: str
    left: str
    right: str
    centred: bool = False


class SaliencyAnswer(Message):
    """An answer. gradient: None where it cannot be had, for the reason in `sentence`."""

    def __init__(self, wanted: SaliencyRequest, gradient: Gradient | None, sentence: str = "") -> None:
        super().__init__()
        self.wanted = wanted
        self.gradient = gradient
        self.sentence = sentence


@dataclass
class SaliencyWorker:
    """Answers for one study; its nets stay loaded. For any thread, one at a time."""

    study: Study
    _nets: dict[str, Net] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, wanted: SaliencyRequest, checkpoint: Path | None, post: Callable[[Message], object]) -> None:
        """Compute and post one answer. checkpoint: the file whose sha256 is wanted; None for simtui's own."""
        try:
            with self._lock:
                gradient = self._gradient(wanted, checkpoint)
        except SimtuiError as fault:
            post(SaliencyAnswer(wanted, None, str(fault)))
            return
        if np.isfinite(gradient).all():
            post(SaliencyAnswer(wanted, gradient))
        else:
            name = printable(wanted.layer)
            reason = f"An image of this pair leaves {name} wholly at zero: it has no cosine there."
            post(SaliencyAnswer(wanted, None, reason))

    def _gradient(self, wanted: SaliencyRequest, checkpoint: Path | None) -> Gradient:
        from simtui.network.saliency import saliency

        pair = self.study.pixels((wanted.left, wanted.right))
        net = self._net(wanted.sha256, checkpoint)
        if not wanted.centred:
            plain: Gradient = saliency(net, pair[:1], pair[1:], wanted.layer)[0]
            return plain
        from simtui.analysis.shape import centred, moved_back

        grey = pair.astype(np.float64)
        seen = centred(grey).astype(np.float32)
        return moved_back(saliency(net, seen[:1], seen[1:], wanted.layer)[0], grey)

    def _net(self, sha256: str, checkpoint: Path | None) -> Net:
        from simtui.network import checkpoint as checkpoints
        from simtui.network import container

        if sha256 not in self._nets:
            found = checkpoints.load(checkpoint or container.default_checkpoint())
            if found.sha256 != sha256:
                raise SimtuiError(f"{printable(found.path)} has changed since the analysis: choose it again with k.")
            self._nets[sha256] = found.net
        return self._nets[sha256]
