"""Which tests Windows leaves out is found out, and not kept by hand."""

from __future__ import annotations

from tests import posix
from tests.conftest import REPOSITORY


def test_what_needs_a_terminal_is_known_through_what_it_imports() -> None:
    tests = REPOSITORY / "tests"
    assert posix.needed_by(tests / "terminal_session.py")
    assert posix.needed_by(tests / "rating" / "test_plain.py")
    assert not posix.needed_by(tests / "analysis" / "test_correlation.py")


def test_most_tests_of_numbers_and_files_run_everywhere() -> None:
    for room in ("analysis", "study", "reporting", "stimuli"):
        paths = list((REPOSITORY / "tests" / room).glob("test_*.py"))
        assert sum(not posix.needed_by(path) for path in paths) > len(paths) / 2
