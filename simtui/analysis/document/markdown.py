"""A document as one Markdown file; pictures and drawings are inside it, as data."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

from simtui.analysis.document.blocks import Block, Bullets, Cell, Drawing, Heading, OwnWords, Paragraph, Table

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$>-])")


def write(blocks: Sequence[Block]) -> str:
    """The whole file. Text is escaped; only the student's own words keep their Markdown, without HTML."""
    return "\n\n".join(_block(block) for block in blocks) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {_text(text)}"
        case Paragraph(text, strong):
            return f"**{_text(text)}**" if strong else _text(text)
        case Bullets(items):
            return "\n".join(f"* {_text(item)}" for item in items)
        case Drawing(svg, alt):
            return f"![{_text(alt)}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"
        case OwnWords(text):
            return _without_html(text).strip("\n")
        case Table(header, rows, characters):
            rule = [":--", *["--:"] * (len(header) - 1)]
            lines = [[_text(name) for name in header], rule, *([_cell(cell) for cell in row] for row in rows)]
            drawn = ("", "```text", *characters, "```") if characters else ()
            return "\n".join((*(f"| {' | '.join(line)} |" for line in lines), *drawn))


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return _text(cell)
    return " ".join(
        f"![{_text(picture.alt)}](data:image/png;base64,{base64.b64encode(picture.png).decode()})" for picture in cell
    )


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", _without_html(" ".join(text.split())))


def _without_html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
