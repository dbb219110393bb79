"""Files that others may have put there: what is read, and the one sentence for what is not."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from simtui.errors import SimtuiError
from simtui.storage import untrusted


def refusal(path: Path, most: int = 100, *, follow: bool = True) -> str:
    with pytest.raises(SimtuiError) as caught:
        untrusted.read(path, "a study file", most, follow=follow)
    return str(caught.value)


def test_a_regular_file_of_bearable_size_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "file"
    for size in (0, 1, 99, 100):
        path.write_bytes(b"x" * size)
        assert untrusted.read(path, "a file", 100) == b"x" * size
        with untrusted.opened(path, "a file", 100) as file:
            assert file.read() == b"x" * size


def test_a_larger_file_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    with (tmp_path / "sparse").open("wb") as file:
        file.truncate(2**40)
    assert "has 1048576 MB, too much for a study file" in refusal(tmp_path / "sparse")


@pytest.mark.posix("its files say that they are empty", "/proc")
def test_a_file_that_says_it_is_empty_is_read_no_further_than_allowed() -> None:
    """Those under /proc do: their content is made when they are read."""
    assert len(untrusted.read(Path("/proc/self/status"), "a file", 65_536)) > 100
    assert "too much for" in refusal(Path("/proc/self/status"), most=100)


@pytest.mark.posix("named pipes and /dev/zero")
def test_what_is_no_regular_file_is_refused_without_waiting_for_it(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(tmp_path)  # such an address has at most 108 bytes
        try:
            listener.bind("socket")
        finally:
            os.chdir(here)
        for path, sentence in (
            (tmp_path / "pipe", "is not a regular file"),
            (Path("/dev/zero"), "is not a regular file"),
            (tmp_path, "is a folder, not a study file"),
            (tmp_path / "none", "There is no file"),
            (tmp_path / "socket", "could not be read"),
            (tmp_path / "nul\x00", "could not be read"),
            (tmp_path / ("a" * 300), "could not be read"),
        ):
            assert sentence in refusal(path), path


def test_a_link_is_followed_unless_it_must_not_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    (tmp_path / "link").symlink_to("file")
    assert untrusted.read(tmp_path / "link", "a file", 100) == b"x"
    assert "is a symbolic link, which is not followed" in refusal(tmp_path / "link", follow=False)
    assert untrusted.read(tmp_path / "file", "a file", 100, follow=False) == b"x"
