"""How fast the resampling is: `python -m tests.benchmarks.resampling`.

10,000 bootstrap and permutation resamples of r at 30 pairs, against a Python loop of scipy calls (timed on
500 and scaled up) and against scipy's own vectorised forms, medians of one run on one machine.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from functools import partial

import numpy as np
from scipy import stats

from simtui.analysis import resampling
from tests.analysis.data import agreement_of

PAIRS, RATERS, RESAMPLES, LOOPED = 30, 7, 10_000, 500


def median_ms(function: Callable[[], object], repeats: int = 7) -> float:
    """Median wall time of one call, ms, after one to warm up."""
    function()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        times.append(1000 * (time.perf_counter() - start))
    return statistics.median(times)


def rows_r(x: np.ndarray, y: np.ndarray, axis: int = -1) -> np.ndarray:
    """The vectorised statistic that a user of scipy would write."""
    x = x - x.mean(axis=axis, keepdims=True)
    y = y - y.mean(axis=axis, keepdims=True)
    r: np.ndarray = (x * y).sum(axis=axis) / np.sqrt((x * x).sum(axis=axis) * (y * y).sum(axis=axis))
    return r


def measure() -> list[tuple[str, float]]:
    """What was timed, and its median in ms."""
    rng = np.random.default_rng(0)
    layer = rng.normal(size=PAIRS)
    ratings = np.clip(np.round(5 + 2 * (layer + rng.normal(size=(RATERS, PAIRS)))), 1, 10)
    human, layers = ratings.mean(axis=0), layer[None, :]
    units = resampling.independent_units(PAIRS)

    def loop_bootstrap() -> None:
        for _ in range(LOOPED):
            drawn = rng.integers(0, PAIRS, PAIRS)
            stats.pearsonr(layer[drawn], human[drawn])

    def loop_crossed() -> None:
        for _ in range(LOOPED):
            drawn, raters = rng.integers(0, PAIRS, PAIRS), rng.integers(0, RATERS, RATERS)
            stats.pearsonr(layer[drawn], ratings[raters][:, drawn].mean(axis=0))

    def loop_permutation() -> None:
        for _ in range(LOOPED):
            stats.pearsonr(layer, rng.permutation(human))

    scipy_bootstrap = partial(
        stats.bootstrap, (layer, human), rows_r, paired=True, vectorized=True, n_resamples=RESAMPLES, rng=rng
    )
    scipy_permutation = partial(
        stats.permutation_test,
        (human,),
        lambda y, axis: rows_r(layer, y, axis),
        permutation_type="pairings",
        vectorized=True,
        n_resamples=RESAMPLES,
        rng=rng,
    )

    def bca() -> None:
        boot = resampling.bootstrap(layers, human, units, rng, RESAMPLES)[:, 0]
        jackknife = resampling.weighted_r(
            units.leave_one_out(), resampling.standardised(layers), resampling.standardised(human)
        )
        resampling.bca_interval(boot, float(rows_r(layer, human)), jackknife[:, 0])

    scale = RESAMPLES / LOOPED
    four = {str(i): layer + rng.normal(size=PAIRS) for i in range(4)}
    return [
        ("bootstrap, loop of scipy.stats.pearsonr", scale * median_ms(loop_bootstrap, 3)),
        ("bootstrap, scipy.stats.bootstrap, percentile", median_ms(partial(scipy_bootstrap, method="percentile"))),
        ("bootstrap, scipy.stats.bootstrap, BCa", median_ms(partial(scipy_bootstrap, method="BCa"))),
        ("bootstrap, simtui", median_ms(lambda: resampling.bootstrap(layers, human, units, rng, RESAMPLES))),
        ("bootstrap, simtui, with BCa", median_ms(bca)),
        ("permutation, loop of scipy.stats.pearsonr", scale * median_ms(loop_permutation, 3)),
        ("permutation, scipy.stats.permutation_test", median_ms(scipy_permutation)),
        ("permutation, simtui", median_ms(lambda: resampling.permutation_p(layers, human, rng, RESAMPLES))),
        ("pairs and raters, loop of scipy.stats.pearsonr", scale * median_ms(loop_crossed, 3)),
        (
            "pairs and raters, simtui",
            median_ms(lambda: resampling.crossed_bootstrap(layers, ratings, units, (rng, rng), RESAMPLES)),
        ),
        ("agreement of 4 layers, everything, default resamples", median_ms(lambda: agreement_of(four, ratings))),
    ]


def main() -> None:
    """Print the table, with how many times as long as simtui each other way takes."""
    found = measure()
    ours = dict(found)
    print(f"{RESAMPLES:,} resamples of r, {PAIRS} pairs, {RATERS} raters; numpy {np.__version__}")
    for name, ms in found:
        kind = name.split(",")[0]
        best = ours.get(f"{kind}, simtui")
        ratio = f"{ms / best:8.1f} ×" if best is not None else ""
        print(f"{name:55} {ms:10.2f} ms {ratio}")


if __name__ == "__main__":
    main()
