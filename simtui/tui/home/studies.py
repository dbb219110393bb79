"""Study files that are at hand: here, and in the sessions folder."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from simtui.errors import SimtuiError, printable
from simtui.study import file as study_file
from simtui.study.model import Study
from simtui.words import counted

MOST = 200
"""JSON files that are looked into, the newest first: a folder may be full of others."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """A study and its file. sessions: how many session files its folder has."""

    study: Study
    path: Path
    sessions: int

    @property
    def lines(self) -> tuple[str, str, str]:
        """Its title, what one would choose it by, and its file; safe to print."""
        study = self.study
        facts = [
            counted(len(study.pairs), "pair"),
            printable(study.source.described, 40),
            counted(self.sessions, "session"),
        ]
        return printable(study.title or study.id), "  ·  ".join(facts), printable(self.path)


def studies_nearby(root: Path) -> list[Nearby]:
    """The studies in the current folder and in `root`, by title; files that are no studies are passed over."""
    folders = [folder for folder in (Path(), root) if folder.is_dir()]
    # realpath and not resolve: a link that leads to itself is passed over like any other file that is no study.
    files = {os.path.realpath(path): path for folder in folders for path in folder.glob("*.json")}
    newest = sorted(files.values(), key=_changed, reverse=True)[:MOST]
    found = []
    for path in newest:
        try:
            found.append(look_at(path, root))
        except SimtuiError:
            continue
    return sorted(found, key=lambda nearby: (nearby.lines[0], str(nearby.path)))


def look_at(path: Path, root: Path) -> Nearby:
    """One study file. Raises SimtuiError where it is none."""
    study = study_file.load(path)
    return Nearby(study, path, sum(1 for _ in (root / study.id).glob("*.json")))


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
