"""One press, one answer: held keys and pasted text never rate two pairs, and people are never held up."""

from __future__ import annotations

import pytest

from simtui.rating.keyguard import KeyGuard, Verdict

ACCEPT, IGNORE, RETRACT = Verdict.ACCEPT, Verdict.IGNORE, Verdict.RETRACT


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
