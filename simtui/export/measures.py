"""What is known of a study's pairs without people: measures of their images, and a network's similarities."""

from __future__ import annotations

import math
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from simtui.analysis.covariates import COVARIATES
from simtui.errors import require_installed
from simtui.export.rows import Measured
from simtui.export.tables import SIMILARITY
from simtui.progress import Progress, untold
from simtui.study.model import Study


def names(layers: Sequence[str] = ()) -> tuple[str, ...]:
    """The columns of what `of_pairs` gives: covariates, where they can be computed, and similarities in `layers`."""
    found = tuple(COVARIATES) if find_spec("scipy") is not None else ()
    return (*found, *(f"{SIMILARITY}{layer}" for layer in layers))


def of_pairs(study: Study, checkpoint: Path | None = None, *, on_progress: Progress = untold) -> Measured:
    """By pair id, every covariate, and with a checkpoint the similarity in every layer; pairs that are analysed only.

    Covariates take scipy: without it, and without a checkpoint, nothing is known. Raises SimtuiError where a
    checkpoint is given and cannot be used.
    """
    if checkpoint is not None:
        require_installed("The network's similarity")
        from simtui.analysis.similarity_cache import similarities

        found = similarities(study, checkpoint, on_progress=on_progress)
        columns = {**found.covariates, **{f"{SIMILARITY}{layer}": found.layers[layer] for layer in found.layers}}
    elif find_spec("scipy") is None:
        return {}
    else:
        from simtui.analysis.covariates import covariates
        from simtui.analysis.similarities import images_of_pairs

        images = images_of_pairs(study)
        columns = covariates(images.pixels, images.left, images.right)
    values = {name: [None if math.isnan(value) else value for value in of.tolist()] for name, of in columns.items()}
    return {pair.id: {name: values[name][i] for name in values} for i, pair in enumerate(study.pairs)}
