"""Windows as far as it can be had on another system: what it lacks is hidden from simtui, and from simtui alone.

`python -m tests.systems.windows new …` runs a command so; `pytest -p tests.systems.windows …` the tests of a file.
$IN_USE says how often every file is open in another program before it can be replaced: a number, or "ever".
"""

from __future__ import annotations

import builtins
import errno
import importlib
import os
import sys
import types
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

NO_MODULES = ("fcntl", "termios", "tty", "pty", "resource", "pwd", "grp", "curses", "readline", "syslog", "posix")

HIDDEN: Mapping[str, Sequence[str]] = {
    "os": (
        *("O_CLOEXEC", "O_NONBLOCK", "O_NOFOLLOW", "O_NOCTTY", "O_DIRECTORY", "O_PATH", "O_SYNC", "O_TMPFILE"),
        *("fchmod", "fchown", "chown", "lchown", "geteuid", "getuid", "getgid", "getegid", "fork", "forkpty", "setsid"),
        *("openpty", "ttyname", "killpg", "getpgid", "tcgetpgrp", "set_blocking", "get_blocking", "mkfifo", "uname"),
        *("nice", "sched_getaffinity", "posix_spawn", "pread", "pwrite", "sysconf", "statvfs", "getloadavg", "sync"),
    ),
    "signal": (
        *("SIGHUP", "SIGKILL", "SIGQUIT", "SIGTSTP", "SIGCONT", "SIGSTOP", "SIGALRM", "SIGPIPE", "SIGUSR1", "SIGUSR2"),
        *("SIGWINCH", "SIGCHLD", "alarm", "setitimer", "pthread_sigmask", "sigwait", "pthread_kill"),
    ),
    "select": ("poll", "epoll", "kqueue"),
}
"""What the modules that are there lack."""

NO_FOLDER_DESCRIPTORS = ("open", "link", "replace", "rename", "unlink", "remove", "stat", "mkdir", "rmdir", "symlink")
SHARING_VIOLATION = 32


class Lacking(types.ModuleType):
    """A module that has everything but some names, and some of it other than the real one."""

    def __init__(self, real: types.ModuleType, hidden: Sequence[str], changed: Mapping[str, object]) -> None:
        super().__init__(real.__name__)
        self.__dict__.update(_real=real, _hidden=frozenset(hidden), **changed)

    def __getattr__(self, name: str) -> object:
        if name in self.__dict__["_hidden"]:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        return getattr(self._real, name)

    def __setattr__(self, name: str, value: object) -> None:
        setattr(self._real, name, value)


def _without_folders(real: Callable[..., Any]) -> Callable[..., Any]:
    def function(path: Any, *arguments: Any, **named: Any) -> Any:
        if any(named.get(each) is not None for each in ("dir_fd", "src_dir_fd", "dst_dir_fd")):
            raise NotImplementedError("dir_fd unavailable on this platform")
        if real is os.open and Path(path).is_dir():
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return real(path, *arguments, **named)

    return function


def _replace(source: Any, target: Any, *, src_dir_fd: int | None = None, dst_dir_fd: int | None = None) -> None:
    if src_dir_fd is not None or dst_dir_fd is not None:
        raise NotImplementedError("dir_fd unavailable on this platform")
    how_often = os.environ.get("IN_USE", "0")
    if how_often == "ever" or _refused.setdefault(str(target), 0) < int(how_often):
        _refused[str(target)] = _refused.get(str(target), 0) + 1
        fault = PermissionError(
            errno.EACCES, "The process cannot access the file because it is being used", str(target)
        )
        fault.winerror = SHARING_VIOLATION  # type: ignore[attr-defined]  # as on Windows
        raise fault
    _refused[str(target)] = 0
    Path(source).replace(target)


_refused: dict[str, int] = {}


def _scandir(path: Any = ".") -> Any:
    if isinstance(path, int):
        raise TypeError("scandir: path should be string, bytes, os.PathLike or None, not int")
    return os.scandir(path)


def _select(*_: object) -> object:
    raise OSError(errno.ENOTSOCK, "An operation was attempted on something that is not a socket")


def _console() -> types.ModuleType:
    """msvcrt, at whose keyboard nobody types."""
    console = types.ModuleType("msvcrt")
    console.kbhit = lambda: False  # type: ignore[attr-defined]
    console.getwch = lambda: ""  # type: ignore[attr-defined]
    return console


def hide() -> None:
    """From now on simtui's modules see Windows. To be called before they are imported."""
    from textual.drivers.headless_driver import HeadlessDriver

    driver = types.ModuleType("textual.drivers.windows_driver")
    driver.WindowsDriver = HeadlessDriver  # type: ignore[attr-defined]
    sys.modules["textual.drivers.windows_driver"] = driver
    seen: dict[str, types.ModuleType] = {
        "os": Lacking(
            os,
            HIDDEN["os"],
            {name: _without_folders(getattr(os, name)) for name in NO_FOLDER_DESCRIPTORS}
            | {"supports_dir_fd": set(), "supports_fd": set(), "replace": _replace, "scandir": _scandir, "O_BINARY": 0},
        ),
        "sys": Lacking(sys, (), {"platform": "win32"}),
        "signal": Lacking(importlib.import_module("signal"), HIDDEN["signal"], {}),
        "select": Lacking(importlib.import_module("select"), HIDDEN["select"], {"select": _select}),
        "msvcrt": _console(),
    }
    real_import = builtins.__import__

    def as_on_windows(name: str, *arguments: Any, **named: Any) -> Any:
        importing = named.get("globals", arguments[0] if arguments else None) or {}
        if str(importing.get("__name__", "")).partition(".")[0] == "simtui":
            if name in NO_MODULES:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
            if name in seen:
                return seen[name]
        return real_import(name, *arguments, **named)

    builtins.__import__ = as_on_windows


# As a plugin of pytest, before any test is imported.
hide()

if __name__ == "__main__":
    from simtui.cli import main

    main()
