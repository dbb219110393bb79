"""What the networks say of a study's pairs: the only step of an analysis that runs them, or looks at the images.

Done once a study and checkpoint, so that a choice of other people or another layer never runs a network again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simtui.analysis.layer_results import BASELINE
from simtui.analysis.results import CheckpointInfo
from simtui.network.layers import LAYERS, check_layers
from simtui.progress import Progress, untold
from simtui.study.model import Pair, Study

if TYPE_CHECKING:
    from simtui.network.checkpoint import Checkpoint
    from simtui.network.foreign import Network
    from simtui.network.preprocess import Preprocess

MOST_UNTRAINED, FEWEST_UNTRAINED = 200, 39
"""Untrained networks that stand beside the trained one, of the seeds 0, 1, …: a rank among 39 can be p = .025."""

LOADING = "loading torch"
"""What is being done until the first image can be looked at."""

_UNTRAINED_IMAGES = 40_000
"""Images that all untrained networks together are shown: a few seconds, beyond which there are fewer networks."""


@dataclass(frozen=True, slots=True)
class Similarities:
    """What one network says of one study's pairs.

    layers: by layer, the raw cosine of every pair of the study in its order, float64, shape (pairs,).
    predicted: by image id, the digit that the network takes the image for; empty where that is not known.
    untrained: by layer (pixels have none), the same cosines in networks with random weights, shape (seeds, pairs).
    covariates: by name, measures of the pairs' images (`covariates.covariates`), shape (pairs,).
    centred: all of this is of copies of the images whose centre of mass lies in the middle.
    """

    study_sha256: str
    checkpoint: CheckpointInfo
    layers: dict[str, NDArray[np.float64]]
    predicted: dict[str, int] = field(default_factory=dict)
    untrained: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    covariates: dict[str, NDArray[np.float64]] = field(default_factory=dict)
    centred: bool = False


def compute_similarities(
    study: Study,
    checkpoint: Path | Checkpoint | None = None,
    layers: Sequence[str] = (),
    *,
    centre: bool = False,
    on_progress: Progress = untold,
) -> Similarities:
    """Similarities of the study's pairs in every layer of LAYERS and any other of `layers`, and the covariates.

    checkpoint: a file, one that is loaded already, or None for simtui's own. Imports torch (over a second).
    centre: all is done on copies of the images whose centre of mass was moved to the middle, as MNIST's are.
    on_progress: counts images, each once for every network that it goes through.
    Raises SimtuiError where the checkpoint cannot be used or a layer does not exist.
    """
    names = check_layers((*LAYERS, *layers))
    on_progress(0, 1, LOADING)
    from simtui.analysis.covariates import covariates
    from simtui.network import checkpoint as checkpoints
    from simtui.network import container
    from simtui.network.similarity import classify, one_thread, pair_similarities, untrained_similarities

    if checkpoint is None or isinstance(checkpoint, Path):
        checkpoint = checkpoints.load(checkpoint or container.default_checkpoint())
    images = images_of_pairs(study, centre=centre)
    left, right = images.pixels[images.left], images.pixels[images.right]
    never = untrained_count(len(images.ids))

    def after(networks: int, of: int) -> Progress:
        """Of all networks, where some have seen every image already and a number of others is looked at."""

        def told(done: int, total: int, _: str = "", /) -> None:
            each = total // of
            on_progress(networks * each + done, (1 + never) * each)

        return told

    learnt = [name for name in names if name != "pixels"]
    with one_thread():
        found = pair_similarities(checkpoint.net, left, right, names, after(0, 1))
        untrained = untrained_similarities(never, left, right, learnt, after(1, never))
        predicted = classify(checkpoint.net, images.pixels)
    return Similarities(
        study_sha256=study.sha256,
        checkpoint=CheckpointInfo(file=checkpoint.name, sha256=checkpoint.sha256, test_acc=checkpoint.test_acc),
        layers={name: found[name] for name in names},
        predicted={image: int(digit) for image, digit in zip(images.ids, predicted, strict=True)},
        untrained=untrained,
        covariates=covariates(images.pixels, images.left, images.right),
        centred=centre,
    )


def foreign_similarities(
    study: Study,
    network: Network,
    layers: Sequence[str],
    preprocess: Preprocess | None = None,
    *,
    centre: bool = False,
    on_progress: Progress = untold,
) -> Similarities:
    """The same of a network that is not the homework's, in the layers named and the raw pixels.

    Which digit it takes an image for is not known, and there are no untrained networks of its architecture.
    preprocess: how images enter it; as MNIST's usually do unless told.
    Raises SimtuiError where a layer does not exist or none is named.
    """
    from simtui.analysis.covariates import covariates
    from simtui.network.foreign import chosen_layers
    from simtui.network.preprocess import Preprocess
    from simtui.network.similarity import pixel_similarities

    preprocess = preprocess or Preprocess()
    images = images_of_pairs(study, centre=centre)
    left, right = images.pixels[images.left], images.pixels[images.right]
    names = [name for name in layers if name != BASELINE]
    found = network.similarities(left, right, tuple(names) or chosen_layers(network, ()), preprocess, on_progress)
    return Similarities(
        study_sha256=study.sha256,
        checkpoint=CheckpointInfo(file=network.name, sha256=network.sha256, test_acc=None, preprocess=str(preprocess)),
        layers=found | {BASELINE: pixel_similarities(left, right)},
        covariates=covariates(images.pixels, images.left, images.right),
        centred=centre,
    )


def pair_images(study: Study, pairs: Iterable[Pair]) -> list[tuple[str, str]]:
    """What the left and the right image of each pair are known by, whatever their ids: what is drawn in them.

    The same picture may stand under several ids, as it does in given pairs, and is one image all the same.
    """
    return [(study.images[pair.left], study.images[pair.right]) for pair in pairs]


@dataclass(frozen=True, slots=True)
class PairImages:
    """The images of a study's pairs, each once. left, right: of each pair, where its images stand among them.

    pixels: (n, 28, 28); uint8, as the study has them, or float32 copies 0..255 with the centre of mass in the middle.
    """

    ids: tuple[str, ...]
    pixels: NDArray[np.uint8 | np.float32]
    left: NDArray[np.intp]
    right: NDArray[np.intp]


def images_of_pairs(study: Study, *, centre: bool = False) -> PairImages:
    """What a network is shown of a study. centre: see `PairImages.pixels`."""
    ids = tuple(dict.fromkeys(image for pair in study.pairs for image in (pair.left, pair.right)))
    pixels: NDArray[np.uint8 | np.float32] = study.pixels(ids)
    if centre:
        from simtui.analysis.shape import centred

        # Not rounded to whole grey values: that alone would move r in the fourth decimal.
        pixels = centred(pixels.astype(np.float64)).astype(np.float32)
    place = {image: i for i, image in enumerate(ids)}
    left, right = np.array([(place[pair.left], place[pair.right]) for pair in study.pairs], dtype=np.intp).T
    return PairImages(ids, pixels, left, right)


def untrained_count(images: int) -> int:
    """How many untrained networks so many different images are shown to."""
    return min(MOST_UNTRAINED, max(FEWEST_UNTRAINED, _UNTRAINED_IMAGES // max(1, images)))
