"""Overview: how far the runs of a study are, from their files alone. Nothing is locked or written."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from simtui.errors import printable
from simtui.session.completion import Completion, codes_given
from simtui.session.faults import name_fault
from simtui.session.file import read_any
from simtui.session.folders import Place, session_files
from simtui.session.model import Session, Status, is_participant_id
from simtui.session.participants import Participants
from simtui.session.people import Recording, Sites, copies, copy_reason, names, same_names_note
from simtui.session.quality import Quality, flags, measure
from simtui.session.usable import DAMAGED, Judge
from simtui.storage.json_file import json_text
from simtui.study.model import Study
from simtui.words import natural_order


class RunRow(Struct, frozen=True, kw_only=True):
    """One run. answered, total: trials, practice apart, as on the screen.

    participant_id: as analyses name the participant, folder/id where need be. quality: None for a run of another study
    file. rt: median of the main trials, ms. flags: what is conspicuous about it. list_index: the pair list. questions:
    how many are answered, of how many asked. completion_code: what the participant was given; null for a run that is
    not complete, and where no codes are known. copy: whether another file of the same session counts in its place.
    """

    participant_id: str
    run: int
    status: Status
    answered: int
    total: int
    rt: float | None
    started_at: str
    updated_at: str
    simulated: bool
    flags: tuple[str, ...]
    quality: Quality | None
    file: str
    list_index: int | None = None
    questions: tuple[int, int] = (0, 0)
    completion_code: str | None = None
    copy: bool = False


class Damaged(Struct, frozen=True, kw_only=True):
    """A file in the study's folder that is no session."""

    file: str
    reason: str


class Overview(Struct, frozen=True, kw_only=True):
    """All runs of a study, participants in natural order, P2 before P10.

    expected: how many are on the list of participants; null without one. not_come: those of them without a run.
    """

    format: str = "simtui.status"
    version: int = 1
    study_id: str
    study_sha256: str
    sessions: tuple[RunRow, ...]
    damaged: tuple[Damaged, ...]
    notes: tuple[str, ...] = ()
    expected: int | None = None
    not_come: tuple[str, ...] = ()


class _Seen(NamedTuple):
    """What a file said when it looked so. found: None where it is none of the study's business."""

    stamp: tuple[int, int, int]
    found: RunRow | Damaged | None
    recording: Recording | None = None
    rated: dict[str, int] | None = None
    participant: str = ""


