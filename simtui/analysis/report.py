"""The immutable Report that the screen, the text and the JSON all show, and how it is made.

Three steps, so that a choice of other people or another layer never runs the network again:
`compute_similarities` (torch, once a study and checkpoint), `build` (statistics), or `analyze` for both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
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
    LayerDifference,
    Overall,
    PairScore,
    Reliability,
    Report,
    Skipped,
    Untrained,
    Used,
)
from simtui.checks.quality import flags, measure
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
    "LayerDifference",
    "Overall",
    "PairScore",
    "Reliability",
    "Report",
    "Similarities",
    "Skipped",
    "Untrained",
    "Used",
    "analyze",
    "as_json",
    "build",
    "compute_similarities",
    "study_images",
]

Progress = Callable[[int, int], None]
"""Called with (images done, images in all), an image counting once for every network that it goes through."""

UNTRAINED_SEEDS = (0, 1, 2, 3, 4)
"""Of the random weights of the untrained networks that stand beside the trained one."""


@dataclass(frozen=True, slots=True)
class Similarities:
    """What one network says of one study's pairs.

    layers: by layer, the raw cosine of every pair of the study in its order, float64, shape (pairs,).
    predicted: by image id, the digit that the network takes the image for.
    untrained: by layer (pixels have none), the same cosines in networks with random weights, shape (seeds, pairs).
    covariates: by name, measures of the pairs' images (`covariates.covariates`), shape (pairs,).
    centred: all of this is of copies of the images whose centre of mass lies in the middle.
    """

    study_sha256: str
    checkpoint: CheckpointInfo
    layers: dict[str, NDArray[np.float64]]
    predicted: dict[str, int]
    untrained: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    covariates: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    centred: bool = False


def analyze(
    study: Study,
    ratings: Ratings,
    checkpoint: Path | Checkpoint | None = None,
    layers: Sequence[str] = (),
    *,
    seed: int = 0,
    zscore: bool = False,
    centre: bool = False,
    on_progress: Progress | None = None,
) -> Report:
    """The Report of these ratings against this checkpoint; see `compute_similarities` and `build`."""
    similarities = compute_similarities(study, checkpoint, layers, centre=centre, on_progress=on_progress)
    return build(study, ratings, similarities, seed=seed, zscore=zscore)


def compute_similarities(
    study: Study,
    checkpoint: Path | Checkpoint | None = None,
    layers: Sequence[str] = (),
    *,
    centre: bool = False,
    on_progress: Progress | None = None,
) -> Similarities:
    """Similarities of the study's pairs in every layer of LAYERS and any other of `layers`, and the covariates.

    centre: all is done on copies of the images whose centre of mass was moved to the middle, as MNIST's are.
    checkpoint: a file, one that is loaded already, or None for simtui's own. Imports torch (over a second).
    Raises SimtuiError where the checkpoint cannot be used or a layer does not exist.
    """
    names = check_layers((*LAYERS, *layers))
    from simtui.analysis.covariates import covariates
    from simtui.network import checkpoint as checkpoints
    from simtui.network.similarity import classify, pair_similarities, untrained

    if checkpoint is None or isinstance(checkpoint, Path):
        checkpoint = checkpoints.load(checkpoint or checkpoints.default_checkpoint())
    images = study_images(study, centre=centre)
    pixels = np.stack(list(images.values()))
    place = {image: i for i, image in enumerate(images)}
    where = np.array([(place[pair.left], place[pair.right]) for pair in study.pairs], dtype=np.intp).T
    left, right = pixels[where[0]], pixels[where[1]]
    networks = 1 + len(UNTRAINED_SEEDS)

    def progress_of(network: int) -> Progress | None:
        if on_progress is None:
            return None
        return lambda done, total: on_progress(network * total + done, networks * total)

    found = pair_similarities(checkpoint.net, left, right, names, progress_of(0))
    learnt = [name for name in names if name != "pixels"]
    never = [
        pair_similarities(untrained(seed), left, right, learnt, progress_of(1 + i))
        for i, seed in enumerate(UNTRAINED_SEEDS)
    ]
    predicted = classify(checkpoint.net, pixels)
    return Similarities(
        study_sha256=study.sha256,
        checkpoint=CheckpointInfo(file=checkpoint.name, sha256=checkpoint.sha256, test_acc=checkpoint.test_acc),
        layers={name: found[name] for name in names},
        predicted={image: int(digit) for image, digit in zip(images, predicted, strict=True)},
        untrained={name: np.stack([each[name] for each in never]) for name in learnt},
        covariates=covariates(pixels, where[0], where[1]),
        centred=centre,
    )


def study_images(study: Study, *, centre: bool = False) -> dict[str, NDArray[np.uint8]]:
    """The images of the study's pairs by their ids, each uint8 (28, 28), in the order in which the pairs name them.

    centre: copies with the centre of mass in the middle.
    """
    names = list(dict.fromkeys(image for pair in study.pairs for image in (pair.left, pair.right)))
    pixels = np.stack([np.frombuffer(b"".join(study.image(name)), dtype=np.uint8).reshape(28, 28) for name in names])
    if centre:
        from simtui.analysis.shape import centred

        pixels = np.rint(centred(pixels.astype(np.float64))).astype(np.uint8)
    return dict(zip(names, pixels, strict=True))


def build(study: Study, ratings: Ratings, similarities: Similarities, *, seed: int = 0, zscore: bool = False) -> Report:
    """The Report of ratings and similarities of one study, group by group (one a digit).

    zscore: each participant's ratings of a digit are z-scored before they are averaged.

    The same arguments give the same Report. Raises ValueError where the similarities are another study's.
    """
    if similarities.study_sha256 != study.sha256:
        raise ValueError("these similarities are those of another study")
    from simtui.analysis.agreement import overall
    from simtui.analysis.grouping import analyze_group

    groups, notes = [], list(_general_notes(study, ratings))
    if similarities.centred:
        notes.append("Network, pixels and covariates saw centred copies of the images, not the images that people saw.")
    digits = _digits(study)
    for digit in digits:
        group, why = analyze_group(study, ratings, similarities, digit, seed=seed, zscore=zscore)
        groups.append(group)
        # With one group there is nothing to tell apart.
        notes += [f"Digit {printable(digit)}: {note}" if len(digits) > 1 else note for note in why]
    over_all = overall(groups)
    if len(groups) > 1:
        notes += _overall_notes(groups, over_all)
    notes.append(SELF_PARTIAL)
    return Report(
        study_id=study.id,
        study_sha256=study.sha256,
        study_title=study.title,
        study_note=study.source.described,
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
        zscored=zscore,
        centred=similarities.centred,
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
    for session in ratings.sessions:
        found = flags(measure(session, study), study.scale)
        if found:
            yield f"{session.participant_id}: {', '.join(found)} (--exclude leaves sessions out by a rule)."


def _overall_notes(groups: Sequence[Group], over_all: Overall) -> Iterator[str]:
    for name, layer in over_all.layers.items():
        lacking = [str(group.digit) for group in groups if group.layers[name].pearson.r is None]
        if layer.r is None:
            yield f"Layer {name} has no r over all digits."
        elif lacking:
            yield f"The r of layer {name} over all digits leaves out {', '.join(lacking)}, where it has none."
        if layer.r is not None and layer.ci is None:
            yield f"The r of layer {name} over all digits has no interval: that needs four pairs a digit and no r of 1."
