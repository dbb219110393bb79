"""Power by simulation: how many pairs and raters it takes to see a correlation with what people share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from statistics import NormalDist
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict, replace

from simtui.simulation import raters as formulas
from simtui.simulation.batches import Job
from simtui.simulation.planned_tests import MIN_PAIRS
from simtui.simulation.power_studies import LEVEL, PowerCell, cells_of, power_job
from simtui.simulation.raters import Raters
from simtui.study.model import Study

PAIRS = (10, 20, 40, 80, 160)
RATERS = (1, 2, 5, 10, 20)

MOST = 500_000_000
"""Ratings in one table: about half a minute in one process."""


class Power(Struct, frozen=True, kw_only=True):
    """A table of cells and all that it rests on.

    r: true correlation of the layer with what all people share, over the pairs of one digit. reliability: mean
    r of one rater with another. scale: its ends. simulations: studies a cell; the share `detected` is exact to
    about ± 1/√simulations. cells: pairs after pairs, and raters within them. lists: pair lists, of which each rater
    rates one. digits: all rated by the same raters, each with so many pairs. r_pixels: true correlation of the pixels.
    """

    format: str = "simtui.power"
    version: int = 1
    study_id: str
    r: float
    reliability: float
    lapses: float
    scale: tuple[int, int]
    level: float = LEVEL
    seed: int
    simulations: int
    cells: tuple[PowerCell, ...]
    lists: int = 1
    digits: int = 1
    r_pixels: float | None = None


class PowerPoint(PowerCell, frozen=True, kw_only=True):
    """A cell of a grid, with the true r and the number of lists that it is for."""

    r: float
    lists: int


class PowerGrid(Struct, frozen=True, kw_only=True):
    """Power over several true r and numbers of lists too; the rest is as in `Power`.

    points: r after r, lists within them, then pairs, then raters.
    """

    format: str = "simtui.power_grid"
    version: int = 1
    study_id: str
    reliability: float
    lapses: float
    scale: tuple[int, int]
    level: float = LEVEL
    seed: int
    simulations: int
    points: tuple[PowerPoint, ...]
    digits: int = 1
    r_pixels: float | None = None


def job_of_study(
    study: Study,
    r: Sequence[float],
    *,
    pairs: Sequence[int] = (),
    raters: Sequence[int] = RATERS,
    lists: Sequence[int] = (),
    reliability: float = 0.4,
    lapses: float = 0.02,
    simulations: int = 5000,
    seed: int = 0,
    digits: int | None = None,
    r_pixels: float | None = None,
) -> Job:
    """How often studies like this one show each true correlation r, as a job to be computed.

    pairs: numbers of pairs of a digit; `PAIRS`, and as many as the study has, unless told. raters: numbers of raters.
    lists: numbers of pair lists; the study's unless told. digits: as many as the study has unless told. r_pixels: true
    correlation of the raw pixels, from which the layer is to be told; None leaves that out. Raises SimtuiError where
    nobody can be so reliable.
    """
    own = pairs_of_digits(study)
    low, high = study.scale.low, study.scale.high
    job = power_job(
        population(low, high, reliability, lapses),
        [(one, many) for one in sorted(set(r)) for many in sorted(set(lists or (study.design.lists,)))],
        pairs or (*PAIRS, *own),
        raters,
        simulations=simulations,
        seed=seed,
        digits=digits or max(1, len(own)),
        r_pixels=r_pixels,
    )
    about = {"study_id": study.id, "own": own, "reliability": reliability, "lapses": lapses}
    return replace(job, parameters=job.parameters | about)


def ratings_of(job: Job) -> int:
    """How many ratings a job of power simulates."""
    told = job.parameters
    return int(len(told["settings"]) * told["pairs"][-1] * told["raters"][-1] * told["simulations"] * told["digits"])


def power_of(job: Job, results: Sequence[Any]) -> Power:
    """What has come of a job for one r and one number of lists; see `compute`."""
    told = job.parameters
    ((r, lists),) = told["settings"]
    return Power(**_about(job), r=r, lists=lists, cells=cells_of(job, results)[0])


def grid_of(job: Job, results: Sequence[Any]) -> PowerGrid:
    """What has come of a job for several."""
    points = [
        PowerPoint(r=r, lists=lists, **asdict(cell))
        for (r, lists), cells in zip(job.parameters["settings"], cells_of(job, results), strict=True)
        for cell in cells
    ]
    return PowerGrid(**_about(job), points=tuple(points))


def _about(job: Job) -> dict[str, Any]:
    told = job.parameters
    return {
        "study_id": told["study_id"],
        "reliability": told["reliability"],
        "lapses": told["lapses"],
        "scale": (told["people"]["low"], told["people"]["high"]),
        "seed": job.seed,
        "simulations": told["simulations"],
        "digits": told["digits"],
        "r_pixels": told["r_pixels"],
    }


def pairs_of_digits(study: Study) -> list[int]:
    """How many pairs the study has of each digit, or two of them, where they are enough for an interval."""
    return [count for count in Counter(map(study.group, study.pairs)).values() if count >= MIN_PAIRS]


def population(low: int, high: int, reliability: float, lapses: float) -> Raters:
    """Raters of the reliability wanted on pairs whose latent similarity is normal. Raises SimtuiError."""
    normal = np.array([NormalDist().inv_cdf((i + 0.5) / 400) for i in range(400)])
    return formulas.calibrated(formulas.usual_raters(low, high, lapses), [normal / normal.std()], reliability)
