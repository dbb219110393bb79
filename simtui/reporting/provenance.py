"""What a Report stands on: study, network, files, seed and versions, and everything that a reader must know."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from simtui import __version__
from simtui.analysis.results import Report, Skipped
from simtui.errors import printable
from simtui.reporting.blocks import Block, Bullets, Facts, Heading, Profile, Table
from simtui.reporting.summary import accuracy_by_its_file
from simtui.study.model import Study

_LIBRARIES = ("numpy", "scipy", "torch", "krippendorff")


def about(report: Report, study: Study) -> Iterator[Block]:
    """All of it, for where it stands alone (on the screen). Notes come first: they are about the numbers on view."""
    yield from notes(report.notes)
    yield Heading("Study")
    yield Facts(tuple(_study(report, study)))
    yield Heading("Where these numbers come from")
    yield from provenance(report, "brief")
    yield from unused_files(report.skipped, "brief")


def notes(found: tuple[str, ...]) -> Iterator[Block]:
    """The Report's notes, or a comparison's, if there are any."""
    if found:
        yield Heading("Notes")
        yield Bullets(tuple(printable(note, 500) for note in found))


def unused_files(skipped: tuple[Skipped, ...], profile: Profile) -> Iterator[Block]:
    """Session files that were looked at and not used, each with the reason; of a document without their folders.

    Who was left out by a rule stands first, with the rule and what it went by.
    """
    by_rule = [each for each in skipped if each.rule is not None]
    if by_rule:
        yield Heading("Participants left out by a rule")
        yield Table(
            ("participant", "rule", "why", "session file"),
            tuple(
                (
                    printable(each.participant_id, 60),
                    printable(each.rule, 100),
                    printable(each.why, 300),
                    _file(each.file, profile),
                )
                for each in by_rule
            ),
        )
    others = [each for each in skipped if each.rule is None]
    if others:
        yield Heading("Files not used")
        yield Bullets(tuple(f"{_file(each.file, profile)}: {printable(each.reason, 300)}" for each in others))


def provenance(report: Report, profile: Profile) -> Iterator[Block]:
    """Versions, seeds and hashes: what it takes to get these very numbers again.

    full: the files of a document are named without their folders, and hashed, for which they are read again.
    """
    libraries = ", ".join(f"{name} {_version(name)}" for name in _LIBRARIES)
    known = accuracy_by_its_file(report)
    yield Bullets(
        (
            f"simtui {__version__}, Python {platform.python_version()}, {libraries}.",
            f"Seed of everything random in the analysis: {report.seed}.",
            f"Study {printable(report.study_id)}, sha256 {printable(report.study_sha256)}.",
            f"Network {printable(report.checkpoint.file)}, sha256 {printable(report.checkpoint.sha256)}"
            f"{f', {known}' if known else ''}.",
        )
    )
    full = profile == "full"
    yield Table(
        ("session file", "participant", "run", *(["sha256"] if full else [])),
        tuple(
            (
                _file(used.file, profile),
                printable(used.participant_id),
                str(used.run),
                *([_sha256(used.file)] if full else []),
            )
            for used in report.sessions
        ),
    )


def _study(report: Report, study: Study) -> Iterator[tuple[str, str]]:
    scale, source = study.scale, study.source
    yield "Title", printable(study.title or study.id, 300)
    yield "Question", printable(study.question, 300)
    ends = f"{scale.low} ({printable(scale.low_label, 60)}) to {scale.high} ({printable(scale.high_label, 60)})"
    yield "Scale", ends
    split = f" {printable(source.split, 20)}" if source.split else ""
    yield "Images", f"{printable(source.name, 40)}{split}" + (f", {printable(source.note, 80)}" if source.note else "")
    yield "Pairs", f"sampled: {printable(report.sampling)}, seed {study.design.seed}"


def _file(path: str, profile: Profile) -> str:
    return printable(path, 300) if profile == "brief" else printable(Path(path).name, 200)


def _sha256(file: str) -> str:
    try:
        return hashlib.sha256(Path(file).read_bytes()).hexdigest()
    except OSError:
        return "the file is no longer there"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(unknown version)"
