"""simtui rename: a mistyped id is corrected, the file says so, and nothing is overwritten."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from simtui.errors import SimtuiError
from simtui.session import file as session_file
from simtui.session.pool import pool
from simtui.session.renaming import rename, renamed_session
from simtui.session.store import SessionStore
from simtui.session.validation import check
from tests.builders import saved, small_study
from tests.commands.in_process import simtui
from tests.sessions import rate

STUDY = small_study(4)


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A study and two runs of P70, who is P07; the second unfinished."""
    saved(STUDY, tmp_path)
    rate(STUDY, tmp_path / "sessions", "P70")
    rate(STUDY, tmp_path / "sessions", "P70", stop_after=2).chmod(0o640)
    return tmp_path


def files(lab: Path) -> list[str]:
    return sorted(path.name for path in (lab / "sessions" / STUDY.id).glob("[!.]*"))


def test_every_run_gets_the_new_id_and_keeps_the_old_one(lab: Path) -> None:
    before = session_file.load(lab / "sessions" / STUDY.id / "P70_run-1.json")
    done = simtui(lab, "rename", "study.json", "sessions", "P70", "P07")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("2 runs of P70 are now P07's: sessions/")
    assert files(lab) == ["P07_run-1.json", "P07_run-2.json"]
    document = json.loads((lab / "sessions" / STUDY.id / "P07_run-1.json").read_bytes())
    assert (document["participant_id"], document["renamed_from"]) == ("P07", "P70")
    assert renamed_session(session_file.load(lab / "sessions" / STUDY.id / "P07_run-1.json"), "P70") == before
    assert (lab / "sessions" / STUDY.id / "P07_run-2.json").stat().st_mode & 0o777 == 0o640
    assert [finding for finding in check([lab]).findings if not finding.warning] == []
    assert [used.session.renamed_from for used in pool(STUDY, [lab]).counted] == ["P70"]


def test_the_study_s_own_folder_can_be_named(lab: Path) -> None:
    rename(STUDY, lab / "sessions" / STUDY.id, "P70", "P07")
    assert files(lab) == ["P07_run-1.json", "P07_run-2.json"]


def test_nothing_is_overwritten(lab: Path) -> None:
    rate(STUDY, lab / "sessions", "P07")
    before = {path: path.read_bytes() for path in (lab / "sessions").rglob("*.json")}
    done = simtui(lab, "rename", "study.json", "sessions", "P70", "P07")
    assert done.returncode == 2
    assert "P07 has rated already" in done.stderr
    assert {path: path.read_bytes() for path in (lab / "sessions").rglob("*.json")} == before


def test_an_interrupted_rename_counts_once_and_is_gone_on_with(lab: Path) -> None:
    copy = lab / "P70_run-1.json"
    shutil.copy(lab / "sessions" / STUDY.id / "P70_run-1.json", copy)
    rename(STUDY, lab / "sessions", "P70", "P07")
    shutil.move(copy, lab / "sessions" / STUDY.id / "P70_run-1.json")
    assert [used.name for used in pool(STUDY, [lab]).counted] == ["P07"]
    rename(STUDY, lab / "sessions", "P70", "P07")
    assert files(lab) == ["P07_run-1.json", "P07_run-2.json"]


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("P99", "P07", "There is no session of P99"),
        ("P70", "P 7", "cannot be a participant id"),
        ("P70", "P70", "are the same id"),
    ],
)
def test_what_cannot_be_renamed_is_said(lab: Path, old: str, new: str, sentence: str) -> None:
    with pytest.raises(SimtuiError, match=sentence):
        rename(STUDY, lab / "sessions", old, new)
    assert files(lab) == ["P70_run-1.json", "P70_run-2.json"]


def test_nobody_is_renamed_while_rating_and_nothing_of_which_a_part_cannot_be_read(lab: Path) -> None:
    with SessionStore(lab / "sessions", STUDY.id).hold("P70"), pytest.raises(SimtuiError, match="in another window"):
        rename(STUDY, lab / "sessions", "P70", "P07")
    (lab / "sessions" / STUDY.id / "P70_run-2.json").write_text("{")
    with pytest.raises(SimtuiError, match="cannot be read, so nothing was renamed"):
        rename(STUDY, lab / "sessions", "P70", "P07")
    assert files(lab) == ["P70_run-1.json", "P70_run-2.json"]
