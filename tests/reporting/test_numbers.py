"""Numbers as people read them: no p is 0, and one at the floor of its draws says that it may be lower."""

from __future__ import annotations

import pytest

from simtui.reporting.numbers import p_is
from simtui.words import p_in_words


@pytest.mark.parametrize(
    ("p", "draws", "shown"),
    [
        (0.031, None, "p = 0.0310"),
        (0.00001, None, "p < 0.0001"),
        (0.0001, None, "p ≤ 0.0001"),
        (1 / 201, 200, "p ≤ 0.0050"),
        (2 / 201, 200, "p = 0.0100"),
        (1 / 201, None, "p = 0.0050"),
    ],
)
def test_p_in_a_sentence(p: float, draws: int | None, shown: str) -> None:
    assert p_is(p, draws) == shown


def test_p_in_a_note_is_never_nil() -> None:
    assert [p_in_words(p) for p in (0.031, 0.0006, 0.0001, 1e-12)] == [
        "p = 0.031",
        "p = 0.001",
        "p < 0.001",
        "p < 0.001",
    ]
