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
    assert {confirmation.ask(0.0, 0).row for _ in ROWS} == set(ROWS)


def test_a_reply_of_a_row_that_no_question_named_says_nothing_of_the_line_and_answers_nothing() -> None:
    """It may be a key, or what was asked before there was a screen, which a long line brings only now."""
    confirmation = Confirmation(answers=False)
    question = confirmation.ask(0.0, 5000)
    heard = []
    for row, at in ((1, 0.2), (24, 0.3), (question.row, 5.0)):
        confirmation.hear(row, at)
        heard.append((question.answered, confirmation.answers))
    assert heard == [(None, False), (None, False), (5.0, True)]
    assert not confirmation.fast


def test_of_a_terminal_that_names_no_rows_none_is_waited_for_longer_than_on_a_fast_line() -> None:
    confirmation = Confirmation(answers=True)
    confirmation.ask(10.0, 50_000)
    assert confirmation.deadline() == 10.0 + LATE_S


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
    first = confirmation.ask(9.0, 0)
    confirmation.ask(10.0, 9_600)
    confirmation.hear(first.row, 9.5)
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
