"""`simtui host`: a study on SSH and on the web."""

from __future__ import annotations

import re
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simtui.commands.options import examples, idle_option, mode_option, polarity_option, sessions_option, study_argument
from simtui.commands.output import broken_promises
from simtui.errors import SimtuiError, printable, require_installed
from simtui.words import counted

if TYPE_CHECKING:
    from simtui.hosting.serve import Opened, Plan, State

Address = tuple[str, int]

EVERYWHERE = ("0.0.0.0", "::", "")  # noqa: S104  what is listened on, by the researcher's own choice
LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _address(ctx: click.Context, param: click.Parameter, value: str | None) -> Address | None:  # noqa: ARG001
    """ADDRESS:PORT, or a port of this machine alone."""
    if value is None:
        return None
    found = re.fullmatch(r"(?:(\[[0-9A-Fa-f:.]+\]|[^\[\]:\s]*):)?([0-9]{1,5})", value)
    if found is None or int(found[2]) > 65_535:
        raise click.BadParameter(f"{printable(value, 60)!r} is no ADDRESS:PORT, such as 0.0.0.0:2222.")
    return (found[1] or "127.0.0.1").strip("[]"), int(found[2])


@click.command(
    "host",
    epilog=examples(
        "simtui host study.json",
        "simtui host study.json --sessions /data/sessions --ssh 0.0.0.0:2222 --access code",
        guide="host",
    ),
)
@study_argument
@sessions_option
@click.option("--ssh", metavar="ADDRESS:PORT", callback=_address, help="Where SSH listens. [default: 127.0.0.1:2222]")
@click.option(
    "--max", "most", type=click.IntRange(1, 5000), default=200, show_default=True, help="People at once, at most."
)
@click.option(
    "--access",
    type=click.Choice(["open", "code", "keys"]),
    default="open",
    show_default=True,
    help="Who comes in: whoever has an id, or who has the study's code too, or a key of the id (SSH).",
)
@click.option("--access-code", metavar="CODE", help="The code of --access code; one is made and printed if not given.")
@click.option(
    "--authorized-keys",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The keys of --access keys, one a line as in OpenSSH's authorized_keys, each with the id as its comment.",
)
@idle_option
@click.option(
    "--grace",
    metavar="SECONDS",
    type=click.IntRange(0, 3600),
    default=30,
    show_default=True,
    help="So long those inside may go on after Ctrl+C or TERM; a second Ctrl+C ends it.",
)
@polarity_option
@mode_option
def command(
    study_path: Path,
    sessions: Path,
    ssh: Address | None,
    most: int,
    access: str,
    access_code: str | None,
    authorized_keys: Path | None,
    idle_minutes: int,
    grace: int,
    polarity: str,
    mode: int,
) -> None:
    """Put STUDY.json on SSH and on the web, for people without an account, by a user without root.

    With --ssh or --web alone there is only that one. Every answer is on disk before the next pair shows.
    """
    require_installed("simtui host", ("asyncssh", "aiohttp"), "host")
    import asyncio

    from simtui.hosting import keys
    from simtui.hosting.access import Access
    from simtui.hosting.serve import Plan, serve
    from simtui.study import file as study_file

    study = study_file.load(study_path)
    if access != "code" and access_code is not None:
        raise SimtuiError("--access-code is of --access code: give both.")
    if (access == "keys") != (authorized_keys is not None):
        raise SimtuiError("--access keys and --authorized-keys FILE go together: give both, or neither.")
    allowed = keys.read_authorized(authorized_keys) if authorized_keys is not None else {}
    code = (access_code or keys.study_code(study.id)) if access == "code" else ""
    plan = Plan(
        study=study,
        study_path=study_path,
        sessions=sessions,
        access=Access(study, access, code, allowed),  # type: ignore[arg-type]
        ssh=ssh or ("127.0.0.1", 2222),
        mode=mode,
        polarity=polarity,
        most=most,
        idle_s=60.0 * idle_minutes if idle_minutes else None,
        grace_s=float(grace),
    )
    broken_promises(sessions)()
    asyncio.run(serve(plan, lambda opened: _tell(plan, opened), _line if sys.stdout.isatty() else lambda _: None))
    click.echo("\nClosed: every answer is on disk." if sys.stdout.isatty() else "Closed: every answer is on disk.")


def _tell(plan: Plan, opened: Opened) -> None:
    study = plan.study
    pairs = counted(len(study.pairs), "pair")
    click.echo(f"{printable(study.title or study.id)}: {pairs}, sessions in {printable(plan.sessions)}")
    if opened.ssh is not None and plan.ssh is not None:
        port, fingerprint = opened.ssh
        click.echo(f"  ssh -p {port} P07@{_name(plan.ssh[0])}     P07 is the participant's id")
        click.echo(f"      host key {fingerprint}")
    if plan.access.kind == "code":
        click.echo(f"  code: {printable(plan.access.code)}")
    click.echo("Ctrl+C ends it.")
    sys.stdout.flush()


def _name(address: str) -> str:
    """What others call this machine."""
    if address in EVERYWHERE:
        return socket.gethostname()
    return "localhost" if address in LOOPBACK else f"[{address}]" if ":" in address else address


def _line(state: State) -> None:
    """The state, over the one before."""
    told = f"{state.connected} connected, {state.finished} finished, load {state.load:.2f} a core"
    click.echo(f"\r{told}\x1b[K", nl=False)
