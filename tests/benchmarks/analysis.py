"""How fast the analysis is: `python -m tests.benchmarks.analysis [name ...]`.

Each line is a ratio of two ways to do the same, timed in turns in one run (other, ours, other, ours, …) so that both
see the same machine; the ratio is the median of the paired ratios. The homework's way is a loop of
scipy.spatial.distance.cosine over the pairs; where that takes minutes, part of it is timed and scaled up.
"""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
import numpy as np
import torch
from scipy.spatial.distance import cosine

from simtui.analysis.ratings import collect
from simtui.network.cosines import cosine_matrix, pair_cosines
from simtui.network.net import to_input, untrained
from simtui.network.similarity import activations, pair_similarities
from simtui.session.model import Session
from simtui.session.pool import Choice
from simtui.study import file as study_file
from tests.benchmarks.size import make
from tests.builders import complete_run, small_study
from tests.terminal_session import TerminalSession

HOMEWORK_LAYERS = ("fc", "conv2", "conv1")


@dataclass(frozen=True, slots=True)
class Result:
    """other_ms, ours_ms: medians, of the whole job. ratio: median of the pairs. goal: what the ratio must reach.

    smaller: the ratio is ours / other and must not be above the goal; else other / ours and not below it.
    """

    name: str
    other_ms: float
    ours_ms: float
    ratio: float
    goal: float
    smaller: bool = False

    @property
    def reached(self) -> bool:
        return self.ratio <= self.goal if self.smaller else self.ratio >= self.goal


def paired(
    name: str,
    other: Callable[[], object],
    ours: Callable[[], object],
    goal: float,
    *,
    scale: float = 1.0,
    smaller: bool = False,
    repeats: int = 7,
) -> Result:
    """Both ways in turns, after one of each to warm up; `scale`: how many times `other` would be done."""
    other()
    ours()
    times = [(scale * _ms(other), _ms(ours)) for _ in range(repeats)]
    ratios = [mine / theirs if smaller else theirs / mine for theirs, mine in times]
    first, second = (statistics.median(column) for column in zip(*times, strict=True))
    return Result(name, first, second, statistics.median(ratios), goal, smaller)


def _ms(function: Callable[[], object]) -> float:
    start = time.perf_counter()
    function()
    return 1000 * (time.perf_counter() - start)


def similarities() -> list[Result]:
    """Cosines of pairs whose activations are there, and all pairs of one class."""
    rng = np.random.default_rng(0)
    results = []
    for layer, units, pairs, looped, goal in (
        ("fc", 50, 100_000, 2_000, 100),
        ("conv2", 1_280, 5_000, 1_000, 8),
        ("conv1", 5_760, 2_000, 500, 2),
    ):
        a, b = (np.maximum(rng.normal(size=(pairs, units)), 0).astype(np.float32) for _ in range(2))
        results.append(
            paired(
                f"{pairs:,} pairs, {layer}",
                partial(_homework_loop, a, b, looped),
                partial(pair_cosines, a, b),
                goal,
                scale=pairs / looped,
            )
        )
    images = np.maximum(rng.normal(size=(1_000, 50)), 0).astype(np.float32)
    every = 1_000 * 999 // 2
    results.append(
        paired(
            f"all {every:,} pairs of 1,000 images, fc",
            partial(_homework_loop, images[:-1], images[1:], 999),
            lambda: cosine_matrix(images),
            1_000,
            scale=every / 999,
        )
    )
    return results


def _homework_loop(a: np.ndarray, b: np.ndarray, n: int) -> np.ndarray:
    """What the homework does with two layers' activations, for the first n pairs."""
    found = np.zeros(n)
    for i in range(n):
        found[i] = 1 - cosine(a[i, :], b[i, :])
    return found


