"""Batches on a Dask cluster: any scheduler that distributed can reach, or one made on this machine."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

import dask
from distributed import Client, LocalCluster, as_completed
from distributed.scheduler import KilledWorker

from simtui.errors import SimtuiError, printable
from simtui.simulation import batches
from simtui.simulation.batches import Job
from simtui.simulation.engines import died

CONNECT_S = 10
"""How long a scheduler may take to answer."""


def on_this_machine(workers: int) -> LocalCluster:
    """A scheduler and so many worker processes, which end with it."""
    # Dask has its workers give memory back after every array, for data that fill it: batches took 1.4 times as long.
    one_thread = dict.fromkeys(("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"), 1)
    with dask.config.set({"distributed.nanny.pre-spawn-environ": one_thread}):
        return LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None, silence_logs=50)


def on_cluster(job: Job, wanted: Sequence[int], scheduler: str, workers: int) -> Iterator[tuple[int, Any]]:
    """As the engines of this machine. scheduler: an address such as tcp://node1:8786, or "local" for `workers`
    processes here. Dask replaces workers that die, and gives up a batch that has cost it four.

    Raises SimtuiError where no scheduler answers, or a batch fails.
    """
    with contextlib.ExitStack() as stack:
        address: str | LocalCluster = scheduler
        if scheduler == "local":
            address = stack.enter_context(on_this_machine(workers))
        try:
            client = stack.enter_context(Client(address, timeout=CONNECT_S, set_as_default=False))
        except (OSError, ValueError) as error:
            raise SimtuiError(
                f"No Dask scheduler answers at {printable(scheduler, 200)} ({printable(error, 100)}): start one with "
                "`dask scheduler`, and give its address."
            ) from None
        # Each future by name: the same job a second time takes what is there still.
        futures = {
            client.submit(batches.run, job, batch, key=f"simtui-{job.digest[:16]}-{batch}", pure=False): batch
            for batch in wanted
        }
        try:
            for future in as_completed(list(futures), loop=client.loop):
                try:
                    result = future.result()
                except KilledWorker:
                    raise SimtuiError(died(job, futures[future])) from None
                yield futures[future], result
        finally:
            client.cancel(list(futures), force=True)
