"""One host from its start to its end: fronts, the state of things now and then, and an orderly close."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from simtui.errors import SimtuiError
from simtui.hosting import secrets, wire
from simtui.hosting.access import Access
from simtui.hosting.host import Host
from simtui.hosting.limits import Door, at_the_door, descriptors
from simtui.hosting.links import Links
from simtui.hosting.wire import FAULTS_FILE
from simtui.session.overview import Watcher
from simtui.storage.fault_record import FaultRecord
from simtui.study.model import Study

STATE_S, COUNT_S = 1.0, 5.0
"""How often the state is told, and how often the finished are counted anew: other hosts may share the folder."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be hosted.

    ssh, web: address and port, None for no such front. participants: the file of those who may take part.
    code: the completion code. base: the address of a proxy before the web, "" for none. tls: certificate and key.
    idle_s: None for no end.
    """

    study: Study
    study_path: Path
    sessions: Path
    access: Access
    ssh: tuple[str, int] | None
    participants: Path | None = None
    code: str = ""
    web: tuple[str, int] | None = None
    base: str = ""
    tls: tuple[Path, Path] | None = None
    links: Links = field(default_factory=Links)
    mode: int = 0o600
    polarity: str = "dark-on-light"
    most: int = 200
    idle_s: float | None = 600.0
    grace_s: float = 30.0

    @property
    def setup(self) -> wire.Setup:
        return wire.Setup(
            study=str(self.study_path.absolute()),
            sessions=str(self.sessions.absolute()),
            participants=str(self.participants.absolute()) if self.participants else "",
            code=self.code,
            mode=self.mode,
            idle_s=self.idle_s,
            polarity=self.polarity,
        )


@dataclass(frozen=True, slots=True)
class State:
    """connected: who sits here now. finished: complete runs in the folder. load: of the machine, a core.

    closing: nobody else is let in.
    """

    connected: int
    finished: int
    load: float
    closing: bool = False


@dataclass(frozen=True, slots=True)
class Opened:
    """Where it listens. ssh: port and fingerprint of the host's key. web: port."""

    ssh: tuple[int, str] | None = None
    web: int | None = None


class Front(Protocol):
    """What lets people in by one kind of line."""

    def close(self) -> None: ...

    async def drop(self) -> None: ...


async def serve(plan: Plan, opened: Callable[[Opened], None], state: Callable[[State], None]) -> None:
    """Host the study until SIGINT, SIGTERM or SIGHUP, and end in order; a second signal ends the grace.

    opened: told once everything listens. state: told every second. Raises SimtuiError.
    """
    stop = asyncio.Event()
    closing = _on_signals(stop)
    _raise_descriptor_limit(plan.most)
    host = Host(plan.study, plan.setup, plan.most)
    faults = FaultRecord(plan.sessions, FAULTS_FILE, "The host")
    asyncio.get_running_loop().set_exception_handler(lambda _, told: _note(faults, told))
    try:
        await host.parent.start()
    except (ConnectionError, TimeoutError):
        raise SimtuiError(
            "The process that participants' processes are forked from did not start: try again."
        ) from None
    fronts: list[Front] = []
    try:
        ssh, web = None, None
        if plan.ssh is not None:
            from simtui.hosting.ssh import SshFront

            front = SshFront(host, plan.access, _door(plan.most), lambda who: _last_words(host, who))
            fingerprint = await front.open(*plan.ssh)
            fronts.append(front)
            ssh = front.port, fingerprint
        if plan.web is not None:
            from simtui.hosting.web import WebFront, tls_context

            context = tls_context(*plan.tls) if plan.tls else None
            key = secrets.kept("pass_key", secrets.random_key)
            page = WebFront(host, plan.access, plan.links, _door(plan.most), key, plan.base)
            await page.open(*plan.web, context)
            fronts.append(page)
            web = page.port
        opened(Opened(ssh, web))
        await _tell_state(plan, host, state, stop)
    finally:
        for each in fronts:
            each.close()
        leaving = asyncio.create_task(host.close(plan.grace_s))
        again = asyncio.create_task(closing.wait())
        await asyncio.wait([leaving, again], return_when=asyncio.FIRST_COMPLETED)
        if not leaving.done():
            host.hurry()
        await leaving
        again.cancel()
        for each in fronts:
            await each.drop()


def _note(faults: FaultRecord, told: dict[str, Any]) -> None:
    """Write a mistake down. What is said with it may hold addresses, and a line that broke is none."""
    fault = told.get("exception")
    if isinstance(fault, Exception) and not isinstance(fault, OSError):
        faults.write(fault)


def _door(most: int) -> Door:
    """A class may begin all at once, and from one address."""
    return Door(at_the_door(most), max(50, most // 2))


async def _last_words(host: Host, participant_id: str) -> str:
    return (await host.outcome(participant_id)).text


def _on_signals(stop: asyncio.Event) -> asyncio.Event:
    """Have signals set `stop`, and once that is set the event that is returned."""
    again = asyncio.Event()

    def told() -> None:
        (again if stop.is_set() else stop).set()

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            asyncio.get_running_loop().add_signal_handler(number, told)
    return again


async def _tell_state(plan: Plan, host: Host, state: Callable[[State], None], stop: asyncio.Event) -> None:
    watcher = Watcher(plan.study, plan.sessions)
    finished, looked = 0, float("-inf")
    while not stop.is_set():
        now = asyncio.get_running_loop().time()
        if now - looked >= COUNT_S:
            looked = now
            with contextlib.suppress(SimtuiError):  # nobody goes home because the folder cannot be listed for a while
                overview = await asyncio.to_thread(watcher.look)
                finished = sum(row.status == "complete" and not row.copy for row in overview.sessions)
        state(State(host.present, finished, os.getloadavg()[0] / (os.cpu_count() or 1)))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), STATE_S)
    state(State(host.present, finished, 0.0, closing=True))


def _raise_descriptor_limit(most: int) -> None:
    """Raises SimtuiError where so many people take more descriptors than may be opened here."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    needed = descriptors(most)
    if hard not in (resource.RLIM_INFINITY,) and hard < needed:
        raise SimtuiError(
            f"{most} people take {needed} open files, and {hard} may be opened here: give a smaller --max, or raise "
            "the limit (ulimit -n)."
        )
    if soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed, hard))
