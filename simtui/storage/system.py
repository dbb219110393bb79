"""What differs between systems, in one place: nothing else asks which one this is, but for the app's driver."""

from __future__ import annotations

import contextlib
import errno
import os
import select
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from simtui.errors import SimtuiError

HOLDS_FOLDERS = os.open in os.supports_dir_fd
"""Whether a folder can be opened, and its files named from there: not on Windows."""

POSIX = hasattr(signal, "SIGHUP")
"""Whether terminals, signals and accounts are as on Linux and macOS: not on Windows."""

HANGUP: int = getattr(signal, "SIGHUP", 1)
"""The signal that says that the terminal is gone; Windows sends none and ends the program itself."""

_IN_USE = (5, 32, 33)
"""What Windows says (ERROR_ACCESS_DENIED, _SHARING_VIOLATION, _LOCK_VIOLATION) while a virus scanner, an indexer or a
copying program has a file open."""

RETRIES, RETRY_STEP_S = 10, 0.025
"""SQLite's numbers for the same trouble: 10 times, each 25 ms later than the one before, 1.4 s in all."""

_LOOK_S = 0.5
"""How often to see whether the terminal is still there, where no system call waits for its end."""


def flags(*names: str) -> int:
    """Those of these flags of `os.open` that this system has; and that bytes stay as they are, on Windows."""
    found = 0
    for name in (*names, "O_BINARY"):
        found |= getattr(os, name, 0)
    return found


def require_posix(what: str) -> None:
    """Raises SimtuiError on Windows. what: what is not to be had there, as the beginning of a sentence."""
    if not POSIX:
        raise SimtuiError(f"{what} needs Linux, macOS or another POSIX system: on Windows use WSL.")


def own_user() -> int | None:
    """The number of this process's account; None where accounts have none."""
    number: Callable[[], int] | None = getattr(os, "geteuid", None)
    return None if number is None else number()


def set_mode(descriptor: int, mode: int) -> None:
    """Give an open file these permissions, where there are any."""
    change: Callable[[int, int], None] | None = getattr(os, "fchmod", None)
    if change is not None:
        change(descriptor, mode)


def sync(descriptor: int) -> None:
    """Put a file on the disk itself. Raises OSError."""
    if sys.platform == "darwin":
        import fcntl

        # fsync there leaves it in the drive's cache; some network and foreign file systems only know that one.
        with contextlib.suppress(OSError):
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
            return
    os.fsync(descriptor)


def take_alone(descriptor: int) -> bool:
    """Keep an open file to this process until it is closed; False where another has it. Windows keeps nobody out."""
    if sys.platform != "win32":
        import fcntl

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            pass  # a file system without locks
    return True


def replace(
    source: str | Path, target: str | Path, folder: int | None = None, pause: Callable[[float], object] = time.sleep
) -> None:
    """Rename a file over another in one step; on Windows again and again while another program has one of them open.

    folder: the descriptor of the folder that both names are in, where they are no paths. Raises OSError.
    """
    tries = 0
    while True:
        try:
            os.replace(source, target, src_dir_fd=folder, dst_dir_fd=folder)
            return
        except OSError as error:
            tries += 1
            if not in_use(error) or tries > RETRIES:
                raise
        pause(tries * RETRY_STEP_S)


def in_use(error: Exception) -> bool:
    """Whether Windows refused something because another program has the file open."""
    return getattr(error, "winerror", None) in _IN_USE


def config_folder() -> Path:
    """simtui's folder for what a user has chosen, as platformdirs names it."""
    if sys.platform in ("win32", "darwin"):
        import platformdirs

        return platformdirs.user_config_path("simtui")
    else:  # noqa: RET505
        # Its rule here in a line: the import would take a rating screen 5 ms and more.
        return Path(os.environ.get("XDG_CONFIG_HOME", "").strip() or os.path.expanduser("~/.config")) / "simtui"  # noqa: PTH111


# ---------------------------------------------------------------- terminals


def forget_typed(descriptor: int) -> None:
    """What was typed at a terminal and not read yet is dropped."""
    if sys.platform == "win32":
        import msvcrt

        while msvcrt.kbhit():
            msvcrt.getwch()
    else:
        import termios

        termios.tcflush(descriptor, termios.TCIFLUSH)


def terminal_settings(descriptor: int) -> list[Any]:
    """A terminal's settings, in the order of termios. Raises OSError where there are none, on Windows always."""
    if sys.platform == "win32":
        raise OSError(errno.ENOTTY, os.strerror(errno.ENOTTY))
    else:  # noqa: RET506  what follows a return would not be checked for each system
        import termios

        try:
            return termios.tcgetattr(descriptor)
        except termios.error as error:
            raise OSError(*error.args) from None


def set_terminal(descriptor: int, settings: list[Any], *, forget: bool = False) -> None:
    """Give a terminal these settings. forget: and drop what was typed before. Raises OSError."""
    if sys.platform != "win32":
        import termios

        try:
            termios.tcsetattr(descriptor, termios.TCSAFLUSH if forget else termios.TCSANOW, settings)
        except termios.error as error:
            raise OSError(*error.args) from None


def key_by_key(settings: list[Any]) -> list[Any]:
    """The same settings, but that every key is passed on at once and none is shown."""
    if sys.platform == "win32":
        return settings
    else:  # noqa: RET505
        import termios

        changed = [*settings[:6], list(settings[6])]
        changed[3] &= ~(termios.ECHO | termios.ICANON)
        changed[6][termios.VMIN], changed[6][termios.VTIME] = 1, 0
        return changed


def never_wait(descriptor: int) -> None:
    """From now on writing to a full pipe fails instead of waiting."""
    if sys.platform != "win32":
        os.set_blocking(descriptor, False)


def pseudo_terminal(columns: int, rows: int) -> tuple[int, int]:
    """The outer and the inner end of a new terminal of this size. Raises OSError, on Windows always."""
    if sys.platform == "win32":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    else:  # noqa: RET506
        import termios

        outer, inner = os.openpty()
        termios.tcsetwinsize(inner, (rows, columns))
        return outer, inner


def wait_for_hangup(descriptor: int) -> None:
    """Sleep until the terminal is closed; on Windows for ever.

    macOS knows no poll of /dev/tty and calls it invalid, however healthy it is: then it is looked at now and again.
    """
    if sys.platform != "win32" and hasattr(select, "poll"):
        poller = select.poll()
        poller.register(descriptor, 0)  # no events are asked for: a hang-up is reported all the same
        events = [event for _, event in poller.poll()]
        if not any(event & select.POLLNVAL for event in events):
            return
    while not _is_hung_up(descriptor):
        time.sleep(_LOOK_S)


def _is_hung_up(descriptor: int) -> bool:
    """A terminal that is gone can be read from, and there is nothing to read."""
    if sys.platform == "win32":
        return False
    else:  # noqa: RET505
        import fcntl
        import struct
        import termios

        try:
            # Twice: the app can read a key between the two questions.
            for _ in range(2):
                readable, _, _ = select.select([descriptor], [], [], 0)
                waiting = struct.unpack("i", fcntl.ioctl(descriptor, termios.FIONREAD, b"\0" * 4))[0]
                if not readable or waiting:
                    return False
        except OSError as error:
            return error.errno in (errno.EIO, errno.EBADF, errno.ENXIO)
        return True
