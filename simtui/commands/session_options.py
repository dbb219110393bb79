"""Options by which a command takes its sessions: files and folders, sites, which run, simulated ones too."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simtui.commands.options import FILE

if TYPE_CHECKING:
    from simtui.session.people import Sites

simulated_option = click.option("--simulated", is_flag=True, help="Use simulated sessions too.")


def _as_sites(ctx: click.Context, param: click.Parameter, value: tuple[str, ...]) -> tuple[tuple[str, Path], ...]:  # noqa: ARG001
    from simtui.session.people import as_sites

    return as_sites(value)


def pooled(command: Callable[..., None]) -> Callable[..., None]:
    """Which sessions are used: files and folders, --site, --run, --incomplete and --simulated.

    The command is given them as `sessions` and `choice`.
    """

    @wraps(command)
    def with_choice(
        *, sessions: tuple[Path, ...], sites: Sites, run: str, incomplete: bool, simulated: bool, **rest: Any
    ) -> None:
        from simtui.session.pool import Choice

        paths = (*sessions, *(folder for _, folder in sites)) or (Path("sessions"),)
        last = Choice(run="last" if run == "last" else "first", incomplete=incomplete, simulated=simulated, sites=sites)
        command(sessions=paths, choice=last, **rest)

    chosen = with_choice
    for option in (
        simulated_option,
        click.option(
            "--incomplete", is_flag=True, help="Use the ratings so far of whoever has left the study unfinished, too."
        ),
        click.option(
            "--run",
            type=click.Choice(["first", "last"]),
            default="first",
            show_default=True,
            help="Of a participant's complete runs, the one to use.",
        ),
        site_option,
        session_arguments,
    ):
        chosen = option(chosen)
    return chosen


session_arguments = click.argument("sessions", metavar="[SESSION or FOLDER]...", nargs=-1, type=FILE)

site_option = click.option(
    "--site",
    "sites",
    metavar="NAME=FOLDER",
    multiple=True,
    callback=_as_sites,
    help="Use the sessions in FOLDER, and call it NAME where folders have to be told apart; repeatable.",
)
