"""How often the analysis claims what is not there, and how often its intervals hold the truth: by simulation.

`python -m tests.benchmarks.coverage` writes COVERAGE.md beside this file; `--studies 100` is a quick look. All is drawn
anew in every study: pairs, and people with a slope, an offset and noise of their own.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from simtui.analysis.correlation import fisher_ci, mean_rating, pearson
from simtui.analysis.layer_differences import DigitTable, over_digits
from simtui.analysis.mean_squares import pooled
from simtui.analysis.mixed import mixed
from simtui.analysis.resampling import independent_units

Vector = NDArray[np.float64]

PAIRS, PEOPLE = (10, 20, 40, 60), (2, 3, 5, 10, 20)
OWN_SLOPES, OF_PAIRS, NOISE = 0.5, 1.0, 1.2
"""Standard deviations of people's slopes, of pairs at equal similarity, and of single ratings."""

Study = Callable[[np.random.Generator, int, int], float]
"""1 where what is counted happened in a study of so many pairs and people, 0 where not, NaN where it had no test."""


def draw(rng: np.random.Generator, n: int, k: int, slope: float) -> tuple[Vector, Vector]:
    """Similarity (n,), and ratings (k, n), which rise by `slope` with it on average over all people there are."""
    x = rng.standard_normal(n)
    slopes = slope + OWN_SLOPES * rng.standard_normal((k, 1))
    ratings = slopes * x + OF_PAIRS * rng.standard_normal(n) + rng.standard_normal((k, 1))
    return x, ratings + NOISE * rng.standard_normal((k, n))


def false_by_mixed(rng: np.random.Generator, n: int, k: int) -> float:
    p = mixed(*draw(rng, n, k, 0.0)).p
    return float("nan") if p is None else float(p < 0.05)


def false_by_mixed_of_incomplete(rng: np.random.Generator, n: int, k: int) -> float:
    x, ratings = draw(rng, n, k, 0.0)
    ratings[rng.random(ratings.shape) < 0.3] = np.nan
    p = mixed(x, ratings).p
    return float("nan") if p is None else float(p < 0.05)


def false_by_fisher(rng: np.random.Generator, n: int, k: int) -> float:
    x, ratings = draw(rng, n, k, 0.0)
    r = pearson(x, mean_rating(ratings))
    ends = None if r is None else fisher_ci(r, n)
    return float("nan") if ends is None else float(ends[0] > 0 or ends[1] < 0)


def slope_covered(rng: np.random.Generator, n: int, k: int) -> float:
    x, ratings = draw(rng, n, k, 0.5)
    ends = mixed(x, ratings).ci
    # The slope is per standard deviation of the similarity over these very pairs.
    return float("nan") if ends is None else float(ends[0] <= 0.5 * x.std() <= ends[1])


def r_covered(rng: np.random.Generator, n: int, k: int) -> float:
    """r of the mean of k people over all pairs there are."""
    ends = mixed(*draw(rng, n, k, 0.5)).ci_r
    spread = 0.25 + OF_PAIRS**2 + (OWN_SLOPES**2 + NOISE**2) / k
    return float("nan") if ends is None else float(ends[0] <= 0.5 / np.sqrt(spread) <= ends[1])


def reliability_covered(rng: np.random.Generator, n: int, k: int) -> float:
    squares = pooled([OF_PAIRS * rng.standard_normal(n) + NOISE * rng.standard_normal((k, n))])
    ends = None if squares is None else squares.icc_ck_interval
    truth = OF_PAIRS**2 / (OF_PAIRS**2 + NOISE**2 / k)
    return float("nan") if ends is None else float(ends[0] <= truth <= ends[1])


def false_among_four_layers(rng: np.random.Generator, n: int, k: int) -> float:
    x, ratings = draw(rng, n, k, 0.5)
    layers = x + rng.standard_normal((5, n))
    table = DigitTable(layers, ratings, independent_units(n))
    found = over_digits([table], ["a", "b", "c", "d", "pixels"], "pixels", seed=int(rng.integers(1 << 30)))
    return float(any(gap.p_family is not None and gap.p_family < 0.05 for gap in found.differences))


TABLES: tuple[tuple[str, str, Study, float], ...] = (
    ("Type I error for new people and pairs: the mixed model (A)", "wanted: .03 to .06", false_by_mixed, 1.0),
    ("The same with 30 % of the ratings missing (REML)", "wanted: .03 to .06", false_by_mixed_of_incomplete, 0.2),
    ("The same read from Fisher's interval, which takes people as they are", "wanted: no claim", false_by_fisher, 1.0),
    ("Coverage of the mixed model's interval of the slope", "wanted: .95", slope_covered, 1.0),
    ("Coverage of its interval on the scale of r", "wanted: .95", r_covered, 1.0),
    ("Coverage of the interval of ICC(C,k) (C)", "wanted: .95", reliability_covered, 1.0),
    (
        "Any false difference among four layers from pixels, one digit (E)",
        "wanted: to .05",
        false_among_four_layers,
        0.2,
    ),
)
"""Title, what is wanted, the study, and the share of all studies that are simulated of it: some cost more."""


def table(study: Study, studies: int, seed: int) -> Iterator[str]:
    yield "| pairs | " + " | ".join(f"{k} people" for k in PEOPLE) + " |"
    yield "|---|" + "---|" * len(PEOPLE)
    for n in PAIRS:
        cells = []
        for k in PEOPLE:
            rng = np.random.default_rng([seed, n, k])
            found = np.array([study(rng, n, k) for _ in range(studies)])
            cells.append(f"{np.nanmean(found):.3f}" if np.isfinite(found).any() else "–")
        yield f"| {n} | {' | '.join(cells)} |"


@click.command()
@click.option("--studies", type=click.IntRange(20), default=1000, show_default=True, help="Simulated studies a cell.")
def main(studies: int) -> None:
    """Write COVERAGE.md."""
    start = time.perf_counter()
    lines = [
        "# Coverage",
        "",
        f"By `python -m tests.benchmarks.coverage --studies {studies}`; 95 % intervals, p < .05.",
        "",
    ]
    lines += [
        f"People's own slopes have a standard deviation of {OWN_SLOPES}, pairs of equal similarity {OF_PAIRS}, single "
        f"ratings {NOISE}; the slope is 0.5 where there is one.",
    ]
    for i, (title, wanted, study, share) in enumerate(TABLES):
        count = max(20, int(studies * share))
        click.echo(title, err=True)
        lines += ["", f"## {title}", "", f"{count} studies a cell; {wanted}.", "", *table(study, count, i)]
    lines += ["", f"Took {time.perf_counter() - start:.0f} s."]
    (Path(__file__).parent / "COVERAGE.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
