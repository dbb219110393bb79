"""Small real things that many tests start from."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from simtui.rating.run import Run
from simtui.session.environment import Environment
from simtui.session.store import SessionStore
from simtui.stimuli.image_set import ImageSet
from simtui.stimuli.source import Label, Source
from simtui.study import file as study_file
from simtui.study.model import Study
from simtui.study.sampling import sample_study

ENVIRONMENT = Environment(simtui="test")


def noise_images(per_class: int = 20, classes: tuple[Label, ...] = (3, 8), seed: int = 5) -> ImageSet:
    """Random grey images: for everything that does not look at what is drawn."""
    n = per_class * len(classes)
    pixels = np.random.default_rng(seed).integers(0, 256, (n, 28, 28), dtype=np.uint8)
    labels = tuple(label for label in classes for _ in range(per_class))
    return ImageSet(pixels, labels, tuple(f"noise-{i:03d}" for i in range(n)), Source(name="files", note="noise"))


def small_study(pairs: int = 4, practice: int = 0, blank_ms: int = 0, min_viewing_ms: int = 0, seed: int = 1) -> Study:
    """A study of one digit whose images are noise."""
    return sample_study(
        noise_images(2 * pairs + 8),
        digits=[8],
        pairs=pairs,
        seed=seed,
        practice=practice,
        blank_ms=blank_ms,
        min_viewing_ms=min_viewing_ms,
    )


def saved(study: Study, folder: Path, name: str = "study.json") -> Path:
    path = folder / name
    study_file.save(study, path)
    return path


def complete_run(study: Study, sessions: Path, participant: str, ratings: dict[str, int]) -> Path:
    """A finished run on disk, with these ratings by pair id; its file."""
    with SessionStore(sessions, study.id).hold(participant) as hold:
        run = Run.begin(study, hold, ENVIRONMENT)
        while not run.finished:
            shown = run.current()
            rating = ratings.get(shown.planned.pair_id, 5)
            run.answer(rating, str(rating % 10), run.now(), run.now() + 0.8)
        return run.path
