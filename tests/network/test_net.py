"""The architecture, what enters it, and the untrained twin."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
import torch

from simtui.errors import SimtuiError
from simtui.network.layers import KNOWN, LAYERS, check_layers
from simtui.network.net import Net, max_pool, to_input, untrained


def images(n: int, seed: int = 0) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.random.default_rng(seed).integers(0, 256, (n, 28, 28), dtype=np.uint8)


def test_state_dict_has_the_homeworks_keys_and_shapes() -> None:
    shapes = {key: tuple(value.shape) for key, value in Net().state_dict().items()}
    assert shapes == {
        "conv1.weight": (10, 1, 5, 5),
        "conv1.bias": (10,),
        "conv2.weight": (20, 10, 5, 5),
        "conv2.bias": (20,),
        "fc1.weight": (50, 320),
        "fc1.bias": (50,),
        "fc2.weight": (10, 50),
        "fc2.bias": (10,),
    }


def test_activations_have_the_sizes_the_layers_say_and_come_after_relu() -> None:
    output = untrained(1)(to_input(images(3)))
    for name in ("fc", "pool2", "conv2", "conv1"):
        activation = getattr(output, name)
        assert tuple(activation.shape) == (3, *KNOWN[name].shape), name
        assert activation.min() >= 0, name
        assert activation.max() > 0, name
    assert torch.allclose(output.log_probs.exp().sum(1), torch.ones(3))
    assert torch.equal(output.pool2, torch.nn.functional.max_pool2d(output.conv2, 2))


def test_forward_gives_first_what_the_homeworks_forward_gives() -> None:
    output, fc, conv2, conv1 = untrained(1)(to_input(images(2)))[:4]
    assert [tuple(x.shape[1:]) for x in (output, fc, conv2, conv1)] == [(10,), (50,), (20, 8, 8), (10, 24, 24)]


@pytest.mark.parametrize("shape", [(7, 10, 24, 24), (1, 20, 8, 8), (0, 20, 8, 8)])
def test_pooling_without_gradients_is_torchs_own_to_the_last_bit(shape: tuple[int, ...]) -> None:
    x = torch.randn(shape, generator=torch.Generator().manual_seed(3))
    if x.numel():
        x.view(-1)[5] = torch.nan
    with torch.inference_mode():
        pooled = max_pool(x)
    torch.testing.assert_close(pooled, torch.nn.functional.max_pool2d(x, 2), rtol=0, atol=0, equal_nan=True)


def test_gradients_reach_the_image() -> None:
    x = to_input(images(1)).requires_grad_()
    untrained(1)(x).fc.sum().backward()  # type: ignore[no-untyped-call]
    assert x.grad is not None
    assert x.grad.abs().sum() > 0


def test_input_is_normalised_as_torchvision_does_it() -> None:
    transforms = pytest.importorskip("torchvision.transforms")
    pixels = images(4)
    theirs = transforms.Compose([transforms.ToTensor(), transforms.Normalize((0.1307,), (0.3081,))])
    assert torch.equal(to_input(pixels), torch.stack([theirs(image) for image in pixels]))


def test_read_only_pixels_are_taken() -> None:
    pixels = np.frombuffer(bytes(784), dtype=np.uint8).reshape(1, 28, 28)
    assert to_input(pixels).numpy() == pytest.approx(np.full((1, 1, 28, 28), -0.1307 / 0.3081))


def test_untrained_is_torchs_own_initialisation_from_the_seed() -> None:
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(5)
        own = Net().state_dict()
    ours = untrained(5).state_dict()
    assert all(torch.equal(own[key], ours[key]) for key in own)
    assert not torch.equal(untrained(6).conv1.weight, untrained(5).conv1.weight)


def test_untrained_leaves_the_random_state_alone() -> None:
    before = torch.random.get_rng_state()
    untrained(3)
    assert torch.equal(before, torch.random.get_rng_state())


def test_layers_keep_their_order_and_unknown_ones_are_named() -> None:
    assert check_layers(["pixels", "fc", "pixels"]) == ("pixels", "fc")
    assert check_layers(LAYERS) == ("fc", "pool2", "conv2", "conv1", "pixels")
    with pytest.raises(SimtuiError, match="no layer 'conv3': choose from fc, pool2, conv2, conv1, pixels"):
        check_layers(["fc", "conv3"])


def test_layers_need_no_torch() -> None:
    code = "import sys, simtui.network.layers; print([m for m in ('torch', 'scipy', 'numpy') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
