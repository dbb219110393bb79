"""A document in a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from simtui.reporting import html, markdown
from simtui.reporting.blocks import Block
from simtui.storage import atomic


def write(path: Path, blocks: Sequence[Block], *, force: bool = False) -> None:
    """Write the document whole or not at all: as Markdown where the name ends in .md, else as HTML.

    Raises SimtuiError where the file exists (unless `force`) or cannot be written.
    """
    text = markdown.write(blocks) if path.suffix.lower() in (".md", ".markdown") else html.write(blocks)
    atomic.write(path, text.encode("utf-8"), force=force)
