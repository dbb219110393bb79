"""Faults: everything that must be true of a study file, and of a session file beside its study.

Pure: what is given is judged, nothing is read or written. Every fault is a place in the file and a sentence.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator
from datetime import datetime

from simtui.errors import SimtuiError, printable
from simtui.session.file import Fault
from simtui.session.model import VERSION, Session, check_participant_id, is_participant_id
from simtui.session.question_faults import question_faults
from simtui.session.trial_faults import TrialFaults, time_faults
from simtui.study import schedule
from simtui.study.model import Study
from simtui.study.schedule import PlannedTrial

_FILE_NAME = re.compile(r"([A-Za-z0-9]{1,32})_run-([1-9][0-9]{0,5})\.json\Z")


def contradictions(study: Study) -> Iterator[Fault]:
    """Where a study that can be used says one thing here and another there. See `study.faults` for the worse."""
    design = study.design
    if design.practice != len(study.practice_pairs):
        yield Fault("design.practice", f"{design.practice}, and there are {len(study.practice_pairs)} practice pairs")
    for index, pair in enumerate(study.pairs):
        if pair.digit not in design.digits:
            yield Fault(f"pairs[{index}].digit", f"“{printable(pair.digit, 40)}” is not among design.digits")
    shown = {image for pair in study.pairs for image in (pair.left, pair.right)}
    for index, pair in enumerate(study.practice_pairs):
        if {pair.left, pair.right} & shown:
            yield Fault(f"practice_pairs[{index}]", "an image of it is in a pair that is analysed")
    used = {image for pair in study.every_pair() for image in (pair.left, pair.right)}
    for image in study.images:
        if image not in used:
            yield Fault(f"images.{printable(image, 40)}", "the image is in no pair")


def name_fault(session: Session, file_name: str) -> str | None:
    """What is wrong with the name of a session's file."""
    wanted = f"{session.participant_id}_run-{session.run}.json"
    if file_name == wanted:
        return None
    kind = "is of another run" if _FILE_NAME.match(file_name) else "is no session's"
    return f"the file name {kind}: this is {printable(wanted)}"


def session_faults(session: Session, study: Study | None) -> Iterator[Fault]:
    """What is wrong with a session: in itself, and, where its study is given, against it."""
    yield from record_faults(session, None if study is None else TrialFaults(study))
    if study is not None and session.imported_from is None:
        yield from _rebuilt_faults(session, study)


def record_faults(session: Session, beside: TrialFaults | None) -> Iterator[Fault]:
    """All of `session_faults` but whether the plan is the one that its seed leads to, which takes a while.

    beside: of the session's study, where that is known.
    """
    yield from _own_faults(session)
    yield from _status_faults(session)
    yield from _plan_faults(session)
    if beside is not None:
        yield from _study_faults(session, beside)
    if session.imported_from is None:
        yield from time_faults(session)


# ---------------------------------------------------------------------- the record in itself


def _own_faults(session: Session) -> Iterator[Fault]:
    if session.version != VERSION:
        yield Fault("version", f"{printable(session.version, 30)}, and this simtui reads version {VERSION}")
    try:
        check_participant_id(session.participant_id)
    except SimtuiError as error:
        yield Fault("participant_id", str(error).removesuffix("."))
    if session.renamed_from is not None and not is_participant_id(session.renamed_from):
        yield Fault("renamed_from", f"“{printable(session.renamed_from, 40)}” is no participant id")
    if not 1 <= session.run < 10**6:
        yield Fault("run", f"{printable(session.run, 30)}, not 1 to 999999")
    if not _is_uuid(session.session_id):
        yield Fault("session_id", f"“{printable(session.session_id, 40)}” is no UUID")
    if session.simulation is not None and not session.simulated:
        yield Fault("simulated", "false, and `simulation` says what made up the responses")
    for name in ("started_at", "updated_at", "finished_at", "withdrawn_at"):
        text = getattr(session, name)
        if text is not None and not _is_timestamp(text):
            yield Fault(name, f"“{printable(text, 40)}” is no time with its zone")
    for index, resumption in enumerate(session.resumptions):
        if not _is_timestamp(resumption.timestamp):
            yield Fault(f"resumptions[{index}].timestamp", f"“{printable(resumption.timestamp, 40)}” is no time")
        if not 0 <= resumption.trial_index <= len(session.schedule.trials):
            yield Fault(f"resumptions[{index}].trial_index", f"{printable(resumption.trial_index)} is not in the plan")


