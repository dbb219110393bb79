"""Text in a given width: tables that are never wider, wordings that fit."""

from __future__ import annotations

import pytest

from simtui.terminal.layout import longest_fitting, paragraphs, table

HEADER = ("pair", "digit", "r", "95 %")
ROWS = (("p1", "8", "0.50", "0.10 to 0.90"), ("p10", "3", "-0.25", "–"))


def test_the_first_column_is_flush_left_and_numbers_stand_below_each_other() -> None:
    assert table(HEADER, ROWS) == [
        "pair  digit      r          95 %",
        "p1        8   0.50  0.10 to 0.90",
        "p10       3  -0.25             –",
    ]


def test_other_columns_can_be_flush_left_and_all_lines_indented() -> None:
    assert table(("a", "b"), [("1", "x"), ("2", "long")], left={0, 1}, indent="  ") == [
        "  a  b",
        "  1  x",
        "  2  long",
    ]


@pytest.mark.parametrize("width", [24, 25, 31, 32])
def test_columns_without_room_stand_below_with_the_names_of_their_rows(width: int) -> None:
    lines = table(HEADER, ROWS, width=width)

    assert max(map(len, lines)) <= width
    heads = [line.split()[0] for line in lines if line]
    assert heads == ["pair", "p1", "p10"] * lines.count("") + ["pair", "p1", "p10"]
    assert lines.count("") == (0 if width == 32 else 1)


def test_stars_hang_out_so_that_numbers_are_aligned() -> None:
    lines = table(("measure", "people"), [("slant", "0.50*"), ("ink", "-0.25"), ("* from", "±0.40")])

    assert lines == [
        "measure  people",
        "slant      0.50*",
        "ink       -0.25",
        "* from    ±0.40",
    ]


def test_the_longest_wording_that_fits_or_the_shortest_of_all() -> None:
    wordings = ("the network reads", "reads", "read")

    assert longest_fitting(wordings, 80) == "the network reads"
    assert longest_fitting(wordings, 16) == "reads"
    assert longest_fitting(wordings, 5) == "reads"
    assert longest_fitting(wordings, 1) == "read"


def test_paragraphs_hang() -> None:
    assert paragraphs(["one two three", "four"], 10) == ["  one two", "    three", "  four"]


def test_a_long_first_column_is_broken_before_a_number_loses_its_room() -> None:
    lines = table(("reliability of people", "value"), [("alpha, of ordinal ratings", "0.331")], width=22, indent="  ")

    assert max(map(len, lines)) <= 22
    assert lines[-1].endswith("0.331")
    assert " ".join(" ".join(lines).split()) == "reliability of people value alpha, of ordinal ratings 0.331"
