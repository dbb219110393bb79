"""`simtui evaluate`: a checkpoint on the MNIST test set."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simtui.commands.options import checkpoint_option, data_option, examples, seed_option
from simtui.errors import printable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

GAP = 2
"""Columns between two digits."""


@click.command(
    "evaluate",
    epilog=examples(
        "simtui evaluate --show 8",
        "simtui evaluate --checkpoint my.pt",
    ),
)
@checkpoint_option
@data_option
@click.option(
    "--show",
    type=click.IntRange(min=0),
    default=0,
    metavar="N",
    help="Print N random test digits too, each above the network's answer.",
)
@seed_option("the choice of digits")
def command(checkpoint: Path | None, data: Path | None, show: int, seed: int) -> None:
    """Measure the accuracy of a checkpoint on all 10,000 test images of MNIST."""
    from simtui.commands.shared import check_checkpoints, progress_bar
    from simtui.errors import require_installed

    require_installed("simtui evaluate", ("torch",))
    check_checkpoints([checkpoint])
    import numpy as np

    from simtui.network import checkpoint as checkpoints
    from simtui.network.training import evaluate
    from simtui.stimuli import mnist

    loaded = checkpoints.load(checkpoint or checkpoints.default_checkpoint())
    images = mnist.load("test", data)
    with progress_bar("Test set") as move:
        found = evaluate(loaded.net, images.pixels, np.array(images.labels, dtype=np.int64), move)
    if show:
        chosen = np.sort(np.random.default_rng(seed).permutation(len(images))[:show])
        click.echo(gallery(images.pixels[chosen], [str(found.predictions[i]) for i in chosen]))
    click.echo(
        f"{printable(loaded.name)}: {found.accuracy:.2f} percent correct, {found.correct} of {found.total} test images"
    )


def gallery(pixels: NDArray[np.uint8], labels: Sequence[str]) -> str:
    """Digits as block characters side by side, as many as the terminal is wide, each above its label."""
    from simtui.commands.shared import picture_look
    from simtui.terminal.image_lines import image_lines

    look, width = picture_look(), 28 + GAP
    a_row = max(1, (shutil.get_terminal_size().columns + GAP) // width)
    lines: list[str] = []
    for start in range(0, len(labels), a_row):
        digits = [tuple(bytes(row) for row in image.tolist()) for image in pixels[start : start + a_row]]
        lines += image_lines(digits, look, gap=GAP)
        lines += ["".join(label.center(width) for label in labels[start : start + a_row]).rstrip(), ""]
    return "\n".join(lines)
