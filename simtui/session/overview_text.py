"""The overview of a study's runs in lines: for `simtui status`."""

from __future__ import annotations

import math
from datetime import UTC, datetime

from msgspec.structs import replace

from simtui.errors import printable
from simtui.session.model import Status
from simtui.session.overview import Overview, RunRow

ACTIVE_S = 300.0
"""Whoever has not answered for so long is hardly at it."""

MOST_NAMED = 30


def as_lines(overview: Overview, now: datetime) -> list[str]:
    """The overview as a table, with a line below that sums up; safe to print."""
    return [*table_lines(overview, now), *foot_lines(overview)]


def urgent_first(overview: Overview, now: datetime) -> Overview:
    """Those who are at it first, then those with flags, then the others."""

    def order(row: RunRow) -> int:
        active = row.status == "in_progress" and _seconds(row.updated_at, now) < ACTIVE_S
        return 0 if active else 1 if row.flags else 2

    return replace(overview, sessions=tuple(sorted(overview.sessions, key=order)))


def table_lines(overview: Overview, now: datetime) -> list[str]:
    """A line for each run, below one with the names of the columns; none where there is no run."""
    coded = any(row.completion_code for row in overview.sessions)
    head = (
        "participant",
        "run",
        "answered",
        "status",
        "median rt",
        "last activity",
        *(["code"] if coded else []),
        "flags",
    )
    body = [
        (
            printable(row.participant_id, 60),
            printable(row.run, 6),
            f"{row.answered}/{row.total}",
            row.status.replace("_", " "),
            "" if row.rt is None else f"{row.rt / 1000:.2f} s",
            _ago(row.updated_at, now),
            *([row.completion_code or ""] if coded else []),
            "; ".join(row.flags),
        )
        for row in overview.sessions
    ]
    widths = [max(map(len, column)) for column in zip(head, *body, strict=True)]
    right = {1, 2, 4}
    return [
        "  ".join(
            cell.rjust(width) if i in right else cell.ljust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in ([head, *body] if body else [])
    ]


def foot_lines(overview: Overview) -> list[str]:
    """What is said below the table: notes, damaged files, who has not come, and a line that sums up."""
    lines = list(overview.notes)
    lines += [f"{printable(file.file, 300)}: {file.reason}" for file in overview.damaged]
    if overview.not_come:
        more = len(overview.not_come) - MOST_NAMED
        named = ", ".join(overview.not_come[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")
        lines.append(f"Not come yet, {len(overview.not_come)} of {overview.expected}: {named}")
    elif overview.expected:
        lines.append(f"All {overview.expected} on the list have come")
    return [*lines, _sum(overview)]


def _sum(overview: Overview) -> str:
    rows = [row for row in overview.sessions if not row.copy]
    people = {row.participant_id for row in rows}
    if not people and not overview.damaged:
        return f"{overview.study_id}: nobody has rated it here yet"
    counts = [
        (len(people), "participant" if len(people) == 1 else "participants"),
        *((sum(row.status == status for row in rows), status.replace("_", " ")) for status in _STATUSES),
        (len(overview.damaged), "damaged"),
    ]
    return f"{overview.study_id}: " + ", ".join(f"{count} {name}" for count, name in counts if count)


_STATUSES: tuple[Status, ...] = ("complete", "in_progress", "withdrawn")


def _ago(timestamp: str, now: datetime) -> str:
    """How long ago, in the largest fitting unit. A clock that is set wrong gives times to come: those are “now”."""
    seconds = _seconds(timestamp, now)
    if seconds == math.inf:
        return "?"
    for unit, size in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return "now"


def _seconds(timestamp: str, now: datetime) -> float:
    """How long ago; infinite where that cannot be told."""
    try:
        return (now - datetime.fromisoformat(timestamp).astimezone(UTC)).total_seconds()
    except (ValueError, OverflowError):
        return math.inf
