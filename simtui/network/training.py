"""Train the net on MNIST's training set, and measure any net on labelled images."""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from simtui.errors import SimtuiError
from simtui.network.net import Net, to_input, untrained
from simtui.progress import Progress, untold

BATCH = 128
"""Images a training step."""

EVALUATION_BATCH = 1000

PEAK_RATE = 0.006
"""Highest learning rate of the one-cycle schedule (Adam)."""


class TrainingCancelledError(SimtuiError):
    """The user stopped the training; nothing has been written."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How well a net names images.

    accuracy: percent correct.
    correct, total: counts of images.
    predictions: int64 (n,), the most probable digit of each image.
    """

    accuracy: float
    correct: int
    total: int
    predictions: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Epoch:
    """One pass over the training images: its mean loss, and accuracy (percent) and loss on the held-out ones."""

    number: int
    loss: float
    hold_out_accuracy: float
    hold_out_loss: float


@dataclass(frozen=True, slots=True)
class TrainingResult:
    """The net of the best epoch and how it came about. The test set has played no part in it."""

    net: Net
    best: Epoch
    history: tuple[Epoch, ...]
    n_trained: int
    n_held_out: int
    epochs: int
    seed: int
    augment: bool

    def describe(self) -> dict[str, str | int | float | bool]:
        """What the checkpoint says of its training, as plain values. No date: same training, same file."""
        return {
            "images": self.n_trained,
            "held_out": self.n_held_out,
            "epochs": self.epochs,
            "best_epoch": self.best.number,
            "hold_out_accuracy": self.best.hold_out_accuracy,
            "seed": self.seed,
            "augment": self.augment,
            "batch_size": BATCH,
            "optimizer": f"Adam, one-cycle learning rate up to {PEAK_RATE}",
            "torch": str(torch.__version__),
        }


def evaluate(
    net: Net,
    pixels: NDArray[np.uint8],
    labels: NDArray[np.int64],
    on_progress: Progress = untold,
) -> Evaluation:
    """Name every image of `pixels`, uint8 (n, 28, 28), and compare with `labels`, integers (n,).

    on_progress counts images, after each batch.
    Raises SimtuiError if there are no images or not one label an image.
    """
    total = len(pixels)
    if total == 0 or len(labels) != total:
        raise SimtuiError(f"There are {total} images and {len(labels)} labels: nothing can be evaluated.")
    predictions = np.empty(total, dtype=np.int64)
    with torch.inference_mode():
        for start in range(0, total, EVALUATION_BATCH):
            batch = slice(start, start + EVALUATION_BATCH)
            predictions[batch] = net(to_input(pixels[batch])).log_probs.argmax(1).numpy()
            on_progress(min(start + EVALUATION_BATCH, total), total)
    correct = int((predictions == labels).sum())
    return Evaluation(100 * correct / total, correct, total, predictions)


def train(
    pixels: NDArray[np.uint8],
    labels: NDArray[np.int64],
    *,
    epochs: int = 20,
    seed: int = 0,
    augment: bool = False,
    hold_out: int | None = None,
    on_progress: Progress = untold,
    cancelled: Callable[[], bool] | None = None,
) -> TrainingResult:
    """Train a net from the random weights of `seed` on images uint8 (n, 28, 28) with labels 0..9.

    `hold_out` images (a twelfth unless told: 5,000 of MNIST's 60,000), drawn by the seed, are never trained
    on; the epoch that does best on them is kept (most correct, then lowest loss). With `augment` every image is
    met each time a little turned, sheared, scaled and shifted. The same arguments on the same machine give the
    same weights.

    `cancelled` is asked before every step; where it says True, TrainingCancelledError is raised and nothing is kept.
    Raises SimtuiError for labels that are no digits, too few images, and a loss that stops being a number.
    """
    n = len(pixels)
    n_held_out = n // 12 if hold_out is None else hold_out
    _check(n, labels, n_held_out, epochs, seed)
    net = untrained(seed)
    generator = torch.Generator().manual_seed(seed)
    order = torch.randperm(n, generator=generator).numpy()
    held_out, trained = order[:n_held_out], order[n_held_out:]
    images, targets = pixels[trained], torch.from_numpy(labels[trained].astype(np.int64))
    steps = math.ceil(len(images) / BATCH)
    optimizer = torch.optim.Adam(net.parameters(), lr=PEAK_RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, PEAK_RATE, total_steps=epochs * steps + 1)
    history: list[Epoch] = []
    weights: list[dict[str, Tensor]] = []
    message = ""
    with _one_thread():
        for number in range(1, epochs + 1):
            message = f"epoch {number} of {epochs}"
            if history:
                message += f", best {max(e.hold_out_accuracy for e in history):.2f} % of held-out images"
            losses = 0.0
            for done, chosen in _batches(torch.randperm(len(images), generator=generator)):
                if cancelled is not None and cancelled():
                    raise TrainingCancelledError(f"Training was cancelled in {message}; nothing was written.")
                x = to_input(images[chosen.numpy()])
                optimizer.zero_grad()
                loss = functional.nll_loss(net(augmented(x, generator) if augment else x).log_probs, targets[chosen])
                loss.backward()  # type: ignore[no-untyped-call]
                optimizer.step()
                schedule.step()
                losses += loss.item() * len(chosen)
                on_progress((number - 1) * len(images) + done, epochs * len(images), message)
            if not math.isfinite(losses):
                raise SimtuiError(f"The loss stopped being a number in {message}; nothing was written.")
            history.append(Epoch(number, losses / len(images), *_score(net, pixels[held_out], labels[held_out])))
            weights.append(copy.deepcopy(net.state_dict()))
    best = max(history, key=lambda epoch: (epoch.hold_out_accuracy, -epoch.hold_out_loss))
    net.load_state_dict(weights[best.number - 1])
    return TrainingResult(
        net=net,
        best=best,
        history=tuple(history),
        n_trained=len(images),
        n_held_out=n_held_out,
        epochs=epochs,
        seed=seed,
        augment=augment,
    )


