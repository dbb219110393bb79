"""`simtui evaluate`: a checkpoint on the MNIST test set."""

from __future__ import annotations

import shutil
from pathlib import Path

import click

from simtui.commands.options import checkpoint_option, data_option, examples, seed_option
from simtui.errors import printable


@click.command(
    "evaluate",
    epilog=examples(
        "simtui evaluate --show 8",
        "simtui evaluate --show 20 --wrong",
        "simtui evaluate --checkpoint my.pt",
        guide="networks",
    ),
)
@checkpoint_option
@data_option
@click.option(
    "--show",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Print N random test digits too, each above the network's answer; a wrong one is marked with !.",
)
@click.option("--wrong", is_flag=True, help="With --show: first those that the network takes for another digit.")
@seed_option("the choice of digits")
def command(checkpoint: Path | None, data: Path | None, show: int, wrong: bool, seed: int) -> None:
    """Measure the accuracy of a checkpoint on all 10,000 test images of MNIST."""
    from simtui.commands.output import picture_look
    from simtui.commands.progress_bar import progress_bar
    from simtui.errors import SimtuiError, require_installed
    from simtui.terminal.image_lines import image_grid

    if wrong and not show:
        raise SimtuiError("--wrong says which digits come first: say how many to print with --show.")
    require_installed("simtui evaluate", ("torch",))
    with progress_bar("Test set") as move:
        move(0, 1, "loading torch")
        import numpy as np

        from simtui.network import checkpoint as checkpoints
        from simtui.network import container
        from simtui.network.training import evaluate
        from simtui.reporting.predictions import tiles
        from simtui.stimuli import mnist

        loaded = checkpoints.load(checkpoint or container.default_checkpoint())
        images = mnist.load("test", data)
        labels = np.array(images.labels, dtype=np.int64)
        found = evaluate(loaded.net, images.pixels, labels, move)
    if show:
        chosen = tiles(images, found.predictions, show, wrong=wrong, seed=seed)
        click.echo("\n".join(image_grid(chosen, picture_look(), shutil.get_terminal_size().columns, between=2)))
        click.echo("Below each image is the digit that the network takes it for; ! marks a wrong one.")
    click.echo(
        f"{printable(loaded.name)}: {found.accuracy:.2f} percent correct, {found.correct} of {found.total} test images"
    )
