"""`simtui plan`: what the plans of many participants add up to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simtui.commands.options import examples, json_option, study_argument
from simtui.errors import SimtuiError, printable

if TYPE_CHECKING:
    from simtui.study.audit import Audit, Extremes
    from simtui.study.model import Study

MAX_PARTICIPANTS = 10_000


@click.command(
    "plan",
    epilog=examples(
        "simtui plan study.json --participants 40",
        guide="researchers",
    ),
)
@study_argument
@click.option(
    "--participants",
    type=click.IntRange(1, MAX_PARTICIPANTS),
    default=40,
    show_default=True,
    help="How many participants: P01, P02 and so on.",
)
@json_option
def command(study_path: Path, participants: int, as_json: bool) -> None:
    """Show how STUDY.json would be planned for many participants: how often each pair comes in which third of
    the run and on which side, and how far apart repeats and catch trials are.

    The number at the end of a participant's id decides where in the balanced design they stand. Six in a row (P01
    to P06, P07 to P12, ...) see every pair about twice in each third of the run, once on each side; with several
    lists, six of each list. Ids without a number are balanced by chance.
    """

    from simtui.study import file as study_file
    from simtui.study.audit import audit, participants_of_list

    study = study_file.load(study_path)
    lists = study.design.lists
    if participants < lists:
        raise SimtuiError(f"The study has {lists} lists: ask for at least {lists} participants, one a list.")
    audits = [audit(study, participants_of_list(participants, lists, k), k) for k in range(lists)]
    if as_json:
        document = {
            "format": "simtui.plan",
            "version": 1,
            "study_id": study.id,
            "study_sha256": study.sha256,
            "lists": audits,
        }
        from simtui.storage.json_file import json_text

        click.echo(json_text(document))
        return
    click.echo("\n".join(line for one in audits for line in _lines(study, one)))


def _lines(study: Study, audit: Audit) -> Iterator[str]:
    design, people = study.design, audit.participants
    if audit.list_index:
        yield ""
    of_list = f"list {audit.list_index + 1} of {design.lists}, " if design.lists > 1 else ""
    yield (
        f"{printable(study.title)}: {of_list}{len(people)} participants ({people[0]} to {people[-1]}), "
        f"{audit.trials} trials each"
    )
    yield ""
    yield from _table(study, audit)
    yield ""
    if audit.longest_streak is not None:
        yield f"Longest streak of one digit in neighbouring trials: {audit.longest_streak}"
    yield f"Neighbouring trials that share an image: {audit.shared_images}"
    if audit.repeat_lags is not None and audit.mirrored is not None:
        lags = audit.repeat_lags
        yield (
            f"Repeats: {lags.least} to {lags.most} trials after the first time, {lags.mean:.1f} on average "
            f"(a third of the run is {audit.lag_needed:.1f}); {audit.mirrored:.0%} with their sides exchanged"
        )
    if audit.catch_distances is not None:
        apart = audit.catch_distances
        yield f"Catch trials: {apart.least} to {apart.most} trials from one to the next, {apart.mean:.1f} on average"


def _table(study: Study, audit: Audit) -> Iterator[str]:
    """A row a pair, and the least and the most of every column; the columns of repeats where there are any."""
    repeats = study.design.repeats > 0
    head = ["pair", "digit", "1st third", "2nd third", "3rd third", "as given", "exchanged"]
    head += ["repeated", "all in 1st", "all in 2nd", "all in 3rd"] if repeats else []
    rows = [
        [
            pair.pair_id,
            printable(pair.digit, 12),
            *map(str, pair.thirds + pair.sides + ([pair.repeated, *pair.shown] if repeats else [])),
        ]
        for pair in audit.pairs
    ]
    columns = [*audit.thirds, *audit.sides, *([audit.repeated, *audit.shown] if repeats else [])]
    ends = [
        ["least", "", *(str(column.least) for column in columns)],
        ["mean", "", *(_mean(column) for column in columns)],
        ["most", "", *(str(column.most) for column in columns)],
    ]
    widths = [max(len(row[i]) for row in [head, *rows, *ends]) for i in range(len(head))]
    yield _row(head, widths)
    yield from (_row(row, widths) for row in rows)
    yield ""
    yield from (_row(row, widths) for row in ends)


def _mean(column: Extremes) -> str:
    return f"{column.mean:.1f}"


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    first, *others = (
        cell.ljust(width) if i < 2 else cell.rjust(width)
        for i, (cell, width) in enumerate(zip(cells, widths, strict=True))
    )
    return "  ".join([first, *others]).rstrip()
