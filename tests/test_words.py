from __future__ import annotations

import random

from simtui.words import natural_order


def test_numbers_in_names_count_as_numbers() -> None:
    names = ["P1", "P2", "P08", "P9", "P10", "P10b", "P100", "Q1", "Zoe"]
    mixed = random.Random(1).sample(names, len(names))
    assert sorted(mixed, key=natural_order) == names


def test_equal_numbers_are_told_apart_and_letters_come_after_numbers() -> None:
    names = ["P2b", "P10", "P2", "p1", "Anna", "P02", "10", "9"]
    assert sorted(names, key=natural_order) == ["9", "10", "Anna", "P02", "P2", "P2b", "P10", "p1"]


def test_any_text_has_a_place() -> None:
    names = ["", "1", "01", "a", "1a", "a1", "a01", "٣", "a٣"]
    assert len({natural_order(name) for name in names}) == len(names)
    assert sorted(names, key=natural_order)[0] == ""
