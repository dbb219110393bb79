"""Engines: who computes the batches of a job: this process, some processes of this machine, or a Dask cluster."""

from __future__ import annotations

import contextlib
import multiprocessing.context
import multiprocessing.process
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simtui.errors import SimtuiError, require_installed
from simtui.progress import Progress, untold
from simtui.simulation import batches
from simtui.simulation.batches import WHOLE, BatchFile, Job, Part

Engine = Callable[[Job, Sequence[int]], Iterator[tuple[int, Any]]]
"""Computes these batches of a job and gives each with what has come of it, in whatever order they are finished."""

_WAITING = 2
"""Batches for each process: one under way, one ready for when it is done."""

_DEATHS = 3
"""A batch with which so many processes have died is the reason."""


@dataclass(frozen=True, slots=True)
class How:
    """How a job is computed, as the options say.

    workers: processes of this machine. scheduler: the address of a Dask scheduler, or "local"; None for none. part:
    what is computed of it. out: the file of finished batches; None for none.
    """

    workers: int = 1
    scheduler: str | None = None
    part: Part = WHOLE
    out: Path | None = None

    def engine(self) -> Engine:
        """Who computes. Raises SimtuiError where Dask is not installed."""
        if self.scheduler is not None:
            require_installed("--scheduler", ("distributed",), extra="cluster")
            from simtui.simulation.cluster import on_cluster

            scheduler, workers = self.scheduler, self.workers
            return lambda job, wanted: on_cluster(job, wanted, scheduler, workers)
        if self.workers > 1:
            return lambda job, wanted: in_processes(job, wanted, self.workers)
        return here


ALONE = How()
"""In this process, all of it, kept nowhere."""


def compute(job: Job, how: How = ALONE, on_progress: Progress = untold) -> list[Any]:
    """What comes of every batch of the part, in their order; what is on disk already is not computed again.

    Raises SimtuiError where a batch fails, naming it, or the file cannot be used; finished batches stay in it.
    """
    kept = None if how.out is None else BatchFile(how.out, job)
    done = {} if kept is None else kept.done
    wanted = how.part.batches(job)
    try:
        missing = [batch for batch in wanted if batch not in done]
        on_progress(len(wanted) - len(missing), len(wanted))
        if missing:
            with contextlib.closing(how.engine()(job, missing)) as finished:  # type: ignore[type-var]  # generators
                for count, (batch, result) in enumerate(finished, start=len(wanted) - len(missing) + 1):
                    if kept is None:
                        done[batch] = result
                    else:
                        kept.add(batch, result)
                    on_progress(count, len(wanted))
    finally:
        if kept is not None:
            kept.close()
    return [done[batch] for batch in wanted]


def here(job: Job, wanted: Sequence[int]) -> Iterator[tuple[int, Any]]:
    """One after the other, in this process."""
    for batch in wanted:
        yield batch, batches.run(job, batch)


def in_processes(job: Job, wanted: Sequence[int], workers: int) -> Iterator[tuple[int, Any]]:
    """Some at once, in processes that are started anew and end with this one; a process that dies is replaced."""
    waiting = list(reversed(wanted))
    deaths: dict[int, int] = {}
    while waiting:
        # With those with which a process died each in a pool of its own, it is known which of them was the reason.
        alone = [batch for batch in waiting if deaths.get(batch, 0) > 0]
        at_once = alone[-1:] or waiting
        waiting = [batch for batch in waiting if batch not in set(at_once)]
        yield from _pooled(job, at_once, 1 if alone else workers, waiting, deaths)


class _Spawn(multiprocessing.context.SpawnContext):
    """Starts processes anew, and knows its own: others of this program (a notebook's, Dask's) are left alone."""

    def __init__(self) -> None:
        self.started: list[multiprocessing.process.BaseProcess] = []

    def Process(self, *arguments: Any, **named: Any) -> multiprocessing.process.BaseProcess:  # type: ignore[override]  # noqa: N802
        process = super().Process(*arguments, **named)
        self.started.append(process)
        return process


def _pooled(
    job: Job, todo: list[int], workers: int, again: list[int], deaths: dict[int, int]
) -> Iterator[tuple[int, Any]]:
    """todo: emptied from its end. again: takes the batches that are to be tried again, as a process died."""
    context = _Spawn()
    pool = ProcessPoolExecutor(min(workers, len(todo)), context, initializer=_begin)
    running: dict[Future[Any], int] = {}
    try:
        while todo or running:
            while todo and len(running) < _WAITING * workers:
                batch = todo.pop()
                running[pool.submit(batches.run, job, batch)] = batch
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                batch = running.pop(future)
                try:
                    yield batch, future.result()
                except BrokenProcessPool:
                    running[future] = batch
                    raise
    except BrokenProcessPool:
        suspects = list(running.values())
        for batch in suspects:
            deaths[batch] = deaths.get(batch, 0) + 1
            if len(suspects) == 1 and deaths[batch] >= _DEATHS:
                raise SimtuiError(died(job, batch)) from None
        again.extend([*todo, *suspects])
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in context.started:
            process.kill()
            process.join()


def died(job: Job, batch: int) -> str:
    """The sentence for a batch with which every process dies."""
    indices = job.indices(batch)
    return (
        f"Every process that computes batch {batch} of this {job.kind} (numbers {indices.start} to {indices.stop - 1}) "
        "dies, perhaps for want of memory: what is finished is kept where --out was given."
    )


def _begin() -> None:
    """Ctrl+C is for who asks; and where nobody is left to ask, the process ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def follow() -> None:
        if parent is not None:
            parent.join()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
