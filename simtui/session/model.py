"""Session: what was answered. The record of one run, as it stands in the session file."""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime
from typing import Literal, TypeVar

from msgspec import Struct, field

from simtui.errors import printable
from simtui.sentences import ParticipantError
from simtui.session.environment import Environment, Resumption
from simtui.session.outside import Outside
from simtui.study.questions import Kind, Value, When
from simtui.study.schedule import Schedule, TrialType

FORMAT = "simtui.session"
VERSION = 1

Status = Literal["in_progress", "complete", "withdrawn"]

_BETWEEN = re.compile(r"(?<=[A-Za-z])[-_. ]+(?=[A-Za-z0-9])|(?<=[0-9])[-_. ]+(?=[A-Za-z])|^[-_. ]+|[-_. ]+$")
"""What people write between the parts of an id; between two digits it could be left out in more than one way."""

_PARTICIPANT_ID = re.compile(r"[A-Za-z0-9]{1,32}\Z")


T = TypeVar("T")


def always(value: T) -> T:
    """A default that is written into the file, in a class that leaves its other defaults out (omit_defaults).

    So a file says what it always said, and what later versions added only where it is used.
    """
    return field(default_factory=lambda: value)


class Revision(Struct, frozen=True, kw_only=True):
    """A response that was taken back; see Trial for the other fields.

    reason: why it was taken back.
    """

    response: int
    key: str
    rt: float | None
    onset: float | None
    time_elapsed: float | None
    timestamp: str
    onset_confirmed: bool | None = None
    reason: str = "changed by the participant"


class Trial(Struct, frozen=True, kw_only=True, gc=False):
    """One answered presentation.

    trial_index: its place in the run, from 0, practice included.
    trial_type: "practice" (not analysed), "main", "repeat" (a pair of the run shown once more) or "catch" (a pair
        with a known answer).
    pair_id: the pair's id in the study.
    stimulus_left: id of the image that stood on the left of the screen (after any swap).
    stimulus_right: id of the image that stood on the right of the screen (after any swap).
    swapped: whether the sides were the other way round from the study's.
    response: the rating; null only while a response that was not the participant's (a key held down) is taken
        back and the pair waits to be answered again.
    key: the key pressed for it, or both where a 10 was typed as 1 and 0 ("10"): it is one response, with the times
        of the first key, and stands as 1 until the second.
    rt: time from the painted pair to the key event, in ms; null where there was no screen (imported ratings).
    onset: time from the start of the run to the painted pair, in ms.
    time_elapsed: time from the start of the run to the response, in ms.
    timestamp: UTC wall clock of the response; of imported ratings the time that the table has, or null.
    onset_confirmed: whether the terminal said when it had drawn the pair; where it did not, onset is when the pair was
        sent to it. Null without a screen, and in files of simtui before it asked.
    interruptions: how often the pair was covered (a dialog, too small a window) and shown anew before the
        response; its rt counts from the last time, although the participant had seen it before.
    """

    trial_index: int
    trial_type: TrialType
    pair_id: str
    stimulus_left: str
    stimulus_right: str
    swapped: bool
    response: int | None
    key: str
    rt: float | None
    onset: float | None
    time_elapsed: float | None
    timestamp: str | None
    onset_confirmed: bool | None = None
    interruptions: int = 0
    revisions: list[Revision] = []


class Simulation(Struct, frozen=True, kw_only=True):
    """The whole model that made up the responses of a simulated session; simtui.simulation.raters has it in formulas.

    version: of the formulas. model: the layer whose similarity the raters follow, or "random" for none; of
        the network with checkpoint_sha256, where it needs one.
    r: between the layer and what the raters share, over the pairs of a digit. r_of_mean: between the layer and
        the mean rating of endlessly many such raters, by the digits in the study's order: the rounding to the
        scale and its ends cost a little; null where it does not exist. Both null for "random".
    reliability: mean r of one rater with another. shared: the part of a rater's variance that all share, which
        leads to it. own: the part of the rest that is a rater's own view, the same each time; what is left
        differs from time to time.
    lapses: chance of a rating without a look. spread, offset_sd, slope_sd: of a rater's ratings, of raters' means
        and of the logarithm of their slopes; the first two in steps of the scale.
    rt_mu, rt_sigma, rt_tau: of the ex-Gaussian response times, ms. speed_sd: of the logarithm of raters' paces.
    """

    version: int
    model: str
    checkpoint_sha256: str | None = None
    seed: int
    r: float | None
    r_of_mean: list[float | None] | None
    reliability: float
    shared: float
    own: float
    lapses: float
    spread: float
    offset_sd: float
    slope_sd: float
    rt_mu: float
    rt_sigma: float
    rt_tau: float
    speed_sd: float


class Consent(Struct, frozen=True, kw_only=True):
    """What the participant was asked to agree to, and did.

    text_sha256: the SHA-256 of the consent text in UTF-8, as the study has it.
    timestamp: UTC wall clock of the answer.
    answer: true for yes; who says no leaves no session behind.
    """

    text_sha256: str
    timestamp: str
    answer: bool


