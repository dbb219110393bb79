"""Ratings: many session files as one matrix, and of every file that was not used, why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simtui.analysis.results import Skipped, Used
from simtui.errors import FileError, SimtuiError, printable
from simtui.session import file as session_file
from simtui.session.folders import session_files
from simtui.session.model import Session, Trial
from simtui.session.quality import Rule, excluded, measure
from simtui.study.model import Pair, Study
from simtui.study.schedule import list_of
from simtui.words import natural_order

if TYPE_CHECKING:
    import pandas as pd


class NoSessionsError(SimtuiError):
    """No session can be analysed; `skipped` says why not, file by file."""

    def __init__(self, message: str, skipped: tuple[Skipped, ...] = ()) -> None:
        super().__init__(message)
        self.skipped = skipped


@dataclass(frozen=True, slots=True)
class Ratings:
    """What the participants said of the pairs of one study.

    participants: in natural order (P2 before P10).
    matrix: float64, shape (participants, pairs of the study in its order), read-only; NaN where there is no rating.
    sessions, used: of each participant, the session that was read and its file.
    skipped: every other file that was looked at.
    """

    study: Study
    participants: tuple[str, ...]
    matrix: NDArray[np.float64]
    sessions: tuple[Session, ...]
    used: tuple[Used, ...]
    skipped: tuple[Skipped, ...] = ()

    @property
    def pairs(self) -> tuple[Pair, ...]:
        """Those of the study, the columns of the matrix."""
        return tuple(self.study.pairs)

    @property
    def simulated(self) -> bool:
        """Whether at least one of the participants is not a person."""
        return any(session.simulated for session in self.sessions)

    def only(self, participants: Collection[str]) -> Ratings:
        """The same ratings of some of the participants.

        Raises SimtuiError where none is left or one of them is not there.
        """
        unknown = sorted(set(participants) - set(self.participants), key=natural_order)
        if unknown:
            raise SimtuiError(f"There are no ratings of {printable(', '.join(unknown))} here.")
        keep = [i for i, participant in enumerate(self.participants) if participant in participants]
        if not keep:
            raise NoSessionsError("No participant is chosen: choose at least one.", self.skipped)
        return replace(
            self,
            participants=tuple(self.participants[i] for i in keep),
            matrix=_read_only(self.matrix[keep]),
            sessions=tuple(self.sessions[i] for i in keep),
            used=tuple(self.used[i] for i in keep),
        )

    def excluding(self, rules: Sequence[Rule]) -> Ratings:
        """The same ratings without the participants whom a rule leaves out; `skipped` says who went and why.

        Raises SimtuiError where a rule applies to nobody's session at all (there is nothing it could judge), and
        NoSessionsError where nobody is left.
        """
        for rule in rules:
            if all(rule.applies(measure(session, self.study)) is None for session in self.sessions):
                raise SimtuiError(f"The rule {rule} can judge no session: none of them has what it asks for.")
        reasons = [excluded(session, self.study, rules) for session in self.sessions]
        gone = tuple(
            Skipped(file=used.file, reason=reason) for used, reason in zip(self.used, reasons, strict=True) if reason
        )
        kept = [name for name, reason in zip(self.participants, reasons, strict=True) if not reason]
        if not kept:
            why = "; ".join(f"{file.file} is {file.reason}" for file in gone[:3])
            more = f"; and {len(gone) - 3} more" if len(gone) > 3 else ""
            raise NoSessionsError(f"The rules leave nobody: {why}{more}.", self.skipped + gone)
        return replace(self.only(kept), skipped=self.skipped + gone)

    def to_frame(self) -> pd.DataFrame:
        """One row a response, practice, repeats and catch trials included, in the order in which they were given.

        Columns: as in the session file, times in ms (`simtui.session.model.Trial`); and the pair's `digit`.
        Raises SimtuiError where pandas is not installed.
        """
        from simtui.analysis.frames import ratings_frame

        return ratings_frame(self)


def of_sessions(study: Study, chosen: Sequence[tuple[str, Session]], skipped: Sequence[Skipped] = ()) -> Ratings:
    """The ratings of complete sessions of this study, one a participant, each with the file that it stands in."""
    sessions = tuple(session for _, session in chosen)
    return Ratings(
        study=study,
        participants=tuple(session.participant_id for session in sessions),
        matrix=_matrix(study, sessions),
        sessions=sessions,
        used=tuple(
            Used(
                file=file,
                participant_id=session.participant_id,
                run=session.run,
                imported_from=session.imported_from,
            )
            for file, session in chosen
        ),
        skipped=tuple(skipped),
    )


@session_file.without_garbage_collection()
def collect(study: Study, paths: Sequence[Path], *, include_simulated: bool = False) -> Ratings:
    """The latest complete run of every participant of this very study, out of session files and folders.

    A folder stands for the files in it, and for those in its sub-folder named after the study; hidden files
    (locks, unfinished writes) and the student's notes are passed over. Only main trials are in the matrix.

    Raises SimtuiError where a path does not exist or a folder cannot be listed, and NoSessionsError, naming
    the places and the reasons, where no session can be used.
    """
    unused: list[_Unused] = []
    runs: dict[str, list[tuple[Path, Session]]] = {}
    wanted = _Wanted.of(study, include_simulated)
    for path, reason in session_files(study.id, paths):
        outcome = _Unused(path, reason) if reason else _usable(wanted, path)
        if isinstance(outcome, Session):
            runs.setdefault(outcome.participant_id, []).append((path, outcome))
        else:
            unused.append(outcome)
    chosen: list[tuple[Path, Session]] = []
    for participant in sorted(runs, key=natural_order):
        latest = max(runs[participant], key=_recency)
        chosen.append(latest)
        earlier = [run for run in runs[participant] if run[0] != latest[0]]
        unused += [_Unused(path, _superseded(session, latest)) for path, session in earlier]
    unused.sort(key=lambda file: natural_order(str(file.path)))
    skipped = tuple(Skipped(file=str(file.path), reason=file.reason) for file in unused)
    if not chosen:
        raise NoSessionsError(_none_message(study, paths, unused), skipped)
    return of_sessions(study, [(str(path), session) for path, session in chosen], skipped)


@dataclass(frozen=True, slots=True)
class _Unused:
    """A file that is not used. reason: why, after "is". simulated: for no other reason than that it is no person's."""

    path: Path
    reason: str
    simulated: bool = False


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What a session must be, looked up once for all sessions. shown: by pair id, its images (left, right)."""

    study: Study
    include_simulated: bool
    shown: dict[str, tuple[str, str]]
    scale: range

    @classmethod
    def of(cls, study: Study, include_simulated: bool) -> _Wanted:
        shown = {pair.id: (pair.left, pair.right) for pair in study.pairs}
        return cls(study, include_simulated, shown, study.scale.values)


def _usable(wanted: _Wanted, path: Path) -> Session | _Unused:
    """The session in the file, or why it cannot be used."""
    try:
        session = session_file.load(path)
    except FileError as error:
        # Every list of skipped files names the file already.
        return _Unused(path, error.what.removeprefix("is "))
    except SimtuiError as error:
        return _Unused(path, str(error).removesuffix("."))
    reason = next(_reasons(wanted, session), None)
    if reason is not None:
        return _Unused(path, reason)
    if session.simulated and not wanted.include_simulated:
        return _Unused(path, "simulated, not a person", simulated=True)
    fault = next(_faults(wanted, session, session.main_trials()), None)
    return session if fault is None else _Unused(path, f"damaged: {fault}")


def _reasons(wanted: _Wanted, session: Session) -> Iterator[str]:
    """Why a session is none of those that are wanted, whoever made it."""
    study = wanted.study
    if session.study_sha256 != study.sha256 and session.study_id == study.id:
        yield f"of another file of the study {study.id}: that file differs from the one given"
    if session.study_sha256 != study.sha256:
        yield f"of another study, {printable(session.study_id, 40)}"
    if session.status == "withdrawn":
        yield "withdrawn by the participant"
    if not session.complete:
        yield f"not complete: {len(session.main_trials())} of {len(_to_rate(study, session))} pairs rated"


def _faults(wanted: _Wanted, session: Session, trials: Sequence[Trial]) -> Iterator[str]:
    """What is wrong with the trials of a session that calls itself complete."""
    rated: set[str] = set()
    for trial in trials:
        images = wanted.shown.get(trial.pair_id)
        if images is None:
            yield f"it rates {printable(trial.pair_id, 40)}, which is not a pair of this study"
            continue
        if trial.pair_id in rated:
            yield f"it rates {trial.pair_id} twice"
        rated.add(trial.pair_id)
        seen = (
            (trial.stimulus_right, trial.stimulus_left)
            if trial.swapped
            else (trial.stimulus_left, trial.stimulus_right)
        )
        if seen != images:
            yield f"its images of {trial.pair_id} are not those of the study"
        if trial.response not in wanted.scale:
            given = "no rating" if trial.response is None else f"the rating {trial.response}"
            yield f"{trial.pair_id} has {given}, and the scale is {wanted.scale[0]} to {wanted.scale[-1]}"
    missing = [pair.id for pair in _to_rate(wanted.study, session) if pair.id not in rated]
    if missing:
        yield f"it is called complete and has no rating of {_listed(missing)}"


def _to_rate(study: Study, session: Session) -> Sequence[Pair]:
    """The pairs that this participant was to rate: all, or those of one list."""
    return study.pairs if study.design.lists == 1 else study.list_pairs(list_of(study, session.schedule.order))


def _recency(run: tuple[Path, Session]) -> tuple[int, str, str]:
    path, session = run
    return session.run, session.finished_at or session.updated_at, str(path)


def _superseded(session: Session, latest: tuple[Path, Session]) -> str:
    path, used = latest
    if session.session_id == used.session_id:
        return f"a copy of {printable(path.name)}, which is used"
    if session.run == used.run:
        return f"another run {used.run} of {used.participant_id}: {printable(path)}, finished later, is used"
    return f"an earlier run of {used.participant_id}: the latest complete one, run {used.run}, is used"


def _matrix(study: Study, sessions: Sequence[Session]) -> NDArray[np.float64]:
    column = {pair.id: i for i, pair in enumerate(study.pairs)}
    matrix = np.full((len(sessions), len(study.pairs)), np.nan)
    for row, session in enumerate(sessions):
        for trial in session.main_trials():
            matrix[row, column[trial.pair_id]] = trial.response
    return _read_only(matrix)


def _read_only(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    matrix.flags.writeable = False
    return matrix


def _none_message(study: Study, paths: Sequence[Path], unused: Sequence[_Unused]) -> str:
    places = printable(", ".join(str(path) for path in paths)) or "no folder"
    nothing = f"There is no session of the study {study.id} in {places}"
    if not unused:
        return f"{nothing}: collect ratings first, with `simtui rate`."
    people = [file for file in unused if not file.simulated]
    simulated = len(unused) - len(people)
    parts = [f"{printable(file.path.name, 60)} is {file.reason}" for file in people[:5]]
    parts += [f"{len(people) - 5} more"] if len(people) > 5 else []
    parts += [f"{simulated} simulated (--simulated uses them)"] if simulated else []
    return f"{nothing} that can be used: {'; '.join(parts)}."


def _listed(names: Sequence[str], limit: int = 5) -> str:
    if len(names) == 1:
        return names[0]
    if len(names) > limit:
        return f"{', '.join(names[:limit])} and {len(names) - limit} more"
    return f"{', '.join(names[:-1])} and {names[-1]}"
