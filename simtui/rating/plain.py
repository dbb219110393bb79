"""Rating in lines of text: for dumb terminals, screen readers and pipes.

The same run, store and promises as the rating screen: an answer is on disk before the next pair is printed.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from functools import partial
from typing import BinaryIO, TextIO

from simtui.errors import SimtuiError, printable
from simtui.rating.dialogue import Dialogue, EndOfInputError, Line
from simtui.rating.environment import plain_environment
from simtui.rating.plain_questions import ask_after, ask_before, withdraws
from simtui.rating.record import Introduced, consent_given
from simtui.rating.run import Run, Stimuli
from simtui.rating.texts import (
    counts,
    error_sentence,
    going_on,
    page_before,
    paragraphs,
    position_in_run,
    practice_apart,
    practice_first,
    scale_ends,
    sentence,
    task,
    withdraw_key,
)
from simtui.rating.who import Recognised, recognise
from simtui.sentences import ParticipantError
from simtui.session.completion import Completion
from simtui.session.environment import Environment
from simtui.session.model import Session
from simtui.session.store import Hold, SessionStore
from simtui.storage.atomic import WriteFailedError
from simtui.study.model import Study
from simtui.terminal.detection import detect
from simtui.terminal.image_lines import PAIR_COLUMNS, ascii_pair


def rate_plain(
    study: Study,
    store: SessionStore,
    hold: Hold | None,
    source: BinaryIO | None = None,
    sink: TextIO | None = None,
    codes: Completion | None = None,
) -> int:
    """Lead one participant through the study in lines of text. Gives the exit code: 130 after Ctrl+C, else 0.

    hold: of the participant, where they are known already. source, sink: stdin and stdout where None.
    codes: to be given to those who have answered everything.
    Raises SimtuiError where the run cannot be begun, resumed or written.
    """
    if source is None:
        if sys.stdin is None:
            raise SimtuiError("The standard input is closed: type the answers in a terminal, or pipe them in.")
        source = sys.stdin.buffer
    dialogue = Dialogue(source, sink or sys.stdout)
    with contextlib.ExitStack() as held:
        if hold is not None:
            held.enter_context(hold)
        try:
            run = _begin(dialogue, study, hold) if hold is not None else _begin_unknown(dialogue, study, store, held)
        except KeyboardInterrupt:
            dialogue.print()
            return 130
        return 0 if run is None else _visit(dialogue, run, codes)


def _visit(dialogue: Dialogue, run: Run, codes: Completion | None) -> int:
    code, unsaved = 0, None
    try:
        # Each goes on with what is still open, and stops all of it.
        all(part(dialogue, run) for part in (ask_before, _rate, ask_after))
    except EndOfInputError:
        dialogue.print()
    except KeyboardInterrupt:
        dialogue.print()
        code = 130
    except WriteFailedError as failure:
        unsaved = failure
    _farewell(dialogue, run)
    if codes is not None and not run.withdrawn:
        given = codes.code(run.session)
        told = sentence(run.study, "no_code") if given is None else sentence(run.study, "completion_code", code=given)
        dialogue.print(told)
    if unsaved is not None:
        raise unsaved
    return code


def _begin_unknown(dialogue: Dialogue, study: Study, store: SessionStore, held: contextlib.ExitStack) -> Run | None:
    """Ask who it is after all that everybody is told; None where the participant does not want to go on."""
    with _not_ended(dialogue, "plain_ended"):
        introduced = _introduce(dialogue, study)
        if introduced is None:
            return None
        hold = held.enter_context(_ask_participant(dialogue, study, store))
    return _begin(dialogue, study, hold, introduced)


def _begin(dialogue: Dialogue, study: Study, hold: Hold, introduced: Introduced | None = None) -> Run | None:
    """Everything before the first pair; None where the participant does not want to go on."""
    last = hold.last_run(study.sha256)
    with _not_ended(dialogue, "plain_ended_later" if last else "plain_ended", participant=hold.participant_id):
        question, declined = going_on(study, hold, last)
        if question and not dialogue.agrees(study, question):
            dialogue.print(declined)
            return None
        if introduced is None:
            introduced = _introduce(dialogue, study, last.interrupted if last is not None else None)
        if introduced is None:
            return None
    environment = _environment(dialogue)
    with dialogue.saying_when_slow(study):
        if last is not None and last.interrupted:
            return Run.resume(study, hold, last, environment)
        return Run.begin(study, hold, environment, consent=introduced.consent)


@contextlib.contextmanager
def _not_ended(dialogue: Dialogue, sentence: str, **values: object) -> Iterator[None]:
    """The end of the input inside is an error that this sentence tells."""
    try:
        yield
    except EndOfInputError:
        dialogue.print()
        raise ParticipantError(sentence, **values) from None


def _introduce(dialogue: Dialogue, study: Study, interrupted: Session | None = None) -> Introduced | None:
    """The welcome, and consent, which an interrupted run was begun with; None where the participant declines."""
    consent = None
    for line in _welcome(study, interrupted):
        dialogue.print(line)
    if interrupted is None and study.texts.get("consent"):
        dialogue.print()
        for paragraph in paragraphs(study, "consent"):
            dialogue.print(paragraph)
        if not dialogue.agrees(study, sentence(study, "consent_question")):
            dialogue.print(sentence(study, "consent_declined"))
            return None
        consent = consent_given(study)
    dialogue.print()
    return Introduced(consent)


def _welcome(study: Study, interrupted: Session | None) -> Iterator[str]:
    yield sentence(study, "title") or sentence(study, "welcome_title")
    yield from task(study, interrupted)
    yield sentence(study, "plain_keys", **scale_ends(study))
    if study.texts.get("consent"):
        yield sentence(study, "plain_withdraw", **withdraw_key(study))
    yield sentence(study, "welcome_advice")
    if study.question_pages:
        yield sentence(study, "welcome_questions")
    if practice := practice_first(study, interrupted):
        yield practice


def _ask_participant(dialogue: Dialogue, study: Study, store: SessionStore) -> Hold:
    prompt = f"{sentence(study, 'participant_prompt')} ({sentence(study, 'participant_hint')}):"
    while True:
        participant = who_is_meant(dialogue, study, recognise(study, store, dialogue.ask(prompt).text))
        if participant is None:
            continue
        try:
            return store.hold(participant)
        except WriteFailedError:
            raise
        except SimtuiError as fault:
            dialogue.print(error_sentence(study, fault))


def who_is_meant(dialogue: Dialogue, study: Study, meant: Recognised) -> str | None:
    """The id to rate under, after the question that there may be about it; None to ask for an id again."""
    if meant.question and not dialogue.agrees(study, meant.question):
        return meant.otherwise or None
    return meant.participant


def _environment(dialogue: Dialogue) -> Environment:
    try:
        size = os.get_terminal_size(dialogue.sink.fileno())
    except (OSError, ValueError):
        size = None
    terminal = detect(os.environ, dialogue.sink.encoding or "ascii", size or (0, 0))
    return plain_environment(terminal if size else None, ssh=terminal.ssh)


def _rate(dialogue: Dialogue, run: Run) -> bool:
    """Ask for every trial that has no answer, and for those that the participant goes back to; False if they stop."""
    study = run.study
    going_on, resting = True, False
    while going_on and not run.finished:
        shown = run.current()
        dialogue.print()
        before = page_before(run)
        if before and not resting:
            dialogue.print(before)
            if run.break_due:
                resting = True
                going_on = dialogue.ask(sentence(study, "plain_break_end")).text not in ("q", "Q")
                continue
            dialogue.print()
        resting = False
        _wait_for_room(dialogue, study)
        for line in ascii_pair(study.image(shown.left), study.image(shown.right)):
            dialogue.print(line)
        if shown.earlier_response is not None:
            dialogue.print(sentence(study, "plain_earlier", response=shown.earlier_response))
        going_on = _ask_rating(dialogue, run, shown)
    return going_on


def _wait_for_room(dialogue: Dialogue, study: Study) -> None:
    """A line that the terminal breaks in two is no picture."""
    while True:
        try:
            columns = os.get_terminal_size(dialogue.sink.fileno()).columns or PAIR_COLUMNS
        except (OSError, ValueError):
            return
        if columns >= PAIR_COLUMNS:
            return
        dialogue.print(sentence(study, "plain_too_narrow", columns=PAIR_COLUMNS))
        dialogue.ask(sentence(study, "plain_enter"))


def _ask_rating(dialogue: Dialogue, run: Run, shown: Stimuli) -> bool:
    """Ask until the pair is answered or left for the one before it; False where the participant stops."""
    study = run.study
    name, number, total = position_in_run(run.planned, shown.index)
    prompt = sentence(
        study, "plain_prompt", progress=sentence(study, name, number=number, total=total), **scale_ends(study)
    )
    onset: float | None = None
    while True:
        line = dialogue.ask(prompt)
        # A question asked again is about a pair that has been seen all along.
        onset = line.asked if onset is None else onset
        if line.text in ("q", "Q"):
            return False
        if withdraws(dialogue, run, line.text):
            return False
        if line.text in ("b", "B"):
            if run.back():
                return True
            dialogue.print(sentence(study, "plain_first"))
        elif not line.text and run.keep():
            return True
        elif (rating := _rating(study, line.text)) is None:
            dialogue.print(sentence(study, "plain_invalid", answer=line.text[:20], **scale_ends(study)))
        elif dialogue.on_terminal and line.came - onset < study.design.min_viewing_ms / 1000:
            dialogue.print(sentence(study, "plain_too_soon"))
        else:
            return _answer(dialogue, run, rating, line._replace(asked=onset))


def _rating(study: Study, text: str) -> int | None:
    """The rating that a line stands for: its number, and 0 for 10 as on the rating screen."""
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        return None
    if len(text) == 1:
        return study.scale.rating_of_key(text)
    return int(text) if int(text) in study.scale.values and text[0] != "0" else None


def _answer(dialogue: Dialogue, run: Run, rating: int, line: Line) -> bool:
    return dialogue.insist(run.study, partial(run.answer, rating, line.text, line.asked, line.came))


def _farewell(dialogue: Dialogue, run: Run) -> None:
    study, saved, path = run.study, counts(run.session), printable(run.path, 4096)
    if run.withdrawn:
        dialogue.print(f"{sentence(study, 'withdrawn_title')}. {sentence(study, 'withdrawn')}")
        return
    if run.session.complete:
        dialogue.print()
        if study.texts.get("debrief"):
            for paragraph in paragraphs(study, "debrief"):
                dialogue.print(paragraph)
        dialogue.print(
            f"{sentence(study, 'thanks_title')} {sentence(study, 'thanks_saved', count=saved['done'])} {path}"
        )
        return
    dialogue.print(f"{sentence(study, 'stopped_saved', **saved)} {path}")
    if practice := practice_apart(study, run.session):
        dialogue.print(practice)
    dialogue.print(sentence(study, "stopped_later", participant=run.session.participant_id))
