"""Ratings: many session files as one matrix, and of every file that was not used, why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from simtui.analysis.results import Skipped, Used
from simtui.errors import SimtuiError, printable
from simtui.session.exclusion import Rule, check_rules, excluded
from simtui.session.model import Session
from simtui.session.pool import USUAL, Choice, LeftOut, pool, whole
from simtui.study.model import Pair, Study
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
    skipped: every other file that was looked at. notes: what a reader must know of how they came together.
    """

    study: Study
    participants: tuple[str, ...]
    matrix: NDArray[np.float64]
    sessions: tuple[Session, ...]
    used: tuple[Used, ...]
    skipped: tuple[Skipped, ...] = ()
    notes: tuple[str, ...] = ()

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
        """The same ratings without the participants whom a rule leaves out; `skipped` says who, by what rule and why.

        Raises SimtuiError where a rule applies to nobody's session at all (there is nothing it could judge, or nobody
        of that id), and NoSessionsError where nobody is left.
        """
        check_rules(rules, self.study, self.participants, self.sessions, [file.participant_id for file in self.skipped])
        found = [
            excluded(name, session, self.study, rules)
            for name, session in zip(self.participants, self.sessions, strict=True)
        ]
        gone = tuple(
            Skipped(file=used.file, reason=why.sentence, participant_id=used.participant_id, rule=why.rule, why=why.why)
            for used, why in zip(self.used, found, strict=True)
            if why is not None
        )
        kept = [name for name, why in zip(self.participants, found, strict=True) if why is None]
        if not kept:
            why_all = "; ".join(f"{file.file} is {file.reason}" for file in gone[:3])
            more = f"; and {len(gone) - 3} more" if len(gone) > 3 else ""
            raise NoSessionsError(f"The rules leave nobody: {why_all}{more}.", self.skipped + gone)
        return replace(self.only(kept), skipped=self.skipped + gone) if gone else self

    def to_frame(self) -> pd.DataFrame:
        """One row a response, practice, repeats and catch trials included, in the order in which they were given.

        Columns: as in the session file, times in ms (`simtui.session.model.Trial`); and the pair's `digit`.
        Raises SimtuiError where pandas is not installed.
        """
        from simtui.analysis.frames import ratings_frame

        return ratings_frame(self)


def of_sessions(
    study: Study,
    chosen: Sequence[tuple[str, Session]],
    skipped: Sequence[Skipped] = (),
    *,
    sites: Sequence[str] = (),
    notes: Sequence[str] = (),
) -> Ratings:
    """The ratings of sessions of this study, one a participant, each with the file that it stands in.

    sites: of each the name of its folder, where there are any.
    """
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
                site=site or None,
                renamed_from=session.renamed_from,
            )
            for (file, session), site in zip(chosen, sites or [""] * len(chosen), strict=True)
        ),
        skipped=tuple(skipped),
        notes=tuple(notes),
    )


def collect(
    study: Study, paths: Sequence[Path], choice: Choice = USUAL, keep: Callable[[Session], Session] = whole
) -> Ratings:
    """The run of every participant that counts, out of session files and folders; see `simtui.session.pool`.

    keep: what is kept of each session. Where that is not its trials, there are no ratings in the matrix.

    Raises SimtuiError where a path does not exist or a folder cannot be listed, and NoSessionsError, naming
    the places and the reasons, where no session can be used.
    """
    pooled = pool(study, paths, choice, keep)
    skipped = tuple(
        Skipped(file=str(file.path), reason=file.reason, participant_id=file.name or None) for file in pooled.left_out
    )
    if not pooled.counted:
        raise NoSessionsError(_none_message(study, paths, pooled.left_out, choice), skipped)
    counted = pooled.counted
    return of_sessions(
        study,
        [(str(one.path), one.session) for one in counted],
        skipped,
        sites=[one.site for one in counted],
        notes=pooled.notes,
    )


def _matrix(study: Study, sessions: Sequence[Session]) -> NDArray[np.float64]:
    column = {pair.id: i for i, pair in enumerate(study.pairs)}
    matrix = np.full((len(sessions), len(study.pairs)), np.nan)
    for row, session in enumerate(sessions):
        for trial in session.main_trials():
            if trial.response is not None:
                matrix[row, column[trial.pair_id]] = trial.response
    return _read_only(matrix)


def _read_only(matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    matrix.flags.writeable = False
    return matrix


def _none_message(study: Study, paths: Sequence[Path], unused: Sequence[LeftOut], choice: Choice) -> str:
    places = printable(", ".join(str(path) for path in paths)) or "no folder"
    nothing = f"There is no session of the study {study.id} in {places}"
    if not unused:
        return f"{nothing}: collect ratings first, with `simtui rate`."
    people = [file for file in unused if not file.simulated]
    simulated = len(unused) - len(people)
    parts = [f"{printable(file.path.name, 60)} is {file.reason}" for file in people[:5]]
    parts += [f"{len(people) - 5} more"] if len(people) > 5 else []
    parts += [f"{simulated} simulated (--simulated uses them)"] if simulated else []
    unfinished = any(file.reason.startswith("not complete") for file in people)
    parts += ["--incomplete uses what is rated so far"] if unfinished and not choice.incomplete else []
    return f"{nothing} that can be used: {'; '.join(parts)}."
