"""Saliency against finite differences of the cosine itself."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from simtui.errors import SimtuiError
from simtui.network.layers import KNOWN
from simtui.network.net import MEAN, STD, Net, untrained
from simtui.network.saliency import BATCH, saliency
from simtui.stimuli import drawn


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return drawn.load([8], 6, seed=1).pixels


def cosine(net: Net, left: np.ndarray, right: np.ndarray, layer: str) -> float:
    """The cosine of two images of ink 0..1, in float64."""
    ink = torch.from_numpy(np.stack([left, right]))
    if layer == "pixels":
        a, b = ink.flatten(1)
    else:
        with torch.no_grad():
            a, b = getattr(net.double()((ink.unsqueeze(1) - MEAN) / STD), layer).flatten(1)
    return float(a @ b / torch.sqrt((a @ a) * (b @ b)))


@pytest.mark.parametrize("layer", KNOWN)
def test_it_is_the_slope_of_the_cosine(layer: str) -> None:
    # Noise: on plain paper many units are equal, and the larger of two equal ones has no slope.
    images = np.random.default_rng(1).integers(0, 256, (4, 28, 28), dtype=np.uint8)
    net, step = untrained(3), 1e-6
    found = saliency(net, images[:2], images[2:4], layer)

    assert found.shape == (2, 2, 28, 28)
    rng = np.random.default_rng(0)
    exact = untrained(3).double()
    for _ in range(25):
        pair, side, row, column = rng.integers(2), rng.integers(2), rng.integers(4, 24), rng.integers(4, 24)
        sides = [images[pair] / 255.0, images[2 + pair] / 255.0]
        ends = []
        for sign in (1, -1):
            moved = [image.copy() for image in sides]
            moved[side][row, column] += sign * step
            ends.append(cosine(exact, moved[0], moved[1], layer))
        slope = (ends[0] - ends[1]) / (2 * step)
        assert found[pair, side, row, column] == pytest.approx(slope, abs=1e-6)


def test_the_net_is_left_as_it_was(images: np.ndarray) -> None:
    net = untrained(3)
    before = {name: value.clone() for name, value in net.state_dict().items()}

    saliency(net, images[:2], images[2:4], "fc")

    for name, value in net.state_dict().items():
        assert torch.equal(value, before[name])
    assert all(p.requires_grad and p.grad is None and p.dtype == torch.float32 for p in net.parameters())


def test_many_pairs_are_the_same_as_each_alone(images: np.ndarray) -> None:
    net = untrained(3)
    many = np.resize(images, (BATCH + 3, 28, 28))

    found = saliency(net, many, many[::-1].copy(), "conv2")

    alone = saliency(net, many[-1:], many[:1], "conv2")
    np.testing.assert_allclose(found[-1], alone[0], atol=1e-12)


def test_a_pair_without_a_cosine_has_none(images: np.ndarray) -> None:
    blank = np.zeros_like(images[:2])
    blank[1] = images[1]

    found = saliency(untrained(3), blank, images[:2], "pixels")

    assert np.isnan(found[0]).all()
    assert np.isfinite(found[1]).all()


def test_two_equal_images_are_at_the_top(images: np.ndarray) -> None:
    found = saliency(untrained(3), images[:2], images[:2], "fc")

    np.testing.assert_allclose(found, 0, atol=1e-9)


def test_an_unknown_layer_is_refused(images: np.ndarray) -> None:
    with pytest.raises(SimtuiError, match="There is no layer 'fc9'"):
        saliency(untrained(3), images[:2], images[2:4], "fc9")
