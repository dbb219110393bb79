"""simtui withdraw: whoever takes their consent back is used nowhere, and the file says since when."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simtui.errors import SimtuiError
from simtui.rating.texts import going_on
from simtui.session.pool import pool
from simtui.session.store import SessionStore
from simtui.session.validation import check
from simtui.session.withdrawal import withdraw
from tests.builders import saved, small_study
from tests.commands.in_process import simtui
from tests.sessions import rate

STUDY = small_study(4)


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """Two runs of P07, the second unfinished, and one of P08."""
    saved(STUDY, tmp_path)
    rate(STUDY, tmp_path / "sessions", "P07").chmod(0o640)
    rate(STUDY, tmp_path / "sessions", "P07", stop_after=2)
    rate(STUDY, tmp_path / "sessions", "P08")
    return tmp_path


def test_every_run_is_withdrawn_and_keeps_its_answers(lab: Path) -> None:
    folder = lab / "sessions" / STUDY.id
    before = json.loads((folder / "P07_run-1.json").read_bytes())
    done = simtui(lab, "withdraw", "study.json", "sessions", "P07")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("2 runs of P07 are withdrawn and no longer used: sessions/")
    after = json.loads((folder / "P07_run-1.json").read_bytes())
    assert after["withdrawn_at"] is not None
    changed = {"status": "withdrawn", "withdrawn_at": after["withdrawn_at"], "updated_at": after["updated_at"]}
    assert after == before | changed
    assert (folder / "P07_run-1.json").stat().st_mode & 0o777 == 0o640
    assert check([lab]).faults == 0
    pooled = pool(STUDY, [lab])
    assert [one.name for one in pooled.counted] == ["P08"]
    assert {file.reason for file in pooled.left_out} == {"withdrawn by the participant"}


def test_who_withdrew_cannot_go_on(lab: Path) -> None:
    withdraw(STUDY, lab / "sessions" / STUDY.id, "P07")
    with SessionStore(lab / "sessions", STUDY.id).hold("P07") as hold:
        last = hold.last_run(STUDY.sha256)
        assert last is not None
        with pytest.raises(SimtuiError):
            going_on(STUDY, hold, last)


def test_what_cannot_be_withdrawn_changes_nothing(lab: Path) -> None:
    sessions = lab / "sessions"
    with pytest.raises(SimtuiError, match="There is no session of P09 of the study"):
        withdraw(STUDY, sessions, "P09")
    with SessionStore(sessions, STUDY.id).hold("P08"), pytest.raises(SimtuiError):
        withdraw(STUDY, sessions, "P08")
    withdraw(STUDY, sessions, "P08")
    with pytest.raises(SimtuiError, match="P08 has withdrawn already: nothing was changed"):
        withdraw(STUDY, sessions, "P08")
    damaged = sessions / STUDY.id / "P07_run-2.json"
    damaged.write_text("{")
    whole = (sessions / STUDY.id / "P07_run-1.json").read_bytes()
    with pytest.raises(SimtuiError, match=r"P07_run-2\.json cannot be read, so nothing was changed"):
        withdraw(STUDY, sessions, "P07")
    assert (sessions / STUDY.id / "P07_run-1.json").read_bytes() == whole