class AnswerRevision(Struct, frozen=True, kw_only=True):
    """An answer to a question that was given before another took its place; see Answer for the fields."""

    answer: Value | None
    timestamp: str


class Answer(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The answer to one question of the study, with the words in which it was asked.

    question_id, kind: as in the study. when: before or after the pairs.
    text, options: the wording of the question, and what there was to choose from.
    answer: an option as it was worded, a number, a text, or true for yes and false for no; null where it has not been
        answered, or an optional question was left without one.
    timestamp: UTC wall clock of the answer; null as long as the question has not been answered or passed over.
    revisions: answers that it took the place of.
    """

    question_id: str
    when: When
    kind: Kind
    text: str
    options: list[str] = []
    answer: Value | None = always(None)
    timestamp: str | None = always(None)
    revisions: list[AnswerRevision] = []


class Session(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The record of one run: one participant's go at one study.

    session_id: names this run and no other.
    study_id: names the study that was rated.
    study_sha256: the SHA-256 of the file of that study, in hexadecimal.
    participant_id: who rated: 1 to 32 letters and digits.
    renamed_from: the id under which the run was rated, where `simtui rename` has corrected it.
    outside: what the link of another service said by which the participant last came; null where it said nothing.
    run: which go of the participant at the study this is, from 1.
    simulated: nobody was there; `simulation` then says what made up the responses.
    imported_from: the file that the ratings came from; null where simtui took them itself.
    status: "in_progress", "complete" or "withdrawn" by the participant.
    started_at: UTC wall clock of the start of the run.
    updated_at: UTC wall clock of the last change of the record.
    finished_at: UTC wall clock of the end of the run; null before it.
    list_index: the pair list that was given, from 0, "list" in the file; null in older files, whose plan tells
        (`study.schedule.list_of`).
    consent: that the participant agreed to take part; null where the study asks for no consent.
    answers: one for each question of the study, in its order, answered or not yet; nobody asks simulated participants.
    withdrawn_at: when the participant withdrew from the study, UTC wall clock; the status is then "withdrawn".
    """

    format: str = always(FORMAT)
    version: int = always(VERSION)
    session_id: str
    study_id: str
    study_sha256: str
    participant_id: str
    renamed_from: str | None = None
    outside: Outside | None = None
    run: int
    simulated: bool = always(False)
    simulation: Simulation | None = always(None)
    imported_from: str | None = always(None)
    status: Status = always("in_progress")
    started_at: str
    updated_at: str
    finished_at: str | None = always(None)
    withdrawn_at: str | None = None
    environment: Environment
    resumptions: list[Resumption] = field(default_factory=lambda: [])
    consent: Consent | None = None
    list_index: int | None = field(default=None, name="list")
    schedule: Schedule
    trials: list[Trial] = field(default_factory=lambda: [])
    answers: list[Answer] = []

    @property
    def complete(self) -> bool:
        """Whether every trial of the run is answered, and every question."""
        return self.status == "complete"

    @property
    def answered(self) -> int:
        """How many trials have a response; practice is not counted."""
        return sum(trial.response is not None for trial in self.trials if trial.trial_type != "practice")

    @property
    def planned(self) -> int:
        """How many trials the run has; practice is not counted."""
        return sum(trial.trial_type != "practice" for trial in self.schedule.trials)

    def open_answers(self, when: When | None = None) -> list[Answer]:
        """The questions that are asked then, or at any time, and have not been answered yet."""
        return [answer for answer in self.answers if answer.timestamp is None and when in (None, answer.when)]

    def main_trials(self) -> list[Trial]:
        """The trials that are analysed, in the order in which they were shown."""
        return [trial for trial in self.trials if trial.trial_type == "main"]


def new_session(
    *,
    study_id: str,
    study_sha256: str,
    participant_id: str,
    run: int,
    schedule: Schedule,
    environment: Environment,
    list_index: int | None = None,
    simulation: Simulation | None = None,
) -> Session:
    """A session that has just begun: nothing answered. With a `simulation` it is a simulated one."""
    now = timestamp()
    return Session(
        session_id=str(uuid.uuid4()),
        study_id=study_id,
        study_sha256=study_sha256,
        participant_id=participant_id,
        run=run,
        simulated=simulation is not None,
        simulation=simulation,
        started_at=now,
        updated_at=now,
        environment=environment,
        list_index=list_index,
        schedule=schedule,
    )


def timestamp() -> str:
    """The UTC wall clock, to the millisecond, as ISO 8601 with a Z."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_participant_id(text: str) -> bool:
    """Whether a text is 1 to 32 letters and digits."""
    return _PARTICIPANT_ID.match(text) is not None


def stored_id(text: str) -> str:
    """P_01, P-01 and P 01 as P01; whatever cannot be made an id in one way alone as it is."""
    joined = _BETWEEN.sub("", text)
    return joined if is_participant_id(joined) else text


def check_participant_id(text: str) -> str:
    """The id itself, if it is 1 to 32 letters and digits. Raises SimtuiError otherwise."""
    if not is_participant_id(text):
        raise ParticipantError("fault_id", participant=printable(text, 40))
    return text
