"""What the file system can do to a run: full, out of inodes, read-only, forbidden, gone. On real ones, as they are.

A write that fails keeps its pair on the screen and says why; when the cause is gone, Enter saves it.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from simtui.study import file as study_file
from tests.builders import saved, small_study
from tests.faults.running import PAIRS, Rating, rate, says, start
from tests.terminal_session import SIMTUI

ROOT = os.geteuid() == 0
# Root without the right to pass over permissions: an ordinary user, with an interpreter that only root may read.
ORDINARY = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *SIMTUI] if ROOT else [*SIMTUI]


@pytest.fixture(scope="module")
def study_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return saved(small_study(pairs=PAIRS), tmp_path_factory.mktemp("disks"))


def rating_in(study_path: Path, root: Path) -> Rating:
    return Rating(study_file.load(study_path), study_path, root)


@contextmanager
def mounted(folder: Path, options: str) -> Iterator[None]:
    """A small file system of its own at `folder`."""
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "simtui-test", str(folder)], capture_output=True, text=True, check=False
    )
    if made.returncode:
        pytest.skip(f"needs the right to mount a small file system (root, CAP_SYS_ADMIN): {made.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture(params=["size=64k", "size=1m,nr_inodes=12"], ids=["bytes", "inodes"])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Path, Callable[[], None]]]:
    """A folder on a disk of its own, and what fills up the bytes or the inodes of that disk with files `filler*`."""
    fill = fill_bytes if "nr_inodes" not in request.param else fill_inodes
    with mounted(tmp_path, request.param):
        yield tmp_path, lambda: fill(tmp_path)


def fill_bytes(folder: Path) -> None:
    with (folder / "filler").open("wb", buffering=0) as file:
        _until_full(lambda: file.write(bytes(4096)))


def fill_inodes(folder: Path) -> None:
    numbers = count()
    _until_full(lambda: (folder / f"filler{next(numbers)}").touch(exist_ok=False))


def _until_full(use: Callable[[], object]) -> None:
    for _ in range(10_000):
        try:
            use()
        except OSError as error:
            if error.errno == errno.ENOSPC:
                return
            raise
    raise AssertionError("the small disk did not fill up")


def empty(folder: Path) -> None:
    for filler in folder.glob("filler*"):
        filler.unlink()


@pytest.mark.parametrize("then", ["free space and Enter", "killed and resumed"])
def test_a_full_disk(small_disk: tuple[Path, Callable[[], None]], study_path: Path, then: str) -> None:
    root, fill = small_disk
    rating = rating_in(study_path, root)
    with rating.screen() as terminal:
        start(terminal)
        rate(terminal, range(1, 4))
        fill()
        before = rating.file.read_bytes()
        terminal.press_until("4", says("the disk is full"))
        text = terminal.wait_for(says("Press Enter to try again"))
        assert f"Pair 4 of {PAIRS}" in text
        terminal.send("\r")
        assert not terminal.settles(lambda text: "Pair 5" in text), "still full, and the screen moved on"
        assert says("the disk is full")(terminal.text)
        assert rating.file.read_bytes() == before
        rating.is_whole(3)
        if then == "killed and resumed":
            terminal.kill()
            assert terminal.exited()
            empty(root)
            rating.resume_and_finish(3)
            return
        empty(root)
        terminal.press_until("\r", lambda text: "Pair 5 of" in text)
        rating.is_whole(4)
        rate(terminal, range(5, PAIRS + 1))
        terminal.wait_for("Thank you")
    rating.is_whole(PAIRS)
    assert not list(rating.folder.glob(".*.tmp"))


def test_a_disk_that_is_full_before_the_run(small_disk: tuple[Path, Callable[[], None]], study_path: Path) -> None:
    root, fill = small_disk
    fill()
    rating = rating_in(study_path, root)
    with rating.screen() as terminal:
        if not terminal.exited(0.0):
            terminal.settles(lambda text: "Enter starts" in text or "full" in text, 20)
        if "Enter starts" in terminal.text:
            terminal.send("\r")
        assert terminal.exited()
        assert terminal.status == 2
        assert says("the disk is full")(terminal.text)
        assert "Traceback" not in terminal.text
    assert not rating.file.exists()
    empty(root)
    with rating.screen() as terminal:
        start(terminal)
        rate(terminal, range(1, 3))
    rating.is_whole(2)


def test_a_disk_that_turns_read_only(tmp_path: Path, study_path: Path) -> None:
    """As a disk with errors does: a read-only mount of the same folder is laid over it."""
    rating = rating_in(study_path, tmp_path)
    with mounted(tmp_path, "size=1m"), rating.screen() as terminal:
        start(terminal)
        rate(terminal, range(1, 4))
        subprocess.run(["mount", "--bind", str(tmp_path), str(tmp_path)], check=True)
        try:
            subprocess.run(["mount", "-o", "remount,bind,ro", str(tmp_path)], check=True)
            terminal.press_until("4", says("the disk is read-only"))
            assert f"Pair 4 of {PAIRS}" in terminal.wait_for(says("Press Enter to try again"))
            rating.is_whole(3)
        finally:
            subprocess.run(["umount", str(tmp_path)], check=True)
        terminal.press_until("\r", lambda text: "Pair 5 of" in text)
        rating.is_whole(4)
        terminal.kill()
        assert terminal.exited()
        rating.resume_and_finish(4)


@pytest.mark.skipif(ROOT and shutil.which("setpriv") is None, reason="root needs setpriv to be as bound as others")
def test_a_folder_that_may_not_be_written_any_more(tmp_path: Path, study_path: Path) -> None:
    rating = rating_in(study_path, tmp_path / "sessions")
    with rating.screen(ORDINARY) as terminal:
        start(terminal)
        rate(terminal, range(1, 3))
        rating.folder.chmod(0o500)
        terminal.press_until("3", says("you may not write there"))
        assert f"Pair 3 of {PAIRS}" in terminal.wait_for(says("Press Enter to try again"))
        rating.is_whole(2)
        rating.folder.chmod(0o700)
        terminal.press_until("\r", lambda text: "Pair 4 of" in text)
        terminal.kill()
        assert terminal.exited()
    rating.is_whole(3)
    rating.resume_and_finish(3)


@pytest.mark.skipif(ROOT and shutil.which("setpriv") is None, reason="root needs setpriv to be as bound as others")
def test_a_folder_that_may_not_be_written_from_the_start(tmp_path: Path, study_path: Path) -> None:
    rating = rating_in(study_path, tmp_path / "sessions")
    rating.root.mkdir(mode=0o500)
    with rating.screen(ORDINARY) as terminal:
        assert terminal.exited()
        assert terminal.status == 2
        assert says("you may not write there")(terminal.text)
        assert "Traceback" not in terminal.text
    assert list(rating.root.iterdir()) == []


@pytest.mark.parametrize("gone", ["the study's folder", "all sessions"])
def test_a_folder_removed_under_a_run_comes_back_with_every_answer(tmp_path: Path, study_path: Path, gone: str) -> None:
    rating = rating_in(study_path, tmp_path / "sessions")
    with rating.screen() as terminal:
        start(terminal)
        rate(terminal, range(1, 4))
        shutil.rmtree(rating.folder if gone == "the study's folder" else rating.root)
        rate(terminal, range(4, 5))
        rating.is_whole(4)
        terminal.kill()
        assert terminal.exited()
    rating.resume_and_finish(4)


def test_a_file_where_the_folder_was(tmp_path: Path, study_path: Path) -> None:
    rating = rating_in(study_path, tmp_path / "sessions")
    with rating.screen() as terminal:
        start(terminal)
        rate(terminal, range(1, 3))
        shutil.rmtree(rating.folder)
        rating.folder.write_text("not a folder")
        terminal.press_until("3", says("could not be written"))
        assert f"Pair 3 of {PAIRS}" in terminal.wait_for(says("Press Enter to try again"))
        assert rating.folder.read_text() == "not a folder"
        rating.folder.unlink()
        terminal.press_until("\r", lambda text: "Pair 4 of" in text)
    rating.is_whole(3)


def test_somebody_elses_file_in_the_place_of_the_session_is_never_overwritten(tmp_path: Path, study_path: Path) -> None:
    rating = rating_in(study_path, tmp_path / "sessions")
    with rating.screen() as terminal:
        start(terminal)
        rate(terminal, range(1, 3))
        ours = rating.file.read_bytes()
        rating.file.unlink()
        rating.file.write_text("somebody else's")
        terminal.press_until("3", says("written by somebody else"))
        assert f"Pair 3 of {PAIRS}" in terminal.text
        terminal.send("\r")
        assert not terminal.settles(lambda text: "Pair 4" in text)
        assert rating.file.read_text() == "somebody else's"
    assert ours.count(b'"response"') == 2
