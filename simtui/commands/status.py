"""`simtui status`: who has rated how much, and how well."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from simtui.commands.options import (
    FILE,
    completion_code_option,
    examples,
    json_option,
    participants_option,
    sessions_option,
    study_argument,
)
from simtui.commands.session_options import site_option
from simtui.errors import SimtuiError, printable

if TYPE_CHECKING:
    from collections.abc import Callable

    from simtui.analysis.live import Live
    from simtui.session.overview import Overview, Watcher
    from simtui.session.people import Sites
    from simtui.study.model import Study

PERIOD_S = 2.0


@click.command(
    "status",
    epilog=examples(
        "simtui status study.json --watch",
        guide="researchers",
    ),
)
@study_argument
@click.argument("paths", metavar="[SESSION or FOLDER]...", nargs=-1, type=FILE)
@sessions_option
@site_option
@participants_option
@completion_code_option
@click.option(
    "--watch", is_flag=True, help="Look again every 2 seconds, until q; with --json, an object a line when it changed."
)
@json_option
def command(
    study_path: Path,
    paths: tuple[Path, ...],
    sessions: Path,
    sites: Sites,
    participants_path: Path | None,
    completion_code: str | None,
    watch: bool,
    as_json: bool,
) -> None:
    """Show the participants of STUDY.json: progress, median response time, last activity, conspicuous runs.

    With --watch those who are at it come first, then those with flags; the arrows scroll, and from three complete runs
    on, r so far is shown, if `simtui analyze` has been run on the study once.

    Sessions are looked for in ./sessions unless files or folders are named; in folders, their sub-folders too.

    All of it is read from the session files; nothing is locked or written, and nobody is disturbed.
    """
    from simtui.commands.progress_bar import progress_bar
    from simtui.session import overview
    from simtui.session.overview_text import as_lines
    from simtui.session.participants import read_participants
    from simtui.study import file as study_file

    if watch and not as_json and not sys.stdout.isatty():
        raise SimtuiError(
            "--watch needs a terminal to draw on: leave it out to print the table once, or add --json for a program."
        )
    study = study_file.load(study_path)
    named = click.get_current_context().get_parameter_source("sessions") is not ParameterSource.DEFAULT
    places = [*paths, *(folder for _, folder in sites)]
    for path in places:
        if not path.exists():
            raise SimtuiError(f"There is no file or folder {printable(path)}: check the path.")
    watcher = overview.Watcher(
        study,
        *places,
        *([sessions] if named or not places else []),
        sites=sites,
        participants=read_participants(participants_path, study) if participants_path is not None else None,
        code=completion_code,
    )
    if watch and as_json:
        _watch_json(study, watcher)
    elif watch:
        _watch(study, watcher)
    else:
        with progress_bar("Sessions"):
            found = watcher.look()
        click.echo(
            _document(found, _live(study)(watcher)) if as_json else "\n".join(as_lines(found, datetime.now(UTC)))
        )


def _live(study: Study) -> Callable[[Watcher], Live | None]:
    """What gives r so far of what a watcher saw last; it gives none where no network has looked at the study yet."""
    try:
        from simtui.analysis import live, similarity_cache
    except ImportError:  # without the analysis extra
        return lambda _: None
    said = similarity_cache.kept(study)
    return lambda watcher: None if said is None else live.live(study, watcher.rated, said)


def _document(found: Overview, now: Live | None) -> str:
    import msgspec

    from simtui.storage.json_file import json_text

    return json_text(msgspec.structs.asdict(found) | {"r": now})


def _watch(study: Study, watcher: Watcher) -> None:
    """Draw over the last table; the screen above it stays."""
    from simtui.session.overview_text import foot_lines, table_lines, urgent_first
    from simtui.terminal.watching import Watched, watch

    live_of = _live(study)

    def look() -> Watched:
        now = datetime.now(UTC)
        found = urgent_first(watcher.look(), now)
        head, *body = table_lines(found, now) or [""]
        r = live_of(watcher)
        if r is None:
            return Watched(head, body, foot_lines(found))
        from simtui.analysis.live import sentence

        return Watched(head, body, [sentence(r), *foot_lines(found)])

    watch(look, lambda text: click.echo(text, nl=False), PERIOD_S)


def _watch_json(study: Study, watcher: Watcher) -> None:
    """One JSON object a line, whenever something has changed, until Ctrl+C."""
    import json

    live_of, last = _live(study), ""
    try:
        while True:
            text = _document(watcher.look(), live_of(watcher))
            if text != last:
                click.echo(json.dumps(json.loads(text), ensure_ascii=True))
                last = text
            time.sleep(PERIOD_S)
    except KeyboardInterrupt:
        return
