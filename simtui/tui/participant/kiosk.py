"""A kiosk: one participant after another on one terminal, and no way to anything else."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from dataclasses import dataclass, replace

from textual import events
from textual.binding import Binding
from textual.timer import Timer

from simtui.errors import SimtuiError
from simtui.rating.environment import environment
from simtui.rating.startup import ignore_signals
from simtui.rating.texts import error_sentence, sentence
from simtui.sentences import ParticipantError
from simtui.session.completion import Completion
from simtui.session.store import Hold, SessionStore
from simtui.study.model import Study
from simtui.terminal.detection import Terminal
from simtui.tui._textual import UnpaintedScreen
from simtui.tui.app import SimtuiApp
from simtui.tui.participant.flow import Visit, notice, rate
from simtui.tui.participant.id import KioskIdScreen
from simtui.tui.screens import Leavable

CLOSED = "closed by the exit word"


@dataclass(frozen=True, slots=True)
class Kiosk:
    """What is rated at it.

    exit_word: typed as an id, it closes the kiosk; None where no word does.
    idle_s: so many seconds without a key end a sitting, so that nobody goes on in the place of somebody who has
        left; None where they never do. codes: to be given to those who have answered everything; None for none.
    """

    study: Study
    store: SessionStore
    terminal: Terminal
    exit_word: str | None = None
    idle_s: float | None = None
    codes: Completion | None = None

    def take_hold(self, participant_id: str) -> Hold:
        """Take hold of a participant who has not finished. Raises SimtuiError with what to show."""
        hold = self.store.hold(participant_id)
        last = hold.last_run(self.study.sha256)
        if last is not None and last.interrupted is None:
            hold.release()
            left = last.session is not None and last.session.status == "withdrawn"
            raise ParticipantError("fault_withdrawn" if left else "kiosk_finished", participant=participant_id)
        return hold


class KioskApp(SimtuiApp, inherit_bindings=False):
    """The app without its ways out: Ctrl+C and Ctrl+Q mean what the screen makes of them, or nothing."""

    BINDINGS = [Binding("ctrl+q,ctrl+c", "leave", "Stop", show=False, priority=True)]

    def __init__(self, kiosk: Kiosk, host: Callable[[Kiosk], KioskHost] | None = None) -> None:
        """host: makes what leads participants through; a KioskHost where None."""
        super().__init__(lambda: (host or KioskHost)(kiosk), kiosk.terminal.depth, light=kiosk.terminal.light)

    async def on_event(self, event: events.Event) -> None:
        """Every key comes by here before any screen can take it: somebody is there."""
        if isinstance(event, events.Key | events.Paste) and isinstance(host := self.screen_stack[0], KioskHost):
            host.restart_idle_timer()
        await super().on_event(event)

    def on_mount(self) -> None:
        super().on_mount()
        if not self.is_headless:
            ignore_signals()  # once more: Textual has set handlers of its own

    def action_leave(self) -> None:
        if isinstance(self.screen, Leavable):
            self.screen.action_leave()


class KioskHost(UnpaintedScreen):
    """Below all that participants see: it leads one participant after another through the study."""

    IDLE = "idle"
    """The name of its timer."""

    def __init__(self, kiosk: Kiosk) -> None:
        super().__init__()
        self._kiosk = kiosk
        self._sitting: asyncio.Task[None] | None = None
        self.idle_timer: Timer | None = None
        """Ends the sitting; None while nobody sits, and where it never ends."""

    def on_mount(self) -> None:
        self.run_worker(self._serve())

    async def _serve(self) -> None:
        kiosk, message = self._kiosk, ""
        while True:
            hold = await self.app.push_screen_wait(
                KioskIdScreen(kiosk.study, kiosk.take_hold, kiosk.store, kiosk.exit_word, message)
            )
            if hold is None:
                self.app.exit(CLOSED)
                return
            with hold:
                message = await self._sit(hold)

    async def _sit(self, hold: Hold) -> str:
        """Let one person rate until they are done or nobody is there; what the next one at the prompt should know."""
        self._sitting = asyncio.create_task(self._rate(hold))
        self.restart_idle_timer()
        try:
            await asyncio.wait([self._sitting])
        finally:
            sitting, self._sitting = self._sitting, None
            sitting.cancel()  # the app may be ending
        self.restart_idle_timer()
        if not sitting.cancelled():
            sitting.result()
            return ""
        while self.app.screen is not self:
            await self.app.pop_screen()
        last = hold.last_run(self._kiosk.study.sha256)
        return sentence(self._kiosk.study, "kiosk_idle") if last is not None and last.interrupted else ""

    def restart_idle_timer(self) -> None:
        """Somebody is there: the time without a key begins anew, where somebody sits at all."""
        if self.idle_timer is not None:
            self.idle_timer.stop()
            self.idle_timer = None
        if self._sitting is not None and self._kiosk.idle_s is not None:
            self.idle_timer = self.set_timer(self._kiosk.idle_s, self.end_sitting, name=self.IDLE)

    def end_sitting(self) -> None:
        """Nobody is there. An answer that waits for its writing to be tried again keeps its pair: it is not saved."""
        if any(isinstance(screen, Leavable) and screen.unsaved for screen in self.app.screen_stack):
            self.restart_idle_timer()
        elif self._sitting is not None:
            self._sitting.cancel()

    def visit(self, hold: Hold) -> Visit:
        """What the next person brings to the flow."""
        kiosk, size = self._kiosk, self.app.size
        terminal = replace(kiosk.terminal, columns=size.width, rows=size.height)
        return Visit(kiosk.study, kiosk.store, terminal, environment(terminal), hold, shared=True, codes=kiosk.codes)

    async def _rate(self, hold: Hold) -> None:
        kiosk, visit = self._kiosk, self.visit(hold)
        try:
            await rate(self.app, visit)
        except SimtuiError as fault:
            await self.app.push_screen_wait(notice(kiosk.study, error_sentence(kiosk.study, fault)))


def run_kiosk(kiosk: Kiosk, on_fault: Callable[[BaseException | None], None]) -> int:
    """Serve participants until SIGTERM or the exit word; the exit code.

    on_fault: told of what should never have happened. If it returns, the kiosk starts anew.
    """
    while True:
        app = KioskApp(kiosk)
        try:
            if app.run(mouse=False) is CLOSED:
                return 0
        except Exception as error:  # whatever it is: the kiosk goes on
            app.fault = app.fault or error
        if app.return_code == 128 + signal.SIGTERM:
            return app.return_code
        on_fault(app.fault)
