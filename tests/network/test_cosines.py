"""Cosines are scipy's, in double precision, whoever sums them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import cosine

from simtui.network import cosines
from simtui.network.cosines import cosine_matrix, pair_cosines
from simtui.network.net import untrained
from simtui.network.similarity import activations
from simtui.stimuli import drawn


@pytest.mark.parametrize("units", [1, 50, 769, 1280, 5760])
def test_pair_cosines_are_scipys(units: int) -> None:
    rng = np.random.default_rng(units)
    a, b = rng.standard_normal((2, 301, units)).astype(np.float32)
    expected = [1 - cosine(x.astype(np.float64), y.astype(np.float64)) for x, y in zip(a, b, strict=True)]
    assert pair_cosines(a, b) == pytest.approx(np.array(expected), abs=1e-9)


def test_sums_are_in_double_precision() -> None:
    # In float32 the small numbers vanish beside the large one, and the cosine is 1.
    a = np.concatenate([[1e4], np.full(5759, 0.5)]).astype(np.float32)[None]
    b = np.concatenate([[1e4], np.full(5759, -0.5)]).astype(np.float32)[None]
    assert pair_cosines(a, b)[0] == pytest.approx((1e8 - 5759 / 4) / (1e8 + 5759 / 4), abs=1e-12)


def test_the_matrix_holds_every_pair() -> None:
    vectors = activations(untrained(0), drawn.load([8], 7, 0).pixels, ["fc"])["fc"]
    matrix = cosine_matrix(vectors)
    i, j = np.indices((7, 7)).reshape(2, -1)
    assert matrix.ravel() == pytest.approx(pair_cosines(vectors[i], vectors[j]), abs=1e-12)


def test_threads_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(3)
    a, b = (np.maximum(rng.normal(size=(1001, 50)), 0).astype(np.float32) for _ in range(2))
    a[7] = 0
    alone = pair_cosines(a, b)

    monkeypatch.setattr(cosines, "_WORTH_THREADS", 1)
    monkeypatch.setattr(cosines, "_CHUNK", 50 * 13)
    monkeypatch.setattr(cosines, "_cores", lambda: 3)

    np.testing.assert_array_equal(pair_cosines(a, b), alone)
    assert np.isnan(alone[7])


def test_a_lost_helper_is_no_lost_number(monkeypatch: pytest.MonkeyPatch) -> None:
    # More helpers than chunks and than threads: those that come late find nothing left to do.
    rng = np.random.default_rng(4)
    a, b = rng.normal(size=(2, 9, 640)).astype(np.float32)
    alone = pair_cosines(a, b)
    monkeypatch.setattr(cosines, "_WORTH_THREADS", 1)
    monkeypatch.setattr(cosines, "_CHUNK", 640)
    monkeypatch.setattr(cosines, "_cores", lambda: 50)
    np.testing.assert_array_equal(pair_cosines(a, b), alone)
