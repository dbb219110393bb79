"""The axis of the summary: what stands further right is larger."""

from __future__ import annotations

import random

import pytest
from rich.style import Style

from simtui.reporting.blocks import Mark
from simtui.tui.analysis.axis_bar import HIGH, axis_bar, low_end, names
from simtui.tui.analysis.summary import LETTERS, Summary

STYLES = dict.fromkeys(("axis", "interval", "r", "mark"), Style())


def drawn(r: float, width: int, **marks: float) -> str:
    """The axis alone."""
    shorts = {letter: short for short, letter in LETTERS.items()}
    of = tuple(Mark(shorts[letter], value, shorts[letter]) for letter, value in marks.items())
    bar = axis_bar(Summary(r, None, of, ""), width, STYLES).plain
    assert len(bar) == width
    return bar[len(low_end(width)) : -len(HIGH)]


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
    columns = width - len(low_end(width)) - len(HIGH)
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


def named(width: int, marks: dict[str, float], task: str = "") -> str:
    shorts = {letter: short for short, letter in LETTERS.items()}
    words = {"person": "another person"}
    of = tuple(Mark(words.get(shorts[c], shorts[c]), value, shorts[c]) for c, value in marks.items())
    return names(Summary(0.5, None, of, "", same_task=task), width, STYLES).plain


@pytest.mark.parametrize("width", [62, 78, 130])
def test_every_mark_has_its_name_and_value_in_the_order_of_the_axis(width: int) -> None:
    some = random.Random(width)
    for _ in range(300):
        marks = {letter: some.uniform(-1, 1) for letter in "upac"}
        line = named(width, marks)
        assert len(line) <= width
        called = {"u": "untrained", "p": "pixels", "a": "another person", "c": "ceiling"}
        order = sorted(marks, key=lambda letter: marks[letter])
        assert (
            line.replace("a person", "another person").split()
            == " ".join(f"{called[c]} {marks[c]:.2f}" for c in order).split()
        )


def test_a_name_stands_at_its_mark_where_there_is_room() -> None:
    axis, line = drawn(0.0, 78, p=0.9), named(78, {"p": 0.9})
    place = len(low_end(78)) + axis.index("p")
    assert abs(line.index("pixels") + len("pixels 0.90") // 2 - place) <= len("pixels 0.90") // 2
    assert line.rstrip() == line


def test_in_few_columns_the_names_get_shorter_and_stay_in_their_rows() -> None:
    marks = {"u": 0.27, "p": 0.47, "a": 0.57, "c": 0.86}
    assert named(40, marks).split() == ["u", "0.27", "p", "0.47", "a", "0.57", "c", "0.86"]
    assert "another person 0.57 (network 0.44)" in named(130, marks, "network 0.44")
    assert "(network" not in named(78, marks, "network 0.44")
