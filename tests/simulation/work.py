"""Work for the tests of the engines, to be found by processes of their own."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simtui.simulation.batches import Job, generator


def draws(parameters: Mapping[str, Any], indices: range, seed: int) -> list[float]:
    """One number for each index."""
    return [float(parameters["scale"] * generator(seed, index).standard_normal()) for index in indices]


def dies_once(parameters: Mapping[str, Any], indices: range, seed: int) -> list[float]:
    """The first process that comes to index 3 is killed."""
    mark = Path(parameters["mark"])
    if 3 in indices and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return draws(parameters, indices, seed)


def dies_always(parameters: Mapping[str, Any], indices: range, seed: int) -> list[float]:
    """Every process that comes to index 3 is killed."""
    if 3 in indices:
        os.kill(os.getpid(), signal.SIGKILL)
    return draws(parameters, indices, seed)


def takes_long(parameters: Mapping[str, Any], indices: range, seed: int) -> list[float]:
    """Says which process it is in, and stays there."""
    (Path(parameters["folder"]) / str(os.getpid())).touch()
    while True:
        time.sleep(60)


def job(work: str = "draws", **parameters: Any) -> Job:
    return Job(
        kind="test",
        work=f"tests.simulation.work:{work}",
        parameters={"scale": 2.0} | parameters,
        seed=7,
        count=11,
        size=2,
    )
