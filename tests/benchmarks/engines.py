"""How much faster two processes compute than one, and what Dask costs: `python -m tests.benchmarks.engines`.

All are measured in one run, in turns, with batches of about a second; ratios of wall-clock times.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import partial
from statistics import median
from typing import Any

import click
import numpy as np

from simtui.simulation import batches, engines
from simtui.simulation.batches import Job, generator

Engine = Any


def busy(told: Mapping[str, Any], indices: range, seed: int) -> float:
    """About a second of one processor."""
    total = 0.0
    for index in indices:
        rng = generator(seed, index)
        for _ in range(told["rounds"]):
            total += float(np.sort(rng.standard_normal(20_000)).sum())
    return total


def job(rounds: int, count: int, seed: int = 0) -> Job:
    work = "tests.benchmarks.engines:busy"
    return Job(kind="benchmark", work=work, parameters={"rounds": rounds}, seed=seed, count=count, size=1)


def seconds(engine: Engine, work: Job) -> float:
    """The time that all batches take, the start of the processes included."""
    started = time.perf_counter()
    for _ in engine(work, range(work.count)):
        pass
    return time.perf_counter() - started


@click.command()
@click.option("--batches", "count", default=12, show_default=True)
@click.option("--repeats", default=3, show_default=True)
def main(count: int, repeats: int) -> None:
    """Print the ratios."""
    # Here: processes that are started anew import this module too, and Dask takes two seconds of that.
    from simtui.simulation import cluster

    rounds = 1
    while True:
        start = time.perf_counter()
        batches.run(job(rounds, 1), 0)
        took = time.perf_counter() - start
        if took > 0.25:
            break
        rounds *= 2
    rounds = max(1, round(rounds / took))
    times: dict[str, list[float]] = {"one": [], "two": [], "Dask": []}
    # Another seed each time: Dask would give again what it has.
    works = [job(rounds, count, repeat) for repeat in range(repeats)]
    for work in works:
        times["one"].append(seconds(engines.here, work))
        times["two"].append(seconds(partial(engines.in_processes, workers=2), work))
    # Last, and all at once: it changes the environment of whatever is started after it.
    with cluster.on_this_machine(2) as here:
        dask = partial(cluster.on_cluster, scheduler=here.scheduler_address, workers=2)
        seconds(dask, job(1, 4, repeats))  # imports what the workers need
        times["Dask"] = [seconds(dask, work) for work in works]
    one, two, cluster_time = (median(times[name]) for name in ("one", "two", "Dask"))
    click.echo(f"{count} batches of {one / count:.2f} s, median of {repeats}")
    click.echo(f"speed-up of two processes, their start included: {one / two:.2f}")
    click.echo(f"time of two Dask workers against those two processes: {cluster_time / two - 1:+.1%}")
    click.echo(f"time of two Dask workers against half of one process: {2 * cluster_time / one - 1:+.1%}")


if __name__ == "__main__":
    main()
