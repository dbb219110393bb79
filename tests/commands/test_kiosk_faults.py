"""The kiosk's own record of faults: bounded, and not led astray by what others put in its place."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from simtui.commands.kiosk import FAULTS_FILE
from simtui.errors import SimtuiError
from simtui.storage.fault_record import LARGEST_FILE, MOST_FAULTS, FaultRecord


def fail(folder: Path, message: str, times: int) -> None:
    for _ in range(times):
        FaultRecord(folder, FAULTS_FILE, "The kiosk").note(ValueError(message))


def test_the_record_does_not_grow_for_ever(tmp_path: Path) -> None:
    fail(tmp_path, "x" * 10**6, 100)
    files = list(tmp_path.iterdir())
    assert sorted(path.name for path in files) == ["kiosk-faults.old.txt", FAULTS_FILE]
    assert sum(path.stat().st_size for path in files) < 3 * LARGEST_FILE


@pytest.mark.posix("named pipes")
def test_no_link_is_followed_and_no_pipe_waited_for(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("mine")
    (tmp_path / FAULTS_FILE).symlink_to("elsewhere")
    fail(tmp_path, "x", 1)
    assert (tmp_path / "elsewhere").read_text() == "mine"
    (tmp_path / FAULTS_FILE).unlink()
    os.mkfifo(tmp_path / FAULTS_FILE)
    faults = FaultRecord(tmp_path, FAULTS_FILE, "The kiosk")
    for _ in range(MOST_FAULTS - 1):
        faults.note(None)
    with pytest.raises(SimtuiError, match="is in nowhere"):
        faults.note(None)
