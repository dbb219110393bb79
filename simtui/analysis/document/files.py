"""A document in a file."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from simtui.analysis.document import html, markdown
from simtui.analysis.document.blocks import Block
from simtui.errors import SimtuiError, printable


def write(path: Path, blocks: Sequence[Block], *, force: bool = False) -> None:
    """Write the document whole or not at all: as Markdown where the name ends in .md, else as HTML.

    Raises SimtuiError where the file exists (unless `force`) or cannot be written.
    """
    text = markdown.write(blocks) if path.suffix.lower() in (".md", ".markdown") else html.write(blocks)
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        temporary.write_bytes(text.encode("utf-8"))
        if force:
            temporary.replace(path)
        else:
            os.link(temporary, path)
    except FileExistsError:
        raise SimtuiError(
            f"{printable(path)} is there already and was left alone: give another name, or --force to replace it."
        ) from None
    except OSError as error:
        raise SimtuiError(f"{printable(path)} could not be written: {error.strerror or error}.") from None
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
