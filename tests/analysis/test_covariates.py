"""Image covariates against plain one-pair computations and against the reference's deskewed pixels."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from scipy import ndimage
from scipy.spatial.distance import cdist

from simtui.analysis import covariates as module
from simtui.analysis import shape
from simtui.analysis.covariates import COVARIATES, covariates
from simtui.stimuli import drawn

LEFT, RIGHT = np.array([0, 1, 2, 7, 4]), np.array([3, 1, 9, 8, 6])


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return drawn.load([3, 8], 5, seed=4).pixels


@pytest.fixture(scope="module")
def found(images: np.ndarray) -> dict[str, np.ndarray]:
    return covariates(images, LEFT, RIGHT)


def cosine(a: np.ndarray, b: np.ndarray) -> float:
    return float((a * b).sum() / np.sqrt((a * a).sum() * (b * b).sum()))


def test_every_covariate_is_there(found: dict[str, np.ndarray]) -> None:
    assert tuple(found) == tuple(COVARIATES)
    for values in found.values():
        assert values.shape == (5,)
        assert np.isfinite(values).all()


def test_an_image_is_like_itself(found: dict[str, np.ndarray]) -> None:
    for name, values in found.items():
        assert values[1] == pytest.approx(1 if COVARIATES[name].kind == "similarity" else 0)


def test_cosines(images: np.ndarray, found: dict[str, np.ndarray]) -> None:
    grey = images.astype(float)
    upright = shape.deskewed(grey)
    for k, (i, j) in enumerate(zip(LEFT, RIGHT, strict=True)):
        assert found["pixel_cosine"][k] == pytest.approx(cosine(grey[i], grey[j]))
        assert found["deskewed_cosine"][k] == pytest.approx(cosine(upright[i], upright[j]))


def test_overlap_of_ink(images: np.ndarray, found: dict[str, np.ndarray]) -> None:
    masks = shape.ink(images.astype(float))
    for k, (i, j) in enumerate(zip(LEFT, RIGHT, strict=True)):
        assert found["ink_overlap"][k] == (masks[i] & masks[j]).sum() / (masks[i] | masks[j]).sum()


def test_ssim_is_wang_and_others_formula(images: np.ndarray, found: dict[str, np.ndarray]) -> None:
    offsets = np.arange(-5, 6)
    weights = np.exp(-(offsets[:, None] ** 2 + offsets**2) / (2 * 1.5**2))
    weights /= weights.sum()
    c1, c2 = 2.55**2, 7.65**2
    for k in (0, 2):
        x, y = images[LEFT[k]].astype(float), images[RIGHT[k]].astype(float)
        local = []
        for row in range(5, 23):
            for column in range(5, 23):
                a, b = (image[row - 5 : row + 6, column - 5 : column + 6] for image in (x, y))
                ma, mb = (weights * a).sum(), (weights * b).sum()
                va, vb = (weights * (a - ma) ** 2).sum(), (weights * (b - mb) ** 2).sum()
                cab = (weights * (a - ma) * (b - mb)).sum()
                local.append((2 * ma * mb + c1) * (2 * cab + c2) / ((ma**2 + mb**2 + c1) * (va + vb + c2)))
        assert found["ssim"][k] == pytest.approx(np.mean(local), abs=1e-9)


@pytest.mark.parametrize("name", ["chamfer", "deskewed_chamfer"])
def test_distance_of_skeletons(images: np.ndarray, found: dict[str, np.ndarray], name: str) -> None:
    grey = images.astype(float)
    lines = shape.skeletons(shape.ink(shape.deskewed(grey) if name.startswith("deskewed") else grey))
    for k, (i, j) in enumerate(zip(LEFT, RIGHT, strict=True)):
        distances = cdist(np.argwhere(lines[i]), np.argwhere(lines[j]))
        assert found[name][k] == pytest.approx((distances.min(axis=1).mean() + distances.min(axis=0).mean()) / 2)


def test_differences_of_single_images(images: np.ndarray, found: dict[str, np.ndarray]) -> None:
    grey = images.astype(float)
    black = grey.sum(axis=(1, 2)) / 255
    width = black / shape.skeletons(shape.ink(grey)).sum(axis=(1, 2))
    slant = shape.moments(grey).slant
    for name, values in {"ink_mass": black, "stroke_width": width, "slant": slant}.items():
        np.testing.assert_allclose(found[name], np.abs(values[LEFT] - values[RIGHT]))


def test_a_thicker_stroke_is_wider_and_nothing_else() -> None:
    thin, thick = np.zeros((2, 28, 28), dtype=np.uint8)
    thin[6:22, 13:15] = 255
    thick[6:22, 12:16] = 255

    found = covariates(np.stack([thin, thick]), np.array([0]), np.array([1]))

    assert 1.5 < found["stroke_width"][0] < 3
    assert found["slant"][0] == pytest.approx(0, abs=1e-9)
    assert found["holes"][0] == 0
    assert found["ink_mass"][0] == 32


def test_an_image_without_ink_has_no_covariate(images: np.ndarray) -> None:
    with_blank = np.concatenate([images, np.zeros((1, 28, 28), dtype=np.uint8)])

    found = covariates(with_blank, np.array([0, 10]), np.array([1, 2]))

    for values in found.values():
        assert np.isfinite(values[0])
        assert np.isnan(values[1])


def test_blocks_change_nothing(
    images: np.ndarray, found: dict[str, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_PAIRS_AT_ONCE", 2)

    for name, values in covariates(images, LEFT, RIGHT).items():
        np.testing.assert_allclose(values, found[name], rtol=1e-12)


def test_the_real_pairs_deskewed_as_in_the_reference(shared: Path) -> None:
    """Deskewed and centred pixel cosine of the reference file, to its stated tolerance."""
    whole = json.loads((shared / "ratings" / "digits8_reference.json").read_text())
    with np.load(shared / "ratings" / "digits8.npz", allow_pickle=False) as arrays:
        a, b = (arrays[name][:, 0].astype(np.uint8) for name in ("images1", "images2"))
    human, n = np.array(whole["digit_8"]["mean_rating"]), len(a)

    found = covariates(np.concatenate([a, b]), np.arange(n), np.arange(n, 2 * n))

    def r(values: np.ndarray) -> float:
        return float(np.corrcoef(values, human)[0, 1])

    expected = whole["input_variants_r"]
    assert r(found["pixel_cosine"]) == pytest.approx(expected["as-is/pixel"], abs=1e-6)
    assert r(found["deskewed_cosine"]) == pytest.approx(expected["deskew/pixel"], abs=1e-6)
    centred = [shape.centred(images.astype(float)) for images in (a, b)]
    cosines = np.array([cosine(x, y) for x, y in zip(*centred, strict=True)])
    assert r(cosines) == pytest.approx(expected["centre/pixel"], abs=1e-6)


def test_skeletons_are_near_those_of_the_distance_transform(images: np.ndarray) -> None:
    """A skeleton runs along the middle: its points are as far from the paper as any point beside them, or nearly."""
    masks = shape.ink(images.astype(float))
    for mask, line in zip(masks, shape.skeletons(masks), strict=True):
        depth = ndimage.distance_transform_edt(mask)
        ridge = ndimage.maximum_filter(depth, size=3)
        assert (depth[line] >= ridge[line] - 1).mean() > 0.95
