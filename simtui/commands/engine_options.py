"""Options of the commands that can take hours: how many processes, which part, and where finished batches are kept."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from simtui.commands.options import FILE
from simtui.errors import SimtuiError, printable

if TYPE_CHECKING:
    from simtui.simulation.engines import How


def engine_options(*, out: bool = True) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """--workers, --scheduler and --part, and --out where the command keeps finished batches: it gets them as `how`."""

    def decorated(command: Callable[..., None]) -> Callable[..., None]:
        @wraps(command)
        def with_how(
            workers: int, scheduler: str | None, part: str | None, out_path: Path | None = None, **others: Any
        ) -> None:
            from simtui.simulation.batches import WHOLE, parse_part
            from simtui.simulation.engines import How

            if out and part is not None and out_path is None:
                raise SimtuiError("A part of the whole is of use only in a file: name it with --out.")
            chosen = WHOLE if part is None else parse_part(part)
            command(how=How(workers, scheduler, chosen, out_path), **others)

        if out:
            with_how = click.option(
                "--out",
                "out_path",
                metavar="FILE",
                type=FILE,
                help="Keep finished batches there; started again, the command goes on where it was.",
            )(with_how)
        for option in (
            click.option("--part", metavar="i/n", help="Compute only one of n parts, as on one of n machines."),
            click.option(
                "--scheduler",
                metavar="ADDRESS",
                help='Compute on a Dask cluster: tcp://host:8786, or "local" for one of --workers on this machine.',
            ),
            click.option(
                "--workers",
                type=click.IntRange(1, 1024),
                default=1,
                show_default=True,
                metavar="N",
                help="Processes at once; the numbers are the same with any.",
            ),
        ):
            with_how = option(with_how)
        return with_how

    return decorated


def part_done(how: How) -> str:
    """What is said when a part is finished, in place of a result."""
    return (
        f"Part {how.part.number} of {how.part.of} is in {printable(how.out or '')}. "
        "When all parts are: simtui merge, and the names of their files."
    )
