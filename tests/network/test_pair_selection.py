"""Pairs selected by similarity: which layers, of which network, and what contradicts itself."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simtui.errors import SimtuiError
from simtui.network import checkpoint
from simtui.network.net import untrained
from simtui.network.pair_selection import selection
from simtui.network.similarity import pair_similarities
from simtui.stimuli import drawn
from simtui.stimuli.pixels import pixel_cosine_matrix
from simtui.study.selection import RANDOM


def test_random_pairs_need_no_similarity() -> None:
    assert selection("random", None, None, None) is RANDOM


def test_pairs_are_spread_over_pixels_unless_a_layer_is_named() -> None:
    found = selection("stratified", None, None, None)
    assert (found.by, found.matrices, found.checkpoint_sha256) == ("pixels", (pixel_cosine_matrix,), None)


def test_the_layers_are_those_of_the_network_that_is_named(tmp_path: Path) -> None:
    path = tmp_path / "net.pt"
    checkpoint.save(path, untrained(3))
    images = drawn.load([8], 6, seed=0).pixels
    found = selection("controversial", None, ("conv1", "pixels"), path)
    assert found.between == ["conv1", "pixels"]
    assert found.checkpoint_sha256 == checkpoint.load(path).sha256
    of_conv1, of_pixels = (matrix(images) for matrix in found.matrices)
    first, second = np.indices((6, 6)).reshape(2, -1)
    pairs = pair_similarities(untrained(3), images[first], images[second], ["conv1", "pixels"])
    assert of_conv1.ravel() == pytest.approx(pairs["conv1"], abs=1e-6)
    assert of_pixels.ravel() == pytest.approx(pairs["pixels"], abs=1e-12)


@pytest.mark.parametrize(
    ("sampling", "by", "between", "file", "sentence"),
    [
        ("random", "fc", None, None, "use it with --sampling stratified"),
        ("stratified", None, ("fc", "conv1"), None, "use it with --sampling controversial"),
        ("stratified", "fc9", None, None, "There is no layer"),
        ("controversial", None, ("fc", "fc"), None, "two different layers"),
        ("stratified", "pixels", None, Path("net.pt"), "they name no layer of one"),
        ("stratified", "fc", None, Path("none.pt"), "none.pt"),
    ],
)
def test_what_contradicts_itself_is_a_sentence(
    sampling: str, by: str | None, between: tuple[str, str] | None, file: Path | None, sentence: str
) -> None:
    with pytest.raises(SimtuiError, match=sentence):
        selection(sampling, by, between, file)
