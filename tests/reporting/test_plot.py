"""The scatter plot: every point where its numbers say, at every width."""

from __future__ import annotations

import re

import numpy as np
import pytest

from simtui.reporting import plot
from simtui.reporting.blocks import Point, Scatter
from simtui.reporting.figures import least_squares
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
    braille: bool = False,
    note: str = "",
) -> Plot:
    xs, ys = X if x is None else x, Y if y is None else y
    points = tuple(Point(*at, "") for at in zip(xs, ys, kinds or ["8"] * len(xs), strict=True))
    fits = tuple(fit for kind in dict.fromkeys(point.kind for point in points) for fit in least_squares(points, kind))
    what = Scatter(points, title, "network similarity (normalized)", "human similarity (normalized)", fits)
    return plot.draw(what, width, height, selected=selected, braille=braille, note=note)


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


def dots(drawn: Plot) -> set[tuple[int, int]]:
    """Every dot of braille, as column and row of a grid of 2x4 a cell, from the lower left corner of the frame."""
    left = next(line.index("┌") for line in drawn.lines if "┌" in line) + 1
    top = next(row for row, line in enumerate(drawn.lines) if "┌" in line) + 1
    rows = next(row for row, line in enumerate(drawn.lines) if "└" in line) - top
    bits = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
    return {
        (2 * (column - left) + x, 4 * rows - 1 - (4 * (row - top) + y))
        for row, line in enumerate(drawn.lines)
        for column, character in enumerate(line)
        if "\u2800" < character <= "\u28ff"
        for y in range(4)
        for x in range(2)
        if (ord(character) - 0x2800) & bits[y][x]
    }


@pytest.mark.parametrize(("width", "height"), [(24, 9), (40, 12), (64, 20), (133, 31)])
def test_in_braille_every_point_is_four_dots_where_its_numbers_say(width: int, height: int) -> None:
    x, y = [0.0, 1.0, 0.31], [0.0, 1.0, 0.31]
    drawn = draw(width, height, x=[*x], y=[*y], title="", braille=True)
    columns = next(len(line) for line in drawn.lines if "┌" in line) - 6
    rows = sum("│" in line[5:] for line in drawn.lines)
    seen = dots(drawn)
    for a, b in zip(x, y, strict=True):
        column, row = round(a * (2 * columns - 2)), round(b * (4 * rows - 2))
        near = {(c, r) for c in (column - 1, column, column + 1) for r in (row - 1, row, row + 1)}
        assert any({(c, r), (c + 1, r), (c, r + 1), (c + 1, r + 1)} <= seen for c, r in near)
    assert len(drawn.lines) == height
    assert POINT not in drawn.text()


def test_the_line_in_braille_is_that_of_least_squares() -> None:
    x, y = [0.1, 0.4, 0.6, 0.95], [0.35, 0.3, 0.8, 0.7]
    slope, start = np.polyfit(x, y, 1)
    drawn = draw(80, 24, x=[*x], y=[*y], braille=True)
    columns = next(len(line) for line in drawn.lines if "┌" in line) - 6
    rows = sum("│" in line[5:] for line in drawn.lines)
    seen, points = dots(drawn), dots(draw(80, 24, x=[*x], y=[*y], title="-", braille=False))
    assert not points
    for column in range(0, 2 * columns, 2):
        row = round((start + slope * column / (2 * columns - 1)) * (4 * rows - 1))
        assert any((column, r) in seen for r in (row - 1, row, row + 1)), column
    assert "dotted: the least-squares line" in drawn.text()
    assert drawn.line
    assert not drawn.line & drawn.spots.keys()


def test_where_there_is_no_braille_there_is_no_line() -> None:
    assert "least squares" not in draw(80, 24).text()
    assert not any("\u2800" <= character <= "\u28ff" for character in draw(80, 24).text())


def test_of_several_digits_each_stays_its_character_beside_the_line() -> None:
    x, y = [0.1, 0.2, 0.4, 0.6, 0.8, 0.9], [0.0, 1.0, 0.5, 0.7, 0.1, 0.9]
    text = draw(kinds=["8", "3"] * 3, x=[*x], y=[*y], title="-", braille=True).text()
    assert (text.count("8"), text.count("3")) == (3, 3)
    assert "each digit's least-squares line" in text


def test_labels_and_notes_stay_inside_the_frame() -> None:
    drawn = draw(60, 20, note="arrows walk")
    edge = next(line for line in drawn.lines if "┌" in line)
    label = next(line for line in drawn.lines if "human similarity (" in line)
    assert label.index("human") == edge.index("┌")
    assert len(label) == len(edge)
    assert label.endswith("arrows walk")


def test_a_title_cannot_draw_on_the_terminal() -> None:
    text = draw(title="\x1b[2J\x07 evil").text(color=True)

    assert "\x1b[2J" not in text
    assert "\\x1b[2J" in text
