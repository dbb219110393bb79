"""Small real analyses that tests of the Report, its text and its screen start from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from simtui.analysis.ratings import Ratings, collect
from simtui.analysis.report import build
from simtui.analysis.results import CheckpointInfo, Report
from simtui.analysis.similarities import Similarities, compute_similarities
from simtui.session import file as session_file
from simtui.session.importing import import_ratings
from simtui.study.model import Study

CHECKPOINT = CheckpointInfo(file="given.pt", sha256="0" * 64, test_acc=98.5)


def analyze(
    study: Study,
    ratings: Ratings,
    checkpoint: Path | None = None,
    *,
    seed: int = 0,
    zscore: bool = False,
    centre: bool = False,
) -> Report:
    """The Report of these ratings against this checkpoint, simtui's own unless told."""
    similarities = compute_similarities(study, checkpoint, centre=centre)
    return build(study, ratings, similarities, seed=seed, zscore=zscore)


def imported(study: Study, folder: Path, ratings: Mapping[str, Sequence[int]]) -> Ratings:
    """Ratings by participant, in the order of the study's pairs, through a table and session files."""
    table = folder / "table.csv"
    rows = [f"{i},{','.join(map(str, row))}" for i, row in enumerate(zip(*ratings.values(), strict=True), start=1)]
    table.write_text("\n".join([",".join(["pair", *ratings]), *rows]))
    files = import_ratings(study, table, folder / "sessions")
    return collect(study, files)


def mark_simulated(ratings: Ratings, participant: str) -> None:
    """Make the session file of a participant say that a program made it."""
    path = next(Path(used.file) for used in ratings.used if used.participant_id == participant)
    path.write_bytes(session_file.encode(msgspec.structs.replace(session_file.load(path), simulated=True)))


def given(study: Study, **layers: NDArray[np.float64]) -> Similarities:
    """Similarities that are known beforehand, of a network that takes every image for an 8."""
    images = {image for pair in study.pairs for image in (pair.left, pair.right)}
    return Similarities(study.sha256, CHECKPOINT, layers, dict.fromkeys(images, 8))
