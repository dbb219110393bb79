"""Drawn digits: the same everywhere, in MNIST's form, varied as handwriting is, and read by the networks."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from simtui.errors import SimtuiError
from simtui.stimuli import glyphs
from simtui.stimuli.drawn import NOTE, VERSION, draw, load
from simtui.stimuli.hand import Hand
from simtui.stimuli.image_set import ImageSet

DIGITS = range(10)
Pixels = NDArray[np.uint8]


@cache
def drawn(seed: int) -> ImageSet:
    """100 of each digit."""
    return load(DIGITS, 100, seed)


@pytest.fixture
def thousand() -> ImageSet:
    return drawn(0)


def sha256(pixels: Pixels) -> str:
    return hashlib.sha256(pixels.tobytes()).hexdigest()


# The same everywhere


def test_two_processes_draw_the_same_bytes() -> None:
    program = (
        "import hashlib; from simtui.stimuli.drawn import load;"
        "print(hashlib.sha256(load(range(10), 3, 99).pixels.tobytes()).hexdigest())"
    )
    said = [
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout.strip()
        for _ in range(2)
    ]
    assert said == [sha256(load(DIGITS, 3, 99).pixels)] * 2


def test_this_version_draws_what_it_always_drew() -> None:
    """A study names the version of the drawing program: if this fails, raise VERSION and record the new sum."""
    assert VERSION == 1
    assert sha256(load(DIGITS, 20, seed=7).pixels) == "01e96f6c9af6fa0d92285ab6827f265b45f5f5567bd87da75c04df8b81e020b5"


def test_an_image_depends_on_its_seed_digit_and_number_alone() -> None:
    few, many = load([8], 3, seed=5), load([3, 8], 6, seed=5)
    assert np.array_equal(few.pixels, many.pixels[6:9])
    assert few.ids == many.ids[6:9] == ("drawn-8-00000", "drawn-8-00001", "drawn-8-00002")
    assert not np.array_equal(few.pixels, load([8], 3, seed=6).pixels)


def test_labels_ids_and_provenance() -> None:
    images = load([4, 1, 4], 2, seed=12)
    assert images.labels == (4, 4, 1, 1)
    assert images.ids == ("drawn-4-00000", "drawn-4-00001", "drawn-1-00000", "drawn-1-00001")
    assert (images.source.name, images.source.seed, images.source.version) == ("drawn", 12, VERSION)
    assert images.source.note == NOTE == "drawn digits, not MNIST"


def test_nothing_asked_for_nothing_drawn() -> None:
    assert len(load([8], 0, seed=0)) == 0
    assert len(load([], 5, seed=0)) == 0


@pytest.mark.parametrize("digit", [10, -1])
def test_an_unknown_digit_is_refused(digit: int) -> None:
    with pytest.raises(SimtuiError, match=f"drawn digit {digit}: choose from 0 to 9"):
        load([8, digit], 0, seed=0)
    with pytest.raises(SimtuiError, match="choose from 0 to 9"):
        draw(digit, np.random.default_rng(0))


def test_a_negative_seed_or_number_is_refused() -> None:
    with pytest.raises(SimtuiError, match=r"seed .* is -1"):
        load([8], 1, seed=-1)
    with pytest.raises(SimtuiError, match="-2 drawings"):
        load([8], -2, seed=1)


# MNIST's form


def test_ink_fills_the_twenty_pixel_box(thousand: ImageSet) -> None:
    assert (thousand.pixels.shape, thousand.pixels.dtype) == ((1000, 28, 28), np.dtype(np.uint8))
    for name, image in zip(thousand.ids, thousand.pixels, strict=True):
        height, width = (np.ptp(np.flatnonzero(image.any(axis=axis))) + 1 for axis in (1, 0))
        assert max(height, width) == 20, name


def test_centre_of_mass_is_in_the_middle_pixel(thousand: ImageSet) -> None:
    """MNIST's own convention: moved by whole pixels to be nearest the centre of pixel 14 of 0..27."""
    weight = thousand.pixels / thousand.pixels.sum(axis=(1, 2), keepdims=True)
    for axis in (1, 2):
        centre = (weight.sum(axis=3 - axis) * np.arange(28)).sum(axis=1)
        assert np.abs(centre - 14).max() <= 0.5 + 1e-9


