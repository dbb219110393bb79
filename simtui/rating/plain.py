"""Rating in lines of text: for dumb terminals, screen readers and pipes.

The same run, store and promises as the rating screen: an answer is on disk before the next pair is printed.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import BinaryIO, TextIO

from simtui.errors import SimtuiError, printable
from simtui.rating.dialogue import Dialogue, EndOfInputError, Line
from simtui.rating.environment import plain_environment
from simtui.rating.run import Run, Stimuli
from simtui.rating.texts import (
    counts,
    ends,
    going_on,
    paragraphs,
    place,
    practice_apart,
    practice_first,
    say,
    source_note,
    task,
    tell,
)
from simtui.sentences import ToldError
from simtui.session.model import Environment, Session
from simtui.session.store import Hold, SessionStore
from simtui.storage.atomic import WriteFailedError
from simtui.study.model import Study
from simtui.terminal.detection import detect
from simtui.terminal.image_lines import PAIR_COLUMNS, ascii_pair


def rate_plain(
    study: Study, store: SessionStore, hold: Hold | None, source: BinaryIO | None = None, sink: TextIO | None = None
) -> int:
    """Lead one participant through the study in lines of text. Gives the exit code: 130 after Ctrl+C, else 0.

    hold: of the participant, where they are known already. source, sink: stdin and stdout where None.
    Raises SimtuiError where the run cannot be begun, resumed or written.
    """
    talk = Dialogue(source or sys.stdin.buffer, sink or sys.stdout)
    with contextlib.ExitStack() as held:
        if hold is not None:
            held.enter_context(hold)
        try:
            run = _begin(talk, study, hold) if hold is not None else _begin_unknown(talk, study, store, held)
        except KeyboardInterrupt:
            talk.tell()
            return 130
        return 0 if run is None else _visit(talk, run)


def _visit(talk: Dialogue, run: Run) -> int:
    code, unsaved = 0, None
    try:
        _rate(talk, run)
    except EndOfInputError:
        talk.tell()
    except KeyboardInterrupt:
        talk.tell()
        code = 130
    except WriteFailedError as failure:
        unsaved = failure
    _farewell(talk, run)
    if unsaved is not None:
        raise unsaved
    return code


def _begin_unknown(talk: Dialogue, study: Study, store: SessionStore, held: contextlib.ExitStack) -> Run | None:
    """Ask who it is after all that everybody is told; None where the participant does not want to go on."""
    with _not_ended(talk, "plain_ended"):
        if not _introduce(talk, study):
            return None
        hold = held.enter_context(_ask_participant(talk, study, store))
    return _begin(talk, study, hold, introduced=True)


def _begin(talk: Dialogue, study: Study, hold: Hold, *, introduced: bool = False) -> Run | None:
    """Everything before the first pair; None where the participant does not want to go on."""
    last = hold.last_run(study.sha256)
    with _not_ended(talk, "plain_ended_later" if last else "plain_ended", participant=hold.participant_id):
        question, declined = going_on(study, hold, last)
        if question and not talk.agrees(study, question):
            talk.tell(declined)
            return None
        if not introduced and not _introduce(talk, study, last.interrupted if last is not None else None):
            return None
    environment = _environment(talk)
    if last is not None and last.interrupted:
        return Run.resume(study, hold, last, environment)
    return Run.begin(study, hold, environment)


@contextlib.contextmanager
def _not_ended(talk: Dialogue, sentence: str, **values: object) -> Iterator[None]:
    """The end of the input inside is an error that this sentence tells."""
    try:
        yield
    except EndOfInputError:
        talk.tell()
        raise ToldError(sentence, **values) from None


def _introduce(talk: Dialogue, study: Study, interrupted: Session | None = None) -> bool:
    """The welcome, and consent, which an interrupted run was begun with; False where the participant declines."""
    for line in _welcome(study, interrupted):
        talk.tell(line)
    if interrupted is None and study.texts.get("consent"):
        talk.tell()
        for paragraph in paragraphs(study, "consent"):
            talk.tell(paragraph)
        if not talk.agrees(study, say(study, "consent_question")):
            talk.tell(say(study, "consent_declined"))
            return False
    talk.tell()
    return True


def _welcome(study: Study, interrupted: Session | None) -> Iterator[str]:
    yield say(study, "title") or say(study, "welcome_title")
    yield from task(study, interrupted)
    yield say(study, "plain_keys", **ends(study))
    yield say(study, "welcome_advice")
    yield from filter(None, [practice_first(study, interrupted), source_note(study)])


def _ask_participant(talk: Dialogue, study: Study, store: SessionStore) -> Hold:
    prompt = f"{say(study, 'participant_prompt')} ({say(study, 'participant_hint')}):"
    while True:
        try:
            return store.hold(talk.ask(prompt).text)
        except WriteFailedError:
            raise
        except SimtuiError as fault:
            talk.tell(tell(study, fault))


def _environment(talk: Dialogue) -> Environment:
    try:
        size = os.get_terminal_size(talk.sink.fileno())
    except (OSError, ValueError):
        size = None
    terminal = detect(os.environ, talk.sink.encoding or "ascii", size or (0, 0))
    return plain_environment(terminal if size else None, ssh=terminal.ssh)


def _rate(talk: Dialogue, run: Run) -> None:
    """Ask for every trial that has no answer, and for those that the participant goes back to."""
    study = run.study
    going_on, resting = True, False
    while going_on and not run.finished:
        shown = run.current()
        talk.tell()
        if run.break_due and not resting:
            _, number, total = place(run.planned, shown.index)
            talk.tell(say(study, "break", done=number - 1, total=total))
            resting = True
            going_on = talk.ask(say(study, "plain_break_end")).text not in ("q", "Q")
            continue
        resting = False
        _wait_for_room(talk, study)
        for line in ascii_pair(study.image(shown.left), study.image(shown.right)):
            talk.tell(line)
        if shown.earlier_response is not None:
            talk.tell(say(study, "plain_earlier", response=shown.earlier_response))
        going_on = _ask_rating(talk, run, shown)


def _wait_for_room(talk: Dialogue, study: Study) -> None:
    """A line that the terminal breaks in two is no picture."""
    while True:
        try:
            columns = os.get_terminal_size(talk.sink.fileno()).columns or PAIR_COLUMNS
        except (OSError, ValueError):
            return
        if columns >= PAIR_COLUMNS:
            return
        talk.tell(say(study, "plain_too_narrow", columns=PAIR_COLUMNS))
        talk.ask(say(study, "plain_enter"))


def _ask_rating(talk: Dialogue, run: Run, shown: Stimuli) -> bool:
    """Ask until the pair is answered or left for the one before it; False where the participant stops."""
    study = run.study
    name, number, total = place(run.planned, shown.index)
    prompt = say(study, "plain_prompt", progress=say(study, name, number=number, total=total), **ends(study))
    onset: float | None = None
    while True:
        line = talk.ask(prompt)
        # A question asked again is about a pair that has been seen all along.
        onset = line.asked if onset is None else onset
        if line.text in ("q", "Q"):
            return False
        if line.text in ("b", "B"):
            if run.back():
                return True
            talk.tell(say(study, "plain_first"))
        elif not line.text and run.keep():
            return True
        elif (rating := _rating(study, line.text)) is None:
            talk.tell(say(study, "plain_invalid", answer=line.text[:20], **ends(study)))
        elif talk.on_terminal and line.came - onset < study.design.min_viewing_ms / 1000:
            talk.tell(say(study, "plain_too_soon"))
        else:
            return _answer(talk, run, rating, line._replace(asked=onset))


def _rating(study: Study, text: str) -> int | None:
    """The rating that a line stands for: its number, and 0 for 10 as on the rating screen."""
    if not (text.isascii() and text.isdigit() and len(text) <= 2):
        return None
    if len(text) == 1:
        return study.scale.rating_of_key(text)
    return int(text) if int(text) in study.scale.values and text[0] != "0" else None


def _answer(talk: Dialogue, run: Run, rating: int, line: Line) -> bool:
    """Store an answer; where that fails, try again as long as the participant wants: False where they stop."""
    while True:
        try:
            run.answer(rating, line.text, line.asked, line.came)
        except WriteFailedError as failure:
            talk.tell(say(run.study, "save_failed", reason=tell(run.study, failure)))
            try:
                again = talk.ask(say(run.study, "plain_enter"))
            except EndOfInputError:
                raise failure from None
            if again.text in ("q", "Q"):
                raise
        else:
            return True


def _farewell(talk: Dialogue, run: Run) -> None:
    study, saved, path = run.study, counts(run.session), printable(run.path, 4096)
    if run.finished:
        talk.tell()
        if study.texts.get("debrief"):
            for paragraph in paragraphs(study, "debrief"):
                talk.tell(paragraph)
        talk.tell(f"{say(study, 'thanks_title')} {say(study, 'thanks_saved', count=saved['done'])} {path}")
        return
    talk.tell(f"{say(study, 'stopped_saved', **saved)} {path}")
    if practice := practice_apart(study, run.session):
        talk.tell(practice)
    talk.tell(say(study, "stopped_later", participant=run.session.participant_id))
