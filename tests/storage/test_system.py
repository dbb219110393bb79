"""What differs between systems, with what the others say put in the mouth of this one."""

from __future__ import annotations

import errno
import os
import pty
import select
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simtui.storage import system
from simtui.storage.atomic import WriteFailedError, write


def windows_error(number: int) -> PermissionError:
    fault = PermissionError(errno.EACCES, "Access is denied")
    fault.winerror = number  # type: ignore[attr-defined]  # as on Windows
    return fault


@pytest.fixture
def in_use(monkeypatch: pytest.MonkeyPatch) -> Callable[[int, int], list[int]]:
    """Lets `os.replace` fail so often with this error of Windows; gives the list of its calls."""

    def often(times: int, number: int) -> list[int]:
        calls: list[int] = []
        real = os.replace

        def replace(source: str, target: str, **folders: int | None) -> None:
            calls.append(number)
            if len(calls) <= times:
                raise windows_error(number)
            real(source, target, **folders)

        monkeypatch.setattr(os, "replace", replace)
        return calls

    return often


@pytest.mark.parametrize("times", [0, 1, 10])
@pytest.mark.parametrize("number", [5, 32, 33])
def test_a_file_in_use_is_tried_again_and_each_time_a_little_later(
    times: int, number: int, in_use: Callable[[int, int], list[int]], tmp_path: Path
) -> None:
    (tmp_path / "new").write_text("new")
    in_use(times, number)
    pauses: list[float] = []
    system.replace(tmp_path / "new", tmp_path / "old", pause=pauses.append)
    assert (tmp_path / "old").read_text() == "new"
    assert pauses == [pytest.approx(0.025 * (n + 1)) for n in range(times)]


def test_one_that_stays_in_use_is_given_up_after_ten_times(
    in_use: Callable[[int, int], list[int]], tmp_path: Path
) -> None:
    calls = in_use(1000, 32)
    (tmp_path / "new").write_text("new")
    with pytest.raises(PermissionError):
        system.replace(tmp_path / "new", tmp_path / "old", pause=lambda _: None)
    assert len(calls) == 1 + 10


def test_what_else_fails_is_not_tried_again(in_use: Callable[[int, int], list[int]], tmp_path: Path) -> None:
    calls = in_use(1000, 112)  # the disk is full
    with pytest.raises(PermissionError):
        system.replace(tmp_path / "new", tmp_path / "old", pause=lambda _: pytest.fail("it waited"))
    assert len(calls) == 1


def test_a_file_in_use_is_said_to_be_in_use(
    in_use: Callable[[int, int], list[int]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "report.txt").write_text("old")
    in_use(1000, 32)
    monkeypatch.setattr(system, "RETRY_STEP_S", 0.0)
    with pytest.raises(WriteFailedError, match="another program has it open"):
        write(tmp_path / "report.txt", b"new", force=True)
    assert (tmp_path / "report.txt").read_text() == "old"
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".tmp")]


@pytest.mark.parametrize("known", [True, False], ids=["F_FULLFSYNC", "a file system that does not know it"])
def test_macos_is_asked_to_empty_the_drives_cache(known: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fcntl = pytest.importorskip("fcntl", reason="macOS has it")
    asked: list[object] = []

    def control(descriptor: int, command: int) -> int:
        asked.append(command)
        if not known:
            raise OSError(errno.ENOTSUP, os.strerror(errno.ENOTSUP))
        return 0

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(fcntl, "F_FULLFSYNC", 51, raising=False)
    monkeypatch.setattr(fcntl, "fcntl", control)
    monkeypatch.setattr(os, "fsync", lambda _: asked.append("fsync"))
    with (tmp_path / "file").open("wb") as file:
        system.sync(file.fileno())
    assert asked == ([51] if known else [51, "fsync"])


@pytest.fixture
def terminal() -> Iterator[tuple[int, int]]:
    outer, inner = pty.openpty()
    yield outer, inner
    for descriptor in (outer, inner):
        try:
            os.close(descriptor)
        except OSError:
            continue


class Invalid:
    """The poll of macOS, asked about /dev/tty."""

    def register(self, descriptor: int, events: int) -> None:
        self.descriptor = descriptor

    def poll(self) -> list[tuple[int, int]]:
        return [(self.descriptor, select.POLLNVAL)]


@pytest.mark.parametrize("poll", ["as it is", "as on macOS", "not there"])
def test_a_terminal_that_is_closed_is_noticed_and_one_in_use_is_left_alone(
    poll: str, terminal: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    outer, inner = terminal
    looked = threading.Semaphore(0)
    monkeypatch.setattr(time, "sleep", lambda _: looked.release())
    if poll == "as on macOS":
        monkeypatch.setattr(select, "poll", Invalid)
    elif poll == "not there":
        monkeypatch.delattr(select, "poll")
    waiting = threading.Thread(target=system.wait_for_hangup, args=(inner,), daemon=True)
    waiting.start()
    os.write(outer, b"7\n")  # a key that nobody has read yet is no hang-up
    if poll != "as it is":
        assert all(looked.acquire(timeout=20) for _ in range(3))
    assert waiting.is_alive()
    os.close(outer)
    waiting.join(20)
    assert not waiting.is_alive()
