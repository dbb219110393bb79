"""What `simtui analyze` and `simtui report` share: the analysis of one layer, with a bar on the way."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from simtui.commands.shared import check_checkpoints, progress_bar
from simtui.errors import require_installed
from simtui.network.layers import check_layers

if TYPE_CHECKING:
    from simtui.analysis.ratings import Ratings
    from simtui.analysis.results import Report
    from simtui.study.model import Study


def require_network(command: str, checkpoint: Path | None, layer: str) -> None:
    """Raises SimtuiError where something that the analysis needs is missing; torch is not imported for it."""
    require_installed(command)
    check_checkpoints([checkpoint])
    check_layers([layer])


def measure(
    study: Study,
    ratings: Ratings,
    checkpoint: Path | None,
    layer: str,
    *,
    seed: int,
    zscore: bool,
    centre: bool,
) -> Report:
    """The report of one layer. Raises SimtuiError where the network cannot be had."""
    from simtui.analysis.report import build
    from simtui.analysis.similarities import compute_similarities

    with progress_bar("Network") as move:
        similarities = compute_similarities(
            study,
            checkpoint,
            [layer],
            centre=centre,
            on_progress=lambda done, total: move(done, total, "statistics" if done == total else ""),
        )
        return build(study, ratings, similarities, seed=seed, zscore=zscore)
