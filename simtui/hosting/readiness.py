"""Readiness: whether this machine can host so many people, and what to change."""

from __future__ import annotations

import os
import resource
import socket
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from simtui.hosting.limits import MB_OF_A_SEAT, MB_OF_THE_HOST, descriptors

CHANGED_S = 0.2
"""How long the clock is watched."""


@dataclass(frozen=True, slots=True)
class Finding:
    """name, value: what was found. advice: what to do about it, "" where nothing is to be done."""

    name: str
    value: str
    advice: str = ""


def examine(most: int, ports: tuple[int, ...] = (2222, 8022)) -> Iterator[Finding]:
    """Look at the ports, descriptors, memory and clock of this machine, for so many people at once."""
    yield from map(_port, ports)
    yield _descriptors(most)
    yield _memory(most)
    yield _clock()


def _port(port: int) -> Finding:
    with socket.socket() as listening:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind(("127.0.0.1", port))
        except OSError as error:
            return Finding(f"Port {port}", error.strerror or "cannot be used", f"Give another port than {port}.")
    return Finding(f"Port {port}", "free")


def _descriptors(most: int) -> Finding:
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    needed = descriptors(most)
    if hard != resource.RLIM_INFINITY and hard < needed:
        fit = max((each for each in range(1, most) if descriptors(each) <= hard), default=0)
        smaller = f"Give --max {fit}, or raise" if fit else "Raise"
        value = f"{hard} may be open, {most} people take {needed}"
        return Finding("Descriptors", value, f"{smaller} the limit (ulimit -Hn {needed}).")
    return Finding("Descriptors", f"enough: {most} people take {needed}")


def _memory(most: int) -> Finding:
    needed, free = MB_OF_THE_HOST + most * MB_OF_A_SEAT, _free_mb()
    if free is None:
        return Finding("Memory", f"{most} people take {needed} MB; what is free is not known here")
    value = f"{free} MB free, {most} people take {needed}"
    if free < needed:
        fit = max(1, (free - MB_OF_THE_HOST) // MB_OF_A_SEAT)
        return Finding("Memory", value, f"Give --max {fit}, or use a machine with more memory.")
    return Finding("Memory", value)


def _free_mb() -> int | None:
    """What can be used without swapping, within the limit of a container."""
    found = []
    try:
        lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines())
        found.append(int(lines["MemAvailable"].split()[0]) // 1024)
    except (OSError, KeyError, ValueError):
        return None
    try:
        most, used = (int(Path(f"/sys/fs/cgroup/memory.{name}").read_text()) for name in ("max", "current"))
        found.append((most - used) // 2**20)
    except (OSError, ValueError):
        pass  # no limit
    return min(found)


def _clock() -> Finding:
    """Response times come from the monotonic clock; times of the day, which say when somebody rated, from the other."""
    wall, steady = time.time(), time.monotonic()
    time.sleep(CHANGED_S)
    jumped = abs((time.time() - wall) - (time.monotonic() - steady))
    fine = time.get_clock_info("monotonic").resolution <= 1e-3
    if not fine:
        return Finding("Clock", "coarse", "This system's clock is too coarse for response times: use another machine.")
    if jumped > 0.05:
        return Finding("Clock", "being set", "The clock is being set: wait until it is right, for times of the day.")
    # Nothing on this machine can have been made after now.
    if wall < max(Path(sys.executable).stat().st_mtime, Path(os.__file__).stat().st_mtime):
        return Finding("Clock", "wrong", "The clock is before the time at which Python was installed: set it.")
    return Finding("Clock", time.strftime("%Y-%m-%d %H:%M:%S, steady", time.localtime(wall)))
