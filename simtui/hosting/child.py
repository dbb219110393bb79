"""A participant's process: forked from the preloaded parent, made clean, and then the study's flow for one person."""

from __future__ import annotations

import fcntl
import os
import random
import resource
import signal
import sys
import termios
from collections.abc import Iterator, Mapping
from pathlib import Path

from simtui.hosting.wire import FAULTS_FILE, Guest, Setup
from simtui.session.completion import completion
from simtui.session.participants import read_participants
from simtui.session.store import SessionStore
from simtui.storage.fault_record import FaultRecord
from simtui.study import file as study_file

CONTROL = 3
"""The one descriptor that a participant's process has besides its terminal: what the front tells it."""

LIMITS = {
    "RLIMIT_CORE": 0,
    "RLIMIT_NOFILE": 64,
    "RLIMIT_FSIZE": 64 * 2**20,
    "RLIMIT_DATA": 512 * 2**20,
}
"""Bytes and descriptors, far above what a run takes (16 MB, 20 files): a process that goes astray harms only itself."""

UTF8 = "C.UTF-8"


class Children:
    """The participants' processes, by the number of their visit. Loads the study once, for all of them."""

    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._study = study_file.load(Path(setup.study))
        people = read_participants(Path(setup.participants), self._study) if setup.participants else None
        self._store = SessionStore(Path(setup.sessions), self._study.id, setup.mode, people)
        self._codes = completion(self._study, self._store, setup.code or None)
        self._pids: dict[int, int] = {}

    def __len__(self) -> int:
        return len(self._pids)

    def fork(self, guest: Guest, terminal: int, control: int) -> int:
        """Start a guest's process on a terminal; its id."""
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                become_clean(guest, terminal, control)
                code = self._rate(guest)
            finally:
                # Not sys.exit: what the parent has registered to do at its own end is none of this process's.
                os._exit(code)
        self._pids[guest.number] = pid
        return pid

    def _rate(self, guest: Guest) -> int:
        from simtui.tui.participant.guest import rate_as_guest

        setup = self._setup
        return rate_as_guest(
            self._study,
            self._store,
            guest.participant_id,
            ssh=guest.line == "ssh",
            browser=guest.browser,
            outside=guest.outside,
            control=CONTROL,
            idle_s=setup.idle_s,
            polarity=setup.polarity,
            codes=self._codes,
            faults=FaultRecord(Path(setup.sessions), FAULTS_FILE, "The host"),
        )

    def reap(self) -> Iterator[tuple[int, int]]:
        """The numbers of the visits whose process has ended since, and how: as os.waitstatus_to_exitcode says it."""
        for number, pid in list(self._pids.items()):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                del self._pids[number]
                yield number, os.waitstatus_to_exitcode(status)

    def kill(self, number: int) -> None:
        """End a process that does not end by itself. It has not been waited for: the id is still its own."""
        if number in self._pids:
            os.kill(self._pids[number], signal.SIGKILL)

    def kill_all(self) -> None:
        for number in self._pids:
            self.kill(number)


def become_clean(guest: Guest, terminal: int, control: int) -> None:
    """Leave of this fork of the parent nothing but memory: no descriptor, signal, terminal or variable of it."""
    signal.set_wakeup_fd(-1)
    for number in DEFAULTED:
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())
    os.setsid()
    # Above all that is to be overwritten.
    terminal, control = (fcntl.fcntl(each, fcntl.F_DUPFD, 10) for each in (terminal, control))
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for standard in range(3):
        os.dup2(terminal, standard)
    os.dup2(control, CONTROL, inheritable=False)
    os.closerange(CONTROL + 1, resource.getrlimit(resource.RLIMIT_NOFILE)[0])
    os.umask(0o077)
    os.chdir("/")
    for name, wanted in LIMITS.items():
        kind = getattr(resource, name)
        hard = resource.getrlimit(kind)[1]
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(kind, (most, most))
    os.environ.clear()
    os.environ.update(environment_of(guest))
    sys.argv = ["simtui"]
    random.seed()


DEFAULTED = frozenset(signal.Signals) - {signal.SIGKILL, signal.SIGSTOP, signal.SIGPIPE}
"""SIGPIPE stays as Python has it, ignored: a closed line is an error to be handled, not a death."""


def environment_of(guest: Guest) -> Mapping[str, str]:
    """All the variables that a participant's process has."""
    variables = {"TERM": guest.term, "LANG": guest.lang or UTF8, "TEXTUAL_FPS": "500", "TEXTUAL_ANIMATIONS": "none"}
    return variables | ({"COLORTERM": guest.colorterm} if guest.colorterm else {})
