"""The scatter plot: every point where its numbers say, at every width."""

from __future__ import annotations

import re

import pytest

from simtui.reporting import plot
from simtui.reporting.blocks import Point, Scatter
from simtui.reporting.plot import POINT, SELECTED, Plot

X = [0.0, 1.0, 0.5, 0.25, 0.9]
Y = [0.0, 1.0, 0.5, 0.75, 0.1]


def draw(
    width: int = 64,
    height: int = 20,
    *,
    x: list[float | None] | None = None,
    y: list[float | None] | None = None,
    title: str = "Convnet vs. human similarity judgments (digit 8)",
    kinds: list[str] | None = None,
    selected: int | None = None,
) -> Plot:
    xs, ys = X if x is None else x, Y if y is None else y
    points = tuple(Point(*at, "") for at in zip(xs, ys, kinds or ["8"] * len(xs), strict=True))
    what = Scatter(points, title, "network similarity (normalized)", "human similarity (normalized)")
    return plot.draw(what, width, height, selected=selected)


@pytest.mark.parametrize(("width", "height"), [(24, 10), (40, 12), (64, 20), (80, 24), (133, 31), (200, 60)])
def test_every_point_is_in_its_cell_and_nothing_is_wider_than_asked(width: int, height: int) -> None:
    drawn = draw(width, height, title="Convnet vs. people")

    assert len(drawn.lines) == height
    assert max(len(line) for line in drawn.lines) <= width
    assert all(line == line.rstrip() for line in drawn.lines)
    points = {(column, row) for row, line in enumerate(drawn.lines) for column, c in enumerate(line) if c == POINT}
    assert points == set(drawn.positions)


def test_cells_follow_the_numbers() -> None:
    drawn = draw(64, 20)
    corner, opposite, middle, *_ = (at for at in drawn.positions if at)

    left, right = drawn.lines[2].index("┌"), drawn.lines[2].index("┐")
    assert corner[0] == left + 1
    assert opposite[0] == right - 1
    assert opposite[1] == 3
    assert drawn.lines[opposite[1]].lstrip().startswith("1┤")
    assert drawn.lines[corner[1]].lstrip().startswith("0┤")
    assert abs(middle[0] - (left + right) / 2) <= 1


def test_labels_are_the_homeworks() -> None:
    text = draw(64, 20).text()

    assert "Convnet vs. human similarity judgments (digit 8)" in text
    assert "network similarity (normalized)" in text
    assert "human similarity (normalized)" in text


def test_a_long_title_is_wrapped_not_cut() -> None:
    drawn = draw(30, 20)

    assert " ".join(" ".join(drawn.lines[:2]).split()) == "Convnet vs. human similarity judgments (digit 8)"
    assert len(drawn.lines) == 20


def test_a_point_without_a_number_has_no_cell() -> None:
    drawn = draw(x=[0.2, None, 0.4], y=[0.1, 0.2, None])

    assert [at is None for at in drawn.positions] == [False, True, True]
    assert drawn.text().count(POINT) == 1


def test_the_selected_point_lies_on_top() -> None:
    drawn = draw(x=[0.5, 0.5, 0.1], y=[0.5, 0.5, 0.1], selected=0)

    assert drawn.text().count(SELECTED) == 1
    cell = drawn.positions[0]
    assert cell is not None
    assert drawn.lines[cell[1]][cell[0]] == SELECTED


def test_kinds_take_the_place_of_dots() -> None:
    text = draw(kinds=["8", "3", "8", "3", "three"], title="-").text()

    assert text.count("8") == 2
    assert text.count("3") == 2
    assert "•" not in text


def test_colour_changes_nothing_but_colour() -> None:
    drawn = draw(selected=2)
    painted = drawn.text(color=True)

    assert painted.count("\x1b[34m") == 4
    assert painted.count("\x1b[1;31m") == 1
    assert re.sub(r"\x1b\[[0-9;]*m", "", painted) == drawn.text()


def test_points_of_one_digit_share_a_colour_that_no_other_has() -> None:
    drawn = draw(x=[0.1, 0.4, 0.7, 0.9], y=[0.1, 0.4, 0.7, 0.9], kinds=["3", "8", "3", "three"])
    painted = drawn.text(color=True)

    assert drawn.kinds == (0, 1, 0, 2)
    colours = {mark: set(re.findall(rf"(\x1b\[[0-9]+m){mark}\x1b", painted)) for mark in "38t"}
    assert all(len(found) == 1 for found in colours.values())
    assert len(set.union(*colours.values())) == 3


def test_one_plot_leaves_nothing_to_the_next() -> None:
    first = draw(80, 24)
    draw(50, 15, x=[0.3], y=[0.3], title="another")

    assert draw(80, 24) == first


def test_a_title_cannot_draw_on_the_terminal() -> None:
    text = draw(title="\x1b[2J\x07 evil").text(color=True)

    assert "\x1b[2J" not in text
    assert "\\x1b[2J" in text
