"""Similarities are the homework's, whatever the number of pairs, and to the reference's last digits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from scipy.spatial.distance import cosine

from simtui.errors import SimtuiError
from simtui.network import checkpoint, similarity
from simtui.network.layers import KNOWN
from simtui.network.net import Net, to_input, untrained
from simtui.network.similarity import activations, classify, pair_similarities
from simtui.stimuli import drawn

Images = NDArray[np.uint8]


def eights(n: int, seed: int = 0) -> Images:
    return drawn.load([8], n, seed).pixels


def homework(net: Net, left: Images, right: Images, layer: str) -> NDArray[np.float64]:
    """The homework's get_sim_judgments: one scipy cosine a pair."""
    one, two = net(to_input(left)), net(to_input(right))
    a = getattr(one, layer).detach().numpy().reshape(len(left), -1)
    b = getattr(two, layer).detach().numpy().reshape(len(right), -1)
    return np.array([1 - cosine(a[i], b[i]) for i in range(len(left))])


@pytest.mark.parametrize("layer", ["fc", "pool2", "conv2", "conv1"])
def test_similarity_equals_the_homeworks_loop(layer: str) -> None:
    net, images = untrained(2), eights(60)
    found = pair_similarities(net, images[:30], images[30:], [layer])[layer]
    assert found.dtype == np.float64
    assert np.abs(found - homework(net, images[:30], images[30:], layer)).max() < 2e-6


def test_pixels_are_compared_raw() -> None:
    images = eights(10)
    found = pair_similarities(untrained(0), images[:5], images[5:], ["pixels"])["pixels"]
    x, y = images[:5].reshape(5, -1).astype(np.int64), images[5:].reshape(5, -1).astype(np.int64)
    assert found == pytest.approx((x * y).sum(1) / np.sqrt((x * x).sum(1) * (y * y).sum(1)), abs=1e-12)


def test_an_image_is_like_itself_and_likeness_has_no_direction() -> None:
    images = eights(6)
    net = untrained(0)
    for name, values in pair_similarities(net, images, images, KNOWN).items():
        assert values == pytest.approx(np.ones(6), abs=1e-12), name
    there, back = (
        pair_similarities(net, *pair, KNOWN) for pair in ((images[:3], images[3:]), (images[3:], images[:3]))
    )
    for name in KNOWN:
        # An image's place in the batch may change its float32 activations in the last digit.
        assert there[name] == pytest.approx(back[name], abs=1e-6)


def test_layers_come_in_the_order_asked_for_and_unknown_ones_are_refused() -> None:
    images = eights(2)
    assert list(pair_similarities(untrained(0), images[:1], images[1:], ["pixels", "conv1", "fc"])) == [
        "pixels",
        "conv1",
        "fc",
    ]
    with pytest.raises(SimtuiError, match="no layer 'relu'"):
        pair_similarities(untrained(0), images[:1], images[1:], ["relu"])


def test_repeated_images_pass_the_net_once() -> None:
    images = eights(4)
    first, second = np.array([0, 0, 0, 1, 2, 3]), np.array([1, 2, 3, 3, 2, 0])
    seen: list[tuple[int, int]] = []
    net = untrained(1)
    found = pair_similarities(net, images[first], images[second], ["fc"], lambda *step: seen.append(step))["fc"]
    assert seen == [(4, 4)]
    assert np.abs(found - homework(net, images[first], images[second], "fc")).max() < 2e-6


def test_many_pairs_in_several_goes_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    images = eights(40)
    net = untrained(1)
    whole = pair_similarities(net, images[:20], images[20:], KNOWN)
    monkeypatch.setattr(similarity, "MEMORY", 2**18)
    seen: list[tuple[int, int]] = []
    parts = pair_similarities(net, images[:20], images[20:], KNOWN, lambda *step: seen.append(step))
    assert len(seen) > 2
    assert seen[-1] == (40, 40)
    for name in KNOWN:
        assert np.abs(parts[name] - whole[name]).max() < 2e-6, name


def test_an_image_without_activation_has_no_similarity() -> None:
    images = eights(4)
    images[1] = 0
    found = pair_similarities(untrained(0), images[:2], images[2:], ["pixels", "conv1"])
    assert np.isnan(found["pixels"]).tolist() == [False, True]
    assert not np.isnan(found["conv1"]).any()


def test_no_pairs_give_no_numbers() -> None:
    nothing = np.zeros((0, 28, 28), dtype=np.uint8)
    assert {
        name: len(v) for name, v in pair_similarities(untrained(0), nothing, nothing, KNOWN).items()
    } == dict.fromkeys(KNOWN, 0)


def test_arrays_that_are_no_pairs_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="pairs of images"):
        pair_similarities(untrained(0), eights(2), eights(3), ["fc"])


def test_activations_are_the_nets_own_across_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(similarity, "BATCH", 4)
    net, images = untrained(3), eights(10)
    seen: list[tuple[int, int]] = []
    found = activations(net, images, KNOWN, lambda *step: seen.append(step))
    assert seen == [(4, 10), (8, 10), (10, 10)]
    with torch.inference_mode():
        whole = net(to_input(images))
    for name in ("fc", "pool2", "conv2", "conv1"):
        assert np.allclose(found[name], getattr(whole, name).flatten(1).numpy(), atol=1e-5), name
    assert np.array_equal(found["pixels"], images.reshape(10, -1))
    assert np.array_equal(classify(net, images), whole.log_probs.argmax(1).numpy())


def test_real_pairs_have_the_references_similarities(shared: Path) -> None:
    with np.load(shared / "ratings" / "digits8.npz", allow_pickle=False) as pairs:
        left, right = (pairs[name][:, 0].astype(np.uint8) for name in ("images1", "images2"))
    reference = json.loads((shared / "ratings" / "digits8_reference.json").read_text())["digit_8"]["layers"]
    net = checkpoint.load(shared / "homework" / "convnet_mnist_pretrained.pt").net
    found = pair_similarities(net, left, right, ["fc", "conv2", "conv1", "pixels"])
    for name, values in found.items():
        expected = np.array(reference["pixel" if name == "pixels" else name]["similarity"])
        assert np.abs(values - expected).max() < 2e-6, name
