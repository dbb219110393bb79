from __future__ import annotations

import math

import numpy as np
import pytest

from simtui.analysis.correlation import zscore_raters
from simtui.analysis.people import MATRIX_LIMIT
from simtui.analysis.reliability import icc, krippendorff_alpha, leave_one_out_r, split_half_r
from simtui.analysis.results import Ceilings, Reliability
from simtui.analysis.usable import usable
from tests.analysis.data import HOMEWORK_RATINGS, SHROUT_FLEISS, people_of, simulated


def test_everything_together() -> None:
    _, ratings = simulated(5, 20, seed=1)
    found = people_of(ratings)
    halves = split_half_r(ratings)
    assert halves is not None
    assert found.reliability.icc_ck == icc(ratings).icc_ck
    assert found.reliability.icc_c1 == icc(ratings).icc_c1
    assert found.reliability.alpha_ordinal == krippendorff_alpha(ratings, "ordinal")
    assert found.reliability.split_half_sb == pytest.approx(2 * halves / (1 + halves))
    assert found.reliability.split_half_r == halves
    assert found.ceilings.mean == pytest.approx(math.sqrt(icc(ratings).icc_ck or 0))
    assert found.another_person_r == pytest.approx(leave_one_out_r(ratings).mean())
    assert found.pairwise_r is not None
    np.testing.assert_allclose(np.array(found.pairwise_r, dtype=float), np.corrcoef(ratings), atol=1e-12)
    assert found.notes == ()


def test_zscore_changes_what_is_averaged_and_nothing_else() -> None:
    _, ratings = simulated(4, 20, seed=2)
    ratings[0] *= 3
    raw, scored = people_of(ratings), people_of(ratings, zscore=True)
    z = zscore_raters(ratings)
    assert scored.another_person_r == pytest.approx(leave_one_out_r(z).mean())
    assert scored.another_person_r != raw.another_person_r
    assert scored.ceilings.mean == pytest.approx(math.sqrt(icc(z).icc_ck or 0))
    assert scored.reliability.icc_ck == raw.reliability.icc_ck
    assert scored.reliability.alpha_interval == raw.reliability.alpha_interval
    assert scored.ceilings.individual_lower == raw.ceilings.individual_lower


@pytest.mark.parametrize("zscore", [False, True])
def test_one_rater_has_no_reliability_and_it_is_said(zscore: bool) -> None:
    found = people_of(HOMEWORK_RATINGS[:1], ["P01"], zscore=zscore)
    assert found.reliability == Reliability()
    assert found.ceilings == Ceilings()
    assert found.another_person_r is None
    assert found.pairwise_r == ((None,),)
    assert found.leave_one_out_r == (None,)
    assert found.notes == (
        "Only one person has usable ratings: there is no reliability, no ceiling and no other person to compare with.",
    )


def test_nobody_at_all() -> None:
    found = people_of(np.empty((0, 20)))
    assert found.reliability == Reliability()
    assert found.notes[0].startswith("No person has usable ratings")


def test_two_raters() -> None:
    found = people_of(HOMEWORK_RATINGS)
    r12 = pytest.approx(np.corrcoef(*HOMEWORK_RATINGS)[0, 1], abs=1e-12)
    assert found.ceilings.individual_lower == r12
    assert found.another_person_r == r12
    assert found.reliability.split_half_r == r12
    assert found.reliability.mean_pairwise_r == r12
    assert found.notes == ("With two people the lower bound of the individual ceiling is their own correlation.",)


def test_a_constant_rater_is_left_out_and_keeps_a_place() -> None:
    _, ratings = simulated(3, 12, seed=3)
    with_constant = np.insert(ratings, 1, 7.0, axis=0)
    found, without = people_of(with_constant, ["P1", "P2", "P3", "P4"]), people_of(ratings)
    assert found.reliability == without.reliability
    assert found.ceilings == without.ceilings
    assert found.leave_one_out_r[1] is None
    assert found.leave_one_out_r[2] == without.leave_one_out_r[1]
    assert found.pairwise_r is not None
    assert found.pairwise_r[1] == (None,) * 4
    assert found.pairwise_r[0][1] is None
    assert found.notes == ()


