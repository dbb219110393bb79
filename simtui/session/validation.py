"""Validation of many files at once: each by itself, each session against its study, and all against each other."""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from simtui.errors import SimtuiError, is_visible, printable
from simtui.sentences import DEFAULT
from simtui.session.faults import contradictions, name_fault, session_faults
from simtui.session.file import Fault, ReadFile, read_any
from simtui.session.folders import find_study, walk
from simtui.session.model import Session
from simtui.session.people import Recording, Sites, copies, copy_reason, names, same_names_note
from simtui.session.quality import flags, measure
from simtui.session.usable import Judge
from simtui.study import file as study_file
from simtui.study.model import Study
from simtui.study.wording import untranslated
from simtui.words import counted

MAX_FAULTS = 100
"""Of one file; a file with more is not mended by reading them all."""

MOST_NAMED = 40
"""Names of sentences in a list; `simtui texts` has all."""

_MARKUP = re.compile(r"\[[a-z#/@$][^\[\]]*\]")
"""What Textual and Rich would take for a tag in a text that is not marked as plain."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the report. warning: worth knowing, and no fault."""

    path: Path
    where: str
    what: str
    warning: bool = False

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        return f"{printable(self.path, 300)}: {'warning: ' if self.warning else ''}{place}{self.what}"


@dataclass(slots=True)
class Checked:
    """What was looked at and what was found, in the order of the files.

    passed_over: JSON files in the folders that are neither studies nor sessions. unusable: sessions that analyses leave
    out, because their answers are impossible or another file has them too.
    """

    studies: int = 0
    sessions: int = 0
    passed_over: int = 0
    unusable: int = 0
    findings: list[Finding] = field(default_factory=list)

    @property
    def faults(self) -> int:
        """How many findings are faults, and not warnings."""
        return sum(not finding.warning for finding in self.findings)

    def summary(self) -> str:
        """One line."""
        warnings = len(self.findings) - self.faults
        looked = f"{counted(self.studies, 'study', 'studies')} and {counted(self.sessions, 'session')}"
        found = f"{counted(self.faults, 'fault') if self.faults else 'no fault'}"
        more = f", {counted(warnings, 'warning')}" if warnings else ""
        other = f"; {counted(self.passed_over, 'other JSON file')} passed over" if self.passed_over else ""
        unusable = f"; {counted(self.unusable, 'session')} cannot be used" if self.unusable else ""
        return f"{looked}: {found}{more}{unusable}{other}"


class Library:
    """The studies that were met, by the sha256 of their files."""

    def __init__(self) -> None:
        self._usable: dict[str, Study] = {}
        self._judges: dict[str, Judge] = {}
        self._faulty: set[str] = set()
        self._ids: set[str] = set()
        self._searched: set[tuple[Path, str]] = set()

    def add(self, study: Study, *, usable: bool) -> None:
        """Take in a study; one that is not usable is only known to be there."""
        self._ids.add(study.id)
        if usable:
            self._usable[study.sha256] = study
        else:
            self._faulty.add(study.sha256)

    def study_of(self, path: Path, session: Session) -> Study | None:
        """The study of a session, looked for around the session's file where it is not known yet."""
        sha256 = session.study_sha256
        search = (path.parent, sha256)
        if sha256 not in self._usable and sha256 not in self._faulty and search not in self._searched:
            self._searched.add(search)
            found = find_study(path, sha256)
            study = read_any(found).study if found is not None else None
            if study is not None:
                self.add(study, usable=next(study_file.faults(study), None) is None)
        return self._usable.get(sha256)

    def impossible(self, session: Session) -> str | None:
        """Why analyses leave it out for answers that cannot be, where its study is known; None where they do not."""
        study = self._usable.get(session.study_sha256)
        if study is None or session.status == "withdrawn":
            return None
        judge = self._judges.get(study.sha256)
        if judge is None:
            judge = self._judges[study.sha256] = Judge(study)
        return next(judge.impossible(session), None)

    def why_not(self, session: Session) -> str:
        """Why `study_of` had nothing."""
        study_id = printable(session.study_id, 70)
        if session.study_sha256 in self._faulty:
            return f"the study {study_id} has faults, so the session was not checked against it"
        if session.study_id in self._ids:
            return f"the file of the study {study_id} is another than the one that was rated"
        return f"the study {study_id} was not found: name its file too"


