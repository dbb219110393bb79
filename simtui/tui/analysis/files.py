"""What the analysis screen writes: the report to hand in, and the scatter plot. Nothing is ever replaced."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from textual.screen import Screen

from simtui.analysis.results import Report
from simtui.errors import SimtuiError, printable
from simtui.study.model import Study

if TYPE_CHECKING:
    from simtui.analysis.ratings import Ratings

MOST = 1000
"""Files of one name, beside which there is no further."""

Written = tuple[Path, ...]


def write_report(study: Study, report: Report, ratings: Ratings, layer: str, own_words: Path | None) -> Written:
    """The same HTML as of `simtui report`, in the current folder; its path.

    ratings: those that the report is of. own_words: the file of the notes. Raises SimtuiError where it cannot be
    written, or the notes cannot be read.
    """
    from simtui.reporting import content, html, notes
    from simtui.storage import atomic

    told = "" if own_words is None else notes.answered(notes.read(own_words))
    blocks = content.full(report, study, ratings, layer, told)
    path = _free(f"{study.id}-{_plain(layer)}-report", ".html")
    atomic.write(path, html.render(blocks, study).encode())
    return (path,)


def write_plot(study: Study, report: Report, layer: str) -> Written:
    """The scatter plot as SVG and as PNG, in the current folder; their paths. Raises SimtuiError where that fails."""
    from simtui.reporting import figures, plot_file

    plot, stem = figures.scatter(report, layer), f"{study.id}-{_plain(layer)}-scatter"
    paths = _free(stem, ".svg"), _free(stem, ".png")
    for path in paths:
        plot_file.save(plot, path)
    return paths


def write(screen: Screen[Any], work: Callable[[], Written]) -> None:
    """Do the work in a thread, and tell on the screen what was written, or why nothing was."""
    screen.run_worker(partial(_write, screen, work), thread=True, group="files")


def _write(screen: Screen[Any], work: Callable[[], Written]) -> None:
    tell = partial(screen.app.call_from_thread, partial(screen.notify, markup=False))
    try:
        written = work()
    except SimtuiError as fault:
        tell(str(fault), severity="error", timeout=10)
    else:
        tell(f"Wrote {' and '.join(printable(path, 200) for path in written)}.", timeout=6)


def _plain(layer: str) -> str:
    """A layer of somebody's own network may be called anything."""
    return "".join(character if character.isalnum() else "-" for character in layer)[:40]


def _free(stem: str, suffix: str) -> Path:
    """A name that no file has; the first of all where too many have one, so that writing it says so."""
    return next((path for path in _names(stem, suffix) if not path.exists()), Path(f"{stem}{suffix}"))


def _names(stem: str, suffix: str) -> Iterator[Path]:
    yield Path(f"{stem}{suffix}")
    yield from (Path(f"{stem}-{number}{suffix}") for number in range(2, MOST))
