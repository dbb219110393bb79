"""`simtui host`: a study on SSH and on the web."""

from __future__ import annotations

import re
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simtui.commands.options import (
    FILE,
    completion_code_option,
    examples,
    idle_option,
    mode_option,
    most_option,
    participants_option,
    polarity_option,
    sessions_option,
    study_argument,
)
from simtui.commands.output import broken_promises
from simtui.errors import SimtuiError, printable, require_installed
from simtui.storage.system import require_posix
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
@click.option("--web", metavar="ADDRESS:PORT", callback=_address, help="Where HTTP listens. [default: 127.0.0.1:8022]")
@most_option
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
@participants_option
@completion_code_option
@idle_option
@click.option(
    "--id-from",
    metavar="WHERE",
    default="",
    help="What in a link is the id: prolific (PROLIFIC_PID), sona (id) or query:NAME; stored as a keyed hash. "
    "[default: id, stored as it is]",
)
@click.option("--keep-ids", is_flag=True, help="With --id-from, store the ids as they are.")
@click.option(
    "--completion-url",
    metavar="URL",
    default="",
    help="Where the page goes when a run is complete on disk; {id} in it becomes the id of the link.",
)
@click.option("--base-url", metavar="URL", default="", help="The address of the web front behind a proxy.")
@click.option("--cert", metavar="FILE", type=FILE, help="The certificate of the web front, for TLS without a proxy.")
@click.option("--key", metavar="FILE", type=FILE, help="The key of that certificate.")
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
    web: Address | None,
    most: int,
    access: str,
    access_code: str | None,
    authorized_keys: Path | None,
    participants_path: Path | None,
    completion_code: str | None,
    idle_minutes: int,
    id_from: str,
    keep_ids: bool,
    completion_url: str,
    base_url: str,
    cert: Path | None,
    key: Path | None,
    grace: int,
    polarity: str,
    mode: int,
) -> None:
    """Put STUDY.json on SSH and on the web, for people without an account, by a user without root.

    With --ssh or --web alone there is only that one. Every answer is on disk before the next pair shows.
    """
    require_posix("A host")
    require_installed("simtui host", ("asyncssh", "aiohttp"), "host")
    import asyncio

    from simtui.hosting import keys, links, secrets
    from simtui.hosting.access import Access
    from simtui.hosting.serve import Plan, serve
    from simtui.session.completion import checked
    from simtui.session.participants import read_participants
    from simtui.storage.promises import why_unwritable
    from simtui.study import file as study_file

    study = study_file.load(study_path)
    if access != "code" and access_code is not None:
        raise SimtuiError("--access-code is of --access code: give both.")
    people = read_participants(participants_path, study) if participants_path is not None else None
    if access != "keys" and authorized_keys is not None:
        raise SimtuiError("--authorized-keys is of --access keys: give both.")
    if access == "keys" and web is not None:
        raise SimtuiError("--access keys is of SSH, where keys are: leave --web out, or take --access code.")
    if (cert is None) != (key is None):
        raise SimtuiError("--cert and --key go together: give both, or neither.")
    for url, option in ((base_url, "--base-url"), (completion_url, "--completion-url")):
        if url:
            links.check_url(url, option)
    allowed = keys.read_authorized(authorized_keys) if authorized_keys is not None else {}
    if access == "keys" and people is not None and participants_path is not None:
        allowed |= keys.of_participants(people, participants_path)
    if access == "keys" and not allowed:
        raise SimtuiError("--access keys has no keys, so nobody could come in: give --authorized-keys FILE.")
    code = (access_code or keys.study_code(study.id)) if access == "code" else ""
    plan = Plan(
        study=study,
        study_path=study_path,
        sessions=sessions,
        access=Access(study, access, people, code, allowed),  # type: ignore[arg-type]
        participants=participants_path,
        code=checked(completion_code) or "",
        ssh=ssh or (None if web else ("127.0.0.1", 2222)),
        web=web or (None if ssh or access == "keys" else ("127.0.0.1", 8022)),
        base=base_url,
        tls=(cert, key) if cert is not None and key is not None else None,
        links=links.Links(
            links.check_id_from(id_from),
            None if keep_ids or not id_from else secrets.kept("id_key", secrets.random_key),
            completion_url,
        ),
        mode=mode,
        polarity=polarity,
        most=most,
        idle_s=60.0 * idle_minutes if idle_minutes else None,
        grace_s=float(grace),
    )
    refusal = why_unwritable(sessions)
    if refusal:
        raise SimtuiError(f"{printable(sessions)} {refusal}: name another folder with --sessions.")
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
    if opened.web is not None and plan.web is not None:
        scheme = "https" if plan.tls else "http"
        click.echo(f"  {plan.base or f'{scheme}://{_name(plan.web[0])}:{opened.web}/'}")
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
    if state.closing:
        waits = f"{counted(state.connected, 'person', 'people')} may finish; Ctrl+C once more ends it now."
        click.echo(f"\r\x1b[KClosing: {waits}" if state.connected else "\r\x1b[KClosing.")
        return
    told = f"{state.connected} connected, {state.finished} finished, load {state.load:.2f} a core"
    click.echo(f"\r{told}\x1b[K", nl=False)