def check(paths: Sequence[Path], sites: Sites = ()) -> Checked:
    """Check files, and those in folders at any depth. sites: names of folders.

    Raises SimtuiError where a path does not exist or there is nothing to check.
    """
    checked = Checked()
    recordings: list[Recording] = []
    library = Library()
    files = list({path.absolute(): (path, reason, named) for path, reason, named in _files(paths)}.values())
    waiting: list[Path] = []
    for path, reason, named in files:
        file = ReadFile(path, fault=Fault("", reason)) if reason else read_any(path)
        if file.fault is not None:
            checked.findings.append(Finding(path, *file.fault))
        elif file.study is not None:
            checked.studies += 1
            faults = list(_first(Fault("", what) for what in study_file.faults(file.study)))
            library.add(file.study, usable=not faults)
            checked.findings += [Finding(path, *fault) for fault in faults or _first(contradictions(file.study))]
            checked.findings += [Finding(path, *odd, warning=True) for odd in _first(odd_texts(file.study))]
        elif file.session is not None:
            waiting.append(path)
        elif named:
            checked.findings.append(Finding(path, "format", "neither that of a study nor that of a session"))
        else:
            checked.passed_over += 1
    for path in waiting:
        # Read again rather than kept: a folder may have more sessions than memory should hold.
        session = read_any(path).session
        if session is not None:
            checked.sessions += 1
            checked.findings += _session_findings(path, session, library)
            impossible = library.impossible(session)
            if impossible is not None:
                checked.unusable += 1
                checked.findings.append(Finding(path, "", f"left out of analyses: {impossible}", True))
            recordings.append(Recording.of(path, session, damaged=impossible is not None))
    copied = {path: first for same in _by_study(recordings) for path, first in copies(same).items()}
    checked.findings += _findings_among(recordings, copied, sites)
    checked.unusable += sum(recording.path in copied and not recording.damaged for recording in recordings)
    if not (checked.studies or checked.sessions or checked.findings):
        places = printable(", ".join(map(str, paths)))
        raise SimtuiError(f"There is no study and no session in {places}: name the files, or the folder they are in.")
    order = {path: number for number, (path, _, _) in enumerate(files)}
    checked.findings.sort(key=lambda finding: order.get(finding.path, len(order)))
    return checked


def odd_texts(study: Study) -> Iterator[Fault]:
    """Texts of a study that say more than they seem to; no faults, for all of them are shown as they stand."""
    texts = {
        "title": study.title,
        "question": study.question,
        "scale.low_label": study.scale.low_label,
        "scale.high_label": study.scale.high_label,
        "source.note": study.source.note or "",
    }
    texts |= {f"texts.{printable(name, 40)}": text for name, text in study.texts.items()}
    for question in study.questions():
        texts |= {f"the question {printable(question.id, 40)}": " ".join((question.text, *question.options))}
    english = untranslated(study.texts)
    if english:
        named = f"{', '.join(english[:MOST_NAMED])}{' …' if len(english) > MOST_NAMED else ''}"
        yield Fault("texts", f"{len(english)} of {len(DEFAULT)} sentences stay English: {named}")
    for where, text in texts.items():
        markup = _MARKUP.search(text)
        if markup:
            yield Fault(where, f"“{printable(markup[0], 40)}” looks like markup, and is shown as it stands")
        hidden = next((c for c in text if not is_visible(c) and c != "\n"), None)
        if hidden is not None:
            yield Fault(where, f"{printable(hidden)} is no character that can be seen, and is shown so")


def _files(paths: Sequence[Path]) -> Iterator[tuple[Path, str, bool]]:
    """Every file to look at, why it is not to be read if so, and whether it was named itself."""
    for given in paths:
        if given.is_dir():
            yield from ((path, reason, False) for path, reason in walk(given))
        elif given.exists() or given.is_symlink():
            yield given, "", True
        else:
            raise SimtuiError(f"There is no file or folder {printable(given)}: check the path.")


def _session_findings(path: Path, session: Session, library: Library) -> Iterator[Finding]:
    study = library.study_of(path, session)
    what = name_fault(session, path.name)
    if what:
        yield Finding(path, "", what)
    if study is None:
        yield Finding(path, "study_sha256", library.why_not(session))
    for fault in _first(session_faults(session, study)):
        yield Finding(path, *fault)
    folder = path.absolute().parent.name
    if folder != session.study_id:
        yield Finding(path, "", f"in the folder {printable(folder, 70)}, not {printable(session.study_id, 70)}", True)
    if study is not None and session.status != "withdrawn":
        for flag in flags(measure(session, study), study.scale):
            yield Finding(path, "", flag, True)


def _findings_among(
    recordings: Sequence[Recording], copied: Mapping[Path, Recording], sites: Sites
) -> Iterator[Finding]:
    """What is wrong between sessions: copies, one run twice in a folder; and who is told apart by the folder."""
    for same_study in _by_study(recordings):
        for recording in same_study:
            if recording.path in copied:
                original = copied[recording.path]
                what = f"the same as in {printable(original.path, 300)}: {copy_reason(recording, original)}"
                yield Finding(recording.path, "session_id", what)
        called = names(same_study, sites)
        runs: dict[Hashable, Path] = {}
        for recording in same_study:
            if recording.path not in copied:
                other = runs.setdefault((called[recording.path], recording.run), recording.path)
                if other != recording.path:
                    what = f"the same participant and run as in {printable(other, 300)}"
                    yield Finding(recording.path, "run", what)
        note = same_names_note(called)
        if note:
            first = next(recording.path for recording in same_study if "/" in called[recording.path])
            yield Finding(first, "participant_id", note, True)


def _by_study(recordings: Sequence[Recording]) -> Iterator[list[Recording]]:
    for study_id in dict.fromkeys(recording.study_id for recording in recordings):
        yield [recording for recording in recordings if recording.study_id == study_id]


def _first(faults: Iterator[Fault]) -> Iterator[Fault]:
    yield from islice(faults, MAX_FAULTS)
    if next(faults, None) is not None:
        yield Fault("", "and more faults, not listed")
