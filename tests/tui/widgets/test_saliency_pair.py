"""A gradient over a pair: what each depth shows of its sign and size, without the app."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from simtui.terminal.cells import Depth, Look
from simtui.tui.widgets.saliency_pair import COLUMNS, ROWS, MapCell, diverging, legend

DEPTHS: tuple[Depth, ...] = ("truecolor", "256", "16", "glyphs", "ascii")
_SIXTEEN = {1: (170, 0, 0), 4: (0, 0, 170), 9: (255, 85, 85), 12: (85, 85, 255)}
_SIXTEEN |= {0: (0, 0, 0), 7: (170, 170, 170), 8: (85, 85, 85), 15: (255, 255, 255)}


def world() -> tuple[NDArray[np.uint8], NDArray[np.float64]]:
    """Two bars of ink; on the left image's a strong plus, on the right one's a weaker minus and a trace of plus."""
    images = np.zeros((2, 28, 28), dtype=np.uint8)
    images[:, 10:12, 4:24] = 255
    values = np.zeros((2, 28, 28))
    values[0, 10:12, 4:10] = 0.02
    values[1, 10:12, 4:10] = -0.008
    values[1, 20, 20] = 1e-5
    return images, values


def rgb(color: object) -> tuple[int, int, int]:
    if isinstance(color, tuple):
        return color
    assert isinstance(color, int)
    if color < 16:
        return _SIXTEEN[color]
    levels = (0, 95, 135, 175, 215, 255)
    return levels[(color - 16) // 36], levels[(color - 16) // 6 % 6], levels[(color - 16) % 6]


def at(rows: list[list[MapCell]], image: int, column: int, row: int) -> MapCell:
    return rows[row // 2][1 + image * 32 + column]


@pytest.mark.parametrize("depth", DEPTHS)
def test_every_cell_is_drawn(depth: Depth) -> None:
    rows = diverging(*world(), Look(depth))
    assert len(rows) == ROWS
    assert {len(row) for row in rows} == {COLUMNS}
    assert all(len(cell.glyph) == 1 for row in rows for cell in row)


@pytest.mark.parametrize("depth", ["truecolor", "256", "16"])
@pytest.mark.parametrize("polarity", ["dark-on-light", "light-on-dark"])
def test_plus_is_red_minus_is_blue_and_ink_without_either_is_grey(depth: Depth, polarity: str) -> None:
    look = Look(depth, polarity="dark-on-light" if polarity == "dark-on-light" else "light-on-dark")
    rows = diverging(*world(), look)
    red, blue, ink, paper = (rgb(at(rows, *where).bg) for where in ((0, 5, 10), (1, 5, 10), (0, 20, 10), (0, 5, 2)))
    assert red[0] > max(red[1:]) + 80
    assert blue[2] > max(blue[:2]) + 40
    assert len(set(ink)) == len(set(paper)) == 1
    assert (ink < paper) == (polarity == "dark-on-light")
    # What hardly matters beside the largest is paper, or all but paper.
    trace = at(rows, 1, 20, 20)
    assert max(abs(a - b) for a, b in zip(rgb(trace.bg if trace.fg is None else trace.fg), paper, strict=True)) < 30


def test_the_larger_of_two_is_further_from_the_image() -> None:
    images, values = world()
    values[0, 10:12, 10:16] = 0.01
    rows = diverging(images, values, Look("truecolor"))
    strong, weaker = (np.array(rgb(at(rows, 0, column, 10).bg)) for column in (5, 12))
    grey = np.array(rgb(at(rows, 0, 20, 10).bg))
    assert np.abs(strong - grey).sum() > np.abs(weaker - grey).sum() > 0


@pytest.mark.parametrize("look", [Look("glyphs"), Look("ascii"), Look("16", own_colors=True)])
def test_without_colour_signs_say_the_same_in_ascii_and_in_no_colours(look: Look) -> None:
    rows = diverging(*world(), look)
    assert at(rows, 0, 5, 10) == MapCell("+", strong=True)
    assert at(rows, 1, 5, 10) == MapCell("-")
    assert at(rows, 0, 20, 10) == MapCell(".")
    assert at(rows, 1, 20, 20) == at(rows, 0, 5, 2) == MapCell(" ")
    assert {cell.glyph for row in rows for cell in row} == set("+-. ")
    assert {(cell.fg, cell.bg) for row in rows for cell in row} == {(None, None)}


@pytest.mark.parametrize("depth", DEPTHS)
def test_no_gradient_at_all_is_the_bare_pair(depth: Depth) -> None:
    images, _ = world()
    rows = diverging(images, np.zeros((2, 28, 28)), Look(depth))
    assert not {cell.glyph for row in rows for cell in row} & set("+-")
    colors = {color for row in rows for cell in row for color in (cell.fg, cell.bg) if color is not None}
    assert all(len(set(rgb(color))) == 1 for color in colors)


@pytest.mark.parametrize("depth", DEPTHS)
def test_the_legend_fits_under_the_pair(depth: Depth) -> None:
    line = legend("a_layer_of_16_ch", Look(depth))
    assert "\n" not in line
    assert len(line) <= COLUMNS
