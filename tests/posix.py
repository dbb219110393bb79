"""Which tests need a POSIX system: those that import what Windows does not have, or import others that do."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

MODULES = frozenset({"fcntl", "termios", "tty", "pty", "resource", "pwd", "grp"})
REPOSITORY = Path(__file__).resolve().parent.parent


class SkippedModule(pytest.Module):
    """A module of tests that is not even imported."""

    def _getobj(self) -> object:
        pytest.skip("needs a POSIX system: terminals, signals or accounts", allow_module_level=True)


@cache
def needed_by(path: Path) -> bool:
    """Whether a module of the tests, or one of the tests' that it imports, imports one of MODULES."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.update({node.module, *(f"{node.module}.{alias.name}" for alias in node.names)})
    if names & MODULES:
        return True
    ours = (REPOSITORY / f"{name.replace('.', '/')}.py" for name in names if name.startswith("tests."))
    return any(needed_by(each) for each in ours if each.is_file() and each != path)
