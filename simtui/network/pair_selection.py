"""Pairs selected by the similarity of their images in layers of the network."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from simtui.errors import SimtuiError, require_installed
from simtui.network import container
from simtui.network.layers import DEFAULT_LAYER, check_layers
from simtui.stimuli.pixels import pixel_cosine_matrix
from simtui.study.catch import LEAST_ALIKE
from simtui.study.selection import RANDOM, MatrixOf, Selection


def selection(sampling: str, by: str | None, between: tuple[str, str] | None, checkpoint: Path | None) -> Selection:
    """How pairs are selected, with the network behind it where a layer is one of its.

    Raises SimtuiError where the options contradict each other, a layer is unknown, or there is no network.
    """
    if by is not None and sampling != "stratified":
        raise SimtuiError("--by says what stratified pairs are spread over: use it with --sampling stratified.")
    if between is not None and sampling != "controversial":
        raise SimtuiError("--between names the layers of controversial pairs: use it with --sampling controversial.")
    wanted = {"random": (), "stratified": (by or "pixels",), "controversial": between or ("fc", "pixels")}[sampling]
    layers = check_layers(wanted)
    if len(layers) != len(wanted):
        raise SimtuiError("--between takes two different layers: one does not disagree with itself.")
    of_network = [layer for layer in layers if layer != "pixels"]
    if checkpoint is not None and not of_network:
        raise SimtuiError("--checkpoint is the network of --by and --between, and they name no layer of one.")
    if not layers:
        return RANDOM
    if not of_network:
        return Selection(sampling, layers, (pixel_cosine_matrix,))
    matrices, sha256 = _network(sampling, layers, checkpoint)
    return Selection(sampling, layers, matrices, sha256)


def catch_selection(checkpoint: Path | None) -> Selection:
    """How catch pairs of different material are chosen: by pixels, and by the network too where there is one.

    checkpoint: the network of the study's other choices, if it has one; else simtui's own.
    """
    if find_spec("torch") is None:
        return LEAST_ALIKE
    try:
        path = checkpoint or container.default_checkpoint()
    except SimtuiError:
        return LEAST_ALIKE
    layers = (*LEAST_ALIKE.layers, DEFAULT_LAYER)
    matrices, sha256 = _network("random", layers, path)
    return Selection(LEAST_ALIKE.sampling, layers, matrices, sha256)


def _network(sampling: str, layers: tuple[str, ...], path: Path | None) -> tuple[tuple[MatrixOf, ...], str]:
    """The similarities in these layers, and the checksum of the network's file."""
    require_installed(f"--sampling {sampling} with a layer of the network", ("torch",))
    if path is not None:
        container.read(path)
    from simtui.network import checkpoint
    from simtui.network.cosines import cosine_matrix
    from simtui.network.similarity import activations

    found = checkpoint.load(path or container.default_checkpoint())

    def matrix(layer: str) -> MatrixOf:
        def similarities(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
            return cosine_matrix(activations(found.net, pixels, [layer])[layer])

        return similarities

    return tuple(pixel_cosine_matrix if layer == "pixels" else matrix(layer) for layer in layers), found.sha256
