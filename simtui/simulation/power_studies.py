"""Simulated studies for power: what pairs and raters draw, and whether each study detects r."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct
from scipy import special

from simtui.errors import SimtuiError
from simtui.simulation import raters as formulas
from simtui.simulation.batches import Job, generator
from simtui.simulation.planned_tests import MIN_PAIRS, Table, Vector, p_for_new_people, p_of_difference, p_over_digits
from simtui.simulation.raters import Raters

LEVEL = 0.05
"""Two-sided."""

LEVEL_OF_TWO = 0.005
"""What the analysis asks for of two people in all (`reporting.conclusion`)."""

_AT_ONCE = 1 << 20
"""Ratings in a batch, which are in memory at a time."""


class PowerCell(Struct, frozen=True, kw_only=True):
    """What comes of so many pairs and raters.

    pairs: of each digit. raters: in all, over the lists. detected: share of the simulated studies in which the t test
    of r, which takes the raters as they are, has p < .05 (over several digits, that of their Fisher-z mean);
    detected_new: that of the mixed model, or over several digits of what people and pairs add to the variance of r, for
    new people and new pairs, null with fewer than two raters of a list; of two raters in all p < .005.
    detected_from_pixels: in which the layer and the raw pixels are told apart, for new people and new pairs; null where
    nothing is said of pixels. mean_r: of the layer with the mean rating; below the true r, as the mean of a few raters
    is not yet what all people share. ci_width: mean width of the 95 % interval (Fisher). Both null where no mean rating
    varies.
    """

    pairs: int
    raters: int
    detected: float
    mean_r: float | None
    ci_width: float | None
    detected_new: float | None = None
    detected_from_pixels: float | None = None


def power_job(
    people: Raters,
    settings: Sequence[tuple[float, int]],
    pairs: Sequence[int],
    raters: Sequence[int],
    *,
    simulations: int,
    seed: int = 0,
    digits: int = 1,
    r_pixels: float | None = None,
) -> Job:
    """The studies for every setting (r and number of lists), number of pairs and of raters.

    In every simulated study pairs and raters are drawn anew: similarity and latent similarity are bivariate normal with
    correlation r. The studies of smaller cells are parts of those of the largest, and study i has the same random
    numbers in every setting. The same raters rate all digits. r_pixels: correlation of the raw pixels' similarity with
    the latent one, in which alone it is like the layer's; None leaves it out. With lists, each rater rates every
    `lists`-th pair: a pair that nobody rates does not count. Raises ValueError for fewer than four pairs or no rater.
    """
    if min(pairs) < MIN_PAIRS or min(raters) < 1:
        raise ValueError("power needs at least four pairs and one rater")
    pairs, raters = sorted(set(pairs)), sorted(set(raters))
    size = max(1, min(simulations, _AT_ONCE // (digits * pairs[-1] * raters[-1])))
    # A batch is of one setting: the last of each is filled up with numbers of no study.
    padded = -(-simulations // size) * size
    told = {
        "people": asdict(people),
        "settings": [[r, lists] for r, lists in settings],
        "pairs": pairs,
        "raters": raters,
        "simulations": simulations,
        "padded": padded,
        "digits": digits,
        "r_pixels": r_pixels,
    }
    count = padded * len(settings)
    return Job(kind="power", work=f"{__name__}:studies", parameters=told, seed=seed, count=count, size=size)


def studies(told: Mapping[str, Any], indices: range, seed: int) -> list[list[list[float]]]:
    """A batch: for each number of pairs and of raters, the sums of `_sums` over its studies."""
    people, pairs, raters = Raters(**told["people"]), told["pairs"], told["raters"]
    setting, first = divmod(indices.start, told["padded"])
    r, lists = told["settings"][setting]
    numbers = range(first, min(first + len(indices), told["simulations"]))
    digits, most, r_pixels = told["digits"], pairs[-1], told["r_pixels"]
    similarity = np.empty((len(numbers), digits * most))
    pixels = np.empty_like(similarity)
    ratings = np.empty((len(numbers), raters[-1], digits * most))
    for place, number in enumerate(numbers):
        rng = generator(seed, number)
        similarity[place] = rng.standard_normal(digits * most)
        latent = r * similarity[place] + math.sqrt(1 - r * r) * rng.standard_normal(digits * most)
        ratings[place] = _ratings(people, latent[None], raters[-1], rng)[0]
        if r_pixels is not None:
            pixels[place] = r_pixels * latent + math.sqrt(1 - r_pixels**2) * rng.standard_normal(digits * most)
    found: list[list[list[float]]] = [[] for _ in pairs]
    for k in raters:
        level = LEVEL_OF_TWO if k == 2 else LEVEL
        for row, count in enumerate(pairs):
            own = [slice(digit * most, digit * most + count) for digit in range(digits)]
            tables = [Table.of(similarity[:, where], ratings[:, :k, where], lists) for where in own]
            if digits == 1:
                p_new = p_for_new_people(similarity[:, own[0]], ratings[:, :k, own[0]], lists)
            else:
                p_new = p_over_digits(tables)
            beside = None
            if r_pixels is not None:
                others = [Table.of(pixels[:, where], ratings[:, :k, where], lists) for where in own]
                beside = p_of_difference(tables, others)
            found[row].append(_sums(tables, p_new, beside, level))
    return found


def _ratings(people: Raters, latent: Vector, raters: int, rng: np.random.Generator) -> Vector:
    """What so many raters say of every pair, (studies, raters, pairs), around the middle of the scale."""
    studies, pairs = latent.shape
    noise = rng.standard_normal((studies, raters, pairs))
    style = formulas.draw_styles(people, (studies, raters, 1), rng)
    return formulas.lapse(people, formulas.rate(people, latent[:, None, :], noise, style), rng) - people.middle


def _sums(tables: Sequence[Table], p_new: Vector, beside: Vector | None, level: float) -> list[float]:
    """Of some studies: with an r, detected, sum of r, sum of the widths, with a p, detected for new people, with a p of
    the difference from pixels, told apart from them."""
    rated = tables[0].rated
    if rated < MIN_PAIRS:
        return [0, 0, 0.0, 0.0, 0, 0, 0, 0]
    z = np.mean([table.z for table in tables], axis=0)
    z = z[np.isfinite(z)]
    reach = float(special.ndtri(0.975)) / math.sqrt(len(tables) * (rated - 3))
    if len(tables) == 1:
        t = float(special.stdtrit(rated - 2, 1 - LEVEL / 2))
        critical = math.atanh(t / math.sqrt(t * t + rated - 2))
    else:
        critical = reach
    tested, apart = (p[np.isfinite(p)] for p in (p_new, beside if beside is not None else np.empty(0)))
    return [
        len(z),
        int((np.abs(z) > critical).sum()),
        float(np.tanh(z).sum()),
        float(np.sum(np.tanh(z + reach) - np.tanh(z - reach))),
        len(tested),
        int((tested < level).sum()),
        len(apart),
        int((apart < level).sum()),
    ]


_Sums = list[list[tuple[float, float, float, float, float, float, float, float]]]
"""What comes of a batch: `_sums` for each number of pairs and of raters."""


def cells_of(job: Job, results: Sequence[Any]) -> list[tuple[PowerCell, ...]]:
    """For each setting, the cells: pairs after pairs, and raters within them.

    Raises SimtuiError where a result is not one of such a study: they may come from a file that was damaged.
    """
    told = job.parameters
    for number, result in enumerate(results):
        try:
            table = msgspec.convert(result, _Sums)
        except msgspec.ValidationError:
            table = []
        if [len(row) for row in table] != [len(told["raters"])] * len(told["pairs"]):
            raise SimtuiError(f"The results of batch {number} are damaged: remove its line, and compute it again.")
    each = job.batches // len(told["settings"])
    return [
        tuple(
            _cell(pairs, raters, told["simulations"], [batch[row][column] for batch in results[first : first + each]])
            for row, pairs in enumerate(told["pairs"])
            for column, raters in enumerate(told["raters"])
        )
        for first in range(0, job.batches, each)
    ]


def _cell(pairs: int, raters: int, simulations: int, parts: Sequence[Sequence[float]]) -> PowerCell:
    """parts: `_sums` of each batch, added up in their order, so that the last digit is the same too."""
    defined, detected, r, width, tested, detected_new, compared, apart = (
        sum(part[i] for part in parts) for i in range(8)
    )
    if not defined:
        return PowerCell(pairs=pairs, raters=raters, detected=0.0, mean_r=None, ci_width=None)
    return PowerCell(
        pairs=pairs,
        raters=raters,
        detected=detected / simulations,
        mean_r=r / defined,
        ci_width=width / defined,
        detected_new=detected_new / simulations if tested else None,
        detected_from_pixels=apart / simulations if compared else None,
    )
