"""What a terminal claims and sends, on a real one."""

from __future__ import annotations

from pathlib import Path

from simtui.study import file as study_file
from tests.builders import small_study
from tests.terminal_session import SIMTUI, TerminalSession


def test_an_absurd_window_costs_no_memory_and_is_left_again(tmp_path: Path) -> None:
    study_file.save(small_study(), tmp_path / "study.json")
    with TerminalSession([*SIMTUI, "rate", "study.json", "--participant", "P1"], cwd=tmp_path) as session:
        session.wait_for("Enter starts")
        seen = len(session.raw)
        session.resize(60_000, 60_000)
        while len(session.raw) - seen < 1_000_000 and session.pump(1.0):
            pass
        assert resident_mb(session.pid) < 250
        session.resize(80, 24)
        session.send("q")
        assert session.exited()


def resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 2**20
