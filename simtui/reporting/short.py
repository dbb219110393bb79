"""What is read in ten seconds: r, its interval, what it is read against, the plot, and the pairs that part most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from simtui.analysis.results import Report
from simtui.errors import printable
from simtui.reporting.accuracy import accuracy_on_stimuli
from simtui.reporting.blocks import Block, Bullets, Facts, Paragraph
from simtui.reporting.captures import worst
from simtui.reporting.content import require_layer
from simtui.reporting.figures import marks, scatter
from simtui.reporting.numbers import number
from simtui.reporting.summary import compared, concluded, headline, how_sure, opening, over_digits
from simtui.words import counted

MOST_HEADLINES = 3
"""Digits up to which each has the homework's line; of more, the table alone has r."""


def short(report: Report, layer: str) -> list[Block]:
    """One layer in brief, several digits in one table. Raises SimtuiError for a layer that the Report has not."""
    require_layer(report, layer)
    return [*opening(report, "brief"), *_reading(report, layer), scatter(report, layer), *_apart(report, layer)]


def _reading(report: Report, layer: str) -> Iterator[Block]:
    facts = dict(compared(report, layer))
    network = f"{printable(report.checkpoint.file)}, layer {facts['Layer']}"
    yield Facts((("People", facts["People"]), ("Pairs", facts["Pairs"]), ("Network", network)))
    alone = report.groups[0] if len(report.groups) == 1 else None
    if alone is None:
        yield from over_digits(report, layer)
    if len(report.groups) <= MOST_HEADLINES:
        yield from (headline(report, group, layer) for group in report.groups)
    against = []
    if alone is not None:
        yield from concluded(report, layer)
        against.append(how_sure(alone, layer))
        known = ", ".join(f"{mark.name} {number(mark.value)}" for mark in marks(report, layer, alone))
        against += [f"to be read against: {known}"] if known else []
    accuracy = accuracy_on_stimuli(report.groups, several=alone is None)
    if accuracy is not None and accuracy.low:
        against.append(f"the network {accuracy.wordings[0]}")
    yield Bullets(tuple(against))


def _apart(report: Report, layer: str) -> Iterator[Block]:
    found = worst(report, layer)
    if found is not None:
        yield replace(found, note="")
    more = [counted(len(report.notes), "note")] if report.notes else []
    more += [counted(len(report.skipped), "file") + " not used"] if report.skipped else []
    rank = f"{found.note[0].upper()}{found.note[1:]}. " if found is not None else ""
    yield Paragraph(f"{rank}With --full: every layer, person and pair{''.join(f', {each}' for each in more)}.")
