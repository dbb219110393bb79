"""Net: the homework's architecture (Lake & Gureckis, Homework Neural Networks D), and how images enter it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

MEAN, STD = 0.1307, 0.3081
"""Mean and standard deviation of MNIST's training pixels (0..1), by which the input is normalised."""


class Activations(NamedTuple):
    """What one forward pass gives for n images.

    The first four are in the order of the homework's own `forward`, so `output, fc, conv2, conv1 = net(x)[:4]`.

    log_probs: (n, 10), natural logarithm of the probability of each digit.
    fc: (n, 50), after ReLU.
    conv2: (n, 20, 8, 8), after ReLU, before pooling.
    conv1: (n, 10, 24, 24), after ReLU, before pooling.
    pool2: (n, 20, 4, 4), conv2 after 2x2 max pooling: what fc sees.
    """

    log_probs: Tensor
    fc: Tensor
    conv2: Tensor
    conv1: Tensor
    pool2: Tensor


class Net(nn.Module):
    """Two convolutions with pooling, 50 hidden units, ten digits; state-dict keys conv1, conv2, fc1, fc2."""

    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(1, 10, kernel_size=5)
        self.conv2 = nn.Conv2d(10, 20, kernel_size=5)
        self.fc1 = nn.Linear(320, 50)
        self.fc2 = nn.Linear(50, 10)

    def forward(self, x: Tensor) -> Activations:
        """Log-probabilities and activations of normalised images, float32 (n, 1, 28, 28)."""
        # The activations are returned, not hooked: a module hook would see them before the ReLU.
        conv1 = functional.relu(self.conv1(x), inplace=True)
        conv2 = functional.relu(self.conv2(max_pool(conv1)), inplace=True)
        pool2 = max_pool(conv2)
        fc = functional.relu(self.fc1(pool2.flatten(1)), inplace=True)
        return Activations(functional.log_softmax(self.fc2(fc), dim=1), fc, conv2, conv1, pool2)

    def __call__(self, x: Tensor) -> Activations:
        """`forward`, with its type."""
        activations: Activations = super().__call__(x)
        return activations


def max_pool(x: Tensor) -> Tensor:
    """The largest of each 2x2 block: (n, channels, height, width) to half the height and width, which are even."""
    if torch.is_grad_enabled():
        return functional.max_pool2d(x, 2)
    # Torch's own also notes where each maximum was, for gradients, and takes most of a forward pass for it.
    n, channels, height, width = x.shape
    upper, lower = x.reshape(n, channels, height // 2, 2, width).unbind(3)
    rows = torch.maximum(upper, lower)
    return torch.maximum(rows[..., ::2], rows[..., 1::2])


def to_input(pixels: NDArray[np.uint8 | np.float32]) -> Tensor:
    """Images (n, 28, 28), 0 to 255, as the net wants them: normalised float32 (n, 1, 28, 28)."""
    x = torch.from_numpy(pixels.astype(np.float32)).unsqueeze(1)
    # In this order and precision it is what torchvision's ToTensor and Normalize compute, to the last bit.
    return x.div_(255).sub_(MEAN).div_(STD)


def untrained(seed: int) -> Net:
    """A net with random weights that depend on nothing but `seed`: where training starts, and the untrained twin.

    Weights and biases are uniform in ±1/√(fan-in), as torch draws them for these layers itself, in the same
    order; the process's own random state is neither used nor changed by them.
    """
    with torch.random.fork_rng(devices=[]):
        net = Net()
    draw_weights(net, seed)
    return net.eval()


def draw_weights(net: Net, seed: int) -> None:
    """Give a net the weights of `untrained(seed)`, in place: a fifth of the time that a new one takes."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        parameters = list(net.parameters())
        for weight, bias in zip(parameters[::2], parameters[1::2], strict=True):
            bound = 1 / math.sqrt(weight[0].numel())
            weight.uniform_(-bound, bound, generator=generator)
            bias.uniform_(-bound, bound, generator=generator)
