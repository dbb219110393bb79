"""Studies of drawn digits with people who answer by what they see, for tests of the app."""

from __future__ import annotations

import random
from pathlib import Path

from simtui.stimuli import drawn
from simtui.stimuli.pixels import pixel_cosines
from simtui.study.model import Pair, Study
from simtui.study.sampling import sample_study
from tests.builders import complete_run


def drawn_study(pairs: int = 12, digits: tuple[int, ...] = (8,), title: str = "") -> Study:
    images = drawn.load(digits, 2 * pairs, seed=0)
    return sample_study(images, digits=digits, pairs=pairs, seed=0, practice=0, title=title)


def answers(study: Study, participant: str) -> dict[str, int]:
    """Ratings by pair id: how far the drawings overlap, with this participant's own noise."""
    noise = random.Random(participant)
    return {pair.id: _rating(_overlap(study, pair) + noise.gauss(0, 0.1)) for pair in study.pairs}


def rated(study: Study, root: Path, *participants: str) -> Path:
    """Complete sessions of these participants; the folder they are in."""
    for participant in participants:
        complete_run(study, root, participant, answers(study, participant))
    return root / study.id


def _overlap(study: Study, pair: Pair) -> float:
    return float(pixel_cosines(study.pixels([pair.left]), study.pixels([pair.right]))[0])


def _rating(overlap: float) -> int:
    return min(10, max(1, round(12 * overlap - 1)))
