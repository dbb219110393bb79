"""`simtui train`: a checkpoint of one's own, from training images to a file that the other commands take."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from simtui.network import checkpoint
from simtui.stimuli import mnist
from tests.commands import in_process
from tests.stimuli.test_mnist import idx_bytes


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a handful of images of noise in the form of MNIST."""
    data = tmp_path / "mnist"
    data.mkdir()
    rng = np.random.default_rng(1)
    for split, number in (("train", 120), ("test", 30)):
        images, labels = mnist.FILES[split]
        (data / images).write_bytes(idx_bytes(rng.integers(0, 256, (number, 28, 28), dtype=np.uint8)))
        (data / labels).write_bytes(idx_bytes(np.arange(number, dtype=np.uint8) % 10))
    return tmp_path


def test_the_checkpoint_says_what_it_was_trained_on_and_nothing_is_overwritten(folder: Path) -> None:
    arguments = ("train", "--data", "mnist", "--out", "my.pt", "--epochs", "2", "--seed", "3")
    done = in_process.simtui(folder, *arguments)
    assert done.returncode == 0, done.stderr
    said = r"my\.pt: epoch [12] of 2 was best on the 10 images held out \([\d.]+ %\); [\d.]+ % on the test set\.\n"
    assert re.fullmatch(said, done.stdout)
    written = (folder / "my.pt").read_bytes()
    loaded = checkpoint.load(folder / "my.pt")
    assert f"{loaded.test_acc:.2f} % on the test set" in done.stdout

    again = in_process.simtui(folder, *arguments)
    assert again.returncode == 2
    assert "--force" in again.stderr
    assert (folder / "my.pt").read_bytes() == written

    assert in_process.simtui(folder, *arguments, "--force").returncode == 0
    same = checkpoint.load(folder / "my.pt").net.state_dict()
    assert all(bool((same[name] == weights).all()) for name, weights in loaded.net.state_dict().items())


def test_without_images_it_is_a_sentence_and_no_file(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = in_process.simtui(tmp_path, "train", "--data", "empty", "--out", "my.pt")
    assert done.returncode == 2
    assert "empty" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "my.pt").exists()
