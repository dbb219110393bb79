"""What is read in ten seconds: r, its interval, what it is read against, the plot, and the pairs that part most."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from textwrap import shorten

from simtui.analysis.results import Report
from simtui.errors import printable
from simtui.reporting.accuracy import accuracy_on_stimuli
from simtui.reporting.blocks import Block, Bullets, Facts, Heading, Paragraph
from simtui.reporting.captures import worst
from simtui.reporting.content import require_layer
from simtui.reporting.figures import marks, scatter
from simtui.reporting.numbers import number
from simtui.reporting.summary import compared, concluded, headline, how_sure, opening, over_digits
from simtui.words import counted

MOST_APART = 3
"""Pairs that part most, each way, where there is room for them."""

MOST_HEADLINES = 3
"""Digits up to which each has the homework's line; of more, the table alone has r."""


LINE = 78
"""Columns that what has to stand in one line takes at most."""


def short(report: Report, layer: str, most: int = MOST_APART) -> list[Block]:
    """One layer in brief, several digits in one table. Raises SimtuiError for a layer that the Report has not.

    most: pairs that part most, each way.
    """
    require_layer(report, layer)
    title, *warned = opening(report, "brief")
    if isinstance(title, Heading):
        title = replace(title, text=shorten(title.text, LINE, placeholder="…"))
    return [title, *warned, *_reading(report, layer), scatter(report, layer), *_apart(report, layer, most)]


def _reading(report: Report, layer: str) -> Iterator[Block]:
    facts = dict(compared(report, layer))
    people = facts["People"]
    if len(people) > LINE - len("People: "):
        people = counted(len(report.participants), "participant")
    # Only what kind of layer it is.
    kind = facts["Layer"].partition(",")[0]
    network = f"{printable(report.checkpoint.file)}, layer {kind}{')' if '(' in kind else ''}"
    yield Facts((("People", people), ("Pairs", facts["Pairs"]), ("Network", network)))
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


def _apart(report: Report, layer: str, most: int) -> Iterator[Block]:
    found = worst(report, layer, most)
    if found is not None:
        yield replace(found, note="")
    more = [counted(len(report.notes), "note")] if report.notes else []
    more += [counted(len(report.skipped), "file") + " not used"] if report.skipped else []
    rank = f"{found.note[0].upper()}{found.note[1:]}. " if found is not None else ""
    yield Paragraph(f"{rank}With --full: every layer, person and pair{''.join(f', {each}' for each in more)}.")
