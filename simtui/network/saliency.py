"""Which strokes make two images similar to the network: the gradient of a layer's cosine at every pixel."""

from __future__ import annotations

import copy

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from simtui.network.layers import check_layers
from simtui.network.net import MEAN, STD, Net
from simtui.network.similarity import Images

BATCH = 100
"""Pairs at once; with its graph a pair takes about a megabyte."""


def saliency(net: Net, left: Images, right: Images, layer: str) -> NDArray[np.float64]:
    """Gradient of the cosine of each pair (left[i], right[i]) in `layer`, float64 (n, 2, 28, 28).

    left, right: (n, 28, 28). [:, 0] is with respect to the left image, [:, 1] to the right one, in units of
    the cosine for a pixel that goes from paper (0) to full ink (255): where it is positive, more ink makes the two
    more similar. NaN for a pair with an image that leaves the layer at zero: it has no cosine. The net is not
    changed. Raises SimtuiError for an unknown layer.
    """
    check_layers([layer])
    # In float64, and on a copy: the weights of the caller's net stay as they are.
    exact = copy.deepcopy(net).double().requires_grad_(False)
    result = np.empty((len(left), 2, 28, 28))
    for start in range(0, len(left), BATCH):
        block = slice(start, start + BATCH)
        pairs = np.stack([left[block], right[block]], axis=1, dtype=np.float64)
        ink = torch.from_numpy(pairs / 255).requires_grad_(True)
        cosine = _cosine(exact, ink, layer)
        # A pair's cosine depends on its own pixels alone, so that the sum has every pair's gradient at once.
        (gradient,) = torch.autograd.grad(cosine.sum(), ink)
        result[block] = gradient.numpy()
        result[block][~torch.isfinite(cosine).numpy()] = np.nan
    return result


def _cosine(net: Net, ink: Tensor, layer: str) -> Tensor:
    """Cosine (n,) of pairs of images (n, 2, 28, 28), 0 paper and 1 ink."""
    if layer == "pixels":
        units = ink.flatten(2)
    else:
        x = (ink.flatten(0, 1).unsqueeze(1) - MEAN) / STD
        units = getattr(net(x), layer).flatten(1).unflatten(0, (-1, 2))
    a, b = units[:, 0], units[:, 1]
    return (a * b).sum(1) / torch.sqrt((a * a).sum(1) * (b * b).sum(1))