def end_to_end() -> list[Result]:
    """20 pairs, all three layers: the homework's function called for each, with its two forward passes and its loop."""
    net = untrained(0)
    left, right = _noise(20, 1), _noise(20, 2)

    def homework() -> None:
        for layer in HOMEWORK_LAYERS:
            first, second = (getattr(net(to_input(images)), layer) for images in (left, right))
            a, b = (found.data.numpy().reshape(20, -1) for found in (first, second))
            for i in range(20):
                1 - cosine(a[i], b[i])

    return [
        paired(
            "20 pairs, three layers, with the network",
            homework,
            lambda: pair_similarities(net, left, right, HOMEWORK_LAYERS),
            4,
            repeats=31,
        )
    ]


def forward() -> list[Result]:
    """10,000 images with the activations of all layers, against a plain forward of batches of 1,000 with gradients."""
    net, images = untrained(0), _noise(10_000, 3)

    def plain() -> None:
        for start in range(0, 10_000, 1_000):
            net(to_input(images[start : start + 1_000]))

    return [
        paired(
            "10,000 images, all layers (ours / plain)",
            plain,
            lambda: activations(net, images, ("fc", "pool2", "conv2", "conv1")),
            0.7,
            smaller=True,
        )
    ]


def analyze() -> list[Result]:
    """The whole command on 20 pairs, of a study seen the first time and again, against the imports of torch and scipy.

    The screen: until it shows r, of a study seen before.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        study = small_study(pairs=20)
        study_file.save(study, folder / "study.json")
        rng = np.random.default_rng(1)
        for person in ("P1", "P2"):
            given = {pair.id: int(rating) for pair, rating in zip(study.pairs, rng.integers(1, 11, 20), strict=True)}
            complete_run(study, folder / "sessions", person, given)
        command = [sys.executable, "-m", "simtui", "analyze", str(folder / "study.json"), str(folder / "sessions")]
        # Compiled before, as what pip installs is: torch's modules are.
        compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
        known = {"XDG_CACHE_HOME": str(folder / "cache"), **compiled}

        def imports() -> None:
            subprocess.run([sys.executable, "-c", "import torch, scipy.stats"], check=True, env=os.environ | compiled)

        def ours(*options: str) -> None:
            subprocess.run([*command, *options], check=True, stdout=subprocess.DEVNULL, env=os.environ | known)

        def first() -> None:
            shutil.rmtree(folder / "cache", ignore_errors=True)
            ours()

        def screen() -> None:
            with TerminalSession([*command, "--screen"], cwd=folder, environment=known) as seen:
                seen.wait_for("20 pairs", 60)

        return [
            paired("simtui analyze, first (ours / imports)", imports, first, 1.25, smaller=True),
            paired("simtui analyze, again (ours / imports)", imports, ours, 0.35, smaller=True),
            paired("simtui analyze --screen, again", imports, screen, 0.5, smaller=True),
        ]


def reading() -> list[Result]:
    """10,000 session files of 20 trials, against decoding their bytes, which are in memory already."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make(folder, 10_000, 20)
        study, sessions = study_file.load(folder / "study.json"), folder / "sessions"
        data = [path.read_bytes() for path in (sessions / study.id).glob("*.json")]
        decoder = msgspec.json.Decoder(Session)
        return [
            paired(
                "10,000 session files (ours / msgspec)",
                lambda: [decoder.decode(each) for each in data],
                lambda: collect(study, [sessions], Choice(simulated=True)),
                2.0,
                smaller=True,
                repeats=5,
            )
        ]


def _noise(n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, 28, 28), dtype=np.uint8)


BENCHMARKS: dict[str, Callable[[], list[Result]]] = {
    function.__name__: function for function in (similarities, end_to_end, forward, analyze, reading)
}


def main(names: Sequence[str]) -> int:
    """Print the table; 1 where a goal is missed."""
    print(f"numpy {np.__version__}, torch {torch.__version__}, {torch.get_num_threads()} threads")
    missed = 0
    for name in names or BENCHMARKS:
        for result in BENCHMARKS[name]():
            sign = "≤" if result.smaller else "≥"
            verdict = "" if result.reached else "  MISSED"
            missed += not result.reached
            print(
                f"{result.name:45} {result.other_ms:12,.1f} ms {result.ours_ms:10,.1f} ms "
                f"{result.ratio:9,.2f} × (goal {sign} {result.goal:g}){verdict}",
                flush=True,
            )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
