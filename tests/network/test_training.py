"""Training is repeatable, looks only at what it may, can be stopped; evaluation counts right."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from simtui.errors import SimtuiError
from simtui.network import checkpoint, container
from simtui.network.net import to_input, untrained
from simtui.network.training import (
    Evaluation,
    TrainingCancelledError,
    TrainingResult,
    augmented,
    evaluate,
    train,
)
from simtui.stimuli import drawn, mnist

Data = tuple[NDArray[np.uint8], NDArray[np.int64]]


@pytest.fixture(scope="module")
def digits() -> Data:
    """600 drawn digits in random order."""
    images = drawn.load(range(10), 60, seed=3)
    order = np.random.default_rng(0).permutation(len(images))
    return images.pixels[order], np.array(images.labels, dtype=np.int64)[order]


@pytest.fixture(scope="module")
def trained(digits: Data) -> TrainingResult:
    return train(*digits, epochs=8, seed=1)


def same(a: TrainingResult, b: TrainingResult) -> bool:
    theirs = b.net.state_dict()
    return all(torch.equal(value, theirs[key]) for key, value in a.net.state_dict().items())


def test_training_learns_and_the_best_epoch_is_kept(digits: Data, trained: TrainingResult) -> None:
    assert (trained.n_trained, trained.n_held_out) == (550, 50)
    assert [epoch.number for epoch in trained.history] == list(range(1, 9))
    assert trained.best.hold_out_accuracy == max(epoch.hold_out_accuracy for epoch in trained.history)
    fresh = drawn.load(range(10), 30, seed=4)
    found = evaluate(trained.net, fresh.pixels, np.array(fresh.labels, dtype=np.int64))
    assert found.accuracy > 80
    assert evaluate(untrained(1), *digits).accuracy < 40
    assert not trained.net.training


def test_the_kept_weights_are_those_of_the_best_epoch(digits: Data) -> None:
    result = train(*digits, epochs=3, seed=2, hold_out=100)
    order = torch.randperm(600, generator=torch.Generator().manual_seed(2)).numpy()[:100]
    found = evaluate(result.net, digits[0][order], digits[1][order])
    assert found.accuracy == result.best.hold_out_accuracy


def test_held_out_images_are_never_trained_on(digits: Data) -> None:
    pixels, labels = digits
    held_out = torch.randperm(600, generator=torch.Generator().manual_seed(5)).numpy()[:50]
    spoiled = pixels.copy()
    spoiled[held_out] = 0
    # One epoch, so that choosing among epochs cannot hide a difference.
    assert same(train(pixels, labels, epochs=1, seed=5), train(spoiled, labels, epochs=1, seed=5))


@pytest.mark.parametrize("augment", [False, True])
def test_the_same_seed_gives_the_same_weights_and_another_seed_others(digits: Data, augment: bool) -> None:
    threads = torch.get_num_threads()
    first = train(*digits, epochs=2, seed=7, augment=augment)
    torch.set_num_threads(1 if threads > 1 else 2)
    try:
        torch.rand(3)  # the process's own random state must not matter
        second = train(*digits, epochs=2, seed=7, augment=augment)
        assert torch.get_num_threads() == (1 if threads > 1 else 2)
    finally:
        torch.set_num_threads(threads)
    assert same(first, second)
    assert not same(first, train(*digits, epochs=2, seed=8, augment=augment))


def test_augmentation_changes_the_weights(digits: Data) -> None:
    assert not same(train(*digits, epochs=1, seed=7), train(*digits, epochs=1, seed=7, augment=True))


def test_the_training_is_described_in_plain_values_that_survive_a_checkpoint(
    trained: TrainingResult, tmp_path: Path
) -> None:
    checkpoint.save(tmp_path / "net.pt", trained.net, test_acc=50.0, training=trained.describe())
    loaded = checkpoint.load(tmp_path / "net.pt")
    assert loaded.info == {f"training.{key}": value for key, value in trained.describe().items()}
    assert loaded.info["training.seed"] == 1
    assert loaded.info["training.held_out"] == 50
    assert same(trained, trained)
    assert torch.equal(loaded.net.fc2.weight, trained.net.fc2.weight)


def test_progress_goes_from_the_first_batch_to_the_last(digits: Data) -> None:
    seen: list[tuple[int, int, str]] = []
    train(*digits, epochs=2, on_progress=lambda *step: seen.append(step))
    assert [done for done, _, _ in seen] == sorted({done for done, _, _ in seen})
    assert {total for _, total, _ in seen} == {1100}
    assert seen[-1][0] == 1100
    assert seen[0][2] == "epoch 1 of 2"
    assert seen[-1][2].startswith("epoch 2 of 2, best ")


def test_training_stops_when_cancelled_and_says_so(digits: Data) -> None:
    seen: list[int] = []
    with pytest.raises(TrainingCancelledError, match=r"cancelled in epoch 1 of 50; nothing was written\.$"):
        train(*digits, epochs=50, on_progress=lambda done, *_: seen.append(done), cancelled=lambda: len(seen) >= 2)
    assert len(seen) == 2


@pytest.mark.parametrize(
    ("n", "labels", "options", "says"),
    [
        (20, [1] * 19, {}, "20 images and 19 labels"),
        (20, [10] * 20, {}, "knows the digits 0 to 9"),
        (20, [-1] * 20, {}, "knows the digits 0 to 9"),
        (5, [1] * 5, {}, "cannot be held out"),
        (20, [1] * 20, {"hold_out": 20}, "cannot be held out"),
        (20, [1] * 20, {"epochs": 0}, "at least one epoch"),
        (20, [1] * 20, {"seed": -1}, "seed"),
        (20, [1] * 20, {"seed": 2**70}, "seed"),
    ],
)
def test_what_cannot_be_trained_on(n: int, labels: list[int], options: dict[str, Any], says: str) -> None:
    with pytest.raises(SimtuiError, match=says):
        train(np.zeros((n, 28, 28), np.uint8), np.array(labels), **options)


def test_the_smallest_training_runs() -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (12, 28, 28), dtype=np.uint8)
    result = train(pixels, np.arange(12) % 10, epochs=1)
    assert (result.n_trained, result.n_held_out) == (11, 1)


def test_augmented_images_move_a_little_and_keep_their_ink() -> None:
    x = to_input(drawn.load([8], 64, seed=1).pixels)
    moved = augmented(x, torch.Generator().manual_seed(0))
    assert moved.shape == x.shape
    assert not torch.equal(moved, x)
    paper = x.min()
    ink, moved_ink = (x - paper).sum((1, 2, 3)), (moved - paper).sum((1, 2, 3))
    assert moved.min() >= paper - 1e-5  # paper comes in over the edges, not grey
    assert float((moved_ink / ink).min()) > 0.7
    assert float((moved_ink / ink).max()) < 1.4
    column = torch.arange(28.0)
    centre = ((x - paper).sum(2) * column).sum((1, 2)) / ink
    moved_centre = ((moved - paper).sum(2) * column).sum((1, 2)) / moved_ink
    shift = moved_centre - centre
    assert float(shift.abs().max()) < 4
    assert float(shift.std()) > 0.5


def test_evaluation_counts_and_reports() -> None:
    images = drawn.load([3, 5], 60, seed=2).take([i % 120 for i in range(1200)])
    labels = np.array(images.labels, dtype=np.int64)
    net = untrained(0)
    seen: list[tuple[int, int]] = []
    found = evaluate(net, images.pixels, labels, lambda *step: seen.append(step))
    with torch.inference_mode():
        expected = net(to_input(images.pixels)).log_probs.argmax(1).numpy()
    assert np.array_equal(found.predictions, expected)
    assert found.correct == int((expected == labels).sum())
    assert (found.total, found.accuracy) == (1200, 100 * found.correct / 1200)
    assert seen == [(1000, 1200), (1200, 1200)]


@pytest.mark.parametrize(("n", "labels"), [(0, []), (2, [1])])
def test_nothing_to_evaluate_is_said(n: int, labels: list[int]) -> None:
    with pytest.raises(SimtuiError, match="nothing can be evaluated"):
        evaluate(untrained(0), np.zeros((n, 28, 28), np.uint8), np.array(labels))


def on_the_test_set(path: Path, data: Path) -> Evaluation:
    images = mnist.load("test", data)
    return evaluate(checkpoint.load(path).net, images.pixels, np.array(images.labels, dtype=np.int64))


def test_the_homeworks_checkpoint_is_98_71_percent_correct(shared: Path) -> None:
    found = on_the_test_set(shared / "homework" / "convnet_mnist_pretrained.pt", shared / "mnist")
    assert (found.correct, found.total) == (9871, 10_000)
    assert f"{found.accuracy:.2f}" == "98.71"


def test_our_checkpoint_is_as_good_as_its_file_says(shared: Path) -> None:
    path = container.default_checkpoint()
    found = on_the_test_set(path, shared / "mnist")
    said = checkpoint.load(path).test_acc
    assert said is not None
    assert found.accuracy >= 99.0
    # Another processor may round differently and tip an image or two.
    assert found.accuracy == pytest.approx(said, abs=0.03)


def test_our_checkpoint_knows_drawn_digits() -> None:
    images = drawn.load(range(10), 100, seed=7)
    labels = np.array(images.labels, dtype=np.int64)
    found = evaluate(checkpoint.load(container.default_checkpoint()).net, images.pixels, labels)
    assert found.accuracy >= 97
    for digit in range(10):
        assert (found.predictions[labels == digit] == digit).mean() >= 0.93, digit