def test_paper_ink_and_grey_are_as_much_as_in_mnist(thousand: ImageSet) -> None:
    """The test set of MNIST: 80.7 % paper, 7.3 % full ink (252 and more), mean 0.1325 of full ink."""
    pixels = thousand.pixels
    assert (pixels.reshape(1000, -1).max(axis=1) >= 200).all()
    assert 0.78 < (pixels == 0).mean() < 0.84
    assert 0.03 < (pixels >= 252).mean() < 0.10
    assert 0.11 < pixels.mean() / 255 < 0.15


# Varied as handwriting is


def test_no_two_images_are_the_same(thousand: ImageSet) -> None:
    assert len({image.tobytes() for image in thousand.pixels}) == 1000


@pytest.mark.parametrize("digit", DIGITS)
def test_pairs_range_from_alike_to_different(thousand: ImageSet, digit: int) -> None:
    """Pixel cosine of pairs of one class; in MNIST's test set its sd is 0.12 to 0.21, by class."""
    flat = thousand.pixels[thousand.where(digit)].reshape(100, -1).astype(np.float64)
    flat /= np.linalg.norm(flat, axis=1, keepdims=True)
    cosine = (flat @ flat.T)[np.triu_indices(100, k=1)]
    assert cosine.std() > 0.1
    low, high = np.percentile(cosine, [1, 99])
    assert low < 0.45
    assert high > 0.8


def ways(digit: int, feature: str) -> float:
    """How often, of 300 drawings of a digit, the strokes have this feature."""
    count = 0
    for k in range(300):
        written = glyphs.GLYPHS[digit](Hand(np.random.default_rng([digit, k])))
        first = written[0]
        count += {
            "two strokes": len(written) == 2,
            "a corner": any(a == b for a, b in pairwise(first)),
            "a lapping end": len(first) > 11,
        }[feature]
    return count / 300


@pytest.mark.parametrize(
    ("digit", "feature"),
    [
        (1, "a corner"),
        (1, "two strokes"),
        (2, "a corner"),
        (3, "a corner"),
        (4, "a corner"),
        (5, "two strokes"),
        (6, "a lapping end"),
        (7, "two strokes"),
        (8, "two strokes"),
        (9, "a corner"),
    ],
)
def test_more_than_one_way_of_writing_occurs(digit: int, feature: str) -> None:
    assert 0.05 < ways(digit, feature) < 0.95


def test_holes_tell_open_fours_from_closed_and_looped_twos_from_plain(thousand: ImageSet) -> None:
    """Seen in the finished pixels: paper that the ink shuts in."""
    for digit in (2, 4):
        shut = [has_hole(image) for image in thousand.pixels[thousand.where(digit)]]
        assert 5 < sum(shut) < 80, digit


def has_hole(image: Pixels) -> bool:
    """Whether some paper cannot be reached from the border."""
    paper = np.pad(image < 128, 1, constant_values=True)
    reached = np.zeros_like(paper)
    reached[0, 0] = True
    while True:
        spread = reached.copy()
        spread[1:] |= reached[:-1]
        spread[:-1] |= reached[1:]
        spread[:, 1:] |= reached[:, :-1]
        spread[:, :-1] |= reached[:, 1:]
        spread &= paper
        if (spread == reached).all():
            return bool((paper & ~reached).any())
        reached = spread


def test_a_thousand_take_seconds() -> None:
    start = time.process_time()
    load(DIGITS, 30, seed=1)
    assert time.process_time() - start < 6  # about 0.5 s


# Read by the networks


def check_read(checkpoint: Path, seed: int) -> None:
    """At least 97 % of 1,000 digits, and 93 % of each class, are classified right."""
    torch = pytest.importorskip("torch")
    from simtui.network.checkpoint import load as load_checkpoint

    images = drawn(seed)
    net = load_checkpoint(checkpoint).net
    normalised = (images.pixels[:, None].astype(np.float32) / 255 - 0.1307) / 0.3081
    with torch.inference_mode():
        read = net(torch.from_numpy(normalised)).log_probs.argmax(1).numpy()
    right = (read == np.array(images.labels)).reshape(10, 100).mean(axis=1)
    assert right.mean() >= 0.97
    assert right.min() >= 0.93, right


@pytest.mark.parametrize("seed", [0, 12345])
def test_the_homeworks_network_reads_them(shared: Path, seed: int) -> None:
    check_read(shared / "homework" / "convnet_mnist_pretrained.pt", seed)


@pytest.mark.parametrize("seed", [0, 12345])
def test_our_network_reads_them(seed: int) -> None:
    pytest.importorskip("torch")
    from simtui.network.container import default_checkpoint

    check_read(default_checkpoint(), seed)
