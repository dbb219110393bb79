"""Overview: how far the runs of a study are, from their files alone. Nothing is locked or written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from simtui.errors import printable
from simtui.session.faults import name_fault
from simtui.session.file import read_any
from simtui.session.folders import Place, session_files
from simtui.session.model import Session, Status
from simtui.session.people import Recording, Sites, copies, copy_reason, names, same_names_note
from simtui.session.quality import Quality, flags, measure
from simtui.session.usable import DAMAGED, Judge
from simtui.storage.json_file import json_text
from simtui.study.model import Study
from simtui.words import natural_order


class RunRow(Struct, frozen=True, kw_only=True):
    """One run. answered, total: trials, practice apart, as on the screen.

    participant_id: as analyses name the participant, folder/id where need be. quality: None for a run of another study
    file. rt: median of the main trials, ms. flags: what is conspicuous about
    it.
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


class Damaged(Struct, frozen=True, kw_only=True):
    """A file in the study's folder that is no session."""

    file: str
    reason: str


class Overview(Struct, frozen=True, kw_only=True):
    """All runs of a study, participants in natural order, P2 before P10."""

    format: str = "simtui.status"
    version: int = 1
    study_id: str
    study_sha256: str
    sessions: tuple[RunRow, ...]
    damaged: tuple[Damaged, ...]
    notes: tuple[str, ...] = ()


class _Seen(NamedTuple):
    """What a file said when it looked so. found: None where it is none of the study's business."""

    stamp: tuple[int, int, int]
    found: RunRow | Damaged | None
    recording: Recording | None = None


class Watcher:
    """Makes overviews of one study again and again, reading only the files that have changed.

    paths: files, and folders with their sub-folders; those that are not there yet hold nothing yet.
    """

    def __init__(self, study: Study, *paths: Path, sites: Sites = ()) -> None:
        self._study = study
        self._judge = Judge(study)
        self._paths = paths
        self._sites = sites
        self._known: dict[Path, _Seen] = {}

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
                known = _Seen(stamp, *self._read(place))
            seen[place.path] = known
        self._known = seen
        recordings = [known.recording for known in seen.values() if known.recording is not None]
        called, copied = names(recordings, self._sites), copies(recordings)
        rows: list[RunRow] = []
        for path, known in seen.items():
            if isinstance(known.found, RunRow):
                row = known.found
                if path in copied and known.recording is not None:
                    row = replace(row, flags=(copy_reason(known.recording, copied[path]), *row.flags))
                name = called.get(path, row.participant_id)
                rows.append(row if name == row.participant_id else replace(row, participant_id=name))
        rows.sort(key=lambda row: (natural_order(row.participant_id), row.run, row.file))
        study, note = self._study, same_names_note(called)
        return Overview(
            study_id=study.id,
            study_sha256=study.sha256,
            sessions=tuple(rows),
            damaged=tuple(known.found for known in seen.values() if isinstance(known.found, Damaged)),
            notes=(note,) if note else (),
        )

    def _read(self, place: Place) -> tuple[RunRow | Damaged | None, Recording | None]:
        path, file = place.path, read_any(place.path)
        if file.fault is not None:
            where = f"{file.fault.where}: " if file.fault.where else ""
            return Damaged(file=str(path), reason=where + file.fault.what), None
        session, study_id = file.session, self._study.id
        if session is None:
            other = file.study is not None or not place.own
            return None if other else Damaged(file=str(path), reason="no session file"), None
        if session.study_id != study_id and path.absolute().parent.name == session.study_id:
            return None, None
        why_not = self._judge.why_not(session)
        damaged = why_not is not None and why_not.startswith(DAMAGED)
        row = _run_row(path, session, self._study, why_not if damaged else None)
        of_study = session.study_id == study_id
        return row, Recording.of(path, session, damaged=damaged) if of_study else None


def _run_row(path: Path, session: Session, study: Study, damaged: str | None) -> RunRow:
    same = session.study_sha256 == study.sha256
    quality = measure(session, study) if same else None
    wrong_name = name_fault(session, path.name)
    notes = [
        "" if same else "of another study file",
        f"not used: {damaged}" if damaged else "",
        wrong_name or "",
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
    )


def as_json(overview: Overview) -> str:
    """One JSON object."""
    return json_text(overview)


def as_lines(overview: Overview, now: datetime) -> list[str]:
    """The overview as a table, with a line below that sums up; safe to print."""
    head = ("participant", "run", "answered", "status", "median rt", "last activity", "flags")
    body = [
        (
            printable(row.participant_id, 60),
            printable(row.run, 6),
            f"{row.answered}/{row.total}",
            row.status.replace("_", " "),
            "" if row.rt is None else f"{row.rt / 1000:.2f} s",
            _ago(row.updated_at, now),
            "; ".join(row.flags),
        )
        for row in overview.sessions
    ]
    widths = [max(map(len, column)) for column in zip(head, *body, strict=True)]
    right = {1, 2, 4}
    lines = [
        "  ".join(
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in ([head, *body] if body else [])
    ]
    lines += overview.notes
    lines += [f"{printable(file.file, 300)}: {file.reason}" for file in overview.damaged]
    return [*lines, _sum(overview)]


def _sum(overview: Overview) -> str:
    people = {row.participant_id for row in overview.sessions}
    if not people and not overview.damaged:
        return f"{overview.study_id}: nobody has rated it here yet"
    counts = [
        (len(people), "participant" if len(people) == 1 else "participants"),
        *((sum(row.status == status for row in overview.sessions), status.replace("_", " ")) for status in _STATUSES),
        (len(overview.damaged), "damaged"),
    ]
    return f"{overview.study_id}: " + ", ".join(f"{count} {name}" for count, name in counts if count)


_STATUSES: tuple[Status, ...] = ("complete", "in_progress", "withdrawn")


def _ago(timestamp: str, now: datetime) -> str:
    """How long ago, in the largest fitting unit. A clock that is set wrong gives times to come: those are “now”."""
    try:
        seconds = (now - datetime.fromisoformat(timestamp).astimezone(UTC)).total_seconds()
    except (ValueError, OverflowError):
        return "?"
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "now"
