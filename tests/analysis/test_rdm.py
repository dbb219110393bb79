"""Complete designs: Mantel's test, maps and trees, on known spaces and on the 92 images of Mur et al. (2013)."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.cluster import hierarchy
from scipy.spatial import distance
from scipy.spatial import procrustes as scipy_procrustes

from simtui.analysis.correlation import mean_rating, pearson_rows
from simtui.analysis.rdm import Complete, classical_mds, mantel_p, newick, procrustes, spaces, stress
from simtui.analysis.reliability import individual_ceiling

NAMES = ("a", "b", "c", "d", "e", "f", "g")


def _design(n: int) -> Complete:
    found = Complete.of(list(itertools.combinations([str(i) for i in range(n)], 2)))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def mur(shared: Path) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The dissimilarities of 16 people, (16, 4186), and of the models by name."""
    from scipy.io import loadmat

    upper = np.triu_indices(92, 1)

    def load(file: str, name: str) -> Any:
        return loadmat(shared / "rdm92" / file, squeeze_me=True, struct_as_record=False)[name]

    people, models = load("behav92.mat", "rdms_behav_92"), load("model92.mat", "Models")
    return np.array([one.RDM[upper] for one in people]), {one.name: one.RDM[upper].astype(float) for one in models}


def test_noise_ceiling_of_mur(mur: tuple[np.ndarray, dict[str, np.ndarray]]) -> None:
    assert individual_ceiling(mur[0]) == pytest.approx((0.571790, 0.634577), abs=1e-6)


def test_models_of_mur(mur: tuple[np.ndarray, dict[str, np.ndarray]]) -> None:
    people, models = mur
    mean = mean_rating(people)
    assert float(pearson_rows(models["animacy"], mean)) == pytest.approx(0.597169, abs=1e-6)
    assert pearson_rows(people, models["animacy"]).mean() == pytest.approx(0.377680, abs=1e-6)
    assert float(pearson_rows(models["RADON"], mean)) == pytest.approx(-0.027443, abs=1e-6)
    p = mantel_p(_design(92), mean, models["RADON"], n=1999)
    assert p == pytest.approx(0.37, abs=0.04)
    assert mantel_p(_design(92), mean, models["animacy"], n=199) == 1 / 200


def test_mantel_counts_every_order() -> None:
    """Of four images there are 24 orders: a large sample of them gives the exact share."""
    design = _design(4)
    rng = np.random.default_rng(0)
    a, b = rng.standard_normal(6), rng.standard_normal(6)
    square, upper = design.square(b), (design.left, design.right)
    seen = abs(np.corrcoef(a, b)[0, 1])
    each = [
        abs(np.corrcoef(a, square[np.ix_(order, order)][upper])[0, 1]) for order in itertools.permutations(range(4))
    ]
    exact = np.mean([r >= seen - 1e-12 for r in each])
    assert mantel_p(design, a, b) == pytest.approx(exact, abs=0.02)


def test_mantel_is_right_where_permuting_pairs_is_too_sure() -> None:
    wrong = 0
    design = _design(10)
    for seed in range(200):
        rng = np.random.default_rng(seed)
        a, b = (distance.pdist(rng.standard_normal((10, 1))) for _ in range(2))
        wrong += mantel_p(design, a, b, n=199, seed=seed) <= 0.05
    assert 0.015 <= wrong / 200 <= 0.09


def test_distances_in_a_plane_give_the_plane_back() -> None:
    places = np.random.default_rng(1).standard_normal((7, 2))
    square = distance.squareform(distance.pdist(places))
    found = classical_mds(square)
    assert stress(square, found) == pytest.approx(0, abs=1e-6)
    np.testing.assert_allclose(procrustes(found, places), places, atol=1e-8)
    assert (np.abs(found).max(axis=0) == found.max(axis=0)).all()


def test_procrustes_is_scipys() -> None:
    rng = np.random.default_rng(2)
    a, b = rng.standard_normal((9, 2)), rng.standard_normal((9, 2))
    _, _, disparity = scipy_procrustes(b, a)
    left = ((procrustes(a, b) - b) ** 2).sum() / ((b - b.mean(axis=0)) ** 2).sum()
    assert left == pytest.approx(disparity)


def test_the_tree_puts_together_what_is_alike() -> None:
    square = distance.squareform(distance.pdist(np.array([[0.0], [1.0], [10.0], [12.0]])))
    assert newick(square, ["a", "b", "it's", "d"]) == "(('a':0.5,'b':0.5):4.75,('it''s':1,'d':1):4.25);"
    heights = hierarchy.linkage(distance.squareform(square), "average")[:, 2]
    assert heights[-1] == pytest.approx(2 * (0.5 + 4.75))


@pytest.mark.parametrize(
    "pairs",
    [
        [("a", "b"), ("a", "c"), ("b", "c")],
        [("a", "b"), ("c", "d"), ("a", "c")],
        [("b", "a"), *itertools.combinations("abcd", 2)][:6],
        [("d", "d"), *itertools.combinations("abcd", 2)][:6],
    ],
)
def test_what_is_no_complete_design(pairs: list[tuple[str, str]]) -> None:
    assert Complete.of(pairs) is None


def test_spaces_side_by_side() -> None:
    rng = np.random.default_rng(3)
    design = Complete.of(list(itertools.combinations(NAMES, 2)))
    assert design is not None
    places = rng.standard_normal((7, 2))
    people = distance.pdist(places)
    layer = distance.pdist(places + 0.1 * rng.standard_normal((7, 2)))
    found = spaces(design, people, layer, NAMES, p=0.01, ci_images=(0.5, 1.0))
    assert found.mantel_p == 0.01
    assert mantel_p(design, people, layer) < 0.01
    assert tuple(found.mds_people) == NAMES
    for name in NAMES:
        assert found.mds_layer[name] == pytest.approx(found.mds_people[name], abs=0.5)
    assert found == spaces(design, people, layer, NAMES, p=0.01, ci_images=(0.5, 1.0))
