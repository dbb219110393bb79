"""The real command under watch: how long, how much memory, what it said, and what it left behind."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from simtui.errors import is_visible

LIMIT_S = 2.0
LIMIT_MB = 200.0

# Its own small process, because a process counts the memory of the one that started it as its own.
_MEASURE = """
import json, os, sys
out, *command = sys.argv[1:]
child = os.posix_spawn(command[0], command, os.environ)
_, status, used = os.wait4(child, 0)
with open(out, "w") as file:
    json.dump([os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime, used.ru_maxrss / 1024], file)
"""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one command. seconds: of the processor, whatever else the machine does. megabytes: at their most."""

    code: int
    seconds: float
    megabytes: float
    out: str
    err: str


def simtui(*arguments: str, cwd: Path) -> Outcome:
    """Run `python -m simtui`, without a terminal."""
    with tempfile.TemporaryDirectory() as folder:
        numbers = Path(folder) / "numbers"
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _MEASURE, str(numbers), sys.executable, "-m", "simtui", *arguments],
            cwd=cwd,
            env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            check=True,
            timeout=60,
        )
        code, seconds, megabytes = json.loads(numbers.read_text())
    return Outcome(code, seconds, megabytes, done.stdout, done.stderr)


def assert_harmless(text: str) -> None:
    """The text can do nothing to a terminal, whatever was in the files."""
    assert all(is_visible(c) or c == "\n" for c in text), repr(text)


def assert_refused(outcome: Outcome) -> None:
    """One sentence on stderr, exit code 2, no traceback, in bounds."""
    assert outcome.code == 2, outcome
    assert outcome.out == ""
    assert outcome.err.startswith("simtui: ")
    assert outcome.err.count("\n") == 1, outcome.err
    assert outcome.err.endswith(".\n")
    assert len(outcome.err) < 1_000
    assert "Traceback" not in outcome.err
    assert_harmless(outcome.err)
    assert_in_bounds(outcome)


def assert_in_bounds(outcome: Outcome, seconds: float = LIMIT_S, megabytes: float = LIMIT_MB) -> None:
    assert outcome.seconds < seconds, outcome
    assert outcome.megabytes < megabytes, outcome


def everything(folder: Path) -> dict[str, bytes | str]:
    """Every file, folder and link below a folder, with its content."""
    found: dict[str, bytes | str] = {}
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            content: bytes | str = f"link to {path.readlink()}"
        elif path.is_file() and path.stat().st_size < 2**25:
            content = path.read_bytes()
        else:
            content = "a folder, a device or a large file"
        found[str(path.relative_to(folder))] = content
    return found
