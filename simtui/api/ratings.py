"""What people said of a study, out of files and folders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from simtui.analysis import ratings as session_ratings
from simtui.analysis.ratings import Ratings
from simtui.errors import SimtuiError, printable
from simtui.session.exclusion import Rule, parse_rule
from simtui.session.people import as_sites
from simtui.session.pool import Choice
from simtui.study import model as studies


def load_ratings(
    study: studies.Study,
    *folders: str | Path,
    exclude: str | Rule | Sequence[str | Rule] = (),
    simulated: bool = False,
    run: str = "first",
    incomplete: bool = False,
    sites: Mapping[str, str | Path] | None = None,
) -> Ratings:
    """What people said of the study's pairs: the first complete run of each, out of session files and folders.

    folders: where to look; ./sessions unless told, or there are `sites`. A folder stands for the session files in it
    and in its sub-folders. exclude: rules by which sessions are left out, such as "catch<0.8" or
    'participant=P07:"asleep"'. simulated: whether simulated sessions count too. run: "last" for the last complete run
    of each. incomplete: whether those count who have not finished, with what they have rated. sites: folders by the
    names that tell apart equal ids in them. `skipped` names every file that was not used, with the reason.
    Raises SimtuiError where a rule cannot be read or there is no session that can be used.
    """
    named = as_sites([f"{name}={folder}" for name, folder in (sites or {}).items()])
    if run not in ("first", "last"):
        raise SimtuiError(f"There is no run {printable(run)!r} to use: say first or last.")
    choice = Choice(run="last" if run == "last" else "first", incomplete=incomplete, simulated=simulated, sites=named)
    return ratings_of(study, [*map(Path, folders), *(folder for _, folder in named)], choice, exclude)


def ratings_of(
    study: studies.Study, paths: Sequence[Path], choice: Choice, exclude: str | Rule | Sequence[str | Rule] = ()
) -> Ratings:
    """As `load_ratings`, of these files and folders (./sessions where there are none) and by this choice."""
    return session_ratings.collect(study, list(paths) or [Path("sessions")], choice).excluding(rules_of(exclude))


def rules_of(exclude: str | Rule | Sequence[str | Rule]) -> list[Rule]:
    """One rule or several, as rules. Raises SimtuiError where a text is none."""
    rules = [exclude] if isinstance(exclude, str | Rule) else exclude
    return [parse_rule(rule) if isinstance(rule, str) else rule for rule in rules]