def _status_faults(session: Session) -> Iterator[Fault]:
    answered = sum(trial.response is not None for trial in session.trials)
    planned = len(session.schedule.trials)
    left = len(session.open_answers())
    if session.status == "complete" and answered != planned:
        yield Fault("status", f"complete, and {answered} of {planned} trials are answered")
    if session.status == "complete" and left:
        yield Fault("status", f"complete, and {left} of {len(session.answers)} questions are not answered")
    if session.status == "in_progress" and answered == planned and not left:
        yield Fault("status", f"in_progress, and all {planned} trials are answered")
    if session.withdrawn_at is not None and session.status != "withdrawn":
        yield Fault("withdrawn_at", f"there, and the run is {session.status}")
    if session.status == "complete" and session.finished_at is None:
        yield Fault("finished_at", "missing, and the run is complete")
    if session.status == "in_progress" and session.finished_at is not None:
        yield Fault("finished_at", "there, and the run is in progress")


def _plan_faults(session: Session) -> Iterator[Fault]:
    """The trials are the first ones of the plan that the file itself states."""
    planned = session.schedule.trials
    if session.schedule.order != [trial.pair_id for trial in planned if trial.trial_type != "practice"]:
        yield Fault("schedule.order", "not the order of schedule.trials")
    if len(session.trials) > len(planned):
        yield Fault("trials", f"{len(session.trials)} trials, and {len(planned)} are planned")
    for index, (trial, plan) in enumerate(zip(session.trials, planned, strict=False)):
        where = f"trials[{index}]"
        if trial.trial_index != index:
            yield Fault(f"{where}.trial_index", f"{printable(trial.trial_index)}, and it is trial {index}")
        if trial.pair_id != plan.pair_id or trial.swapped != plan.swapped or trial.trial_type != plan.trial_type:
            done = PlannedTrial(trial_type=trial.trial_type, pair_id=trial.pair_id, swapped=trial.swapped)
            yield Fault(where, f"{_described(done)}, and the plan has {_described(plan)}")
        if trial.response is None and not trial.revisions:
            yield Fault(f"{where}.response", "missing, and none was taken back")
        if trial.interruptions < 0:
            yield Fault(f"{where}.interruptions", "less than 0")
        if not _is_moment(trial.timestamp, session):
            yield Fault(f"{where}.timestamp", f"“{printable(trial.timestamp, 40)}” is no time with its zone")


def _described(trial: PlannedTrial) -> str:
    return f"{trial.trial_type} {printable(trial.pair_id, 40)}{' swapped' if trial.swapped else ''}"


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def _is_moment(text: str | None, session: Session) -> bool:
    """Whether a trial has the time of its response; a table has it without its zone, or not at all."""
    if session.imported_from is None:
        return text is not None and _is_timestamp(text)
    try:
        return text is None or bool(datetime.fromisoformat(text))
    except ValueError:
        return False


def _is_timestamp(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


# ---------------------------------------------------------------------- against the study


def _study_faults(session: Session, beside: TrialFaults) -> Iterator[Fault]:
    study = beside.study
    if session.study_id != study.id:
        yield Fault("study_id", f"“{printable(session.study_id, 70)}”, and its study's is {study.id}")
    yield from question_faults(session, study)
    if session.imported_from is None:
        list_index = schedule.list_of(study, session.schedule.order)
        if session.list_index not in (None, list_index):
            yield Fault("list", f"{printable(session.list_index, 30)}, and its pairs are those of list {list_index}")
        if session.schedule.seed != schedule.schedule_seed(study.sha256, _planned_for(session), session.run):
            yield Fault("schedule.seed", "not that of this study, participant and run")
    for index, plan in enumerate(session.schedule.trials):
        if plan.pair_id not in beside.pairs:
            yield Fault(f"schedule.trials[{index}]", f"no pair {printable(plan.pair_id, 40)} in the study")
    yield from beside.of(session)


def _planned_for(session: Session) -> str:
    return session.renamed_from or session.participant_id


def _rebuilt_faults(session: Session, study: Study) -> Iterator[Fault]:
    """The plan must be the one that study, participant, run and list lead to: nobody wrote it by hand."""
    try:
        rebuilt = schedule.plan(
            study, _planned_for(session), session.run, schedule.list_of(study, session.schedule.order)
        )
    except (ValueError, SimtuiError) as error:
        yield Fault("schedule", f"cannot be rebuilt: {printable(error)}")
        return
    if session.schedule.seed == rebuilt.seed and session.schedule != rebuilt:
        yield Fault("schedule", "not the plan that study, participant and run lead to")
