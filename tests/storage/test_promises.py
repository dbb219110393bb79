"""What a file system keeps is found out by trying; what it does not keep is said by doctor, rate and kiosk."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simtui.storage import promises
from tests.builders import saved, small_study


def test_an_ordinary_folder_keeps_all_and_nothing_is_left_in_it(tmp_path: Path) -> None:
    assert promises.broken(tmp_path) == {}
    assert promises.broken(tmp_path / "not" / "there" / "yet", quick=True) == {}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.posix("nothing can be made in it", "/proc")
def test_a_folder_in_which_nothing_can_be_tried(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No such file"):
        promises.broken(Path("/proc/self"))


@contextmanager
def refusing(name: str, number: int, monkeypatch: pytest.MonkeyPatch, *, folders: bool = False) -> Iterator[None]:
    """A system call that fails; of fsync, the one of files or the one of folders."""
    call = getattr(os, name)

    def refuse(first: object, *more: object, **options: object) -> object:
        if name == "fsync" and isinstance(first, int) and stat.S_ISDIR(os.fstat(first).st_mode) != folders:
            return call(first)
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patched:
        patched.setattr(os, name, refuse)
        yield


def test_each_promise_that_is_not_kept_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with refusing("fsync", errno.EINVAL, monkeypatch, folders=True):
        assert "names are not put on disk when asked (Invalid argument)" in promises.broken(tmp_path)["fsync"]
    with refusing("fsync", errno.EIO, monkeypatch):
        assert "files are not put on disk when asked" in promises.broken(tmp_path)["fsync"]
    with refusing("link", errno.EPERM, monkeypatch):
        found = promises.broken(tmp_path, quick=True)
        assert list(found) == ["links"]
        assert found["links"].startswith(f"In {tmp_path} there are no hard links")
        assert found["links"].endswith(".")
    assert list(tmp_path.iterdir()) == []


def test_locks_that_keep_nobody_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("fcntl.flock", lambda descriptor, operation: None)
    assert "locks do not keep others out" in promises.broken(tmp_path)["lock"]


def test_names_that_differ_in_case_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    exists = Path.exists
    monkeypatch.setattr(Path, "exists", lambda path: path.name == "cASE" or exists(path))
    assert "P1 and p1 are one name" in promises.broken(tmp_path)["case"]


@pytest.mark.parametrize("command", ["rate", "doctor"])
def test_it_is_said_once_where_it_matters(command: str, tmp_path: Path) -> None:
    saved(small_study(), tmp_path)
    script = (
        "import fcntl, sys; fcntl.flock = lambda descriptor, operation: None\n"
        "from simtui.cli import main; sys.argv[0] = 'simtui'; main()"
    )
    arguments = ["study.json", "--plain", "--participant", "P1"] if command == "rate" else []
    argv = [sys.executable, "-c", script, command, *arguments, "--sessions", "sessions"]
    done = subprocess.run(argv, check=False, cwd=tmp_path, input="5\n" * 9, capture_output=True, text=True)
    told = " ".join((done.stderr if command == "rate" else done.stdout).split())
    assert told.count("locks do not keep others out") == 1
    assert (done.returncode, (tmp_path / "sessions").exists()) == ((0, True) if command == "rate" else (2, False))
