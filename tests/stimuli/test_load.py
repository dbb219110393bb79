"""From the name of a source to its images and the classes to pair up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from simtui.errors import SimtuiError
from simtui.stimuli import drawn
from simtui.stimuli.load import load_images


def folder_of(path: Path, *classes: str) -> str:
    for k, name in enumerate(classes):
        (path / name).mkdir(parents=True)
        for i in range(2):
            pixels = np.random.default_rng(10 * k + i).integers(0, 256, (28, 28), dtype=np.uint8)
            Image.fromarray(pixels).save(path / name / f"{i}.png")
    return str(path)


def test_drawn_digits_are_as_many_as_asked_for_and_eights_unless_told() -> None:
    images, classes = load_images("drawn", [], drawn=3, seed=4)
    assert classes == [8]
    np.testing.assert_array_equal(images.pixels, drawn.load([8], 3, seed=4).pixels)
    assert load_images("drawn", [1, 7], drawn=2, seed=0)[0].classes() == [1, 7]


def test_a_folder_of_one_class_needs_no_name(tmp_path: Path) -> None:
    images, classes = load_images(folder_of(tmp_path / "one", "cats"), [], drawn=1, seed=0)
    assert (len(images), classes) == (2, ["cats"])
    assert load_images(folder_of(tmp_path / "two", "cats", "dogs"), ["dogs"], drawn=1, seed=0)[1] == ["dogs"]


@pytest.mark.parametrize(
    ("source", "labels", "sentence"),
    [
        ("drawn", ["cat"], "“cat” is no digit that can be drawn"),
        ("drawn", [10], "“10” is no digit that can be drawn"),
        ("nowhere", [], "neither drawn nor mnist nor a folder of images"),
    ],
)
def test_a_source_that_cannot_be_had_is_a_sentence(source: str, labels: list[int | str], sentence: str) -> None:
    with pytest.raises(SimtuiError, match=sentence):
        load_images(source, labels, drawn=1, seed=0)