class Watcher:
    """Makes overviews of one study again and again, reading only the files that have changed.

    paths: files, and folders with their sub-folders; those that are not there yet hold nothing yet.
    participants: who may take part; None where that is not known. code: what participants are given where neither the
        study nor a key beside the sessions says so.
    rated: after a look, of each participant with a complete run that can be used, the ratings by pair id.
    """

    def __init__(
        self,
        study: Study,
        *paths: Path,
        sites: Sites = (),
        participants: Participants | None = None,
        code: str | None = None,
    ) -> None:
        self._study = study
        self._judge = Judge(study)
        self._paths = paths
        self._sites = sites
        self._participants = participants
        self._code = code
        self._codes: dict[Path, Completion | None] = {}
        self._known: dict[Path, _Seen] = {}
        self.rated: list[dict[str, int]] = []

    def look(self) -> Overview:
        """The overview at this moment. Raises SimtuiError where a folder cannot be listed."""
        seen: dict[Path, _Seen] = {}
        for place in session_files(self._study.id, [path for path in self._paths if path.exists()]):
            try:
                status = place.path.lstat()
            except OSError:
                continue  # gone since the folder was listed
            stamp = (status.st_ino, status.st_mtime_ns, status.st_size)
            known = self._known.get(place.path)
            if place.reason:
                known = _Seen(stamp, Damaged(file=str(place.path), reason=place.reason))
            elif known is None or known.stamp != stamp:
                known = self._read(place, stamp)
            seen[place.path] = known
        self._known = seen
        self._codes.clear()
        recordings = [known.recording for known in seen.values() if known.recording is not None]
        called, copied = names(recordings, self._sites), copies(recordings)
        rows: list[RunRow] = []
        for path, known in seen.items():
            if isinstance(known.found, RunRow):
                row = known.found
                if path in copied and known.recording is not None:
                    row = replace(row, copy=True, flags=(copy_reason(known.recording, copied[path]), *row.flags))
                name = called.get(path, row.participant_id)
                rows.append(row if name == row.participant_id else replace(row, participant_id=name))
        first: dict[str, dict[str, int]] = {}
        for path, known in sorted(seen.items(), key=lambda item: natural_order(str(item[0]))):
            if known.rated is not None and path not in copied:
                first.setdefault(called.get(path, known.participant), known.rated)
        self.rated = list(first.values())
        listed = self._participants.lists if self._participants is not None else {}
        came = {
            known.participant
            for known in seen.values()
            if isinstance(known.found, RunRow) and not known.found.simulated
        }
        rows.sort(key=lambda row: (natural_order(row.participant_id), row.run, row.file))
        study, note = self._study, same_names_note(called)
        return Overview(
            study_id=study.id,
            study_sha256=study.sha256,
            sessions=tuple(rows),
            damaged=tuple(known.found for known in seen.values() if isinstance(known.found, Damaged)),
            notes=(note,) if note else (),
            expected=len(listed) if self._participants is not None else None,
            not_come=tuple(name for name in listed if name not in came),
        )

    def _read(self, place: Place, stamp: tuple[int, int, int]) -> _Seen:
        path, file = place.path, read_any(place.path)
        if file.fault is not None:
            where = f"{file.fault.where}: " if file.fault.where else ""
            return _Seen(stamp, Damaged(file=str(path), reason=where + file.fault.what))
        session, study_id = file.session, self._study.id
        if session is None:
            other = file.study is not None or not place.own
            return _Seen(stamp, None if other else Damaged(file=str(path), reason="no session file"))
        if not is_participant_id(session.participant_id):
            named = printable(session.participant_id, 40)
            return _Seen(stamp, Damaged(file=str(path), reason=f"names an impossible participant “{named}”"))
        if session.study_id != study_id and path.absolute().parent.name == session.study_id:
            return _Seen(stamp, None)
        why_not = self._judge.why_not(session)
        damaged = why_not is not None and why_not.startswith(DAMAGED)
        if session.study_sha256 != self._study.sha256:
            told = name_fault(session, path.name) or ""
        else:
            told = f"not used: {why_not}" if damaged else self._judge.doubts(session, path.name)
        row = _run_row(path, session, self._study, told)
        codes = self._codes_beside(path)
        unlisted = self._participants is not None and session.participant_id not in self._participants.lists
        row = replace(
            row,
            completion_code=None if codes is None else codes.code(session),
            flags=(*row.flags, *(["not on the list of participants"] if unlisted and not session.simulated else [])),
        )
        rated = None
        if why_not is None and session.complete and not session.simulated:
            rated = {trial.pair_id: trial.response for trial in session.main_trials() if trial.response is not None}
        of_study = session.study_id == study_id
        recording = Recording.of(path, session, damaged=damaged) if of_study else None
        return _Seen(stamp, row, recording, rated, session.participant_id)

    def _codes_beside(self, path: Path) -> Completion | None:
        """The codes of the folder that a session lies in, which has a key of its own if it has any."""
        if path.parent not in self._codes:
            self._codes[path.parent] = codes_given(self._study, path.parent, self._code)
        return self._codes[path.parent]


def _run_row(path: Path, session: Session, study: Study, told: str) -> RunRow:
    same = session.study_sha256 == study.sha256
    quality = measure(session, study) if same else None
    notes = [
        "" if same else "of another study file",
        told,
        "simulated" if session.simulated else "",
    ]
    return RunRow(
        participant_id=session.participant_id,
        run=session.run,
        status=session.status,
        answered=session.answered,
        total=session.planned,
        rt=quality.rt if quality else None,
        started_at=session.started_at,
        updated_at=session.updated_at,
        simulated=session.simulated,
        flags=tuple(note for note in notes if note) + (flags(quality, study.scale) if quality else ()),
        quality=quality,
        file=str(path),
        list_index=session.list_index,
        questions=(len(session.answers) - len(session.open_answers()), len(session.answers)),
    )


def as_json(overview: Overview) -> str:
    """One JSON object."""
    return json_text(overview)
