"""A table that is watched: which lines of it are seen in a terminal of a size, and what the keys do."""

from __future__ import annotations

from simtui.terminal.watching import Watched, Window

TABLE = Watched("head", [f"row {n}" for n in range(200)], ["sum"])


def test_two_hundred_rows_fit_into_twenty_four_lines_with_one_to_spare() -> None:
    lines = Window().lines(TABLE, 80, 24)
    assert (len(lines), lines[0], lines[1], lines[-1]) == (23, "head", "row 0", "sum")
    assert lines[-2] == "… 180 more lines, below (arrows and page keys scroll, q ends)"


def test_keys_scroll_to_the_ends_and_not_beyond() -> None:
    window, room = Window(), Window().room(TABLE, 24)
    for step, first in (
        ("up", 0), ("down", 1), ("page down", 1 + room), ("page up", 1), ("end", 200 - room), ("down", 200 - room),
        ("top", 0),
    ):  # fmt: skip
        window.move(step, room, 200)
        assert window.first == first
    window.move("end", room, 200)
    assert window.lines(TABLE, 80, 24)[-3] == "row 199"


def test_what_fits_is_not_scrolled() -> None:
    small = Watched("head", ["a", "b"], ["sum"])
    assert Window(first=1).lines(small, 80, 24) == ["head", "a", "b", "sum"]


def test_a_long_line_below_is_broken_and_a_row_is_cut() -> None:
    told = "r so far: 0.5. Do not stop because of it: " + "that makes r look larger than it is. " * 3
    watched = Watched("head", ["x" * 100], [told]).broken(40)
    lines = Window().lines(watched, 40, 24)
    assert all(len(line) < 40 for line in lines)
    assert " ".join(lines[2:]).endswith("larger than it is.")
