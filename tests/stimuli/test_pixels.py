"""Images as arrays, and the cosine of their grey values."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cosine

from simtui.stimuli import drawn
from simtui.stimuli.pixels import pixel_cosine_matrix, pixel_cosines, stacked
from tests.builders import noise_images


def test_decoded_images_become_one_array() -> None:
    images = noise_images(3, (8,)).pixels
    np.testing.assert_array_equal(stacked(tuple(bytes(row) for row in image) for image in images), images)
    assert stacked([]).shape == (0, 28, 28)


def test_pixel_cosines_are_scipys() -> None:
    left, right = np.split(drawn.load([3, 8], 6, seed=1).pixels, 2)
    expected = [1 - cosine(a.ravel().astype(float), b.ravel().astype(float)) for a, b in zip(left, right, strict=True)]
    assert pixel_cosines(left, right) == pytest.approx(np.array(expected), abs=1e-12)
    assert pixel_cosines(left.astype(np.float32) / 2, right) == pytest.approx(np.array(expected), abs=1e-12)


def test_the_matrix_holds_every_pair_to_the_last_bit() -> None:
    images = drawn.load([8], 7, seed=0).pixels
    i, j = np.indices((7, 7)).reshape(2, -1)
    np.testing.assert_array_equal(pixel_cosine_matrix(images).ravel(), pixel_cosines(images[i], images[j]))


def test_an_image_without_ink_has_no_cosine() -> None:
    images = drawn.load([8], 2, seed=0).pixels.copy()
    images[0] = 0
    assert np.isnan(pixel_cosines(images[:1], images[1:])).all()
    assert np.isnan(pixel_cosine_matrix(images)).tolist() == [[True, True], [True, False]]
