"""The folder of an export: made beside its place and moved there whole; nothing of anybody else's is ever replaced."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from simtui.errors import SimtuiError, printable
from simtui.storage.atomic import write_failed

_OURS = re.compile(
    r"""(trials|pairs|participants|revisions)\.(csv|parquet) | codebook\.(csv|md) | rdm\.npz | study\.json
    | dataset_description\.json | README\.md | README | CHANGES(\.md)? | sourcedata/study\.json
    | participants\.(tsv|json)
    | task-similarity_beh\.json | stimuli/[^/]+\.png | sub-[A-Za-z0-9]+/beh/[^/]+\.tsv
    | data/([^/]+_data\.(csv|json)|file_metadata\.json) | materials/(study\.json|stimuli/[^/]+\.png)
    | documentation/codebook\.(csv|md) | (analysis|results)/README\.md | \.bidsignore""",
    re.VERBOSE,
)
"""Every file that an export writes, by its path in the folder."""


@contextlib.contextmanager
def new_folder(place: Path, *, force: bool) -> Iterator[Path]:
    """An empty folder to write into; when the block ends well it is at `place`, and otherwise it is gone.

    force: whether an earlier export there is replaced. Raises SimtuiError where there is anything else already, and
    WriteFailedError where nothing can be written.
    """
    require_free(place, force=force)
    hidden = place.parent / f".{place.name[:40]}.{os.urandom(4).hex()}.tmp"
    try:
        hidden.mkdir()
    except OSError as error:
        raise write_failed(place, error) from None
    try:
        yield hidden
        _sync(hidden)
        _move(hidden, place)
    except OSError as error:
        raise write_failed(place, error) from None
    finally:
        shutil.rmtree(hidden, ignore_errors=True)


def require_free(place: Path, *, force: bool) -> None:
    """Raises SimtuiError where an export must not be put: before anything has been read or computed."""
    if not place.name:
        raise SimtuiError(f"{printable(place)} is no name for a new folder: give one with --to.")
    if place.is_symlink() or (place.exists() and not place.is_dir()):
        raise SimtuiError(f"{printable(place)} is there already and no folder: give another name.")
    if not place.exists() or not any(place.iterdir()):
        return
    if not force:
        raise SimtuiError(
            f"{printable(place)} is there already and was left alone: give another name, or --force to replace it."
        )
    for path in sorted(place.rglob("*")):
        inside = path.relative_to(place).as_posix()
        if path.is_symlink() or (not path.is_dir() and not _OURS.fullmatch(inside)):
            raise SimtuiError(
                f"{printable(place)} was left alone: no export has written the file {printable(inside)} in it. "
                "Move it away, or give another name."
            )


def _move(made: Path, place: Path) -> None:
    aside = made.with_suffix(".old")
    if place.exists():
        place.rename(aside)
    try:
        made.rename(place)
    except OSError:
        if aside.exists():
            aside.rename(place)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def _sync(folder: Path) -> None:
    """Put all files of a folder on disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
