"""The plan of a run: rebuilt the same, balanced over participants, repeats and catch trials where they belong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from simtui.study.model import Pair, Study
from simtui.study.schedule import (
    PlannedTrial,
    Schedule,
    break_due,
    choose_list,
    list_by_number,
    list_of,
    plan,
    schedule_seed,
)
from simtui.study.slots import slots_fault
from tests.builders import small_study

STUDY = small_study(pairs=20, practice=2)
DIGITS = (3, 8, 5)


def designed(pairs: int = 20, digits: int = 1, repeats: int = 0, catch: int = 0, lists: int = 1) -> Study:
    """A study of `pairs` pairs a digit and list; its images are only names, for nobody here looks at them."""
    main = [
        Pair(id=f"p{n:03d}", left=f"l{n}", right=f"r{n}", digit=DIGITS[n // lists % digits], list_index=n % lists)
        for n in range(pairs * digits * lists)
    ]
    caught = [
        Pair(id=f"c{n}", left=f"c{n}", right=f"c{n}", digit=DIGITS[n % digits], expected=10) for n in range(catch)
    ]
    images = {image: image for pair in [*main, *caught] for image in (pair.left, pair.right)}
    design = replace(STUDY.design, practice=0, repeats=repeats, catch=catch, lists=lists)
    return replace(
        STUDY, design=design, pairs=main, practice_pairs=[], catch_pairs=caught, images=images, sha256="0" * 64
    )


def rated(schedule: Schedule) -> list[PlannedTrial]:
    return [trial for trial in schedule.trials if trial.trial_type != "practice"]


def counts(
    plans: Sequence[Schedule], kinds: Sequence[str] = ("main",)
) -> tuple[Counter[tuple[str, int]], Counter[str]]:
    """By pair: how often in each third of the run, and how often with its sides swapped."""
    thirds: Counter[tuple[str, int]] = Counter()
    swapped: Counter[str] = Counter()
    for made in plans:
        trials = rated(made)
        for position, trial in enumerate(trials):
            if trial.trial_type in kinds:
                thirds[trial.pair_id, 3 * position // len(trials)] += 1
                swapped[trial.pair_id] += trial.swapped
    return thirds, swapped


def numbered(count: int, first: int = 1) -> list[str]:
    return [f"P{number:02d}" for number in range(first, first + count)]


# ---------------------------------------------------------------------- one participant


def test_every_pair_comes_once_after_the_practice() -> None:
    made = plan(STUDY, "P01", 1)
    assert sorted(made.order) == [pair.id for pair in STUDY.pairs]
    assert [trial.pair_id for trial in made.trials[2:]] == made.order
    assert [trial.trial_type for trial in made.trials] == ["practice"] * 2 + ["main"] * 20


def test_it_can_be_rebuilt_and_differs_between_participants_runs_and_studies() -> None:
    assert plan(STUDY, "P01", 1) == plan(STUDY, "P01", 1)
    orders = {tuple(plan(STUDY, f"P{p:02d}", run).order) for p in range(50) for run in (1, 2)}
    assert len(orders) == 100
    assert plan(STUDY, "P01", 1).seed == schedule_seed(STUDY.sha256, "P01", 1) < 2**48
    assert schedule_seed("another", "P01", 1) != schedule_seed(STUDY.sha256, "P01", 1)


def test_a_plan_is_the_same_on_every_machine_and_in_every_later_version() -> None:
    """Sessions name their plan by its seed alone: were this to change, none of them could be checked again."""
    made = plan(designed(9, repeats=2, catch=1), "P07", 1)
    assert made.seed == GOLDEN_SEED
    assert made.order == GOLDEN_ORDER.split()
    assert "".join("x" if trial.swapped else "-" for trial in made.trials) == GOLDEN_SIDES


GOLDEN_SEED = 280201749973799
GOLDEN_ORDER = "p006 p001 p007 p002 p005 c0 p004 p007 p000 p008 p003 p004"
GOLDEN_SIDES = "--xx-xxxx-x-"


def test_a_fixed_order_and_fixed_sides_are_kept() -> None:
    fixed = replace(STUDY, design=replace(STUDY.design, order="fixed", swap_sides=False))
    made = plan(fixed, "P01", 1)
    assert made.order == [pair.id for pair in STUDY.pairs]
    assert not any(trial.swapped for trial in made.trials)


runs = st.builds(
    lambda pairs, digits, repeats, catch, participant, run: (
        designed(pairs, digits, repeats, catch),
        f"{participant}",
        run,
    ),
    st.integers(1, 14),
    st.integers(1, 3),
    st.integers(0, 8),
    st.integers(0, 6),
    st.from_regex(r"[A-Za-z0-9]{1,12}", fullmatch=True),
    st.integers(1, 3),
).filter(lambda made: not slots_fault(len(made[0].pairs), made[0].design.repeats, made[0].design.catch))


@settings(max_examples=300, deadline=None)
@given(runs)
def test_every_plan_keeps_every_rule(made: tuple[Study, str, int]) -> None:
    study, participant, run = made
    schedule = plan(study, participant, run)
    trials = rated(schedule)
    pairs = {pair.id: pair for pair in study.every_pair()}
    by_kind = {kind: [t.pair_id for t in trials if t.trial_type == kind] for kind in ("main", "repeat", "catch")}

    assert schedule.order == [trial.pair_id for trial in trials]
    assert sorted(by_kind["main"]) == [pair.id for pair in study.pairs]
    assert sorted(by_kind["catch"]) == [pair.id for pair in study.catch_pairs]
    assert len(by_kind["repeat"]) == len(set(by_kind["repeat"])) == study.design.repeats
    assert all(a.trial_type == "main" or b.trial_type == "main" for a, b in pairwise(trials))

    first = {trial.pair_id: (at, trial.swapped) for at, trial in enumerate(trials) if trial.trial_type == "main"}
    again = [(at, trial) for at, trial in enumerate(trials) if trial.trial_type == "repeat"]
    assert all(3 * (at - first[trial.pair_id][0]) >= len(trials) for at, trial in again)
    turned = sum(trial.swapped != first[trial.pair_id][1] for _, trial in again)
    assert turned in {len(again) // 2, (len(again) + 1) // 2}

    shown = [pairs[trial.pair_id] for trial in trials]
    assert not any({a.left, a.right} & {b.left, b.right} for a, b in pairwise(shown))
    if len({pair.digit for pair in study.pairs}) > 1 and len(study.pairs) > 5:
        digits = [pair.digit for pair in shown]
        assert not any(len(set(digits[i : i + 4])) == 1 for i in range(len(digits) - 3))


def test_half_of_a_run_has_its_sides_swapped() -> None:
    for participant in numbered(12):
        assert 8 <= sum(trial.swapped for trial in plan(designed(20), participant, 1).trials) <= 12


def test_images_shared_by_pairs_are_never_neighbours() -> None:
    """Ten pairs of five images, all pairs there are of them: few orders keep neighbours apart, and one is found."""
    names = "abcde"
    pairs = [
        Pair(id=f"p{left}{right}", left=left, right=right, digit=8)
        for i, left in enumerate(names)
        for right in names[i + 1 :]
    ]
    study = replace(designed(), pairs=pairs, images={name: name for name in names})
    by_id = {pair.id: pair for pair in pairs}
    for participant in numbered(30):
        shown = [by_id[pair_id] for pair_id in plan(study, participant, 1).order]
        assert not any({a.left, a.right} & {b.left, b.right} for a, b in pairwise(shown))


def test_one_image_under_two_names_is_one_image() -> None:
    pairs = [Pair(id=f"p{n}", left=f"l{n}", right=f"r{n}", digit=8) for n in range(8)]
    content = {f"{side}{n}": "same" if side == "l" and n < 4 else f"{side}{n}" for n in range(8) for side in "lr"}
    study = replace(designed(), pairs=pairs, images=content)
    for participant in numbered(20):
        order = [int(pair_id[1]) for pair_id in plan(study, participant, 1).order]
        assert not any(a < 4 and b < 4 for a, b in pairwise(order))


def test_a_study_that_leaves_no_way_is_planned_as_well_as_it_can_be() -> None:
    pairs = [Pair(id=f"p{n}", left="all", right=f"r{n}", digit=8) for n in range(6)]
    study = replace(designed(), pairs=pairs, images={"all": "all", **{f"r{n}": f"r{n}" for n in range(6)}})
    assert sorted(plan(study, "P01", 1).order) == [pair.id for pair in pairs]


def test_a_digit_with_nearly_all_pairs_has_the_streaks_it_must_have() -> None:
    study = designed(20)
    study = replace(study, pairs=[*study.pairs[:-2], *(replace(pair, digit=8) for pair in study.pairs[-2:])])
    digits = {pair.id: pair.digit for pair in study.pairs}
    for participant in numbered(20):
        order = "".join(str(digits[pair_id]) for pair_id in plan(study, participant, 1).order)
        assert max(map(len, order.split("8"))) <= 7


# ---------------------------------------------------------------------- many participants


@pytest.mark.parametrize("pairs", [6, 21, 60])
def test_a_block_of_six_shows_every_pair_twice_in_each_third_once_on_each_side(pairs: int) -> None:
    study = designed(pairs)
    for first in (1, 7, 601):
        cells = Counter(
            (trial.pair_id, 3 * position // pairs, trial.swapped)
            for participant in numbered(6, first)
            for position, trial in enumerate(plan(study, participant, 1).trials)
        )
        assert set(cells.values()) == {1}
        assert len(cells) == 6 * pairs


@settings(max_examples=40, deadline=None)
@given(st.integers(3, 40), st.integers(0, 500), st.integers(1, 30), st.integers(1, 3))
def test_any_even_number_of_neighbours_is_balanced(pairs: int, first: int, half: int, digits: int) -> None:
    study = designed(pairs, digits)
    plans = [plan(study, participant, 1) for participant in numbered(2 * half, first)]
    thirds, swapped = counts(plans)
    n, people = len(study.pairs), 2 * half
    for third in range(3):
        places = sum(3 * position // n == third for position in range(n))
        expected = people * places / n
        for pair in study.pairs:
            assert abs(thirds[pair.id, third] - expected) <= (2 if n % 3 == 0 else 5)
    assert all(abs(swapped[pair.id] - half) <= (0 if first % 2 else 1) for pair in study.pairs)


def test_forty_participants_of_the_default_study() -> None:
    """20 pairs do not divide by three: the thirds have 7, 7 and 6 trials, so 14, 14 and 12 times would be even."""
    thirds, swapped = counts([plan(STUDY, participant, 1) for participant in numbered(40)])
    for third, even in enumerate((14, 14, 12)):
        assert all(abs(thirds[pair.id, third] - even) <= 3 for pair in STUDY.pairs)
    assert all(swapped[pair.id] == 20 for pair in STUDY.pairs)


def test_with_repeats_and_catch_trials_the_analysed_ratings_are_as_balanced() -> None:
    """30 trials, ten in each third: 8, 6 and 6 of them first meetings, so 24, 18 and 18 times in 60 would be even."""
    study = designed(20, repeats=6, catch=4)
    plans = [plan(study, participant, 1) for participant in numbered(60)]
    thirds, swapped = counts(plans)
    for third, even in enumerate((24, 18, 18)):
        assert all(abs(thirds[pair.id, third] - even) <= 1 for pair in study.pairs)
    assert all(swapped[pair.id] == 30 for pair in study.pairs)


@pytest.mark.parametrize(("pairs", "repeats", "catch"), [(20, 6, 4), (20, 4, 2), (20, 10, 0), (60, 10, 6)])
def test_every_pair_is_repeated_about_equally_often(pairs: int, repeats: int, catch: int) -> None:
    """As often as the mean, within 3; chance alone would be off by up to 9 or so."""
    study = designed(pairs, repeats=repeats, catch=catch)
    plans = [plan(study, participant, 1) for participant in numbered(60)]
    again = Counter(trial.pair_id for made in plans for trial in made.trials if trial.trial_type == "repeat")
    assert all(abs(again[pair.id] - 60 * repeats / pairs) <= 3 for pair in study.pairs)
    thirds, swapped = counts(plans, ("main", "repeat"))
    for third in (1, 2):
        mean = sum(thirds[pair.id, third] for pair in study.pairs) / pairs
        assert all(abs(thirds[pair.id, third] - mean) <= 6 for pair in study.pairs)
    assert all(abs(swapped[pair.id] - (60 + again[pair.id]) / 2) <= 10 for pair in study.pairs)


def test_ids_without_a_number_are_balanced_on_average() -> None:
    ids = ["".join(chr(97 + p // 26**k % 26) for k in range(3)) for p in range(600)]
    thirds, swapped = counts([plan(designed(21), participant, 1) for participant in ids])
    # Standard errors: sqrt(600 * 2/9) = 11.5 and sqrt(600 / 4) = 12.2; the bounds are four of them.
    assert all(abs(count - 200) < 46 for count in thirds.values())
    assert all(abs(count - 300) < 49 for count in swapped.values())


def test_ids_of_another_series_have_another_order() -> None:
    a, b = plan(STUDY, "A01", 1), plan(STUDY, "B01", 1)
    assert a.order != b.order
    assert [t.swapped for t in a.trials] != [t.swapped for t in b.trials]


# ---------------------------------------------------------------------- several lists, and breaks to rest


def test_a_list_is_shown_alone_and_found_again_in_the_plan() -> None:
    study = designed(5, lists=3, catch=2)
    for index in range(3):
        made = plan(study, "P01", 1, index)
        expected = [pair.id for pair in study.pairs if pair.list_index == index]
        assert sorted(pair_id for pair_id in made.order if pair_id.startswith("p")) == expected
        assert list_of(study, made.order) == index
        assert plan(study, "P01", 1, list_of(study, made.order)) == made
    with pytest.raises(ValueError, match="no list 3"):
        plan(study, "P01", 1, 3)


def test_lists_given_in_turn_are_each_balanced() -> None:
    study = designed(6, lists=2)
    for index in (0, 1):
        plans = [plan(study, participant, 1, index) for participant in numbered(12)[index::2]]
        thirds, swapped = counts(plans)
        assert set(thirds.values()) == {2}
        assert set(swapped.values()) == {3}


def test_the_next_participant_gets_the_list_with_the_fewest_completed_runs() -> None:
    assert choose_list([0]) == 0
    assert choose_list([3, 2, 2, 5]) == 1
    completed = [0, 0, 0]
    for _ in range(10):
        completed[choose_list(completed)] += 1
    assert completed == [4, 3, 3]
    assert [list_by_number(f"P{n}", 3) for n in range(1, 7)] == [0, 1, 2, 0, 1, 2]
    assert {list_by_number(name, 2) for name in ("anna", "bert", "carl", "dora", "emil", "fred")} == {0, 1}


def test_breaks_come_every_k_trials_after_the_practice_and_not_at_the_end() -> None:
    study = replace(STUDY, design=replace(STUDY.design, break_every=5))
    assert [i for i in range(23) if break_due(study, i, 22)] == [7, 12, 17]
    assert not any(break_due(STUDY, i, 22) for i in range(23))
