"""How much faster two processes compute than one, and what Dask costs: `python -m tests.benchmarks.engines`.

All are measured in one run, in turns, with batches of about a second; ratios of wall-clock times.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Any

import click
import numpy as np
from distributed import Client, LocalCluster

from simtui.simulation import batches, cluster, engines
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


def job(rounds: int, count: int) -> Job:
    return Job(
        kind="benchmark",
        work="tests.benchmarks.engines:busy",
        parameters={"rounds": rounds},
        seed=1,
        count=count,
        size=1,
    )


def seconds(engine: Engine, work: Job, wanted: Sequence[int]) -> float:
    """The time that all batches take, the start of the processes included."""
    started = time.perf_counter()
    for _ in engine(work, wanted):
        pass
    return time.perf_counter() - started


@click.command()
@click.option("--batches", "count", default=12, show_default=True)
@click.option("--repeats", default=3, show_default=True)
def main(count: int, repeats: int) -> None:
    """Print the ratios."""
    rounds = 1
    while True:
        start = time.perf_counter()
        batches.run(job(rounds, 1), 0)
        took = time.perf_counter() - start
        if took > 0.25:
            break
        rounds *= 2
    rounds = max(1, round(rounds / took))
    work = job(rounds, count)
    with LocalCluster(n_workers=1, threads_per_worker=1, dashboard_address=None) as here, Client(here) as client:
        address = client.scheduler.address
        ways: dict[str, Engine] = {
            "one process": engines.here,
            "two processes": lambda work, wanted: engines.in_processes(work, wanted, 2),
            "Dask, one worker": lambda work, wanted: cluster.on_cluster(work, wanted, address, 1),
        }
        times: dict[str, list[float]] = {name: [] for name in ways}
        for repeat in range(repeats):
            for name, engine in ways.items():
                # Another seed each time: Dask would give again what it has.
                fresh = Job(**{f: getattr(work, f) for f in work.__struct_fields__} | {"seed": repeat + 1})
                times[name].append(seconds(engine, fresh, range(count)))
    one = median(times["one process"])
    click.echo(f"{count} batches of {one / count:.2f} s, median of {repeats}")
    click.echo(f"speed-up of two processes, their start included: {one / median(times['two processes']):.2f}")
    click.echo(f"overhead of Dask with one worker: {median(times['Dask, one worker']) / one - 1:+.1%}")


if __name__ == "__main__":
    main()
