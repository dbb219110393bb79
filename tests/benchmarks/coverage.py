"""How often the analysis claims what is not there, and how often its intervals hold the truth: by simulation.

`python -m tests.benchmarks.coverage --workers 2` writes COVERAGE.md beside this file; `--studies 100` is a quick look.
All is drawn anew in every study: pairs, and people with a slope, an offset and noise of their own.
"""

from __future__ import annotations

import itertools
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import numpy as np
from numpy.typing import NDArray

from simtui.analysis import layer_differences, resampling
from simtui.analysis.correlation import fisher_ci, mean_rating, pearson, pearson_rows
from simtui.analysis.layer_differences import DigitTable, over_digits
from simtui.analysis.layer_results import ForNew, Interval
from simtui.analysis.mean_squares import pooled
from simtui.analysis.mixed import mixed
from simtui.analysis.new_people import for_new, own_r
from simtui.analysis.rdm import Complete, mantel_p
from simtui.analysis.resampling import independent_units
from simtui.commands.engine_options import engine_options, part_done
from simtui.commands.progress_bar import progress_bar
from simtui.reporting.conclusion import LEVEL, LEVEL_OF_TWO
from simtui.simulation.batches import Job
from simtui.simulation.engines import compute

if TYPE_CHECKING:
    from simtui.simulation.engines import How

Vector = NDArray[np.float64]

PAIRS, PEOPLE = (10, 20, 40, 60), (2, 3, 5, 10, 20)
OWN_SLOPES, OF_PAIRS, NOISE = 0.5, 1.0, 1.2
"""Standard deviations of people's slopes, of pairs at equal similarity, and of single ratings."""

RESAMPLES = 499
"""An analysis draws more, so that its numbers repeat; how often it claims does not hang on that."""

Study = Callable[[np.random.Generator, int, int], float]
"""1 where what is counted happened in a study of so many pairs and people, 0 where not, NaN where it had no test."""


def draw(rng: np.random.Generator, n: int, k: int, slope: float) -> tuple[Vector, Vector]:
    """Similarity (n,), and ratings (k, n), which rise by `slope` with it on average over all people there are."""
    x = rng.standard_normal(n)
    slopes = slope + OWN_SLOPES * rng.standard_normal((k, 1))
    ratings = slopes * x + OF_PAIRS * rng.standard_normal(n) + rng.standard_normal((k, 1))
    return x, ratings + NOISE * rng.standard_normal((k, n))


def below(p: float | None, level: float = LEVEL) -> float:
    return float("nan") if p is None else float(p < level)


def claimed(p: float | None, ends: Interval | None, k: int) -> float:
    """As `reporting.conclusion` says that a layer predicts people."""
    return float(ends is not None and ends[0] > 0 and p is not None and p < (LEVEL_OF_TWO if k == 2 else LEVEL))


def false_by_mixed(rng: np.random.Generator, n: int, k: int) -> float:
    return below(mixed(*draw(rng, n, k, 0.0)).p)


def false_predicts(rng: np.random.Generator, n: int, k: int) -> float:
    found = mixed(*draw(rng, n, k, 0.0))
    return claimed(found.p, found.ci_r, k)


def true_predicts(rng: np.random.Generator, n: int, k: int) -> float:
    found = mixed(*draw(rng, n, k, 1.0))
    return claimed(found.p, found.ci_r, k)


def incomplete(rng: np.random.Generator, n: int, k: int) -> tuple[Vector, Vector]:
    x, ratings = draw(rng, n, k, 0.0)
    ratings[rng.random(ratings.shape) < 0.3] = np.nan
    return x, ratings


def false_by_mixed_of_incomplete(rng: np.random.Generator, n: int, k: int) -> float:
    return below(mixed(*incomplete(rng, n, k)).p)


