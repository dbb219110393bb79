"""What the commands share: the check for the analysis extra, and a progress bar."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import click

from simtui.errors import SimtuiError, printable

ANALYSIS = ("torch", "scipy", "plotext", "krippendorff")
INSTALL = "pip install 'simtui[analysis]' (in a copy of the source: pip install '.[analysis]')"

Progress = Callable[[int, int, str], None]
"""Called with (done, total, message)."""


def require_analysis(what: str, packages: tuple[str, ...] = ANALYSIS) -> None:
    """Raises SimtuiError, with the install command, where a package of the analysis extra is missing."""
    missing = [package for package in packages if find_spec(package) is None]
    if missing:
        raise SimtuiError(f"{what} needs {' and '.join(missing)}, not installed on this machine: {INSTALL}.")


def check_checkpoints(paths: Iterable[Path | None]) -> None:
    """Refuse what is no checkpoint, or carries code, before torch is imported, which takes seconds and 600 MB."""
    from simtui.network import container

    for path in paths:
        if path is not None:
            container.read(path)


@contextmanager
def progress_bar(label: str) -> Iterator[Progress]:
    """A bar on stderr, where a person is watching; the block gets the function that moves it."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    with click.progressbar(
        length=1, label=label, file=sys.stderr, item_show_func=lambda message: message or "", show_eta=True
    ) as bar:

        def move(done: int, total: int, message: str) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos, message)

        yield move


def _permissions(ctx: click.Context, param: click.Parameter, value: str) -> int:  # noqa: ARG001
    """Octal permissions of reading and writing alone, the owner's included."""
    if not re.fullmatch(r"0?6[0246][0246]", value):
        raise click.BadParameter(f"{printable(value, 20)!r} is not 600, 640, 660 or the like (octal).")
    return int(value, 8)


mode_option = click.option(
    "--mode",
    metavar="OCTAL",
    default="600",
    show_default=True,
    callback=_permissions,
    help="Permissions of the session files.",
)
