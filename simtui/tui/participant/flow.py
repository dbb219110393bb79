"""One participant's way through a study: welcome, id, resume or begin, the trials, thanks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from textual.app import App

from simtui.errors import SimtuiError, printable
from simtui.rating.record import Introduced, consent_given
from simtui.rating.texts import (
    counts,
    going_on,
    paragraphs,
    practice_apart,
    practice_first,
    scale_sentence,
    sentence,
    task,
    yes_no,
)
from simtui.session.completion import Completion
from simtui.session.environment import Environment
from simtui.session.model import Session, Simulation
from simtui.session.outside import Outside
from simtui.session.store import Hold, SessionStore
from simtui.session.stored import StoredSession
from simtui.study.model import Study
from simtui.study.questions import When
from simtui.terminal.detection import Terminal
from simtui.tui._textual import UnpaintedScreen
from simtui.tui.app import confirmer_of
from simtui.tui.participant.page import ConsentPage, Page
from simtui.tui.screens import yes_no_keys

if TYPE_CHECKING:
    from simtui.rating.run import Run


@dataclass(frozen=True, slots=True)
class Visit:
    """What a participant brings to the flow.

    hold: already taken where the participant is known. simulation: of a participant who is none.
    shared: others rate here under the same account: no file names are shown, and nothing of earlier sittings.
    at_home: the flow was begun from the home screen, and that is where one goes on.
    expected: the line says who comes, and that they come back: whoever has begun goes on without being asked.
    result_next: what comes after a finished run is the participant's own result.
    codes: to be given to those who have answered everything; None for none.
    outside: what the link of another service said; None where nobody came by one.
    """

    study: Study
    store: SessionStore
    terminal: Terminal
    environment: Environment
    hold: Hold | None = None
    simulation: Simulation | None = None
    shared: bool = False
    at_home: bool = False
    expected: bool = False
    result_next: bool = False
    codes: Completion | None = None
    outside: Outside | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a run was left: its record and its file."""

    session: Session
    path: Path

    @property
    def participant_id(self) -> str:
        return self.session.participant_id

    @property
    def finished(self) -> bool:
        return self.session.complete


async def rate(app: App[object], visit: Visit) -> Outcome | None:
    """Lead one participant through the study; None where they left before a run began.

    To be awaited in a worker. Raises SimtuiError where the run cannot be begun or resumed. What comes after the
    first screen is imported after it: that is how the first one is there so soon.
    """
    study, hold = visit.study, visit.hold
    if not visit.terminal.mute:
        confirmer_of(app).begin(answers=visit.terminal.round_trip_ms is not None)
    introduced = None
    if hold is None:
        while hold is None:
            introduced = await _introduce(app, visit)
            if introduced is None:
                return None
            from simtui.tui.participant.id import ParticipantScreen

            asking = ParticipantScreen(study, visit.store.hold, visit.store)
            hold = await app.push_screen_wait(asking)
            if hold is None and not asking.went_up:
                return None
    with hold:
        last = hold.last_run(study.sha256)
        if not visit.expected and not await _goes_on(app, visit, hold, last):
            return None
        # Who was known from the start has not been told yet what there is to do.
        if introduced is None:
            introduced = await _introduce(app, visit, last.interrupted if last is not None else None)
        if introduced is None:
            return None
        from simtui.rating.run import Run
        from simtui.tui.participant.saving import saying_when_slow

        with saying_when_slow(app, study):
            if last is not None and last.interrupted:
                run = Run.resume(study, hold, last, visit.environment, visit.simulation, outside=visit.outside)
            else:
                run = Run.begin(
                    study,
                    hold,
                    visit.environment,
                    visit.simulation,
                    consent=introduced.consent,
                    outside=visit.outside,
                )
        if visit.shared:
            run.seal()
        await _go_through(app, run, visit.terminal)
        outcome = Outcome(run.session, run.path)
    await app.push_screen_wait(farewell(visit, outcome))
    return outcome


async def _go_through(app: App[object], run: Run, terminal: Terminal) -> None:
    """Everything that is still open: the questions before the pairs, the pairs, the questions after them."""
    study = run.study
    if run.open_page("before"):
        if not await _ask(app, run, "before"):
            return
        lines = [("title", sentence(study, "questions_done")), ("question", sentence(study, "question"))]
        lines += [("", scale_sentence(study, "welcome_keys")), ("start", sentence(study, "break_end"))]
        await app.push_screen_wait(Page(lines))
    if not run.finished:
        from simtui.tui.participant.rating import RatingScreen

        if not await app.push_screen_wait(RatingScreen(run, terminal)):
            return
        if run.open_page("after"):
            # A key that was meant for the last pair is no answer to a question.
            left = [("title", sentence(study, "questions_left")), ("start", sentence(study, "break_end"))]
            await app.push_screen_wait(Page(left))
    await _ask(app, run, "after")


async def _ask(app: App[object], run: Run, when: When) -> bool:
    """The pages of questions that are asked then; False where the participant leaves."""
    while page := run.open_page(when):
        from simtui.tui.participant.questions import QuestionsScreen

        if not await app.push_screen_wait(QuestionsScreen(run, page)):
            return False
    return True


