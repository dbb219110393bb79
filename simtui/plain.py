"""Rating in lines of text: for dumb terminals, screen readers and pipes.

The same run, store and promises as the rating screen: an answer is on disk before the next pair is printed.
"""

from __future__ import annotations

import contextlib
import os
import sys
import termios
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, NamedTuple, TextIO

from simtui.display.cells import Look
from simtui.environment import plain_environment
from simtui.errors import SimtuiError
from simtui.png import Image
from simtui.render import render
from simtui.run import Run, Stimuli, last_run
from simtui.session import Environment
from simtui.store import Hold, SessionStore, WriteFailedError
from simtui.study import Study
from simtui.terminal import detect
from simtui.texts import ends, paragraphs, place, say, trials

COLUMNS, GAP = 60, 4
"""Columns of a pair, and the spaces between its images."""

_LOOK = Look("ascii", "half-block", "light-on-dark", own_colors=True)
_ASCII = str.maketrans({"…": "...", "“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "×": "x"})
_LONGEST = 1000
"""Bytes of a line that are looked at: an answer is a few."""


class EndOfInputError(Exception):
    """There are no more lines to read: the pipe is at its end, or Ctrl+D was pressed."""


class Line(NamedTuple):
    """A line without its end and the space around it; when it was asked for and when it came, monotonic seconds."""

    text: str
    asked: float
    came: float


@dataclass(frozen=True, slots=True)
class Dialogue:
    """Lines out, lines in."""

    source: BinaryIO
    sink: TextIO

    @property
    def on_terminal(self) -> bool:
        """Whether lines are typed, and none can be there before it is asked for."""
        return self.source.isatty()

    def tell(self, text: str = "") -> None:
        self.write(text + "\n")

    def write(self, text: str) -> None:
        """Write what the encoding of the output has of a text, at once."""
        encoding = self.sink.encoding or "ascii"
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            text = to_ascii(text).encode(encoding, "replace").decode(encoding)
        self.sink.write(text)
        self.sink.flush()

    def ask(self, prompt: str) -> Line:
        """The next line. Raises EndOfInputError, and KeyboardInterrupt for Ctrl+C."""
        if self.on_terminal:
            # What was typed or pasted before the question was there is no answer to it.
            termios.tcflush(self.source.fileno(), termios.TCIFLUSH)
        self.write(prompt + " ")
        asked = time.monotonic()
        line = self.source.readline(_LONGEST)
        came = time.monotonic()
        rest = line
        while rest and not rest.endswith(b"\n"):
            rest = self.source.readline(_LONGEST)
        if not line:
            raise EndOfInputError
        return Line(line.decode("utf-8", "replace").strip(), asked, came)

    def agrees(self, study: Study, question: str) -> bool:
        """Whether the answer to a question is yes; it is asked until it is yes or no."""
        yes, no = say(study, "yes"), say(study, "no")
        while True:
            answer = self.ask(say(study, "plain_yes_no", question=question, yes=yes, no=no)).text.casefold()
            if answer in ("y", "yes", yes.casefold()):
                return True
            if answer in ("n", "no", "q", no.casefold()):
                return False


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
        return _visit(talk, study, lambda: hold or held.enter_context(_ask_participant(talk, study, store)))


def _visit(talk: Dialogue, study: Study, take_hold: Callable[[], Hold]) -> int:
    try:
        run = _begin(talk, study, take_hold)
    except EndOfInputError:
        talk.tell()
        raise SimtuiError("The input ended before the first pair: no answer was stored.") from None
    except KeyboardInterrupt:
        talk.tell()
        return 130
    if run is None:
        return 0
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


def _begin(talk: Dialogue, study: Study, take_hold: Callable[[], Hold]) -> Run | None:
    """Everything before the first pair; None where the participant does not want to go on."""
    for line in _welcome(study):
        talk.tell(line)
    if study.texts.get("consent"):
        talk.tell()
        for paragraph in paragraphs(study, "consent"):
            talk.tell(paragraph)
        if not talk.agrees(study, say(study, "consent_question")):
            talk.tell(say(study, "consent_declined"))
            return None
    talk.tell()
    hold = take_hold()
    last, environment = last_run(study, hold), _environment(talk)
    if last is None or last.session is None:
        return Run.begin(study, hold, environment)
    who = hold.participant_id
    if last.session.status == "in_progress":
        done, total = sum(t.response is not None for t in last.session.trials), len(last.session.schedule.trials)
        going_on = talk.agrees(study, say(study, "resume", participant=who, done=done, total=total))
        return Run.resume(study, hold, last, environment) if going_on else None
    again = talk.agrees(study, say(study, "again", participant=who, run=hold.store.next_run(who)))
    return Run.begin(study, hold, environment) if again else None


def _welcome(study: Study) -> Iterator[str]:
    yield say(study, "title") or say(study, "welcome_title")
    yield say(study, "welcome_task", **trials(study))
    yield say(study, "question")
    yield say(study, "plain_keys", **ends(study))
    yield say(study, "welcome_advice")
    if study.practice_pairs:
        yield say(study, "welcome_practice", **trials(study))
    if study.source.note:
        yield say(study, "source_note", note=study.source.note)


def _ask_participant(talk: Dialogue, study: Study, store: SessionStore) -> Hold:
    prompt = f"{say(study, 'participant_prompt')} ({say(study, 'participant_hint')}):"
    while True:
        try:
            return store.hold(talk.ask(prompt).text)
        except WriteFailedError:
            raise
        except SimtuiError as fault:
            talk.tell(str(fault))


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
        for line in picture(study.image(shown.left), study.image(shown.right)):
            talk.tell(line)
        if shown.earlier_response is not None:
            talk.tell(say(study, "plain_earlier", response=shown.earlier_response))
        going_on = _ask_rating(talk, run, shown)


def to_ascii(text: str) -> str:
    """Typographic characters as those of a typewriter."""
    return text.translate(_ASCII)


def picture(left: Image, right: Image) -> list[str]:
    """Two images side by side in printable ASCII, 14 lines of at most 60 characters."""
    return ["".join(part.text for part in row).rstrip() for row in render([left, right], _LOOK, gap=GAP)]


def _wait_for_room(talk: Dialogue, study: Study) -> None:
    """A line that the terminal breaks in two is no picture."""
    while True:
        try:
            columns = os.get_terminal_size(talk.sink.fileno()).columns or COLUMNS
        except (OSError, ValueError):
            return
        if columns >= COLUMNS:
            return
        talk.tell(say(study, "plain_too_narrow", columns=COLUMNS))
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
            talk.tell(say(run.study, "save_failed", reason=failure))
            try:
                again = talk.ask(say(run.study, "plain_enter"))
            except EndOfInputError:
                raise failure from None
            if again.text in ("q", "Q"):
                raise
        else:
            return True


def _farewell(talk: Dialogue, run: Run) -> None:
    study, total = run.study, len(run.planned)
    if run.finished:
        talk.tell()
        if study.texts.get("debrief"):
            for paragraph in paragraphs(study, "debrief"):
                talk.tell(paragraph)
        talk.tell(f"{say(study, 'thanks_title')} {say(study, 'thanks_saved', count=run.answered)} {run.path}")
    else:
        talk.tell(f"{say(study, 'stopped_saved', done=run.answered, total=total)} {run.path}")
        talk.tell(say(study, "stopped_later"))
