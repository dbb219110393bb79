"""Which tests need a POSIX system: those that import what Windows does not have, or import others that do.

Single tests elsewhere have the marker `posix(reason, *paths)`; `unmarked` finds those that lack it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

MODULES = frozenset({"fcntl", "termios", "tty", "pty", "resource", "pwd", "grp"})
NAMES = frozenset(
    {"mkfifo", "fork", "geteuid", "getuid", "setuid", "AF_UNIX", "SIGKILL", "SIGHUP", "SIGSTOP", "SIGCONT"}
)
"""Names of `os`, `signal` and `socket` that Windows does not have."""

PATHS = ("/proc", "/dev/full")
"""What of Linux the tests look at, which macOS does not have either."""

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


def unmarked(path: Path) -> Iterator[str]:
    """The tests of a module that use what not every system has, themselves or by its functions, and have no marker."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
    whole = {each for node in tree.body if isinstance(node, ast.Assign) for each in _marked(node)}
    lacking = set() if needed_by(path) else NAMES
    for name, function in functions.items():
        if name.startswith("test_"):
            wanted = _used(name, functions, frozenset())
            marked = whole | {each for decorator in function.decorator_list for each in _marked(decorator)}
            if (wanted & lacking and "posix" not in marked) or wanted & set(PATHS) - marked:
                yield f"{path.name}::{name}"


def _used(
    name: str, functions: dict[str, ast.FunctionDef | ast.AsyncFunctionDef], on_the_way: frozenset[str]
) -> set[str]:
    """Those of NAMES and PATHS that a function uses, or one of its module that it calls or has as a fixture."""
    found: set[str] = set()
    asked: set[str] = set()  # as in hasattr(os, "mkfifo")
    for node in ast.walk(functions[name]):
        match node:
            case ast.Constant(value=str(text)):
                found |= {each for each in PATHS if text.startswith(each)}
                asked |= {text}
            case ast.Attribute(attr=word) | ast.Name(id=word) | ast.arg(arg=word):
                found |= {word} & NAMES
                if word in functions and word not in on_the_way | {name}:
                    found |= _used(word, functions, on_the_way | {name})
    return found - asked


def _marked(marker: ast.AST) -> set[str]:
    """“posix”, and the paths that it names, where that is the marker."""
    calls = [
        node for node in ast.walk(marker) if isinstance(node, ast.Call) and ast.unparse(node.func).endswith(".posix")
    ]
    return {"posix" for _ in calls} | {ast.literal_eval(each) for call in calls for each in call.args[1:]}
