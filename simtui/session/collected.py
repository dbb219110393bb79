"""Collected: an audit of what has really happened in a study, from its sessions: lists, orders, sides, answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from simtui.errors import printable
from simtui.session.faults import session_faults
from simtui.session.model import Session
from simtui.session.pool import Choice, Counted, pool
from simtui.study.audit import Audit, audit_runs
from simtui.study.model import Study
from simtui.study.schedule import list_of
from simtui.words import counted

MOST_NAMED = 10


class OfList(Struct, frozen=True, kw_only=True):
    """Who got a pair list. participants: their ids; complete: how many of them have answered everything."""

    list_index: int
    participants: tuple[str, ...]
    complete: int


class Collected(Struct, frozen=True, kw_only=True):
    """What the sessions of a study add up to.

    participants: how many have begun, each counted once. lists: one for each pair list. balanced: whether the lists
    differ by at most one participant. trials, questions: answers that complete runs have of each kind. missing: those
    that complete runs should have and have not. faults: of the sessions, a sentence each. left_out: files that do not
    count, and why. audits: orders and sides of the complete runs that follow their plan, of each list that has any;
    imported ratings tell of neither.
    """

    participants: int
    complete: int
    lists: tuple[OfList, ...]
    balanced: bool
    trials: int
    questions: int
    missing: int
    faults: tuple[str, ...]
    left_out: tuple[str, ...]
    audits: tuple[Audit, ...]


def collected(study: Study, paths: Sequence[Path], *, simulated: bool = False) -> Collected:
    """The audit of the sessions in these files and folders.

    simulated: whether simulated sessions count. Raises SimtuiError where a path does not exist.
    """
    found = pool(study, paths, Choice(incomplete=True, simulated=simulated))
    by_list: dict[int, list[Counted]] = {k: [] for k in range(study.design.lists)}
    for one in found.counted:
        by_list[_list(study, one.session)].append(one)
    whole = [one for one in found.counted if one.session.complete]
    faults = {one.path: list(session_faults(_own(one), study)) for one in found.counted}
    planned = {
        one.path
        for one in whole
        if one.session.imported_from is None
        and not any(fault.where.startswith(("schedule", "list")) for fault in faults[one.path])
    }
    sizes = [len(people) for people in by_list.values()]
    return Collected(
        participants=len(found.counted),
        complete=len(whole),
        lists=tuple(
            OfList(
                list_index=k,
                participants=tuple(one.name for one in people),
                complete=sum(one.session.complete for one in people),
            )
            for k, people in by_list.items()
        ),
        balanced=max(sizes) - min(sizes) <= 1,
        trials=sum(trial.response is not None for one in whole for trial in one.session.trials),
        questions=sum(answer.timestamp is not None for one in whole for answer in one.session.answers),
        missing=sum(_missing(study, one.session) for one in whole),
        faults=tuple(
            f"{printable(one.name, 60)}: {fault.where}: {fault.what}"
            for one in found.counted
            for fault in faults[one.path]
        ),
        left_out=tuple(f"{printable(file.path.name, 80)} is {file.reason}" for file in found.left_out),
        audits=tuple(
            audit_runs(
                study,
                [one.name for one in people],
                [[trial for trial in one.session.schedule.trials if trial.trial_type != "practice"] for one in people],
                k,
            )
            for k, every in by_list.items()
            if (people := [one for one in every if one.path in planned])
        ),
    )


def _own(one: Counted) -> Session:
    """The session under the id in its file: pooled folders may have given its participant a longer name."""
    return replace(one.session, participant_id=one.name.rpartition("/")[2])


def _list(study: Study, session: Session) -> int:
    given = session.list_index if session.list_index is not None else list_of(study, session.schedule.order)
    return given if 0 <= given < study.design.lists else 0


def _missing(study: Study, session: Session) -> int:
    """Answers that a complete run should have and has not."""
    unrated = len(session.schedule.trials) - sum(trial.response is not None for trial in session.trials)
    asked = 0 if session.simulated or session.imported_from is not None else len(study.questions())
    return unrated + asked - sum(answer.timestamp is not None for answer in session.answers) * bool(asked)


def as_lines(study: Study, what: Collected) -> Iterator[str]:
    """What has happened, for people; safe to print."""
    yield (
        f"{printable(study.title)}: {counted(what.participants, 'participant')}, {what.complete} of them with a "
        "complete run"
    )
    if study.design.lists > 1:
        sizes = ", ".join(f"list {one.list_index} has {len(one.participants)}" for one in what.lists)
        apart = "they differ by at most one" if what.balanced else "they differ by more than one"
        yield f"Lists: {sizes}: {apart}"
    practice = " (those of practice included)" if study.practice_pairs else ""
    answers = f"{what.trials} ratings{practice} and {what.questions} answers to questions"
    if what.missing:
        yield f"Answers: {answers} in the complete runs; {what.missing} are missing that a complete run has"
    else:
        yield f"Answers: {answers} in the complete runs; none is missing"
    if what.faults:
        yield f"Not as planned: {counted(len(what.faults), 'fault')} (see simtui validate)"
        yield from (f"  {fault}" for fault in what.faults[:MOST_NAMED])
    else:
        yield "Every run follows the plan of its study, its participant and its list"
    for one in what.lists:
        of_list = f"List {one.list_index}" if study.design.lists > 1 else "Who came"
        yield f"{of_list}: {', '.join(printable(name, 60) for name in one.participants) or 'nobody'}"
    if what.left_out:
        yield f"Not counted: {counted(len(what.left_out), 'file')}"
        yield from (f"  {file}" for file in what.left_out[:MOST_NAMED])
        if len(what.left_out) > MOST_NAMED:
            yield f"  and {len(what.left_out) - MOST_NAMED} more"
