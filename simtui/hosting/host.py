"""Host: who may sit down, for how long, and how a visit ended. It knows nothing of SSH or of the web."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from msgspec.structs import replace

from simtui.hosting import wire
from simtui.hosting.preloaded import Preloaded
from simtui.hosting.seat import Seat
from simtui.rating.news import Closing
from simtui.rating.texts import counts, sentence
from simtui.session.completion import completion
from simtui.session.store import SessionStore
from simtui.study.model import Study

HANG_UP_S = 5.0
"""After so long without its terminal a process is killed."""

LEAVING_S = 10.0
"""How long somebody who comes back waits for the process of the line that they lost."""


class RefusedError(Exception):
    """Somebody cannot sit down. The message is the sentence for them."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a visit ended, by what is on disk. text: what to say of it. code: the completion code, "" for none."""

    complete: bool
    text: str
    code: str = ""


@dataclass(slots=True)
class Visit:
    """Somebody who sits here.

    process: a descriptor of its process, by which that can be ended when the parent cannot do it.
    left: nobody is at the line any more. ended: set when its process has ended. hang_up: closes the line, after a
    last sentence.
    """

    participant_id: str
    seat: Seat
    hang_up: Callable[[str], None]
    number: int
    process: int | None = None
    left: bool = False
    ended: asyncio.Event = field(default_factory=asyncio.Event)


class Host:
    """Everybody who sits here at the moment.

    setup: what is rated, and where it is kept. most: places. Raises SimtuiError where the completion codes cannot be
    made.
    """

    def __init__(self, study: Study, setup: wire.Setup, most: int) -> None:
        self.study = study
        self.store = SessionStore(Path(setup.sessions), study.id, setup.mode)
        self._codes = completion(study, self.store, setup.code or None)
        self.most = most
        self.closing = False
        self._visits: dict[int, Visit] = {}
        self._numbers = count(1)
        self._hurry = asyncio.Event()
        self.parent = Preloaded(setup, self._told, self._lost)

    @property
    def present(self) -> int:
        """How many sit here."""
        return len(self._visits)

    async def sit(
        self,
        guest: wire.Guest,
        size: tuple[int, int],
        output: Callable[[bytes], None],
        hang_up: Callable[[str], None],
    ) -> Visit:
        """Give a guest a seat and a process. Its number is given here.

        output: takes what the process writes. hang_up: closes the line, after a last sentence; called where the visit
        ends from this side. Raises RefusedError.
        """
        await self._wait_for_leaving(guest.participant_id)
        if self.closing:
            raise RefusedError(sentence(self.study, "host_closing", seconds=0))
        if self.present >= self.most:
            raise RefusedError(sentence(self.study, "host_full"))
        number = next(self._numbers)
        visit: Visit
        try:
            seat = Seat(size, output, lambda: self._seat_gone(visit))
        except OSError:
            raise RefusedError(sentence(self.study, "host_full")) from None
        visit = Visit(guest.participant_id, seat, hang_up, number)
        self._visits[number] = visit
        try:
            await self.parent.fork(replace(guest, number=number), *seat.far_ends)
        except (OSError, TimeoutError):
            del self._visits[number]
            visit.ended.set()
            seat.begin()
            seat.close()
            raise RefusedError(sentence(self.study, "host_full")) from None
        seat.begin()
        return visit

    async def _wait_for_leaving(self, participant_id: str) -> None:
        """Let those with this id who have lost their line go first."""
        leaving = [v.ended.wait() for v in self._visits.values() if v.participant_id == participant_id and v.left]
        if leaving:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asyncio.gather(*leaving), LEAVING_S)

    def leave(self, visit: Visit) -> None:
        """Nobody is at the line any more: the process loses its terminal, and ends."""
        if not visit.left:
            visit.left = True
            visit.seat.close()
            if not visit.ended.is_set():
                asyncio.get_running_loop().call_later(HANG_UP_S, self._kill, visit)

    def _kill(self, visit: Visit) -> None:
        if not visit.ended.is_set():
            self.parent.kill(visit.number)

    def _seat_gone(self, visit: Visit) -> None:
        """The process has closed its terminal: it has ended, or is about to."""
        self.leave(visit)

    def _told(self, message: wire.Born | wire.Ended) -> None:
        visit = self._visits.get(message.number)
        if visit is None:
            return
        if isinstance(message, wire.Born):
            with contextlib.suppress(OSError, AttributeError):  # which macOS does not have
                visit.process = os.pidfd_open(message.pid)
            return
        del self._visits[visit.number]
        visit.seat.drain()
        visit.left = True
        visit.seat.close()
        if visit.process is not None:
            os.close(visit.process)
        visit.ended.set()

    def _lost(self) -> None:
        """The parent died: no process of it is to be left, and whoever sat here comes back to a new one."""
        text = sentence(self.study, "host_broken")
        for visit in list(self._visits.values()):
            visit.left = True
            visit.seat.close()
            visit.hang_up(text)
            visit.ended.set()
            if visit.process is not None:
                asyncio.get_running_loop().call_later(HANG_UP_S, _end, visit.process)
        self._visits.clear()

    async def outcome(self, participant_id: str) -> Outcome:
        """How a participant's last run stands on disk; an exit code says nothing of it."""
        return await asyncio.to_thread(self._outcome, participant_id)

    def _outcome(self, participant_id: str) -> Outcome:
        runs = (stored.session for stored in reversed(self.store.runs(participant_id)))
        last = next((run for run in runs if run and run.study_sha256 == self.study.sha256), None)
        if last is None:
            return Outcome(False, sentence(self.study, "host_nothing"))
        if last.status == "withdrawn":
            return Outcome(False, sentence(self.study, "withdrawn"))
        if last.complete:
            text, code = sentence(self.study, "host_complete"), (self._codes.code(last) if self._codes else None) or ""
            if code:
                text += f"\n{sentence(self.study, 'completion_code', code=code)}"
            return Outcome(True, text, code)
        return Outcome(False, sentence(self.study, "host_unfinished", **counts(last)))

    async def close(self, grace_s: float) -> None:
        """Let nobody in any more, tell those inside, and after the grace end what is left."""
        self.closing = True
        for visit in self._visits.values():
            visit.seat.tell(Closing(seconds=round(grace_s)))
        await self._all_ended(grace_s)
        text = sentence(self.study, "host_closing", seconds=0)
        for visit in list(self._visits.values()):
            self.leave(visit)
            visit.hang_up(text)
        self._hurry.clear()
        await self._all_ended(2 * HANG_UP_S)
        await self.parent.close()

    def hurry(self) -> None:
        """End the grace."""
        self._hurry.set()

    async def _all_ended(self, within_s: float) -> None:
        """Wait until nobody sits here, for so long at most, and no longer once there is hurry."""
        end = asyncio.get_running_loop().time() + within_s
        while self._visits and not self._hurry.is_set() and asyncio.get_running_loop().time() < end:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), 0.1)


def _end(process: int) -> None:
    """Kill a process whose parent is gone, if it is still there, and let go of its descriptor."""
    with contextlib.suppress(OSError):
        signal.pidfd_send_signal(process, signal.SIGKILL)
    os.close(process)