def test_missing_ratings_narrow_the_icc_and_it_is_said() -> None:
    _, ratings = simulated(4, 20, seed=4)
    gaps = ratings.copy()
    gaps[1, 3] = gaps[2, 7] = np.nan
    found = people_of(gaps)
    complete = np.delete(ratings, [3, 7], axis=1)
    assert found.reliability.icc_ak == pytest.approx(icc(complete).icc_ak)
    assert found.reliability.alpha_interval == pytest.approx(krippendorff_alpha(gaps, "interval"))
    assert found.another_person_r == pytest.approx(leave_one_out_r(gaps).mean())
    assert any("18 of 20 pairs that all 4 people rated" in note for note in found.notes)


def test_no_pair_that_all_rated() -> None:
    _, ratings = simulated(3, 12, seed=5)
    ratings[0, :4] = ratings[1, 4:8] = ratings[2, 8:] = np.nan
    found = people_of(ratings)
    assert found.reliability.icc_a1 is None
    assert found.reliability.split_half_sb is None
    assert found.ceilings.mean is None
    assert found.ceilings.individual_lower is not None
    assert found.reliability.alpha_ordinal is not None
    assert any(note.startswith("0 of 12 pairs were rated by all 3 people") for note in found.notes)


def test_icc_at_or_below_0_has_no_ceiling_and_it_is_said() -> None:
    ratings = np.array([[1.0, 2, 3, 4, 5, 7], [5.0, 6, 2, 3, 1, 2], [3.0, 1, 5, 2, 4, 1]])
    found = people_of(ratings)
    assert found.reliability.icc_ck is not None
    assert found.reliability.icc_ck < 0
    assert found.ceilings.mean is None
    assert any(
        note.startswith(f"The intraclass correlation ICC(C,k) is {found.reliability.icc_ck:.2f}, not above 0")
        for note in found.notes
    )
    assert found.reliability.split_half_r is not None
    assert found.reliability.split_half_r < 0
    assert found.reliability.split_half_sb is None
    assert any(note.startswith("Halves of the people correlate below 0") for note in found.notes)


def test_opposite_raters_with_one_mean() -> None:
    found = people_of(np.array([[1.0, 2, 3, 4], [4.0, 3, 2, 1]]))
    assert found.reliability.icc_ck is None
    assert found.reliability.split_half_sb is None
    assert found.ceilings.mean is None
    assert any("do not differ in their mean rating" in note for note in found.notes)


def test_more_raters_than_a_matrix_is_for() -> None:
    _, ratings = simulated(MATRIX_LIMIT + 1, 5, seed=6)
    found = people_of(ratings)
    assert found.pairwise_r is None
    assert found.reliability.mean_pairwise_r is not None
    assert len(found.leave_one_out_r) == MATRIX_LIMIT + 1


def test_nothing_is_ever_nan() -> None:
    nan = np.nan
    for ratings in (
        np.full((2, 4), nan),
        np.full((3, 3), 5.0),
        np.array([[1.0, nan, nan], [nan, 2.0, nan]]),
        np.array([[1.0, 2.0], [2.0, 1.0]]),
        np.array([[1.0, 2, 3], [3.0, nan, 1]]),
        SHROUT_FLEISS[:, :3],
    ):
        found = people_of(ratings)
        flat = [
            *(getattr(found.reliability, name) for name in Reliability.__struct_fields__),
            *(getattr(found.ceilings, name) for name in Ceilings.__struct_fields__ if name != "mean_ci"),
            *(found.ceilings.mean_ci or ()),
            *found.leave_one_out_r,
            *(value for row in found.pairwise_r or () for value in row),
        ]
        assert all(value is None or math.isfinite(value) for value in flat)
        if None in flat:
            assert found.notes or usable(ratings).left_out
