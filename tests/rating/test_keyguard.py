"""One press, one answer: held keys and pasted text never rate two pairs, and people are never held up."""

from __future__ import annotations

import pytest

from simtui.rating.keyguard import KeyGuard, Verdict

ACCEPT, IGNORE, RETRACT, COMPLETE = Verdict.ACCEPT, Verdict.IGNORE, Verdict.RETRACT, Verdict.COMPLETE


def test_an_answer_must_come_after_the_pair_was_seen() -> None:
    guard = KeyGuard(min_viewing_s=0.2)
    assert guard.judge("5", 10.0, onset=None) is IGNORE
    assert guard.judge("6", 10.5, onset=10.4) is IGNORE
    assert guard.judge("7", 10.7, onset=10.4) is ACCEPT


def test_a_key_stamped_before_the_pair_was_painted_is_no_answer_to_it() -> None:
    assert KeyGuard(min_viewing_s=0.0).judge("5", 9.999, onset=10.0) is IGNORE


def test_pasted_text_gives_one_answer_at_most() -> None:
    guard = KeyGuard(min_viewing_s=0.0)
    verdicts = [guard.judge(key, 10.0 + n * 1e-4, onset=9.0) for n, key in enumerate("1234567890" * 5)]
    assert verdicts == [ACCEPT] + [IGNORE] * 49


@pytest.mark.parametrize("delay", [0.25, 0.4, 0.5, 0.66, 1.0])
@pytest.mark.parametrize("interval", [0.025, 0.033, 0.04, 0.09])
@pytest.mark.parametrize("pause", [0.0, 0.1, 0.4, 0.6])
def test_a_held_key_leaves_one_answer(delay: float, interval: float, pause: float) -> None:
    """The next pair is painted `pause` after each answer, and taken away again by a retraction."""
    guard, onset, standing = KeyGuard(min_viewing_s=0.2), 0.0, 0
    for at in [1.0, *(1.0 + delay + n * interval for n in range(80))]:
        verdict = guard.judge("7", at, onset)
        standing += {ACCEPT: 1, IGNORE: 0, RETRACT: -1}[verdict]
        if verdict is not IGNORE:
            onset = at + pause
    assert standing == 1


def test_people_may_give_the_same_rating_again_and_again() -> None:
    guard = KeyGuard(min_viewing_s=0.2)
    assert [guard.judge("7", at, onset=at - 0.3) for at in (1.0, 1.6, 2.2, 5.0)] == [ACCEPT] * 4


def test_without_a_minimum_viewing_time_the_same_key_counts_again_after_50_ms() -> None:
    fast, usual = KeyGuard(min_viewing_s=0.0), KeyGuard(min_viewing_s=0.2)
    assert [fast.judge("7", at, onset=at - 0.01) for at in (1.0, 1.07, 1.11)] == [ACCEPT, ACCEPT, RETRACT]
    assert [usual.judge("7", at, onset=at - 0.3) for at in (1.0, 1.07)] == [ACCEPT, IGNORE]


def test_a_bouncing_key_does_not_take_an_honest_answer_back() -> None:
    guard = KeyGuard(min_viewing_s=0.2)
    assert guard.judge("7", 5.0, onset=4.0) is ACCEPT
    assert guard.judge("7", 5.05, onset=None) is IGNORE
    assert guard.judge("3", 9.0, onset=8.0) is ACCEPT


@pytest.mark.parametrize("gap", [0.0002, 0.03, 0.15, 0.45, 5.0])
def test_a_0_after_a_1_completes_a_10_until_the_next_pair_may_be_answered(gap: float) -> None:
    for onset in (None, 1.0 + gap - 0.19):
        guard = KeyGuard(min_viewing_s=0.2, has_ten=True)
        assert guard.judge("1", 1.0, onset=0.0) is ACCEPT
        assert guard.awaits_second_digit
        assert guard.judge("0", 1.0 + gap, onset) is COMPLETE
        assert not guard.awaits_second_digit


def test_a_0_that_can_be_an_answer_to_the_next_pair_is_one() -> None:
    guard = KeyGuard(min_viewing_s=0.2, has_ten=True)
    assert [guard.judge("1", 1.0, 0.0), guard.judge("0", 1.5, 1.25)] == [ACCEPT, ACCEPT]
    fast = KeyGuard(min_viewing_s=0.0, has_ten=True)
    assert [fast.judge("1", 1.0, 0.0), fast.judge("0", 1.05, 1.01)] == [ACCEPT, COMPLETE]
    assert [fast.judge("1", 2.0, 1.5), fast.judge("0", 2.2, 2.01)] == [ACCEPT, ACCEPT]


def test_only_the_next_key_completes_a_10_and_only_where_there_is_one() -> None:
    for keys in ("150", "1x0", "20", "00"):
        guard = KeyGuard(min_viewing_s=0.2, has_ten=True)
        verdicts = [guard.judge(key, 1.0 + 0.1 * n, 0.0 if n == 0 else None) for n, key in enumerate(keys)]
        assert COMPLETE not in verdicts, keys
    seven = KeyGuard(min_viewing_s=0.2)
    assert [seven.judge("1", 1.0, 0.0), seven.judge("0", 1.1, None)] == [ACCEPT, IGNORE]


def test_the_1_may_be_held_a_little_and_the_0_too() -> None:
    guard = KeyGuard(min_viewing_s=0.2, has_ten=True)
    keys = [("1", 1.0), ("1", 1.05), ("0", 1.1), ("0", 1.6), ("0", 1.63), ("0", 1.66)]
    onsets = [0.0, None, None, 1.2, 1.61, None]
    verdicts = [guard.judge(key, at, onset) for (key, at), onset in zip(keys, onsets, strict=True)]
    assert verdicts == [ACCEPT, IGNORE, COMPLETE, ACCEPT, RETRACT, IGNORE]
