"""Atomic writes: whole or not at all, over nothing that is there, and with nothing left behind."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from simtui.errors import SimtuiError
from simtui.storage import atomic


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_new_file_has_the_bytes_and_the_permissions_of_any_new_file(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    atomic.write(tmp_path / "new", b"whole")
    assert (tmp_path / "new").read_bytes() == b"whole"
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == stat.S_IMODE((tmp_path / "other").stat().st_mode)
    assert names(tmp_path) == ["new", "other"]


def test_what_is_there_is_left_alone_unless_forced(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(SimtuiError, match="is there already and was left alone"):
        atomic.write(path, b"new")
    with pytest.raises(SimtuiError, match="is there already and was left alone"):
        atomic.require_free(path)
    assert path.read_bytes() == b"old"
    atomic.write(path, b"new", force=True)
    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["file"]


def test_a_link_to_nowhere_is_somebodys_too(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.symlink_to("nowhere")
    with pytest.raises(SimtuiError, match="is there already"):
        atomic.require_free(path)
    with pytest.raises(SimtuiError, match="is there already"):
        atomic.write(path, b"new")
    assert names(tmp_path) == ["file"]


def test_a_name_as_long_as_the_file_system_takes(tmp_path: Path) -> None:
    path = tmp_path / ("é" * 125 + ".json")
    atomic.write(path, b"new")
    assert names(tmp_path) == [path.name]


@pytest.mark.parametrize("taken", [False, True])
@pytest.mark.parametrize("number", [errno.EPERM, errno.EMLINK, errno.EINVAL, errno.EACCES, errno.ENOTSUP])
def test_without_hard_links_a_name_is_taken_only_once(
    number: int, taken: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As FAT and some network shares are, or with too many names for one file."""

    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", refuse)
    path = tmp_path / "file"
    if taken:
        path.write_bytes(b"old")
        with pytest.raises(SimtuiError, match="is there already"):
            atomic.write(path, b"new")
    else:
        atomic.write(path, b"new")
    assert path.read_bytes() == (b"old" if taken else b"new")
    assert names(tmp_path) == ["file"]


def test_where_nothing_can_be_written_the_reason_is_said(tmp_path: Path) -> None:
    with pytest.raises(atomic.WriteFailedError, match="could not be written: there is no such folder"):
        atomic.write(tmp_path / "none" / "file", b"new")
    (tmp_path / "file").touch()
    with pytest.raises(atomic.WriteFailedError, match="a part of the path is a file, not a folder"):
        atomic.write(tmp_path / "file" / "inside", b"new")
    (tmp_path / "folder").mkdir()
    with pytest.raises(atomic.WriteFailedError, match="could not be written"):
        atomic.write(tmp_path / "folder", b"new", force=True)
    assert names(tmp_path) == ["file", "folder"]


def test_what_a_killed_process_left_of_a_file_is_cleared_when_it_is_written_again(tmp_path: Path) -> None:
    for name in (".study.0123abcd.tmp", ".study.89abcdef.tmp", ".other.0123abcd.tmp"):
        (tmp_path / name).touch()
        if name != ".study.89abcdef.tmp":
            os.utime(tmp_path / name, (1, 1))
    atomic.write(tmp_path / "study.json", b"new")
    assert names(tmp_path) == [".other.0123abcd.tmp", ".study.89abcdef.tmp", "study.json"]
