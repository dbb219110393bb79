"""The preloaded parent: one thread, everything imported, and nothing open that a participant must not have.

Every participant's process is forked from it, which takes a few ms and shares its memory. It is no fork of the front:
that has the host's keys, the lines of everybody else, and threads. Started by simtui.hosting.preloaded.
"""

from __future__ import annotations

import contextlib
import gc
import os
import pkgutil
import select
import signal
import socket
import sys
import time
from importlib import import_module

from simtui.hosting import wire
from simtui.hosting.child import Children

LAST_S = 5.0
"""How long the processes of participants may take to end when the front is gone."""


def serve(line: wire.Wire) -> None:
    """Fork a process for every guest until the front is gone; then see to it that none is left."""
    signal.signal(signal.SIGCHLD, lambda *_: None)
    told, telling = os.pipe()
    os.set_blocking(told, False)
    os.set_blocking(telling, False)
    signal.set_wakeup_fd(telling, warn_on_full_buffer=False)
    (setup,) = line.receive()
    if not isinstance(setup, wire.Setup):
        raise TypeError(setup)
    children = Children(setup)
    line.send(wire.Ready())
    gc.collect()
    gc.freeze()
    try:
        while True:
            ready, _, _ = select.select([line.fileno(), told], [], [])
            if told in ready:
                with contextlib.suppress(BlockingIOError):
                    os.read(told, 4096)
            for number, code in children.reap():
                line.send(wire.Ended(number=number, code=code))
            if line.fileno() in ready:
                _follow(line, children)
    except (EOFError, OSError):
        pass  # the front is gone, and the terminals with it
    end = time.monotonic() + LAST_S
    while children and time.monotonic() < end:
        select.select([told], [], [], 0.1)
        for _ in children.reap():
            pass
    children.kill_all()


def _follow(line: wire.Wire, children: Children) -> None:
    for message in line.receive():
        if isinstance(message, wire.Guest):
            terminal, control = line.take_descriptors()
            try:
                pid = children.fork(message, terminal, control)
            except OSError:  # no memory, or too many processes: everybody else stays
                line.send(wire.Ended(number=message.number, code=os.EX_OSERR))
            else:
                line.send(wire.Born(number=message.number, pid=pid))
            os.close(terminal)
            os.close(control)
        elif isinstance(message, wire.Kill):
            children.kill(message.number)


def preload() -> None:
    """Import all that participants meet."""
    room = import_module("simtui.tui.participant")
    for module in pkgutil.iter_modules(room.__path__):
        import_module(f"simtui.tui.participant.{module.name}")
    for name in ("simtui.rating.run", "simtui.tui.dialogs", "textual.drivers.linux_driver"):
        import_module(name)


def main() -> None:
    """The process: its one argument is the descriptor of the socket to the front."""
    # What a terminal or a bystander could send to the front's process group is not for this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    preload()
    serve(wire.Wire(socket.socket(fileno=int(sys.argv[1]))))
