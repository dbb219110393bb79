"""Which of several networks predicts the people best."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from simtui.analysis.comparison_results import Comparison
from simtui.analysis.ratings import Ratings
from simtui.errors import require_installed
from simtui.network import container
from simtui.network.preprocess import Preprocess, for_networks
from simtui.progress import Progress, untold
from simtui.study import model as studies

if TYPE_CHECKING:
    from simtui.analysis.candidates import Loaded
    from simtui.simulation.engines import How


def compare(
    study: studies.Study,
    ratings: Ratings,
    checkpoints: Sequence[str | Path] = (),
    networks: Sequence[str] = (),
    *,
    weights: Sequence[str | Path] = (),
    layers: Sequence[str] = (),
    preprocess: Sequence[str | Preprocess] = (),
    seed: int = 0,
    zscore: bool = False,
    centre: bool = False,
    how: How | None = None,
    on_progress: Progress = untold,
) -> Comparison:
    """Which of several networks, and which layer of it, predicts the people's ratings best.

    checkpoints: weights of the homework's network; simtui's own, where there is no network either. networks: others,
    each as "module:factory". weights: a state dict for each of them, or none. preprocess: once for all of them, or
    once for each. layers: those to take, of every network that has one of the name. how: which processes or machines
    run the networks, and the file that keeps what is finished; all here unless told. The rest is as for `analyze`.
    Raises SimtuiError where one of them cannot be used or a layer is in none of them.
    """
    chosen = _chosen(checkpoints, networks, weights, layers, preprocess, seed)
    from simtui.analysis import candidates, comparison

    if how is None:
        found = candidates.candidates(study, chosen, centre=centre, on_progress=on_progress)
    else:
        from simtui.simulation.engines import compute

        results = compute(candidates.job(study, chosen, centre=centre, seed=seed), how, on_progress)
        found = candidates.found_of(study, chosen, results, centre=centre)
    return comparison.compare(
        study,
        ratings,
        found.candidates,
        found.pixels,
        found.untrained,
        seed=seed,
        zscore=zscore,
        centred=found.centred,
    )


def compute_part(
    study: studies.Study,
    checkpoints: Sequence[str | Path] = (),
    networks: Sequence[str] = (),
    *,
    weights: Sequence[str | Path] = (),
    layers: Sequence[str] = (),
    preprocess: Sequence[str | Preprocess] = (),
    seed: int = 0,
    centre: bool = False,
    how: How,
    on_progress: Progress = untold,
) -> None:
    """Of a `compare` of the same arguments only one part, into the file of `how`, for which no ratings are needed."""
    chosen = _chosen(checkpoints, networks, weights, layers, preprocess, seed)
    from simtui.analysis import candidates
    from simtui.simulation.engines import compute

    compute(candidates.job(study, chosen, centre=centre, seed=seed), how, on_progress)


def _chosen(
    checkpoints: Sequence[str | Path],
    networks: Sequence[str],
    weights: Sequence[str | Path],
    layers: Sequence[str],
    preprocess: Sequence[str | Preprocess],
    seed: int,
) -> tuple[Loaded, ...]:
    require_installed("The comparison")
    files = [Path(path) for path in checkpoints]
    for path in files:
        container.read(path)  # refused before torch is imported, which takes seconds
    entering = for_networks(preprocess, len(networks), len(weights))
    from simtui.analysis import candidates

    return candidates.load(files, networks, [Path(path) for path in weights], layers, entering, seed=seed)