def _batches(order: Tensor) -> Iterator[tuple[int, Tensor]]:
    """Images done once the batch is, and the batch's positions."""
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        yield start + len(chosen), chosen


@contextmanager
def _one_thread() -> Iterator[None]:
    """One thread of torch: sums come in one order whatever the machine, and so small a net gains nothing from more."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def augmented(x: Tensor, generator: torch.Generator) -> Tensor:
    """Each normalised image of `x`, (n, 1, 28, 28), a little transformed, as hands vary.

    Turned by up to 10°, sheared by up to 0.2, scaled by 0.9 to 1.1 along each axis and shifted by up to 2 pixels,
    all uniform; bilinear, with paper beyond the edges.
    """

    def uniform(half_width: float) -> Tensor:
        return (torch.rand(len(x), generator=generator) * 2 - 1) * half_width

    angle, shear = uniform(math.radians(10)), uniform(0.2)
    wide, tall = 1 + uniform(0.1), 1 + uniform(0.1)
    right, down = uniform(4 / x.shape[-1]), uniform(4 / x.shape[-2])  # affine_grid spans the image by -1..1
    cos, sin = torch.cos(angle), torch.sin(angle)
    theta = torch.stack(
        [
            torch.stack([wide * cos, wide * (shear * cos - sin), right], dim=1),
            torch.stack([tall * sin, tall * (shear * sin + cos), down], dim=1),
        ],
        dim=1,
    )
    grid = functional.affine_grid(theta, list(x.shape), align_corners=False)
    # grid_sample pads with zeros: let zero be paper while it works.
    paper = to_input(np.zeros((1, 1, 1), dtype=np.uint8)).item()
    return functional.grid_sample(x - paper, grid, align_corners=False) + paper


def _check(n: int, labels: NDArray[np.int64], n_held_out: int, epochs: int, seed: int) -> None:
    if len(labels) != n:
        raise SimtuiError(f"There are {n} images and {len(labels)} labels: the net cannot be trained on them.")
    if epochs < 1:
        raise SimtuiError(f"Training takes at least one epoch, not {epochs}.")
    if not 0 <= seed < 2**63:
        raise SimtuiError(f"The seed of a training is a whole number from 0 to 2^63 - 1, not {seed}.")
    if not 1 <= n_held_out < n:
        raise SimtuiError(f"Of {n} images {n_held_out} cannot be held out to choose the best epoch.")
    if labels.min() < 0 or labels.max() > 9:
        raise SimtuiError(f"Labels go from {labels.min()} to {labels.max()}: the net knows the digits 0 to 9.")


def _score(net: Net, pixels: NDArray[np.uint8], labels: NDArray[np.int64]) -> tuple[float, float]:
    """Accuracy in percent and mean loss."""
    correct, losses = 0, 0.0
    with torch.inference_mode():
        for start in range(0, len(pixels), EVALUATION_BATCH):
            batch = slice(start, start + EVALUATION_BATCH)
            log_probs = net(to_input(pixels[batch])).log_probs
            targets = torch.from_numpy(labels[batch].astype(np.int64))
            correct += int((log_probs.argmax(1) == targets).sum())
            losses += functional.nll_loss(log_probs, targets, reduction="sum").item()
    return 100 * correct / len(pixels), losses / len(pixels)
