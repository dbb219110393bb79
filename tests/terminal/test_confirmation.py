"""Questions and replies: which reply is whose, and how long one is waited for."""

from __future__ import annotations

import pytest

from simtui.terminal.confirmation import LATE_S, MARGIN, ROWS, SLOWEST, Confirmation, Question


def asked(confirmation: Confirmation, at: float, sent: int) -> Question:
    """A question, and the reply of a terminal on this machine."""
    question = confirmation.ask(at, sent)
    confirmation.hear(question.row, at + 0.001)
    return question


def test_a_reply_answers_the_question_whose_row_it_names_and_all_before_it_are_over() -> None:
    confirmation = Confirmation(answers=True)
    first, second, third = (confirmation.ask(float(n), 1000 * n) for n in range(3))
    assert len({first.row, second.row, third.row}) == 3
    confirmation.hear(second.row, 2.5)
    assert (first.answered, second.answered, third.answered) == (None, 2.5, None)
    confirmation.hear(first.row, 2.6)
    assert (first.answered, third.answered) == (None, None)
    confirmation.hear(third.row, 2.7)
    assert third.answered == 2.7
    assert confirmation.deadline() is None


def test_questions_under_way_never_share_a_row() -> None:
    confirmation = Confirmation(answers=True)
    assert len({confirmation.ask(0.0, 0).row for _ in range(ROWS)}) == ROWS


def test_a_terminal_that_always_names_one_row_answers_the_newest_question() -> None:
    confirmation = Confirmation(answers=False)
    _, second = confirmation.ask(0.0, 0), confirmation.ask(0.1, 5000)
    confirmation.hear(1, 0.2)
    assert confirmation.answers
    assert second.answered == 0.2
    confirmation.hear(1, 0.3)
    assert second.answered == 0.2


def test_a_key_that_looks_like_a_reply_answers_nothing_once_replies_name_their_rows() -> None:
    confirmation = Confirmation(answers=False)
    asked(confirmation, 0.0, 100)
    question = confirmation.ask(1.0, 200)
    confirmation.hear(1, 1.1)
    assert question.answered is None


def test_a_reply_is_late_two_seconds_after_a_fast_line_could_have_brought_it() -> None:
    confirmation = Confirmation(answers=True)
    for number in range(3):
        asked(confirmation, float(number), 5000 * number)
    confirmation.ask(10.0, 15_000)
    deadline = confirmation.deadline()
    assert deadline is not None
    assert 10.0 + LATE_S <= deadline < 10.0 + LATE_S + 0.01


def test_before_anything_is_known_of_the_line_it_may_be_the_slowest_there_is() -> None:
    confirmation = Confirmation(answers=True)
    confirmation.ask(10.0, 9_600)
    assert confirmation.deadline() == pytest.approx(10.0 + LATE_S + MARGIN * 9_600 / SLOWEST)


def test_how_long_is_waited_follows_the_speed_of_the_line_and_not_its_length() -> None:
    """What takes long of what comes behind a first reply is the line; a first reply alone may have a long way."""
    slow, far = Confirmation(answers=True), Confirmation(answers=True)
    for confirmation, replies in ((slow, (0.1, 4.1)), (far, (0.8, 0.801))):
        before, after = confirmation.ask(0.0, 0), confirmation.ask(0.005, 4000)
        confirmation.hear(before.row, replies[0])
        confirmation.hear(after.row, replies[1])
        confirmation.ask(10.0, 8000)
    assert slow.deadline() == pytest.approx(10.0 + LATE_S + MARGIN * 4.0)
    assert far.deadline() == pytest.approx(10.0 + LATE_S, abs=0.01)


def test_after_a_late_reply_none_is_waited_for_until_one_comes_and_tells_of_the_line() -> None:
    confirmation = Confirmation(answers=True)
    asked(confirmation, 0.0, 1000)
    asked(confirmation, 1.0, 2000)
    before, after = confirmation.ask(2.0, 3000), confirmation.ask(2.0, 8000)
    confirmation.give_up()
    assert not confirmation.answers
    assert confirmation.deadline() is None
    confirmation.hear(before.row, 3.0)
    confirmation.hear(after.row, 8.0)
    confirmation.ask(10.0, 13_000)
    assert confirmation.deadline() == pytest.approx(10.0 + LATE_S + MARGIN * 5.0)
