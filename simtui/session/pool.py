"""Pooling: the sessions of one study, out of any files and folders, that count; and of every other one, why not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import msgspec

from simtui.errors import FileError, SimtuiError, printable
from simtui.session import file as session_file
from simtui.session.folders import Place, session_files
from simtui.session.model import Session
from simtui.session.people import Recording, Sites, copies, copy_reason, names, same_names_note, site_of
from simtui.session.usable import DAMAGED, Judge
from simtui.study.model import Study
from simtui.study.schedule import PlannedTrial
from simtui.words import natural_order

MOST_TOLD = 20
"""Sessions with faults that are used; `simtui validate` lists them all."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Which sessions count. run: of a participant's complete runs, the first or the last. sites: names of folders.

    incomplete: whether a run that was left unfinished counts, with what is rated, where there is no complete one.
    simulated: whether simulated sessions count.
    """

    run: Literal["first", "last"] = "first"
    incomplete: bool = False
    simulated: bool = False
    sites: Sites = ()


USUAL = Choice()


@dataclass(frozen=True, slots=True)
class Counted:
    """A session that counts. name: what its participant is called, folder/id where need be. site: of its folder."""

    path: Path
    session: Session
    name: str
    site: str


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A file that does not count. reason: why, after "is". simulated: for no other reason than that it is no person's.

    damaged: its answers are impossible. name: of its participant, as for Counted; "" where it is no session.
    """

    path: Path
    reason: str
    simulated: bool = False
    damaged: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Pool:
    """counted: one a participant, in natural order of the names. left_out: by path. notes: what a reader must know."""

    counted: tuple[Counted, ...]
    left_out: tuple[LeftOut, ...]
    notes: tuple[str, ...] = ()


def whole(session: Session) -> Session:
    """All of a session."""
    return session


@session_file.without_garbage_collection()
def pool(
    study: Study, paths: Sequence[Path], choice: Choice = USUAL, keep: Callable[[Session], Session] = whole
) -> Pool:
    """Of every participant the session that counts, and of every other file why it does not.

    A folder stands for the session files in it and in its sub-folders. keep: what is kept of a session that was
    judged; of one that is not complete it must be all. Raises SimtuiError where a path does not exist
    or a folder cannot be listed.
    """
    judge, shared = Judge(study), _Shared()
    left_out: list[LeftOut] = []
    usable: dict[Path, Session] = {}
    recordings: list[Recording] = []
    doubts: dict[Path, str] = {}
    for place in session_files(study.id, paths):
        session, unused = _judged(judge, place, choice)
        if session is not None and unused is None:
            doubt = judge.doubts(session, place.path.name)
            if doubt:
                doubts[place.path] = doubt
            usable[place.path] = keep(session)
            shared.share(usable[place.path])
        if session is not None:
            damaged = unused is not None and unused.damaged
            recordings.append(Recording.of(place.path, session, damaged=damaged))
        if unused is not None:
            left_out.append(unused)
    # Who counts is told apart from those who count alone, and every other file from all.
    called = names(recordings, choice.sites)
    called |= names([recording for recording in recordings if recording.path in usable], choice.sites)
    copied = copies(recordings)
    of_person: dict[str, list[Recording]] = defaultdict(list)
    for recording in recordings:
        if recording.path not in usable:
            continue
        if recording.path in copied:
            left_out.append(LeftOut(recording.path, copy_reason(recording, copied[recording.path])))
        else:
            of_person[called[recording.path]].append(recording)
    counted: list[Counted] = []
    for name in sorted(of_person, key=natural_order):
        runs = [(recording.path, usable[recording.path]) for recording in of_person[name]]
        chosen, others = _chosen(judge, name, runs, choice)
        left_out += others
        if chosen is not None:
            path, session = chosen
            if name != session.participant_id:
                session = msgspec.structs.replace(session, participant_id=name)
            counted.append(Counted(path, session, name, site_of(path, choice.sites) if choice.sites else ""))
    left_out = [replace(file, name=called.get(file.path, "")) for file in left_out]
    left_out.sort(key=lambda file: natural_order(str(file.path)))
    note = same_names_note({one.path: one.name for one in counted})
    notes = [note] if note else []
    notes += _doubtful([(one.name, doubts[one.path]) for one in counted if one.path in doubts])
    return Pool(tuple(counted), tuple(left_out), tuple(notes))


