"""What an analysis stands on, as lines: study, network, participants, files, and everything a reader must know."""

from __future__ import annotations

from collections.abc import Iterator

from simtui.analysis.results import Report
from simtui.errors import printable
from simtui.study.model import Study


def about_lines(report: Report, study: Study) -> Iterator[str]:
    """Notes first: they are about the numbers on the screen."""
    if report.notes:
        yield "Notes"
        yield from (f"  {printable(note, 500)}" for note in report.notes)
        yield ""
    yield "Study"
    yield f"  {printable(report.study_id)}, sha256 {printable(report.study_sha256[:16])}…"
    yield f"  Question: {printable(study.question, 300)}"
    yield f"  Scale: {_scale(study)}"
    yield f"  Images: {_source(study)}; pairs sampled: {printable(report.sampling)}, seed {study.design.seed}"
    yield ""
    yield "Network"
    accuracy = report.checkpoint.test_acc
    measured = "" if accuracy is None else f", {accuracy:.2f} % of MNIST's test set by its own word"
    yield f"  {printable(report.checkpoint.file)}{measured}"
    yield f"  sha256 {printable(report.checkpoint.sha256)}"
    for group in report.groups:
        if group.accuracy_on_stimuli is not None:
            share = 100 * group.accuracy_on_stimuli
            yield f"  It names {share:.0f} % of these images of {printable(group.digit)} rightly"
    yield ""
    yield "Sessions"
    yield from (f"  {used.participant_id}, run {used.run}: {printable(used.file, 300)}" for used in report.sessions)
    for skipped in report.skipped:
        yield f"  not used: {printable(skipped.file, 300)}: {printable(skipped.reason, 300)}"
    yield ""
    yield f"Seed of everything random in this analysis: {report.seed}"


def _scale(study: Study) -> str:
    scale = study.scale
    return f"{scale.low} ({printable(scale.low_label, 60)}) to {scale.high} ({printable(scale.high_label, 60)})"


def _source(study: Study) -> str:
    source = study.source
    split = f" {printable(source.split, 20)}" if source.split else ""
    return f"{printable(source.name, 40)}{split}" + (f", {printable(source.note, 80)}" if source.note else "")
