"""Size: what large studies cost in processor time and memory, and that it grows in proportion to people and to pairs.

    python -m tests.benchmarks.size [--quick]

Every number is of a whole command, a process of its own. A line is fitted to the times of four sizes, each twice the
one before; the exponent of time over what the smallest study takes, 1 where cost is linear, is given beside its slope.
"""

from __future__ import annotations

import math
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from simtui.session import file as session_file
from simtui.simulation.population import recruit
from simtui.simulation.sessions import participant_ids, simulate
from simtui.study import file as study_file
from simtui.study.sampling import sample_study
from tests.builders import noise_images, saved

PEOPLE, PAIRS = 5_000, 2_000
GOALS = {"people": (12.0, 800.0), "pairs": (12.0, math.inf)}
"""Seconds of processor time and MB of `analyze --json`, of the largest study."""


@dataclass(frozen=True, slots=True)
class Cost:
    """seconds: of processor time, the system's included. megabytes: at the most."""

    seconds: float
    megabytes: float


def cost(folder: Path, *arguments: str) -> Cost:
    """What one command takes in a folder."""
    command = [sys.executable, "-m", "simtui", *arguments]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{arguments} ended with {process.returncode}")
    return Cost(used.ru_utime + used.ru_stime, _megabytes(used))


def _megabytes(used: resource.struct_rusage) -> float:
    return used.ru_maxrss / (1024 if sys.platform == "linux" else 1024**2)


def make(folder: Path, people: int, pairs: int) -> None:
    """A study and the sessions of people who do not exist."""
    study = sample_study(noise_images(2 * pairs, classes=(8,)), digits=[8], pairs=pairs, seed=1)
    saved(study, folder)
    study = study_file.load(folder / "study.json")
    population = recruit(study, "pixels", None, r=None, reliability=0.4, lapses=0.02, seed=1)
    place = folder / "sessions" / study.id
    place.mkdir(parents=True)
    for participant in participant_ids(people):
        (place / f"{participant}_run-1.json").write_bytes(session_file.encode(simulate(population, participant)))


COMMANDS = {
    "analyze": ("analyze", "study.json", "--simulated", "--json", "--no-cache"),
    "status": ("status", "study.json"),
    "validate": ("validate", "sessions", "study.json"),
}


def measure(what: str, sizes: Sequence[tuple[int, int]]) -> bool:
    """Print the costs of studies of these (people, pairs); whether the goals are reached."""
    costs: dict[str, list[Cost]] = {name: [] for name in COMMANDS}
    for people, pairs in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            make(folder, people, pairs)
            for command, arguments in COMMANDS.items():
                costs[command].append(cost(folder, *arguments))
        told = "  ".join(f"{c} {found[-1].seconds:6.2f} s {found[-1].megabytes:5.0f} MB" for c, found in costs.items())
        print(f"{people:6,} people × {pairs:5,} pairs: {told}", flush=True)
    n = np.array([size[0 if what == "people" else 1] for size in sizes], dtype=float)
    for command, found in costs.items():
        seconds = np.array([each.seconds for each in found])
        slope, start = np.polyfit(n, seconds, 1)
        above = np.maximum(seconds - max(start, 0.0), 1e-3)
        exponent = np.polyfit(np.log(n), np.log(above), 1)[0] if start < seconds[0] else math.nan
        print(f"  {command}: {start:.2f} s + {1e3 * slope:.2f} ms for each of the {what}; exponent {exponent:.2f}")
    seconds_goal, megabytes_goal = GOALS[what]
    last = costs["analyze"][-1]
    reached = last.seconds < seconds_goal and last.megabytes < megabytes_goal
    print(f"  goal of analyze: under {seconds_goal:g} s, {megabytes_goal:g} MB: {'reached' if reached else 'MISSED'}")
    return reached


def main(arguments: Sequence[str]) -> int:
    """Both rows of sizes; 1 where a goal is missed. --quick: a tenth of the sizes, and no goal."""
    share = 10 if "--quick" in arguments else 1
    people = measure("people", [(PEOPLE // share // 2**i, 50) for i in (3, 2, 1, 0)])
    pairs = measure("pairs", [(10, PAIRS // share // 2**i) for i in (3, 2, 1, 0)])
    return 0 if share > 1 or (people and pairs) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
