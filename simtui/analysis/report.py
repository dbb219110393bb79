"""The immutable Report that the screen, the text and the JSON all show, and how it is made.

Three steps, so that a choice of other people or another layer never runs the network again:
`compute_similarities` (torch, once a study and checkpoint), `build` (statistics), or `analyze` for both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from simtui.analysis.ratings import Ratings
from simtui.analysis.results import (
    SELF_PARTIAL,
    Ceilings,
    CheckpointInfo,
    Group,
    LayerAgreement,
    Overall,
    PairScore,
    Reliability,
    Report,
    Skipped,
    Used,
)
from simtui.errors import printable
from simtui.network.layers import LAYERS, check_layers
from simtui.stimuli.source import Label
from simtui.study import Study

if TYPE_CHECKING:
    from simtui.network.checkpoint import Checkpoint

__all__ = [
    "SELF_PARTIAL",
    "Ceilings",
    "CheckpointInfo",
    "Group",
    "LayerAgreement",
    "Overall",
    "PairScore",
    "Reliability",
    "Report",
    "Similarities",
    "Skipped",
    "Used",
    "analyze",
    "as_json",
    "build",
    "compute_similarities",
]

Progress = Callable[[int, int], None]
"""Called with (images done, images in all)."""


@dataclass(frozen=True, slots=True)
class Similarities:
    """What one network says of one study's pairs.

    layers: by layer, the raw cosine of every pair of the study in its order, float64, shape (pairs,).
    predicted: by image id, the digit that the network takes the image for.
    """

    study_sha256: str
    checkpoint: CheckpointInfo
    layers: dict[str, NDArray[np.float64]]
    predicted: dict[str, int]


def analyze(
    study: Study,
    ratings: Ratings,
    checkpoint: Path | Checkpoint | None = None,
    layers: Sequence[str] = (),
    *,
    seed: int = 0,
    on_progress: Progress | None = None,
) -> Report:
    """The Report of these ratings against this checkpoint; see `compute_similarities` and `build`."""
    return build(study, ratings, compute_similarities(study, checkpoint, layers, on_progress=on_progress), seed=seed)


def compute_similarities(
    study: Study,
    checkpoint: Path | Checkpoint | None = None,
    layers: Sequence[str] = (),
    *,
    on_progress: Progress | None = None,
) -> Similarities:
    """Similarities of the study's pairs in fc, conv2, conv1, pixels and any other `layers`, in one pass.

    checkpoint: a file, one that is loaded already, or None for simtui's own. Imports torch (over a second).
    Raises SimtuiError where the checkpoint cannot be used or a layer does not exist.
    """
    names = check_layers((*LAYERS, *layers))
    from simtui.network import checkpoint as checkpoints
    from simtui.network.similarity import classify, pair_similarities

    if checkpoint is None or isinstance(checkpoint, Path):
        checkpoint = checkpoints.load(checkpoint or checkpoints.default_checkpoint())
    pixels = {
        image: np.frombuffer(b"".join(study.image(image)), dtype=np.uint8).reshape(28, 28)
        for image in dict.fromkeys(image for pair in study.pairs for image in (pair.left, pair.right))
    }
    found = pair_similarities(
        checkpoint.net,
        np.stack([pixels[pair.left] for pair in study.pairs]),
        np.stack([pixels[pair.right] for pair in study.pairs]),
        names,
        on_progress,
    )
    predicted = classify(checkpoint.net, np.stack(list(pixels.values())))
    return Similarities(
        study_sha256=study.sha256,
        checkpoint=CheckpointInfo(file=checkpoint.name, sha256=checkpoint.sha256, test_acc=checkpoint.test_acc),
        layers={name: found[name] for name in names},
        predicted={image: int(digit) for image, digit in zip(pixels, predicted, strict=True)},
    )


def build(study: Study, ratings: Ratings, similarities: Similarities, *, seed: int = 0) -> Report:
    """The Report of ratings and similarities of one study, group by group (one a digit).

    The same arguments give the same Report. Raises ValueError where the similarities are another study's.
    """
    if similarities.study_sha256 != study.sha256:
        raise ValueError("these similarities are those of another study")
    from simtui.analysis.agreement import overall
    from simtui.analysis.grouping import analyze_group

    groups, notes = [], list(_general_notes(study, ratings))
    digits = _digits(study)
    for digit in digits:
        group, why = analyze_group(study, ratings, similarities.layers, similarities.predicted, digit, seed)
        groups.append(group)
        # With one group there is nothing to tell apart.
        notes += [f"Digit {printable(digit)}: {note}" if len(digits) > 1 else note for note in why]
    over_all = overall({name: (layer, group.n_pairs) for name, layer in group.layers.items()} for group in groups)
    if len(groups) > 1:
        notes += _overall_notes(groups, over_all)
    notes.append(SELF_PARTIAL)
    return Report(
        study_id=study.id,
        study_sha256=study.sha256,
        study_title=study.title,
        study_note=study.source.note or "",
        scale=(study.scale.low, study.scale.high),
        sampling=study.design.sampling,
        seed=seed,
        checkpoint=similarities.checkpoint,
        layers=tuple(similarities.layers),
        participants=ratings.participants,
        sessions=ratings.used,
        skipped=ratings.skipped,
        simulated=ratings.simulated,
        groups=tuple(groups),
        overall=over_all,
        notes=tuple(dict.fromkeys(notes)),
    )


def as_json(report: Report) -> str:
    """The analysis JSON: one object, indented, the same report always the same text."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode()


def _digits(study: Study) -> list[Label]:
    """The classes of the pairs, numbers first."""
    return sorted({pair.digit for pair in study.pairs}, key=lambda label: (isinstance(label, str), label))


def _general_notes(study: Study, ratings: Ratings) -> Iterator[str]:
    simulated = sum(session.simulated for session in ratings.sessions)
    if simulated:
        yield f"{simulated} of the {len(ratings.sessions)} participants are simulated, not people."
    sampling = study.design.sampling
    if sampling != "random":
        how = "were given" if sampling == "given" else f"are a {printable(sampling, 40)} sample"
        yield f"The pairs {how}, not sampled at random: r is not comparable with that of random pairs."


def _overall_notes(groups: Sequence[Group], over_all: Overall) -> Iterator[str]:
    for name, layer in over_all.layers.items():
        lacking = [str(group.digit) for group in groups if group.layers[name].pearson.r is None]
        if layer.r is None:
            yield f"Layer {name} has no r over all digits."
        elif lacking:
            yield f"The r of layer {name} over all digits leaves out {', '.join(lacking)}, where it has none."
        if layer.r is not None and layer.ci is None:
            yield f"The r of layer {name} over all digits has no interval: that needs four pairs a digit and no r of 1."
