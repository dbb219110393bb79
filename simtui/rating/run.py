"""Run: one participant's go at a study. Which trial is next, and every answer on disk before the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from msgspec.structs import replace

from simtui.rating.assignment import assigned_list
from simtui.rating.environment import resumed, with_latency
from simtui.rating.record import check_plan, first_unanswered, open_answers, revisions_of, settled, with_answers
from simtui.sentences import ParticipantError
from simtui.session.environment import Environment
from simtui.session.model import Consent, Session, Simulation, Trial, new_session, timestamp
from simtui.session.outside import Outside
from simtui.session.store import Hold, SessionFile
from simtui.session.stored import StoredSession
from simtui.study.model import Study
from simtui.study.questions import QuestionPage, Value, When
from simtui.study.schedule import PlannedTrial, break_due, plan

CHANGED = "changed by the participant"
AUTO_REPEAT = "a key held down"


@dataclass(frozen=True, slots=True)
class Stimuli:
    """What one trial shows: its place in the run, its plan, and the image ids as they stand on the screen."""

    index: int
    planned: PlannedTrial
    left: str
    right: str
    earlier_response: int | None


class Run:
    """A run in progress.

    `answer` returns only when the response is on disk; if it raises, nothing has changed and the same trial
    is still the current one. Times are seconds of the clock, which is the monotonic one outside of tests.
    """

    def __init__(
        self,
        study: Study,
        file: SessionFile,
        session: Session,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.study = study
        self.session = session
        self._file = file
        self._position = first_unanswered(session)
        self._sealed = 0
        self.now = clock
        # A resumed run's times go on from its last response, so that they never run backwards.
        earlier = max((t.time_elapsed or 0.0 for t in session.trials), default=0.0)
        self._zero = clock() - earlier / 1000

    @classmethod
    def begin(
        cls,
        study: Study,
        hold: Hold,
        environment: Environment,
        simulation: Simulation | None = None,
        clock: Callable[[], float] = time.monotonic,
        consent: Consent | None = None,
        outside: Outside | None = None,
    ) -> Run:
        """Start the participant's next run: its file is on disk, with the whole plan, when this returns.

        consent: the participant's, where the study asks for it. outside: what the link said by which they came.
        simulation: what presses the keys, where nobody does; the file says so from its first write on.
        Raises WriteFailedError.
        """
        run = hold.store.next_run(hold.participant_id)
        with assigned_list(study, hold, simulated=simulation is not None) as list_index:
            session = new_session(
                study_id=study.id,
                study_sha256=study.sha256,
                participant_id=hold.participant_id,
                run=run,
                schedule=plan(study, hold.participant_id, run, list_index),
                environment=environment,
                list_index=list_index,
                simulation=simulation,
            )
            asked = open_answers(study) if simulation is None else []
            session = replace(session, consent=consent, outside=outside, answers=asked)
            return cls(study, hold.create(session), session, clock)

    @classmethod
    def resume(
        cls,
        study: Study,
        hold: Hold,
        stored: StoredSession,
        environment: Environment,
        simulation: Simulation | None = None,
        clock: Callable[[], float] = time.monotonic,
        outside: Outside | None = None,
    ) -> Run:
        """Take up an interrupted run where it stopped. outside: what the link said by which they came back.

        Raises ParticipantError where it is not one of this study, or where a simulation would go on with a person's
        run, a person with a simulated one, or another simulation.
        """
        session = stored.session
        if session is None or session.study_sha256 != study.sha256 or session.status != "in_progress":
            raise ParticipantError("fault_resume", path=stored.path)
        if session.simulation != simulation or session.simulated != (simulation is not None):
            raise ParticipantError("fault_simulated" if session.simulated else "fault_person", path=stored.path)
        check_plan(study, session, stored)
        session = replace(resumed(session, environment), outside=outside or session.outside)
        file = hold.reopen(stored)
        file.save(session)
        return cls(study, file, session, clock)

    @property
    def path(self) -> Path:
        """The session file."""
        return self._file.path

    @property
    def planned(self) -> list[PlannedTrial]:
        """Every presentation of the run, practice included, in order."""
        return self.session.schedule.trials

    @property
    def finished(self) -> bool:
        """Whether every trial has its response."""
        return self._position >= len(self.planned)

    @property
    def break_due(self) -> bool:
        """Whether the participant may rest before the current trial, which comes for the first time."""
        first_time = self._answer_at(self._position) is None
        return first_time and break_due(self.study, self._position, len(self.planned))

    @property
    def practice_over(self) -> bool:
        """Whether the current trial is the first that counts, comes for the first time, and practice was before it."""
        if self.finished or self._position == 0 or self._answer_at(self._position) is not None:
            return False
        before, now = self.planned[self._position - 1 : self._position + 1]
        return before.trial_type == "practice" != now.trial_type

    @property
    def answered(self) -> int:
        """How many trials have a response."""
        return sum(t.response is not None for t in self.session.trials)

    def current(self) -> Stimuli:
        """The trial to show now."""
        return self._stimuli(self._position)

    def following(self) -> Stimuli | None:
        """The trial after the current one, so that it can be prepared before it is shown; None at the last."""
        return self._stimuli(self._position + 1) if self._position + 1 < len(self.planned) else None

    def _stimuli(self, index: int) -> Stimuli:
        planned = self.planned[index]
        pair = self.study.pair(planned.pair_id)
        left, right = (pair.right, pair.left) if planned.swapped else (pair.left, pair.right)
        earlier = self._answer_at(index)
        return Stimuli(index, planned, left, right, earlier.response if earlier else None)

    def answer(
        self,
        response: int,
        key: str,
        onset: float,
        pressed: float,
        interruptions: int = 0,
        onset_confirmed: bool | None = None,
    ) -> None:
        """Record a rating of the current trial, durably, and go on to the next unanswered one.

        onset, pressed: when the pair was painted and when the key was pressed, monotonic seconds.
        interruptions: how often the pair was covered and shown anew before this response.
        onset_confirmed: whether the terminal said that it had painted the pair; None where there is no screen.
        Raises WriteFailedError; the run is then as it was, and calling again tries again.
        """
        if response not in self.study.scale.values:
            raise ValueError(f"{response} is not on the scale")
        shown = self.current()
        now = timestamp()
        trial = Trial(
            trial_index=shown.index,
            trial_type=shown.planned.trial_type,
            pair_id=shown.planned.pair_id,
            stimulus_left=shown.left,
            stimulus_right=shown.right,
            swapped=shown.planned.swapped,
            response=response,
            key=key,
            rt=round((pressed - onset) * 1000, 1),
            onset=self._elapsed(onset),
            time_elapsed=self._elapsed(pressed),
            timestamp=now,
            onset_confirmed=onset_confirmed,
            interruptions=interruptions,
            revisions=revisions_of(self._answer_at(self._position), CHANGED),
        )
        self._save_trial(trial, now)
        self._position = first_unanswered(self.session)

    def note_latency(self, key_to_paint_ms: float) -> None:
        """How long the participant's page takes from a key to its paint; on disk with the next answer."""
        self.session = with_latency(self.session, key_to_paint_ms)

    def seal(self) -> None:
        """From now on nobody can go back to what has been answered up to here, and see it."""
        self._sealed = self._position

    def back(self) -> bool:
        """Go back one trial, to let it be answered again; False at the first. Its response stands until then."""
        if self._position <= self._sealed:
            return False
        self._position -= 1
        return True

    def keep(self) -> bool:
        """Leave the earlier response of the current trial as it is and go on; False if it has none."""
        if self._answer_at(self._position) is None:
            return False
        self._position = first_unanswered(self.session)
        return True

    def complete(self, response: int, key: str) -> None:
        """Make the last response given, durably, what its two keys say: 10, and not 1.

        Its times stay those of the first key. It is one response: until the second key it is on disk as the first
        one's, and no revision is kept, for `key` says what was pressed ("10"). Raises WriteFailedError; the response
        then stands as it was.
        """
        self._save_trial(replace(self._last_answered(), response=response, key=key), timestamp())

    def retract(self, reason: str) -> None:
        """Take back, durably, the last response given: it was not the participant's. It stays in `revisions`.

        Raises WriteFailedError; the response then stands.
        """
        last = self._last_answered()
        blank = replace(last, response=None, key="", rt=None, revisions=revisions_of(last, reason))
        self._save_trial(blank, timestamp())
        self._position = last.trial_index

    def open_page(self, when: When) -> QuestionPage | None:
        """The first page of questions, asked then, with one that has not been answered; None where there is none."""
        unanswered = {answer.question_id for answer in self.session.open_answers(when)}
        return next((p for p in self.study.question_pages if any(q.id in unanswered for q in p.questions)), None)

    def answer_questions(self, values: Mapping[str, Value | None]) -> None:
        """Record answers, by the ids of their questions, durably; None for an optional one that is left without.

        Raises WriteFailedError; the run is then as it was, and calling again tries again.
        """
        for question in self.study.questions():
            if question.id in values and not question.takes(values[question.id]):
                raise ValueError(f"{values[question.id]!r} is no answer to the question {question.id}")
        now = timestamp()
        self._save(settled(with_answers(self.session, values, now), now))

    def withdraw(self) -> None:
        """Record, durably, that the participant withdraws: nobody goes on with the run, or uses its answers.

        Raises WriteFailedError; the run is then as it was.
        """
        now = timestamp()
        self._save(replace(self.session, status="withdrawn", withdrawn_at=now, updated_at=now))

    @property
    def withdrawn(self) -> bool:
        return self.session.status == "withdrawn"

    def _last_answered(self) -> Trial:
        answered = [trial for trial in self.session.trials if trial.response is not None]
        return max(answered, key=lambda trial: trial.time_elapsed or 0.0)

    def _answer_at(self, index: int) -> Trial | None:
        trials = self.session.trials
        return trials[index] if index < len(trials) else None

    def _elapsed(self, moment: float) -> float:
        return round((moment - self._zero) * 1000, 1)

    def _save_trial(self, trial: Trial, now: str) -> None:
        trials = list(self.session.trials)
        trials[trial.trial_index : trial.trial_index + 1] = [trial]
        self._save(settled(replace(self.session, trials=trials), now))

    def _save(self, session: Session) -> None:
        self._file.save(session)
        self.session = session
