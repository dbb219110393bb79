"""What the commands share: checks of what an analysis needs, a progress bar, and what the output can show."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from simtui.progress import Progress
    from simtui.terminal.cells import Look


def check_checkpoints(paths: Iterable[Path | None]) -> None:
    """Refuse what is no checkpoint, or carries code, before torch is imported, which takes seconds and 600 MB."""
    from simtui.network import container

    for path in paths:
        if path is not None:
            container.read(path)


def require_network(command: str, checkpoint: Path | None, layer: str) -> None:
    """Raises SimtuiError where something that an analysis needs is missing; torch is not imported for it."""
    from simtui.errors import require_installed
    from simtui.network.layers import check_layers

    require_installed(command)
    check_checkpoints([checkpoint])
    check_layers([layer])


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar on stderr, where a person is watching; the block gets the function that moves it."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    with click.progressbar(
        length=1, label=label, file=sys.stderr, item_show_func=lambda message: message or "", show_eta=True
    ) as bar:

        def move(done: int, total: int, message: str = "", /) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos, message)

        yield move


def output_look() -> tuple[int, bool]:
    """How many columns a text may fill, and whether in colour: 80, and no colour, where nobody is watching."""
    if not sys.stdout.isatty():
        return 80, False
    return shutil.get_terminal_size().columns, "NO_COLOR" not in os.environ


def picture_look() -> Look | None:
    """How the terminal draws images in half blocks; None where the output is no terminal."""
    if not sys.stdout.isatty():
        return None
    from simtui.terminal.detection import detect

    size = shutil.get_terminal_size()
    return detect(os.environ, sys.stdout.encoding, (size.columns, size.lines)).look("half-block")
