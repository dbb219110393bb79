"""Which tests Windows leaves out is found out, and not kept by hand."""

from __future__ import annotations

import re
from pathlib import Path

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


def test_every_test_that_not_every_system_can_pass_says_so() -> None:
    modules = sorted((REPOSITORY / "tests").rglob("test_*.py"))
    assert [test for path in modules for test in posix.unmarked(path)] == []


def test_what_has_no_marker_is_found_through_the_functions_it_calls(tmp_path: Path) -> None:
    module = tmp_path / "test_it.py"
    module.write_text(
        "def pipe(path):\n    os.mkfifo(path)\n\n"
        "def test_one(pipe): ...\n\n"
        "def test_two():\n    open(f'/proc/{1}/stat')\n\n"
        "@pytest.mark.posix('pipes')\ndef test_three():\n    pipe('x')\n\n"
        "@pytest.mark.posix('processes')\ndef test_four():\n    open('/proc/1/stat')\n\n"
        "@pytest.mark.posix('processes', '/proc')\ndef test_five():\n    open('/proc/1/stat')\n"
    )
    assert [name.partition("::")[2] for name in posix.unmarked(module)] == ["test_one", "test_two", "test_four"]


def test_which_system_this_is_is_asked_in_one_place() -> None:
    package = REPOSITORY / "simtui"
    asking = {path for path in package.rglob("*.py") if re.search(r"sys\.platform|os\.name\b", path.read_text("utf-8"))}
    assert {str(path.relative_to(package).as_posix()) for path in asking} == {"storage/system.py", "tui/_textual.py"}
