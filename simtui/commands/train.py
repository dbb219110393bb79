"""`simtui train`: train the network on MNIST."""

from __future__ import annotations

from pathlib import Path

import click

from simtui.commands.options import FILE, data_option, examples, force_option, seed_option
from simtui.errors import printable


@click.command(
    "train",
    epilog=examples(
        "simtui train --data mnist --out my.pt",
        "simtui analyze eights.json --checkpoint my.pt",
        guide="networks",
    ),
)
@data_option
@click.option("--out", type=FILE, required=True, metavar="FILE", help="The checkpoint to write.")
@click.option(
    "--epochs", type=click.IntRange(1, 1000), default=20, show_default=True, help="How often to go through all images."
)
@seed_option("the first weights, the order and the hold-out")
@click.option("--augment", is_flag=True, help="Turn, shear, scale and shift every image a little, each time anew.")
@force_option
def command(data: Path | None, out: Path, epochs: int, seed: int, augment: bool, force: bool) -> None:
    """Train the homework's network on MNIST's 60,000 training images and write a checkpoint.

    A twelfth of them is held out to choose the best epoch; the test set is looked at once, at the end. Ctrl+C
    stops early and writes nothing.
    """
    from simtui.commands.progress_bar import progress_bar
    from simtui.errors import require_installed

    require_installed("simtui train", ("torch",))
    with progress_bar("Training") as move:
        import numpy as np

        from simtui.network import checkpoint
        from simtui.network.training import evaluate, train
        from simtui.stimuli import mnist

        checkpoint.check_target(out, overwrite=force)
        images, test = mnist.load("train", data), mnist.load("test", data)
        result = train(
            images.pixels,
            np.array(images.labels, dtype=np.int64),
            epochs=epochs,
            seed=seed,
            augment=augment,
            on_progress=move,
        )
        move(1, 1, "test set")
        accuracy = evaluate(result.net, test.pixels, np.array(test.labels, dtype=np.int64)).accuracy
        described = {"data_sha256": images.source.sha256, **result.describe()}
        checkpoint.save(out, result.net, test_acc=accuracy, training=described, overwrite=force)
    click.echo(
        f"{printable(out)}: epoch {result.best.number} of {result.epochs} was best on the "
        f"{result.n_held_out} images held out ({result.best.hold_out_accuracy:.2f} %); "
        f"{accuracy:.2f} % on the test set."
    )