def false_by_mixed_of_lists(rng: np.random.Generator, n: int, k: int) -> float:
    """Two lists, each rated by k people."""
    x, ratings = draw(rng, n, 2 * k, 0.0)
    ratings[:k, ::2] = np.nan
    ratings[k:, 1::2] = np.nan
    return below(mixed(x, ratings).p)


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
    table = DigitTable(x + rng.standard_normal((5, n)), ratings, independent_units(n))
    found = over_digits([table], ["a", "b", "c", "d", "pixels"], "pixels", seed=int(rng.integers(1 << 30)))
    return float(any(gap.p_family is not None and gap.p_family < LEVEL for gap in found.differences))


def _three_digits(rng: np.random.Generator, n: int, k: int) -> tuple[ForNew, Interval | None]:
    """Of three digits of n pairs, rated by the same k people, who have the same slope in all of them."""
    taste = OWN_SLOPES * rng.standard_normal((k, 1))
    digits = []
    for _ in range(3):
        x = rng.standard_normal(n)
        ratings = taste * x + OF_PAIRS * rng.standard_normal(n) + NOISE * rng.standard_normal((k, n))
        digits.append(DigitTable(x[None], ratings, independent_units(n)))
    found = over_digits(digits, ["fc"], "pixels", seed=int(rng.integers(1 << 30)))
    return found.for_new[0], found.ci_crossed[0]


def false_predicts_over_digits(rng: np.random.Generator, n: int, k: int) -> float:
    new, crossed = _three_digits(rng, n, k)
    return min(claimed(new.p, ends, k) for ends in (new.ci, crossed))


def false_by_crossed_over_digits(rng: np.random.Generator, n: int, k: int) -> float:
    _, crossed = _three_digits(rng, n, k)
    return float(crossed is not None and (crossed[0] > 0 or crossed[1] < 0))


def false_predicts_of_images(rng: np.random.Generator, n: int, k: int) -> float:
    """A complete design of n images."""
    pairs = [(str(a), str(b)) for a, b in itertools.combinations(range(n), 2)]
    design, units = Complete.of(pairs), independent_units(len(pairs), pairs)
    assert design is not None

    def near() -> Vector:
        where = rng.standard_normal((n, 2))
        gaps = np.linalg.norm(where[design.left] - where[design.right], axis=1)
        return np.asarray((gaps.mean() - gaps) / gaps.std())

    x = near()
    ratings = OWN_SLOPES * rng.standard_normal((k, 1)) * x + OF_PAIRS * near()
    ratings = ratings + NOISE * rng.standard_normal((k, len(pairs)))
    human = mean_rating(ratings)
    boot = resampling.bootstrap(x[None], human, units, rng, RESAMPLES)[:, 0]
    new = for_new(float(pearson_rows(x, human)), own_r(x, ratings), boot, n - 2, len(pairs))
    if not claimed(new.p, new.ci, k):
        return 0.0
    crossed = resampling.crossed_bootstrap(x[None], ratings, units, (rng, rng), RESAMPLES)[:, 0]
    test = mantel_p(design, human, x, seed=int(rng.integers(1 << 30)), n=RESAMPLES)
    return claimed(new.p, resampling.percentile_interval(crossed), k) * below(test)


IMAGES, SOME = (6, 8, 12), (20, 60)

TABLES: tuple[tuple[str, str, Study, tuple[int, ...]], ...] = (
    ("“fc predicts people”, falsely, of one digit", "wanted: to .06", false_predicts, PAIRS),
    ("The same of three digits of so many pairs each", "wanted: to .06", false_predicts_over_digits, PAIRS),
    ("The same of a complete design of so many images", "wanted: to .06", false_predicts_of_images, IMAGES),
    ("“fc predicts people”, rightly, of one digit (slope 1)", "the more the better", true_predicts, PAIRS),
    ("Type I error of the mixed model (A), two-sided", "wanted: .03 to .06", false_by_mixed, PAIRS),
    ("The same with 30 % of the ratings missing (REML)", "wanted: .03 to .06", false_by_mixed_of_incomplete, PAIRS),
    ("The same of two lists, so many people each (REML)", "wanted: .03 to .06", false_by_mixed_of_lists, SOME),
    ("The same read from Fisher's interval, which takes people as they are", "no claim", false_by_fisher, PAIRS),
    ("The same read from the crossed bootstrap over three digits", "no claim", false_by_crossed_over_digits, SOME),
    ("Coverage of the mixed model's interval of the slope", "wanted: .95", slope_covered, PAIRS),
    ("Coverage of its interval on the scale of r", "wanted: .95", r_covered, PAIRS),
    ("Coverage of the interval of ICC(C,k) (C)", "wanted: .95", reliability_covered, PAIRS),
    (
        "Any false difference of four layers from pixels, one digit (E)",
        "wanted: to .05",
        false_among_four_layers,
        PAIRS,
    ),
)
"""Title, what is wanted, the study, and the numbers of pairs or images."""

