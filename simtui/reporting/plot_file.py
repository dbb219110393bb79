"""A plot as a file of its own."""

from __future__ import annotations

from pathlib import Path

from simtui.errors import SimtuiError, printable
from simtui.reporting import svg
from simtui.reporting.blocks import Curves, Scatter
from simtui.storage import atomic

FORMATS = (".svg", ".png")


def check_target(path: Path, *, force: bool = False) -> None:
    """Raises SimtuiError where the name ends in no format that there is, or the file is there already."""
    if path.suffix.lower() not in FORMATS:
        raise SimtuiError(f"{printable(path)} names no kind of picture: end it in {' or '.join(FORMATS)}.")
    if not force:
        atomic.require_free(path)


def save(plot: Scatter | Curves, path: Path, *, force: bool = False) -> None:
    """Write the plot, in the format that the name ends in. Raises SimtuiError as `check_target`, or where it fails."""
    check_target(path, force=force)
    if path.suffix.lower() == ".svg":
        data = (svg.scatter(plot) if isinstance(plot, Scatter) else svg.curves(plot)).encode()
    else:
        # Pillow is only imported where it draws.
        from simtui.reporting import raster

        data = raster.scatter(plot) if isinstance(plot, Scatter) else raster.curves(plot)
    atomic.write(path, data, force=force)
