"""`simtui download`: fetch MNIST."""

from __future__ import annotations

from pathlib import Path

import click

from simtui.commands.options import FILE, examples
from simtui.errors import printable


@click.command("download", epilog=examples("simtui download", guide="start"))
@click.option(
    "--data", metavar="DIR", type=FILE, help="Where to put them. [default: $SIMTUI_DATA, or your own data folder]"
)
def command(data: Path | None) -> None:
    """Fetch the four files of MNIST, 12 MB, and check them. Nothing else in simtui uses the network."""
    from simtui.commands.progress_bar import progress_bar
    from simtui.stimuli import mnist

    with progress_bar("MNIST") as move:
        folder = mnist.download(data, move)
    if data is not None:
        mnist.remember(folder)
    click.echo(f"MNIST is complete in {printable(folder)}")
