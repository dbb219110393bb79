"""The networks of a comparison: loaded, their layers chosen, and shown the study's pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from msgspec import convert, to_builtins
from numpy.typing import NDArray

from simtui.analysis.comparison import Candidate
from simtui.analysis.comparison_results import UNTRAINED, NetworkInfo
from simtui.analysis.similarities import images_of_pairs, untrained_count
from simtui.errors import SimtuiError, printable
from simtui.network import checkpoint as checkpoint_files
from simtui.network import container
from simtui.network.foreign import Foreign, Network, chosen_layers, unknown_layer
from simtui.network.foreign_process import ForeignProcess
from simtui.network.layers import LAYERS
from simtui.network.preprocess import Preprocess
from simtui.network.similarity import pixel_similarities, untrained_similarities
from simtui.progress import Progress, untold
from simtui.simulation.batches import Job
from simtui.study.model import Study

RESERVED = (UNTRAINED, "no network")
"""What the baselines are called: a file of such a name gets another."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A network that is ready to be shown images, and the layers to take from it.

    spec: its module and factory; None for a checkpoint. file: its weights, if they are in one.
    """

    info: NetworkInfo
    foreign: Network
    layers: tuple[str, ...]
    preprocess: Preprocess
    spec: str | None
    file: Path | None


@dataclass(frozen=True, slots=True)
class Found:
    """What `comparison.compare` wants."""

    candidates: tuple[Candidate, ...]
    pixels: NDArray[np.float64]
    untrained: Mapping[str, NDArray[np.float64]]
    centred: bool


def load(
    checkpoints: Sequence[Path],
    networks: Sequence[str],
    weights: Sequence[Path],
    layers: Sequence[str],
    preprocess: Sequence[Preprocess],
    *,
    seed: int = 0,
) -> tuple[Loaded, ...]:
    """Checkpoints of the homework's net and networks from module:factory, with their layers.

    weights: one file a network, or none at all. preprocess: one a network. layers: those to take, of
    every network that has one of the name; a checkpoint gives all its layers where none of its own is named. With
    neither checkpoints nor networks it is simtui's own checkpoint.
    Raises SimtuiError where one cannot be loaded, a layer is in none of them, or a network has no layer named.
    """
    files = list(checkpoints) or ([] if networks else [container.default_checkpoint()])
    made: list[tuple[NetworkInfo, Network]] = []
    for path in files:
        made.append(_checkpoint(path, [*RESERVED, *(info.name for info, _ in made)]))
    for i, spec in enumerate(networks):
        file = weights[i] if weights else None
        network = ForeignProcess(spec, file, seed)
        info = NetworkInfo(
            name=_name(spec, [*RESERVED, *(info.name for info, _ in made)]),
            source=spec,
            sha256=network.sha256,
            weights=None if file is None else file.name,
            preprocess=None if network.homeworks else str(preprocess[i]),
        )
        made.append((info, network))
    known = tuple(dict.fromkeys(name for _, network in made for name in network.known))
    for name in layers:
        if name not in known:
            raise unknown_layer(name, known)
    ways = [*[Preprocess()] * len(files), *preprocess]
    origins: list[tuple[str | None, Path | None]] = [(None, path) for path in files]
    origins += [(spec, weights[i] if weights else None) for i, spec in enumerate(networks)]
    return tuple(
        Loaded(info, network, chosen_layers(network, layers), way, *origin)
        for (info, network), way, origin in zip(made, ways, origins, strict=True)
    )


def candidates(
    study: Study, networks: Sequence[Loaded], *, centre: bool = False, on_progress: Progress = untold
) -> Found:
    """The similarities of the study's pairs in every network, and those of the baselines.

    centre: of copies of the images whose centre of mass was moved to the middle, as MNIST's are. on_progress: counts
    networks, the untrained ones as one.
    """
    images = images_of_pairs(study, centre=centre)
    left, right = images.pixels[images.left], images.pixels[images.right]
    found = []
    for i, network in enumerate(networks):
        on_progress(i, len(networks) + 1, printable(network.info.name, 30))
        found.append(
            Candidate(
                network.info,
                network.foreign.similarities(left, right, network.layers, network.preprocess),
            )
        )
    on_progress(len(networks), len(networks) + 1, "untrained")
    never = untrained_similarities(untrained_count(len(images.ids)), left, right, _untrained_layers(networks))
    on_progress(len(networks) + 1, len(networks) + 1, "statistics")
    return Found(
        candidates=tuple(found),
        pixels=pixel_similarities(left, right),
        untrained=never,
        centred=centre,
    )


def job(study: Study, networks: Sequence[Loaded], *, centre: bool = False, seed: int = 0) -> Job:
    """The similarities of `candidates`, a network a batch and the untrained ones last, as a job to be computed.

    seed: as it was given to `load`.
    """
    told = {
        "study": to_builtins(study),
        "centre": centre,
        "networks": [
            {
                "spec": network.spec,
                "file": None if network.file is None else str(network.file.absolute()),
                "sha256": network.info.sha256,
                "layers": list(network.layers),
                "preprocess": asdict(network.preprocess),
            }
            for network in networks
        ],
        "untrained": list(_untrained_layers(networks)),
    }
    return Job(kind="comparison", work=f"{__name__}:work", parameters=told, seed=seed, count=len(networks) + 1, size=1)


def work(told: Mapping[str, Any], indices: range, seed: int) -> dict[str, Any]:
    """A batch: the similarities in one network by layer, (pairs,), or in the untrained ones, (seeds, pairs)."""
    images = images_of_pairs(convert(told["study"], Study), centre=told["centre"])
    left, right = images.pixels[images.left], images.pixels[images.right]
    if indices.start == len(told["networks"]):
        layers = tuple(told["untrained"])
        found = untrained_similarities(untrained_count(len(images.ids)), left, right, layers)
    else:
        about = told["networks"][indices.start]
        file = None if about["file"] is None else Path(about["file"])
        network: Network
        if about["spec"] is None:
            network = _checkpoint(Path(about["file"]), ())[1]
        else:
            network = ForeignProcess(about["spec"], file, seed)
        if network.sha256 != about["sha256"]:
            raise SimtuiError(
                f"{printable(about['file'] or about['spec'])} has changed since its part was begun: start anew."
            )
        found = network.similarities(left, right, tuple(about["layers"]), convert(about["preprocess"], Preprocess))
    return {layer: values.tolist() for layer, values in found.items()}


def found_of(study: Study, networks: Sequence[Loaded], results: Sequence[Any], *, centre: bool = False) -> Found:
    """What has come of all batches of `job`, as `candidates` gives it."""
    images = images_of_pairs(study, centre=centre)
    # A similarity that is not defined is null in JSON.
    *trained, never = [
        {layer: np.asarray(values, dtype=np.float64) for layer, values in result.items()} for result in results
    ]
    return Found(
        candidates=tuple(Candidate(network.info, found) for network, found in zip(networks, trained, strict=True)),
        pixels=pixel_similarities(images.pixels[images.left], images.pixels[images.right]),
        untrained=never,
        centred=centre,
    )


def _untrained_layers(networks: Sequence[Loaded]) -> tuple[str, ...]:
    """Where none has the homework's architecture its untrained layers are baselines all the same."""
    own = [network for network in networks if network.foreign.homeworks]
    return tuple(dict.fromkeys(name for network in own for name in network.layers)) or LAYERS[:-1]


def _checkpoint(path: Path, taken: Sequence[str]) -> tuple[NetworkInfo, Foreign]:
    loaded = checkpoint_files.load(path)
    name = _name(loaded.name, taken)
    info = NetworkInfo(name=name, source=str(path), sha256=loaded.sha256, test_acc=loaded.test_acc)
    return info, Foreign(name=loaded.name, module=loaded.net, weights=path, sha256=loaded.sha256)


def _name(wanted: str, taken: Sequence[str]) -> str:
    """A name that no other network has: two folders may each have a file of the same name."""
    names = (wanted, *(f"{wanted} ({i})" for i in range(2, len(taken) + 2)))
    return next(name for name in names if name not in taken)
