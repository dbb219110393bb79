"""Whose ratings are used, and what every statistic needs of them."""

from __future__ import annotations

import numpy as np
import pytest

from simtui.analysis.correlation import zscore_raters
from simtui.analysis.usable import mean_of_others, usable
from tests.analysis.data import simulated

nan = np.nan


def test_who_tells_no_pairs_apart_is_left_out_by_name() -> None:
    _, ratings = simulated(3, 12, seed=3)
    found = usable(np.insert(ratings, 1, 7.0, axis=0), ["P1", "P2", "P3", "P4"])
    assert found.kept.tolist() == [True, False, True, True]
    assert found.names == ("P1", "P3", "P4")
    assert found.left_out == ("P2 rated every pair 7 and was left out: no variation, no correlation.",)
    np.testing.assert_array_equal(found.given, ratings)
    assert found.for_everybody(np.array([1.0, nan, 3.0])) == (1.0, None, None, 3.0)


def test_raters_with_one_rating_or_none() -> None:
    found = usable(np.array([[nan, nan, nan], [nan, 4.0, nan], [1.0, 2.0, nan]]))
    assert found.kept.tolist() == [False, False, True]
    assert found.left_out[0].startswith("rater 1 gave no rating ")
    assert found.left_out[1].startswith("rater 2 gave only one rating ")
    assert found.rated.tolist() == [True, True, False]


def test_names_are_shown_not_obeyed() -> None:
    found = usable(np.array([[1.0, 1, 1], [1, 2, 3]]), ["\x1b[2J", "P2"])
    assert found.left_out == ("\\x1b[2J rated every pair 1 and was left out: no variation, no correlation.",)


@pytest.mark.parametrize("zscore", [False, True])
def test_the_mean_and_the_others_are_of_the_ratings_as_they_are_averaged(zscore: bool) -> None:
    _, ratings = simulated(4, 20, seed=2)
    ratings[0] *= 3
    ratings[1, 4] = nan
    averaged = zscore_raters(ratings) if zscore else ratings
    found = usable(ratings, zscore=zscore)
    np.testing.assert_array_equal(found.given, ratings)
    np.testing.assert_array_equal(found.averaged, averaged)
    np.testing.assert_allclose(found.mean, np.nanmean(averaged, axis=0))
    np.testing.assert_allclose(found.others[2], np.nanmean(np.delete(averaged, 2, axis=0), axis=0))
    assert found.r_with_others[2] == pytest.approx(np.corrcoef(averaged[2], found.others[2])[0, 1])


def test_nobody_and_one_person_have_no_others() -> None:
    assert usable(np.empty((0, 5))).mean.shape == (5,)
    alone = usable(np.array([[1.0, 2, 3]]))
    assert np.isnan(mean_of_others(alone.given)).all()
    assert np.isnan(alone.r_with_others).all()


def test_ratings_that_are_no_table() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        usable(np.ones((2, 3)), ["P1"])
    with pytest.raises(ValueError, match="infinite"):
        usable(np.array([[1.0, np.inf, 2.0]]))