WORK = "tests.benchmarks.coverage"

Cell = tuple[int, int, int, int]
"""Table, pairs, people, studies."""


def work(told: Mapping[str, Any], indices: range, seed: int) -> float:
    """A batch is a cell."""
    return cell(tuple(told["asked"][indices.start]))


def cell(asked: Cell) -> float:
    """The share of studies; NaN where none had a test."""
    number, n, k, studies = asked
    layer_differences.N_RESAMPLES = RESAMPLES
    rng = np.random.default_rng([number, n, k])
    found = np.array([TABLES[number][2](rng, n, k) for _ in range(studies)])
    return float(np.nanmean(found)) if np.isfinite(found).any() else float("nan")


def table(shares: dict[tuple[int, int], float], sizes: tuple[int, ...], unit: str) -> Iterator[str]:
    yield f"| {unit} | " + " | ".join(f"{k} people" for k in PEOPLE) + " |"
    yield "|---|" + "---|" * len(PEOPLE)
    for n in sizes:
        shown = (f"{shares[n, k]:.3f}" if np.isfinite(shares[n, k]) else "–" for k in PEOPLE)
        yield f"| {n} | {' | '.join(shown)} |"


@click.command()
@click.option("--studies", type=click.IntRange(20), default=1000, show_default=True, help="Simulated studies a cell.")
@engine_options()
def main(how: How, studies: int) -> None:
    """Write COVERAGE.md."""
    # One thread a process: the matrices are small.
    os.environ["OMP_NUM_THREADS"] = "1"
    start = time.perf_counter()
    asked = [(i, n, k, studies) for i, (*_, sizes) in enumerate(TABLES) for n in sizes for k in PEOPLE]
    job = Job(kind="coverage", work=f"{WORK}:work", parameters={"asked": asked}, seed=0, count=len(asked), size=1)
    with progress_bar("Cells") as move:
        shares_found = compute(job, how, move)
    if how.part.of > 1:
        click.echo(part_done(how))
        return
    # A cell without a test is null in a file of batches.
    values = (float("nan") if share is None else share for share in shares_found)
    found = {cell[:3]: share for cell, share in zip(asked, values, strict=True)}
    seconds, spent = time.perf_counter() - start, os.times()
    error = 1.96 * np.sqrt(0.05 * 0.95 / studies)
    lines = [
        "# Coverage",
        "",
        f"By `python -m tests.benchmarks.coverage --studies {studies}` in {how.workers} processes, {seconds:.0f} s, "
        f"of the processor {spent.children_user + spent.children_system:.0f} s: "
        f"{studies} studies a cell; a share of .05 is exact to ±{error:.3f}.",
        "",
        f"People's own slopes have a standard deviation of {OWN_SLOPES}, pairs of equal similarity {OF_PAIRS}, single "
        f"ratings {NOISE}; the slope is 0.5 where there is one and no other is named. 95 % intervals, p < .05; of two "
        f"people a conclusion asks for p < {LEVEL_OF_TWO:g}.",
    ]
    for i, (title, wanted, _, sizes) in enumerate(TABLES):
        shares = {(n, k): found[i, n, k] for n in sizes for k in PEOPLE}
        unit = "images" if sizes is IMAGES else "pairs"
        lines += ["", f"## {title}", "", f"{wanted[0].upper()}{wanted[1:]}.", "", *table(shares, sizes, unit)]
    (Path(__file__).parent / "COVERAGE.md").write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
