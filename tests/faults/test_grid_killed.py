"""SIGKILL in the middle of a power grid: another engine goes on where it was, to the bytes of an undisturbed one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.builders import saved, small_study
from tests.commands import in_process
from tests.terminal_session import SIMTUI, TerminalSession

SETTINGS = 12
GRID = ["power", "study.json", "--grid", "--pairs", "12", "--participants", "2", "--simulations", "400", "--json"]
GRID += [part for number in range(SETTINGS) for part in ("--r", f"0.{number + 10}")]


def result(folder: Path, *options: str) -> str:
    done = in_process.simtui(folder, *GRID, *options)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_grid_killed_in_the_middle_goes_on_on_another_engine_to_the_same_bytes(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    saved(small_study(pairs=12), tmp_path)
    whole = result(tmp_path, "--out", "whole")
    kept = tmp_path / "kept"
    with TerminalSession([*SIMTUI, *GRID, "--workers", "2", "--out", kept.name], cwd=tmp_path) as terminal:
        terminal.wait_for(lambda _: kept.exists() and kept.read_bytes().count(b"\n") > 2, timeout=120)
        terminal.kill()
        assert terminal.exited()
    lines = kept.read_bytes().splitlines(keepends=True)
    first = lines[:3]
    assert {*first} <= {*(tmp_path / "whole").read_bytes().splitlines(keepends=True)}
    # On a busy machine the kill comes late: what it leaves a little earlier is two batches and a piece of the third.
    kept.write_bytes(b"".join(first) + (lines[3] if len(lines) > 3 else b'{"batch":2,')[:11])
    assert result(tmp_path, "--out", kept.name, "--workers", "2", "--scheduler", "local") == whole
    there = kept.read_bytes().splitlines(keepends=True)
    assert there[:3] == first
    assert sorted(there) == sorted((tmp_path / "whole").read_bytes().splitlines(keepends=True))
    assert result(tmp_path, "--out", kept.name) == whole
