"""`simtui merge`: one whole of the files of its parts."""

from __future__ import annotations

from pathlib import Path

import click

from simtui.commands.options import FILE, examples, force_option, json_option
from simtui.errors import SimtuiError, printable


@click.command(
    "merge",
    epilog=examples(
        "simtui power study.json --r 0.5 --part 1/2 --out part1",
        "simtui power study.json --r 0.5 --part 2/2 --out part2",
        "simtui merge part1 part2",
        guide="machines",
    ),
)
@click.argument("files", metavar="FILE...", nargs=-1, required=True, type=FILE)
@click.option("--out", metavar="FILE", type=FILE, help="Write one file of all batches, for the command's own --out.")
@force_option
@json_option
def command(files: tuple[Path, ...], out: Path | None, force: bool, as_json: bool) -> None:
    """Put the parts of a power study or comparison together, and show what came of it.

    FILE... are what --out of all its parts wrote, on however many machines. Of power the result is printed; a
    comparison needs the ratings too: write one file with --out, and give it to the same compare as --out.
    """
    from simtui.simulation.batches import merged, written

    job, results = merged(list(files))
    if out is not None:
        from simtui.storage import atomic

        atomic.write(out, written(job, results), force=force)
        click.echo(f"{printable(out)}: all {job.batches} batches", err=as_json)
    if job.kind == "power":
        from simtui.reporting.power import power_text

        click.echo(power_text(job, results, as_json=as_json))
    elif out is None:
        raise SimtuiError(
            f"These are the parts of a {printable(job.kind, 20)}: write one file of them with --out, and give it to "
            "the same command as its --out."
        )
