"""Shapes whose place, slant, strokes and holes are known because they were drawn here."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import ndimage

from simtui.analysis import shape
from simtui.stimuli import drawn


def blank(n: int = 1) -> np.ndarray:
    return np.zeros((n, 28, 28))


def bar(lean: float = 0.0, column: float = 14.0) -> np.ndarray:
    """A stroke from row 6 to row 20 that moves `lean` columns to the right for each row up."""
    image = blank()
    rows = np.arange(6, 21)
    for row in rows:
        image[0, row] = 255 * np.clip(2.5 - np.abs(np.arange(28) - column - lean * (13 - row)), 0, 1)
    return image


@pytest.fixture(scope="module")
def digits() -> np.ndarray:
    return drawn.load([0, 1, 6, 8], 5, seed=3).pixels.astype(float)


def test_moments_of_one_pixel() -> None:
    image = blank()
    image[0, 5, 20] = 51

    found = shape.moments(image)

    assert (found.mass[0], found.row[0], found.column[0]) == (51, 5, 20)
    assert found.row_variance[0] == 0
    assert np.isnan(found.shear[0])


@pytest.mark.parametrize("lean", [-0.5, 0.0, 0.3, 0.6])
def test_slant_is_the_angle_of_a_stroke(lean: float) -> None:
    assert shape.moments(bar(lean)).slant[0] == pytest.approx(np.degrees(np.arctan(lean)), abs=0.5)


def test_centring_moves_the_centre_of_mass_and_nothing_else(digits: np.ndarray) -> None:
    moved = np.roll(digits, (2, -3), axis=(1, 2))

    found = shape.moments(shape.centred(moved))

    np.testing.assert_allclose(found.row, 14, atol=1e-9)
    np.testing.assert_allclose(found.column, 14, atol=1e-9)
    np.testing.assert_allclose(found.mass, digits.sum(axis=(1, 2)))
    np.testing.assert_allclose(shape.centred(moved), shape.centred(digits), atol=1e-9)


def test_centring_is_a_bilinear_shift(digits: np.ndarray) -> None:
    found = shape.moments(digits)
    for image, row, column, ours in zip(digits, found.row, found.column, shape.centred(digits), strict=True):
        np.testing.assert_allclose(ours, ndimage.shift(image, (14 - row, 14 - column), order=1), atol=1e-9)


def test_what_was_centred_goes_back_to_where_it_was(digits: np.ndarray) -> None:
    """To the pixel where it moved by whole pixels; else two interpolations have blurred it, and nothing else."""
    inner = np.zeros_like(digits)
    inner[:, 6:22, 6:22] = digits[:, 6:22, 6:22]
    images = np.roll(inner, (2, -3), axis=(1, 2))

    back = shape.moved_back(shape.centred(images), images)

    found, expected = shape.moments(back), shape.moments(images)
    for ours, theirs in ((found.mass, expected.mass), (found.row, expected.row), (found.column, expected.column)):
        np.testing.assert_allclose(ours, theirs)
    blurred = ndimage.uniform_filter(images, (0, 3, 3))
    assert np.abs(back - images).mean() <= np.abs(blurred - images).mean()
    for one, other in zip(back, images, strict=True):
        assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.9

    square = blank()
    square[0, 4:9, 17:22] = 200
    np.testing.assert_allclose(shape.moved_back(shape.centred(square), square), square, atol=1e-9)


def test_deskewing_leaves_no_slant(digits: np.ndarray) -> None:
    assert np.abs(shape.moments(digits).slant).max() > 5

    found = shape.moments(shape.deskewed(digits))

    assert np.abs(found.slant).max() < 0.5
    np.testing.assert_allclose(found.row, 14, atol=0.05)
    np.testing.assert_allclose(found.column, 14, atol=0.05)


def test_deskewing_is_a_bilinear_shear(digits: np.ndarray) -> None:
    found = shape.moments(digits)
    for i, ours in enumerate(shape.deskewed(digits)):
        matrix = np.array([[1, 0], [found.shear[i], 1]])
        offset = np.array([found.row[i], found.column[i]]) - matrix @ [14, 14]
        np.testing.assert_allclose(ours, ndimage.affine_transform(digits[i], matrix, offset, order=1), atol=1e-9)


def test_an_image_without_ink_stays_as_it_is() -> None:
    for change in (shape.centred, shape.deskewed):
        np.testing.assert_array_equal(change(blank()), blank())
    assert not shape.ink(blank()).any()
    assert np.isnan(shape.log_aspects(shape.ink(blank()))[0])


def test_ink_is_relative_to_the_darkest_pixel() -> None:
    image = blank()
    image[0, 3, 3:6] = (9, 10, 20)

    np.testing.assert_array_equal(np.argwhere(shape.ink(image)[0]), [[3, 4], [3, 5]])


def test_a_skeleton_of_a_bar_is_its_middle_line() -> None:
    mask = blank() > 0
    mask[0, 8:11, 4:24] = True

    line = shape.skeletons(mask)[0]

    assert set(np.flatnonzero(line.any(axis=1))) == {9}
    assert 17 <= line.sum() <= 20


def test_skeletons_keep_pieces_and_holes_and_are_thin(digits: np.ndarray) -> None:
    masks = shape.ink(digits)
    lines = shape.skeletons(masks)

    assert not (lines & ~masks).any()
    np.testing.assert_array_equal(shape.hole_counts(lines), shape.hole_counts(masks))
    around = np.ones((3, 3))
    for mask, line in zip(masks, lines, strict=True):
        assert ndimage.label(mask, around)[1] == ndimage.label(line, around)[1]
    solid = lines[:, :-1, :-1] & lines[:, 1:, :-1] & lines[:, :-1, 1:] & lines[:, 1:, 1:]
    assert solid.sum() <= 2
    np.testing.assert_array_equal(shape.skeletons(lines), lines)


def test_a_small_square_does_not_vanish() -> None:
    mask = blank() > 0
    mask[0, 5:7, 5:7] = True

    assert shape.skeletons(mask).any()


def test_many_images_are_the_same_as_each_alone(digits: np.ndarray) -> None:
    masks = shape.ink(digits)
    together = shape.skeletons(masks)
    for i in range(len(masks)):
        np.testing.assert_array_equal(shape.skeletons(masks[i : i + 1])[0], together[i])
        assert shape.hole_counts(masks[i : i + 1])[0] == shape.hole_counts(masks)[i]


def test_distances_are_to_the_nearest_pixel_of_the_line(digits: np.ndarray) -> None:
    lines = shape.skeletons(shape.ink(digits))
    lines[1] = False
    found = shape.distances(lines)
    assert np.isnan(found[1]).all()
    for k in (0, 2, len(lines) - 1):
        np.testing.assert_array_equal(found[k], ndimage.distance_transform_edt(~lines[k]))


def test_holes_of_digits(digits: np.ndarray) -> None:
    rings = np.zeros((3, 28, 28), dtype=bool)
    rings[1, 4:12, 4:12] = rings[2, 4:12, 4:12] = rings[2, 14:20, 0:6] = True
    rings[1, 6:9, 6:9] = rings[2, 6:9, 6:9] = rings[2, 16:18, 2:4] = False
    # A corner alone does not let the paper out.
    rings[2, 14, 0] = True

    np.testing.assert_array_equal(shape.hole_counts(rings), [0, 1, 2])


def test_a_gap_at_a_corner_closes_a_hole() -> None:
    mask = np.zeros((1, 28, 28), dtype=bool)
    mask[0, 4:8, 4:8] = True
    mask[0, 5:7, 5:7] = False
    mask[0, 4, 4] = False

    assert shape.hole_counts(mask)[0] == 1


def test_aspect() -> None:
    mask = blank() > 0
    mask[0, 2:22, 5:15] = True

    assert np.exp(shape.log_aspects(mask)[0]) == pytest.approx(0.5)
