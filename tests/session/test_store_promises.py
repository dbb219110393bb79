"""What file systems and other people do to a session folder: only another content is refused, no link is followed."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from simtui.errors import SimtuiError
from simtui.rating.run import Run
from simtui.session import file as session_file
from simtui.session.store import SessionStore
from simtui.storage.atomic import WriteFailedError
from simtui.study.model import Study
from tests.builders import ENVIRONMENT, small_study


@pytest.fixture(scope="module")
def study() -> Study:
    return small_study()


@pytest.fixture
def run(study: Study, tmp_path: Path) -> Iterator[Run]:
    with SessionStore(tmp_path / "sessions", study.id).hold("P01") as hold:
        yield Run.begin(study, hold, ENVIRONMENT)


def answer(run: Run, rating: int = 5) -> None:
    run.answer(rating, str(rating), run.now(), run.now() + 1)


def responses(path: Path) -> list[int | None]:
    return [trial.response for trial in session_file.load(path).trials]


def test_a_file_that_was_touched_or_copied_over_is_still_our_own(run: Run) -> None:
    """sshfs, SMB and FAT change times and inode numbers of files that nobody wrote to."""
    answer(run, 3)
    os.utime(run.path, (0, 0))
    answer(run, 4)
    copy = run.path.with_suffix(".copy")
    copy.write_bytes(run.path.read_bytes())
    copy.replace(run.path)
    answer(run, 5)
    assert responses(run.path) == [3, 4, 5]


def test_another_content_is_refused_even_where_size_and_times_are_the_same(run: Run) -> None:
    answer(run, 3)
    before, status = run.path.read_bytes(), run.path.stat()
    run.path.write_bytes(before.replace(b'"response": 3', b'"response": 8'))
    os.utime(run.path, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert run.path.stat().st_size == status.st_size
    with pytest.raises(WriteFailedError, match="written by somebody else meanwhile and was left alone"):
        answer(run, 4)
    assert responses(run.path) == [8]
    run.path.write_bytes(before)
    answer(run, 4)
    assert responses(run.path) == [3, 4]


def test_a_run_that_changed_since_it_was_read_is_not_resumed_over(study: Study, run: Run, tmp_path: Path) -> None:
    answer(run, 3)
    store = SessionStore(tmp_path / "sessions", study.id)
    with pytest.raises(SimtuiError, match="being rated in another window"):
        store.hold("P01")
    stored = store.runs("P01")[0]
    answer(run, 4)
    other = run.path.with_name("P02_run-1.json")
    with store.hold("P02") as hold, pytest.raises(WriteFailedError, match="written by somebody else"):
        Run.resume(study, hold, stored, ENVIRONMENT)
    assert responses(run.path) == [3, 4]
    assert not other.exists()


@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP, errno.EACCES])
def test_a_folder_that_cannot_be_fsynced_is_no_fault(number: int, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync, asked = os.fsync, []

    def refuse(descriptor: int) -> None:
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            asked.append(descriptor)
            raise OSError(number, os.strerror(number))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", refuse)
    answer(run, 3)
    answer(run, 4)
    assert len(asked) == 2
    assert responses(run.path) == [3, 4]


def test_an_answer_costs_two_fsyncs(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    fsync, synced = os.fsync, []

    def counted(descriptor: int) -> None:
        synced.append(stat.S_ISDIR(os.fstat(descriptor).st_mode))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", counted)
    answer(run)
    assert synced == [False, True]


@pytest.mark.parametrize("number", [errno.EMLINK, errno.EINVAL, errno.EACCES])
def test_a_run_begins_where_there_are_no_hard_links(
    number: int, study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", refuse)
    with SessionStore(tmp_path, study.id).hold("P01") as hold:
        answer(Run.begin(study, hold, ENVIRONMENT), 3)
    assert responses(tmp_path / study.id / "P01_run-1.json") == [3]


def test_where_the_name_was_claimed_and_the_file_could_not_be_moved_there_nothing_is_left(
    study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EMLINK, "Too many links")

    with SessionStore(tmp_path, study.id).hold("P01") as hold:
        monkeypatch.setattr(os, "link", refuse)
        monkeypatch.setattr(os, "replace", refuse)
        with pytest.raises(WriteFailedError, match="Too many links"):
            Run.begin(study, hold, ENVIRONMENT)
        assert sorted(path.name for path in (tmp_path / study.id).iterdir()) == [".P01.lock"]
        monkeypatch.undo()
        assert not Run.begin(study, hold, ENVIRONMENT).finished


def test_a_folder_swapped_for_a_link_in_mid_run_is_not_followed(run: Run, tmp_path: Path) -> None:
    answer(run, 3)
    folder, moved, elsewhere = run.path.parent, tmp_path / "moved", tmp_path / "elsewhere"
    elsewhere.mkdir()
    folder.rename(moved)
    folder.symlink_to(elsewhere)
    with pytest.raises(WriteFailedError, match="is a symbolic link, which could lead anywhere"):
        answer(run, 4)
    folder.unlink()
    folder.symlink_to(moved)
    with pytest.raises(WriteFailedError, match="is a symbolic link"):
        answer(run, 4)
    assert list(elsewhere.iterdir()) == []
    assert responses(moved / run.path.name) == [3]
    folder.unlink()
    moved.rename(folder)
    answer(run, 4)
    assert responses(run.path) == [3, 4]


def test_leaving_removes_nothing_from_a_folder_that_a_link_leads_to(study: Study, tmp_path: Path) -> None:
    hold = SessionStore(tmp_path / "sessions", study.id).hold("P01")
    folder, elsewhere = hold.store.folder, tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".P01.lock").touch()
    folder.rename(tmp_path / "moved")
    folder.symlink_to(elsewhere)
    hold.release()
    assert [path.name for path in elsewhere.iterdir()] == [".P01.lock"]


HOLDER = """
import sys, pathlib
from simtui.session.store import SessionStore
with SessionStore(pathlib.Path(sys.argv[1]), sys.argv[2]).hold("P03"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_what_killed_processes_left_unfinished_is_cleared_at_the_next_start(study: Study, tmp_path: Path) -> None:
    folder = tmp_path / study.id
    folder.mkdir()
    for participant in ("P01", "P02", "P03"):
        (folder / f".{participant}_run-1.0123abcd.tmp").write_text("{")
    kept = [".P03_run-1.0123abcd.tmp", ".notes.0123abcd.tmp", "P04_run-1.0123abcd.tmp"]
    for name in kept[1:]:
        (folder / name).touch()
    argv = [sys.executable, "-c", HOLDER, str(tmp_path), study.id]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        # What P03's own process has left is gone; now it is at work, and writes.
        (folder / kept[0]).write_text("{")
        with SessionStore(tmp_path, study.id).hold("P01"):
            assert sorted(path.name for path in folder.glob("*.tmp")) == sorted(kept)
        process.stdin.close()
    with SessionStore(tmp_path, study.id).hold("P01"):
        assert sorted(path.name for path in folder.glob("*.tmp")) == sorted(kept[1:])
