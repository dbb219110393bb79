"""A small class through real terminals; tests/benchmarks/class_of_sixty.py has the large one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.class_of_sixty import check, rate_at_once


@pytest.mark.slow
def test_a_class_of_four_one_of_whom_is_killed_ends_balanced_and_whole(tmp_path: Path) -> None:
    study, pupils = rate_at_once(tmp_path, people=4, killed=1)
    said = check(tmp_path, study, pupils, killed=1)
    assert "Lists: list 0 has 1, list 1 has 1, list 2 has 1, list 3 has 1: they differ by at most one" in said
