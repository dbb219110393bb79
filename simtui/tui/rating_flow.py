"""One participant's way through a study: welcome, id, resume or begin, the trials, thanks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App

from simtui.errors import SimtuiError
from simtui.session import Environment, Simulation
from simtui.store import Hold, SessionStore
from simtui.study import Study
from simtui.terminal import Terminal
from simtui.texts import ends, paragraphs, say, trials
from simtui.tui.screens.host import Ground
from simtui.tui.screens.page import ConsentPage, Page

# What comes after the first screen is imported after it: that is how the first one is there so soon.
if TYPE_CHECKING:
    from simtui.run import Run


@dataclass(frozen=True, slots=True)
class Visit:
    """What a participant brings to the flow.

    hold: already taken where the participant is known. simulation: of a participant who is none.
    shared: others rate here under the same account: no file names are shown, and nothing of earlier sittings.
    """

    study: Study
    store: SessionStore
    terminal: Terminal
    environment: Environment
    hold: Hold | None = None
    simulation: Simulation | None = None
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run was left. path: its session file."""

    path: Path
    participant_id: str
    answered: int
    total: int

    @property
    def finished(self) -> bool:
        return self.answered == self.total


async def rate(app: App[object], visit: Visit) -> Outcome | None:
    """Lead one participant through the study; None where they left before a run began.

    To be awaited in a worker. Raises SimtuiError where the run cannot be begun or resumed.
    """
    if visit.study.texts.get("consent") and not await app.push_screen_wait(consent(visit.study)):
        await app.push_screen_wait(declined(visit.study))
        return None
    if not await app.push_screen_wait(welcome(visit.study)):
        return None
    from simtui.tui.screens.participant import ParticipantScreen
    from simtui.tui.screens.rating import RatingScreen

    hold = visit.hold or await app.push_screen_wait(ParticipantScreen(visit.study, visit.store.hold))
    if hold is None:
        return None
    with hold:
        run = await _resume_or_begin(app, visit, hold)
        if run is None:
            return None
        if visit.shared:
            run.seal()
        await app.push_screen_wait(RatingScreen(run, visit.terminal))
        outcome = Outcome(run.path, hold.participant_id, run.answered, len(run.planned))
    await app.push_screen_wait(farewell(visit.study, outcome, shared=visit.shared))
    return outcome


async def _resume_or_begin(app: App[object], visit: Visit, hold: Hold) -> Run | None:
    from simtui.run import Run, last_run
    from simtui.tui.screens.confirm import ConfirmScreen

    study = visit.study
    yes, no = say(study, "yes"), say(study, "no")
    last = last_run(study, hold)
    if last is not None and last.session is not None:
        session = last.session
        if session.status == "in_progress":
            done = sum(trial.response is not None for trial in session.trials)
            total = len(session.schedule.trials)
            text = say(study, "resume", participant=hold.participant_id, done=done, total=total)
            if not await app.push_screen_wait(ConfirmScreen(text, yes=yes, no=no)):
                return None
            return Run.resume(study, hold, last, visit.environment, visit.simulation)
        text = say(study, "again", participant=hold.participant_id, run=visit.store.next_run(hold.participant_id))
        if not await app.push_screen_wait(ConfirmScreen(text, yes=yes, no=no)):
            return None
    return Run.begin(study, hold, visit.environment, visit.simulation)


def consent(study: Study) -> ConsentPage:
    """What the participant must agree to before anything is asked or stored."""
    keys = say(study, "consent_keys", yes=say(study, "yes"), no=say(study, "no"))
    lines = [("", line) for line in paragraphs(study, "consent") if line.strip()]
    return ConsentPage([*lines, ("question", say(study, "consent_question")), ("start", keys)])


def declined(study: Study) -> Page:
    """Nothing was stored."""
    return Page([("title", say(study, "consent_declined")), ("start", say(study, "thanks_end"))])


def welcome(study: Study) -> Page:
    """What to do, how, and for how long."""
    lines = [
        ("title", say(study, "title") or say(study, "welcome_title")),
        ("", say(study, "welcome_task", **trials(study))),
        ("question", say(study, "question")),
        ("", say(study, "welcome_keys", **ends(study))),
        ("", say(study, "welcome_advice")),
        ("", say(study, "welcome_practice", **trials(study)) if study.practice_pairs else ""),
        ("", say(study, "welcome_stop")),
        ("faint", say(study, "source_note", note=study.source.note) if study.source.note else ""),
        ("start", say(study, "welcome_start")),
    ]
    return Page([(classes, text) for classes, text in lines if text])


def farewell(study: Study, outcome: Outcome, *, shared: bool = False) -> Page:
    """What was saved, and where; not where on a terminal that is shared."""
    done, total = outcome.answered, outcome.total
    lines = [("title", say(study, "thanks_title" if outcome.finished else "stopped_title"))]
    if shared:
        lines.append(("", say(study, "shared_saved", done=done, total=total)))
    else:
        saved = say(study, "thanks_saved", count=done) if outcome.finished else ""
        lines.append(("", saved or say(study, "stopped_saved", done=done, total=total)))
        lines.append(("path", str(outcome.path)))
    if outcome.finished:
        lines += [("", line) for line in paragraphs(study, "debrief") if line.strip()]
    else:
        lines.append(("", say(study, "shared_later" if shared else "stopped_later")))
    return Page([*lines, ("start", say(study, "thanks_end"))])


class RatingHost(Ground):
    """Below the flow of `simtui rate`: it leads one participant through and ends the app."""

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self._visit = visit

    def on_mount(self) -> None:
        self.run_worker(self._rate())

    def _compositor_refresh(self) -> None:
        """Nothing, for the same reason: whatever comes next paints the whole screen, 2.5 KB less before it."""

    async def _rate(self) -> None:
        try:
            self.app.exit(await rate(self.app, self._visit))
        except SimtuiError as fault:
            self.app.exit(fault)
