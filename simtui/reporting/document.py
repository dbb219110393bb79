"""A report as a file: HTML that has everything inside it, or Markdown with its pictures inside or beside it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from simtui.errors import SimtuiError, printable
from simtui.reporting import html, markdown
from simtui.reporting.blocks import Block
from simtui.storage import atomic
from simtui.study.model import Study

HTML, MARKDOWN = (".html", ".htm"), (".md", ".markdown")

Pictures = Literal["inline", "files"]


def check_target(path: Path, pictures: Pictures = "inline", *, force: bool = False) -> None:
    """Raises SimtuiError where the name ends in no format that there is, or the file, or its pictures, are there."""
    if path.suffix.lower() not in (*HTML, *MARKDOWN):
        raise SimtuiError(f"{printable(path)} does not end in .html or .md: say which of the two it shall be.")
    if pictures == "files" and path.suffix.lower() in HTML:
        raise SimtuiError("An HTML report has its pictures inside it: --pictures files goes with a name in .md.")
    if not force:
        atomic.require_free(path)
        if pictures == "files":
            atomic.require_free(_folder(path))


def save(
    blocks: Sequence[Block], study: Study, path: Path, pictures: Pictures = "inline", *, force: bool = False
) -> None:
    """Write the report. Pictures of their own are in the folder `<name>-pictures` beside it, and are written first.

    The same blocks give the same bytes. Raises SimtuiError as `check_target`, or where writing fails.
    """
    check_target(path, pictures, force=force)
    if path.suffix.lower() in HTML:
        text = html.render(blocks, study)
    elif pictures == "inline":
        text = markdown.render(blocks, study)
    else:
        folder = _folder(path)
        text, files = markdown.render_with_files(blocks, study, folder.name)
        try:
            folder.mkdir(exist_ok=True)
        except OSError as error:
            raise atomic.write_failed(folder, error) from None
        for name, data in files.items():
            atomic.write(folder / name, data, force=force)
    atomic.write(path, text.encode(), force=force)


def _folder(path: Path) -> Path:
    return path.with_name(f"{path.stem}-pictures")
