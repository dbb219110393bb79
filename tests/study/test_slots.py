"""Slots: repeats and catch trials have room, keep their distance, and what does not fit is said beforehand."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simtui.study.slots import lag, lay_out, most_repeats, slots_fault

designs = st.tuples(st.integers(1, 60), st.integers(0, 40), st.integers(0, 20), st.integers(0, 10**6))


@given(designs)
def test_what_fits_is_laid_out_with_every_distance_kept(design: tuple[int, int, int, int]) -> None:
    pairs, repeats, catch, seed = design
    if slots_fault(pairs, repeats, catch):
        return
    kinds = lay_out(pairs, repeats, catch, random.Random(seed))
    assert (kinds.count("main"), kinds.count("repeat"), kinds.count("catch")) == (pairs, repeats, catch)
    special = [i for i, kind in enumerate(kinds) if kind != "main"]
    assert all(b - a > 1 for a, b in pairwise(special))
    assert kinds[0] == "main"
    assert kinds[-1] != "catch"
    for number, position in enumerate((i for i, kind in enumerate(kinds) if kind == "repeat"), start=1):
        assert kinds[: position - lag(len(kinds)) + 1].count("main") >= number


@pytest.mark.parametrize(("pairs", "catch", "most"), [(1, 0, 0), (2, 0, 1), (20, 0, 10), (20, 4, 9), (60, 6, 29)])
def test_the_room_for_repeats(pairs: int, catch: int, most: int) -> None:
    assert most_repeats(pairs, catch) == most
    assert slots_fault(pairs, most, catch) == ""
    assert f"room for at most {most}" in slots_fault(pairs, most + 1, catch)


def test_a_repeat_comes_a_third_of_the_run_later_and_never_next() -> None:
    assert [lag(trials) for trials in (1, 3, 6, 7, 24, 25)] == [2, 2, 2, 3, 8, 9]


def test_impossible_numbers_are_said() -> None:
    assert "room for at most 19" in slots_fault(20, 0, 20)
    assert "less than 0" in slots_fault(20, -1, 0)
    assert "room for at most 0" in slots_fault(0, 0, 1)
    assert "do not fit" in slots_fault(20, 10**18, 0)


def test_catch_trials_and_repeats_are_spread_over_where_they_may_stand() -> None:
    """Four catch trials in 40 pairs: one in each quarter, never closer than half a quarter."""
    for seed in range(200):
        kinds = lay_out(40, 6, 4, random.Random(seed))
        catch = [i for i, kind in enumerate(kinds) if kind == "catch"]
        assert min(b - a for a, b in pairwise(catch)) >= 5
        repeats = [i for i, kind in enumerate(kinds) if kind == "repeat"]
        assert repeats[0] <= 25
        assert repeats[-1] >= 42
