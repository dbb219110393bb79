"""A host's guest: the kiosk's flow for the one person whom a line brought, and then the end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from dataclasses import replace
from functools import partial

from msgspec.structs import replace as with_fields

from simtui.errors import SimtuiError
from simtui.rating import news
from simtui.rating.startup import ignore_signals
from simtui.rating.texts import error_sentence, sentence
from simtui.session.completion import Completion
from simtui.session.environment import Browser
from simtui.session.outside import Outside
from simtui.session.store import BusyError, Hold, SessionStore
from simtui.storage.fault_record import FaultRecord
from simtui.storage.system import never_wait
from simtui.study.model import Study
from simtui.terminal.detection import (
    COLOR_QUESTION,
    Terminal,
    detect,
    textual_environment,
    took_direct_color,
    window_size,
)
from simtui.terminal.round_trip import RoundTrip
from simtui.tui._textual import use_color_system
from simtui.tui.participant.flow import Visit, notice
from simtui.tui.participant.kiosk import CLOSED, Kiosk, KioskApp, KioskHost
from simtui.tui.participant.rating import RatingScreen
from simtui.tui.widgets.question_line import QuestionLine

ANSWER_S = 0.3
"""How long a slow terminal may take to say what it is."""

ANNOUNCEMENT_S = 6.0
"""How long a sentence of the host stands in the place of the question."""

NOTICE_S = 60.0
"""How long a last sentence may wait for its key: as long as it stands, a place of the host is taken."""

BUSY_S, BUSY_AGAIN_S = 1.5, 0.1
"""For so long is an id tried again that somebody holds: the process of a line just lost is about to end."""


class GuestHost(KioskHost):
    """Leads one known participant through the study, and ends the app. control: the socket of the host's news."""

    def __init__(
        self, participant_id: str, browser: Browser | None, outside: Outside | None, control: int, kiosk: Kiosk
    ) -> None:
        super().__init__(kiosk)
        self._participant_id = participant_id
        self._browser = browser
        self._outside = outside
        self._control = control
        self._heard = b""

    def on_mount(self) -> None:
        # Textual calls that of KioskHost as well.
        never_wait(self._control)
        asyncio.get_running_loop().add_reader(self._control, self._listen)

    async def _serve(self) -> None:
        kiosk = self._kiosk
        try:
            hold = await self._take_hold()
        except SimtuiError as fault:
            message = error_sentence(kiosk.study, fault)
        else:
            with hold:
                message = await self._sit(hold)
        if message:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self.app.push_screen_wait(notice(kiosk.study, message)), NOTICE_S)
        self.app.exit(CLOSED)

    async def _take_hold(self) -> Hold:
        end = asyncio.get_running_loop().time() + BUSY_S
        while True:
            try:
                return self._kiosk.take_hold(self._participant_id)
            except BusyError:
                if asyncio.get_running_loop().time() > end:
                    raise
            await asyncio.sleep(BUSY_AGAIN_S)

    def visit(self, hold: Hold) -> Visit:
        visit = super().visit(hold)
        made_on = with_fields(visit.environment, browser=self._browser)
        return replace(visit, expected=True, environment=made_on, outside=self._outside)

    # ------------------------------------------------------------------ what the host says

    def _listen(self) -> None:
        try:
            data = os.read(self._control, 4096)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            # The host is gone: whatever the terminal does, nobody is there.
            asyncio.get_running_loop().remove_reader(self._control)
            self.app.exit(return_code=1)
            return
        *lines, self._heard = (self._heard + data).split(b"\n")
        for line in lines:
            self._hear(news.decode(line))

    def _hear(self, told: news.News) -> None:
        ratings = [screen for screen in self.app.screen_stack if isinstance(screen, RatingScreen)]
        if isinstance(told, news.Latency):
            for screen in ratings:
                screen.run_in_progress.note_latency(told.key_to_paint_ms)
            return
        text = sentence(self._kiosk.study, "host_closing", seconds=told.seconds)
        if ratings and self.app.screen is ratings[-1]:
            ratings[-1].query_one(QuestionLine).hint(text, ANNOUNCEMENT_S)
        else:
            self.app.notify(text, timeout=told.seconds, markup=False)


def rate_as_guest(
    study: Study,
    store: SessionStore,
    participant_id: str,
    *,
    ssh: bool,
    browser: Browser | None,
    outside: Outside | None,
    control: int,
    idle_s: float | None,
    polarity: str,
    codes: Completion | None = None,
    faults: FaultRecord,
) -> int:
    """Let one participant rate on this process's terminal, which must have been made clean; the exit code.

    ssh: whether the line is one of SSH. browser: what draws the terminal, where a page does. outside: what the link
    said of another service. control: the socket of the host's news. idle_s, codes: see Kiosk. faults: where a mistake
    in the program is written down.
    """
    ignore_signals()
    terminal = _terminal(polarity, ssh=ssh)
    kiosk = Kiosk(study, store, terminal, idle_s=idle_s, codes=codes)
    app = KioskApp(kiosk, partial(GuestHost, participant_id, browser, outside, control))
    closed = app.run(mouse=False) is CLOSED
    if app.fault is not None:
        faults.write(app.fault)
    return 0 if closed and app.fault is None else app.return_code or 1


def _terminal(polarity: str, *, ssh: bool) -> Terminal:
    """What the terminal is: by its environment, and asked for its colours where that says nothing of them."""
    environ = dict(os.environ)
    asked = b"" if environ.get("COLORTERM") else COLOR_QUESTION
    with RoundTrip(timeout_s=ANSWER_S, stdin=0, stdout=1, first=asked) as trip:
        pass
    if took_direct_color(trip.heard):
        environ["COLORTERM"] = "truecolor"
    size = window_size(sys.__stdin__) or (80, 24)
    terminal = replace(detect(environ, "utf-8", size, None, polarity), ssh=ssh, round_trip_ms=trip.ms)
    os.environ.update(textual_environment(terminal))
    use_color_system(os.environ["TEXTUAL_COLOR_SYSTEM"])
    return terminal
