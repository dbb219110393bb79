"""Which sessions are exported, and reading them one at a time, so that memory does not grow with their number."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec

from simtui.analysis import ratings
from simtui.analysis.results import Skipped
from simtui.errors import SimtuiError, printable
from simtui.export.participants import WITHHELD
from simtui.export.pseudonyms import Pseudonyms
from simtui.session import file as session_file
from simtui.session.exclusion import Rule
from simtui.session.model import Session, is_participant_id
from simtui.session.pool import Choice
from simtui.study.model import Study
from simtui.study.schedule import Schedule

_NO_LABEL = re.compile("[^A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Source:
    """A session that is exported. label: what its participant is called there.

    site: the name of its folder, empty where it was given none.
    """

    path: Path
    label: str
    site: str
    run: int
    session_id: str
    started_at: str


@dataclass(frozen=True, slots=True)
class Sources:
    """The sessions that are exported, and what was left out; with `pseudonyms`, under these."""

    sources: tuple[Source, ...]
    skipped: tuple[Skipped, ...]
    notes: tuple[str, ...]
    pseudonyms: Pseudonyms | None = None

    def __len__(self) -> int:
        return len(self.sources)

    def sessions(self) -> Iterator[tuple[Session, str]]:
        """Every session with its site, read anew. Raises SimtuiError where a file has become another meanwhile."""
        sources: Sequence[Source] = self.sources
        if self.pseudonyms is not None:
            names = self.pseudonyms
            sources = sorted(sources, key=lambda source: names.name(source.session_id))
        for source in sources:
            session = session_file.load(source.path)
            if session.session_id != source.session_id:
                raise SimtuiError(f"{printable(source.path)} has changed while it was being exported: try again.")
            if source.label != session.participant_id:
                # The plan follows from the id that it was made for.
                plan = msgspec.structs.replace(session.schedule, seed=WITHHELD)
                session = msgspec.structs.replace(session, participant_id=source.label, schedule=plan)
            yield (session if self.pseudonyms is None else self.pseudonyms.apply(session)), source.site

    def under(self, path: Path) -> Sources:
        """The same under the pseudonyms of the table in a file, which is written if somebody is new."""
        keys = [(each.label, each.run, each.session_id, each.started_at) for each in self.sources]
        table = Pseudonyms(path, keys)
        table.save()
        return Sources(self.sources, self.skipped, self.notes, table)


def choose(
    study: Study, paths: Sequence[Path], choice: Choice, rules: Sequence[Rule] = (), *, short: bool = False
) -> Sources:
    """The sessions that an analysis would use, as little of each as it takes to find it again.

    short: whether people are called by letters and digits alone, as in the names of files.
    Rules are judged by all that is in the sessions: with them, all sessions are in memory while that is done.
    Raises SimtuiError as `simtui.analysis.ratings.collect` does.
    """
    keep = (lambda session: session) if rules else _head
    found = ratings.collect(study, paths, choice, keep=keep)
    if rules:
        found = found.excluding(rules)
    names = labels(found.participants) if short else found.participants
    sources = (
        Source(Path(used.file), label, used.site or "", session.run, session.session_id, session.started_at)
        for used, session, label in zip(found.used, found.sessions, names, strict=True)
    )
    return Sources(tuple(sources), found.skipped, found.notes)


def _head(session: Session) -> Session:
    """A session without what it takes the most room for; of one that is not complete, all counts."""
    if not session.complete:
        return session
    return msgspec.structs.replace(session, trials=[], answers=[], schedule=Schedule(seed=0, order=[]))


def labels(names: Sequence[str]) -> list[str]:
    """Names such as berlin/P07 as letters and digits, berlinP07, and all different, whatever their case."""
    taken = {name.casefold() for name in names if is_participant_id(name)}
    given = []
    for name in names:
        label = name
        if not is_participant_id(name):
            short = _NO_LABEL.sub("", name)[-26:] or "P"
            number = 0
            label = short
            while label.casefold() in taken:
                number += 1
                label = f"{short}X{number}"
            taken.add(label.casefold())
        given.append(label)
    return given