def _doubtful(used: Sequence[tuple[str, str]]) -> list[str]:
    """A sentence for each participant whose session is used with faults, and what they are."""
    notes = [
        f"{printable(name, 60)} is used, though simtui validate finds a fault: {what}."
        for name, what in used[:MOST_TOLD]
    ]
    if len(used) > MOST_TOLD:
        notes.append(f"{len(used) - MOST_TOLD} more participants are used, though simtui validate finds faults.")
    return notes


class _Shared:
    """Makes thousands of sessions take half the memory: what they say in the same words is kept once."""

    def __init__(self) -> None:
        self._words: dict[str, str] = {}
        self._planned: dict[PlannedTrial, PlannedTrial] = {}

    def share(self, session: Session) -> None:
        """Let the session use the words that others have; it says the same."""
        words, planned = self._words.setdefault, self._planned.setdefault
        share = msgspec.structs.force_setattr
        for trial in session.trials:
            # One by one: with names in a loop it takes a third more.
            pair, left, right, key = trial.pair_id, trial.stimulus_left, trial.stimulus_right, trial.key
            share(trial, "pair_id", words(pair, pair))
            share(trial, "stimulus_left", words(left, left))
            share(trial, "stimulus_right", words(right, right))
            share(trial, "key", words(key, key))
        schedule = session.schedule
        schedule.order[:] = [words(text, text) for text in schedule.order]
        schedule.trials[:] = [planned(trial, trial) for trial in schedule.trials]


def _judged(judge: Judge, place: Place, choice: Choice) -> tuple[Session | None, LeftOut | None]:
    """The session of this study in a file, and why it does not count; neither where it is not the study's business."""
    path = place.path
    try:
        session = None if place.reason else session_file.load(path)
    except FileError as error:
        # Every list of files that are left out names the file already.
        return None, None if _is_other_file(place) else LeftOut(path, error.what.removeprefix("is "))
    except SimtuiError as error:
        return None, LeftOut(path, str(error).removesuffix("."))
    if session is None:
        return None, LeftOut(path, place.reason)
    reason = judge.why_not(session)
    if session.study_id != judge.study.id:
        own = path.absolute().parent.name == session.study_id
        return None, None if own else LeftOut(path, reason or "of another study")
    if reason is None and session.simulated and not choice.simulated:
        return session, LeftOut(path, "simulated, not a person", simulated=True)
    return session, None if reason is None else LeftOut(path, reason, damaged=reason.startswith(DAMAGED))


def _is_other_file(place: Place) -> bool:
    """Whether a file that is no session is a study, or stands where other files may."""
    file = session_file.read_any(place.path)
    return file.study is not None or (not place.own and file.fault is None and file.session is None)


def _chosen(
    judge: Judge, name: str, runs: Sequence[tuple[Path, Session]], choice: Choice
) -> tuple[tuple[Path, Session] | None, list[LeftOut]]:
    """Which of the runs of one participant counts, and why the others do not."""
    unfinished = {path: judge.unfinished(session) for path, session in runs}
    candidates = [run for run in runs if unfinished[run[0]] is None]
    if not candidates and choice.incomplete:
        candidates = [run for run in runs if any(trial.response is not None for trial in run[1].main_trials())]
    if not candidates:
        return None, [LeftOut(path, unfinished[path] or "") for path, _ in runs]
    pick = max if choice.run == "last" else min
    chosen = pick(candidates, key=_age)
    left_out = []
    for path, session in runs:
        if path != chosen[0]:
            left_out.append(LeftOut(path, unfinished[path] or _passed_over(name, session, chosen, choice)))
    return chosen, left_out


def _age(run: tuple[Path, Session]) -> tuple[int, str, str]:
    path, session = run
    return session.run, session.started_at, str(path)


def _passed_over(name: str, session: Session, chosen: tuple[Path, Session], choice: Choice) -> str:
    path, used = chosen
    who = printable(name, 60)
    if session.run == used.run:
        return f"another run {used.run} of {who}: {printable(path)} is used"
    if choice.run == "last":
        return f"an earlier run of {who}: the last complete one, run {used.run}, is used"
    return f"a later run of {who}: the first complete one, run {used.run}, is used (--run last takes the last)"
