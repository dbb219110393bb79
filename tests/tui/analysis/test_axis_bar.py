"""The axis of the summary: what stands further right is larger."""

from __future__ import annotations

import random

import pytest
from rich.style import Style

from simtui.reporting.blocks import Mark
from simtui.tui.analysis.axis_bar import axis_bar
from simtui.tui.analysis.summary import LETTERS, Summary

STYLES = dict.fromkeys(("axis", "interval", "r", "mark"), Style())
BEFORE, AFTER = len("−1 "), len(" 1")


def drawn(r: float, width: int, **marks: float) -> str:
    """The axis alone."""
    shorts = {letter: short for short, letter in LETTERS.items()}
    of = tuple(Mark(shorts[letter], value, shorts[letter]) for letter, value in marks.items())
    bar = axis_bar(Summary(r, None, of, ""), width, STYLES).plain
    assert len(bar) == width
    return bar[BEFORE:-AFTER]


def test_the_axis_has_r_in_its_place_and_every_mark_in_a_cell_of_its_own() -> None:
    marks = (Mark("pixels", 0.5, "pixels"), Mark("another person", 0.5, "person"), Mark("ceiling", 1.0, "ceiling"))
    bar = axis_bar(Summary(0.5, (0.0, 0.8), marks, ""), 46, STYLES).plain
    axis = bar[3:-2]
    assert len(bar) == 46
    assert axis.index("●") == 30
    assert {axis[29], axis[31]} == {"p", "a"}
    assert axis[-1] == "c"
    assert axis[20] == "━"
    assert axis[19] == "┄"
    assert axis[36] == "━"
    assert axis[37] == "┄"


def test_pixels_just_below_r_stand_left_of_it() -> None:
    axis = drawn(0.494, 59, u=0.469, p=0.478, a=0.55, c=0.9)
    assert "up●a" in axis


@pytest.mark.parametrize("width", [16, 40, 59, 110])
@pytest.mark.parametrize("spread", [2.0, 0.2, 0.01])
def test_the_order_on_the_axis_is_that_of_the_values(width: int, spread: float) -> None:
    some = random.Random(f"{width} {spread}")
    columns = width - BEFORE - AFTER
    for _ in range(500):
        middle = some.choice([-1.0, 1.0, some.uniform(-1, 1)])
        values = {name: min(1.0, max(-1.0, middle + some.uniform(-spread, spread))) for name in "●upac"}
        axis = drawn(values["●"], width, **{name: values[name] for name in "upac"})
        assert all(axis.count(glyph) == 1 for glyph in values)
        places = sorted(values, key=axis.index)
        assert [values[glyph] for glyph in places] == sorted(values.values())
        # r is moved only where there is no room for the others between it and an end.
        own = round((values["●"] + 1) / 2 * (columns - 1))
        if 4 <= own < columns - 4:
            assert axis.index("●") == own
        for glyph in "upac":
            assert abs(axis.index(glyph) - round((values[glyph] + 1) / 2 * (columns - 1))) <= 4
