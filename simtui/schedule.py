"""The order in which one participant meets the pairs. Rebuilt exactly from study, participant and run."""

from __future__ import annotations

import hashlib
import random

from simtui.session import PlannedTrial, Schedule
from simtui.study import Pair, Study


def schedule_seed(study_sha256: str, participant_id: str, run: int) -> int:
    """A 48-bit seed that differs between studies, participants and runs, and never between machines.

    48 bits, because JSON readers in other languages keep whole numbers exactly only up to 2**53.
    """
    name = f"simtui schedule 1|{study_sha256}|{participant_id}|{run}"
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big")


def plan(study: Study, participant_id: str, run: int) -> Schedule:
    """The plan of one run: practice first, then every pair once, shuffled, sides swapped at random."""
    seed = schedule_seed(study.sha256, participant_id, run)
    rng = random.Random(seed)
    order = list(study.pairs)
    if study.design.order == "shuffled":
        _shuffle(order, rng)
    practice = [_planned("practice", pair, study, rng) for pair in study.practice_pairs]
    main = [_planned("main", pair, study, rng) for pair in order]
    return Schedule(seed=seed, order=[pair.id for pair in order], trials=practice + main)


def _planned(trial_type: str, pair: Pair, study: Study, rng: random.Random) -> PlannedTrial:
    swapped = study.design.swap_sides and rng.random() < 0.5
    return PlannedTrial(trial_type=trial_type, pair_id=pair.id, swapped=swapped)  # type: ignore[arg-type]


def _shuffle(items: list[Pair], rng: random.Random) -> None:
    """Fisher and Yates, on random() alone: the one method whose sequence Python promises to keep."""
    for last in range(len(items) - 1, 0, -1):
        other = int(rng.random() * (last + 1))
        items[last], items[other] = items[other], items[last]