async def _introduce(app: App[object], visit: Visit, interrupted: Session | None = None) -> Introduced | None:
    """Consent, which an interrupted run was begun with, and welcome; None where the participant leaves."""
    study, agreed = visit.study, None
    # At home and at a kiosk there is a level above.
    is_first = not (visit.at_home or visit.shared)
    if interrupted is None and study.texts.get("consent"):
        page: Page = consent(study)
        page.is_first = is_first
        if not await app.push_screen_wait(page):
            await app.push_screen_wait(notice(study, sentence(study, "consent_declined")))
            return None
        agreed = consent_given(study)
    page = welcome(study, interrupted)
    page.is_first = is_first
    return Introduced(agreed) if await app.push_screen_wait(page) else None


async def _goes_on(app: App[object], visit: Visit, hold: Hold, last: StoredSession | None) -> bool:
    """Whether the participant wants to go on with the last run, or to begin one more; always before the first."""
    study = visit.study
    question, declined = going_on(study, hold, last)
    if not question:
        return True
    from simtui.tui.dialogs import confirm

    # Once more is not what most people want who press Enter; going on is.
    if await app.push_screen_wait(confirm(study, question, prefer=last is not None and last.interrupted is not None)):
        return True
    # Whose line dropped before they could read the code of a finished run gets it now.
    code = code_lines(visit, last.session) if last is not None and last.session is not None else []
    await app.push_screen_wait(notice(study, declined, code))
    return False


def consent(study: Study) -> ConsentPage:
    """What the participant must agree to before anything is asked or stored."""
    lines = [("", line) for line in paragraphs(study, "consent") if line.strip()]
    lines += [
        ("question", sentence(study, "consent_question")),
        ("start", sentence(study, "consent_keys", **yes_no(study))),
    ]
    return ConsentPage(lines, yes_no_keys(study))


def notice(study: Study, text: str, more: Sequence[tuple[str, str]] = ()) -> Page:
    """One sentence, more paragraphs, and that Enter closes it."""
    return Page([("title", text), *more, ("start", sentence(study, "thanks_end"))])


def welcome(study: Study, interrupted: Session | None = None) -> Page:
    """What to do, how, and for how long; of an interrupted run, what is left to do."""
    pairs, question = task(study, interrupted)
    if interrupted is not None and interrupted.answered == interrupted.planned:
        return Page([("title", pairs), ("start", sentence(study, "welcome_start"))])
    lines = [
        ("title", sentence(study, "title") or sentence(study, "welcome_title")),
        ("", pairs),
        ("question", question),
        ("", scale_sentence(study, "welcome_keys")),
        ("", sentence(study, "welcome_advice")),
        ("", sentence(study, "welcome_questions") if study.question_pages else ""),
        ("", practice_first(study, interrupted)),
        ("", sentence(study, "welcome_stop")),
        ("start", sentence(study, "welcome_start")),
    ]
    return Page([(classes, text) for classes, text in lines if text])


def farewell(visit: Visit, outcome: Outcome) -> Page:
    """What was saved, and where; not where on a terminal that is shared."""
    study, session = visit.study, outcome.session
    saved = counts(session)
    if session.status == "withdrawn":
        title = ("title", sentence(study, "withdrawn_title"))
        return Page([title, ("", sentence(study, "withdrawn")), ("start", sentence(study, "thanks_end"))])
    lines = [("title", sentence(study, "thanks_title" if outcome.finished else "stopped_title"))]
    if visit.shared:
        lines.append(("", sentence(study, "shared_saved", **saved)))
    else:
        thanks = sentence(study, "thanks_saved", count=saved["done"]) if outcome.finished else ""
        lines.append(("", thanks or sentence(study, "stopped_saved", **saved)))
        lines.append(("path", printable(outcome.path, 4096)))
    if outcome.finished:
        lines += [("", line) for line in paragraphs(study, "debrief") if line.strip()]
    else:
        later = "shared_later" if visit.shared else "home_later" if visit.at_home else "stopped_later"
        lines.append(("", practice_apart(study, session)))
        lines.append(("", sentence(study, later, participant=outcome.participant_id)))
    lines += code_lines(visit, session)
    end = "thanks_result" if outcome.finished and visit.result_next else "thanks_end"
    lines.append(("start", sentence(study, end)))
    return Page([(classes, text) for classes, text in lines if text])


def code_lines(visit: Visit, session: Session) -> list[tuple[str, str]]:
    """The completion code of a run in which everything is answered, of any other that there is none yet."""
    if visit.codes is None:
        return []
    code = visit.codes.code(session)
    words = sentence(visit.study, "no_code") if code is None else sentence(visit.study, "completion_code", code=code)
    return [("" if code is None else "question", words)]


class RatingHost(UnpaintedScreen):
    """Below the flow of `simtui rate`: it leads one participant through and ends the app."""

    def __init__(self, visit: Visit) -> None:
        super().__init__()
        self._visit = visit

    def on_mount(self) -> None:
        self.run_worker(self._rate())

    async def _rate(self) -> None:
        try:
            self.app.exit(await rate(self.app, self._visit))
        except SimtuiError as fault:
            self.app.exit(fault)
