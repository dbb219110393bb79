"""A document as one Markdown file; pictures and drawings are inside it, as data."""

from __future__ import annotations

import base64
import re
from collections.abc import Sequence

from simtui.reporting.blocks import Block, Bullets, Cell, Drawing, Heading, OwnWords, Paragraph, Table

_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$>-])")


def write(blocks: Sequence[Block]) -> str:
    """The whole file. Text is escaped; only the student's own words keep their Markdown."""
    return "\n\n".join(_block(block) for block in blocks) + "\n"


def _block(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"{'#' * level} {_text(text)}"
        case Paragraph(text, strong):
            return f"**{_text(text)}**" if strong else _text(text)
        case Bullets(items):
            return "\n".join(f"* {_text(item)}" for item in items)
        case Drawing(svg, alt, characters):
            picture = f"![{_text(alt)}](data:image/svg+xml;base64,{base64.b64encode(svg.encode()).decode()})"
            return "\n".join((picture, *_drawn(characters)))
        case OwnWords(text):
            return _own_words(text)
        case Table(header, rows, characters):
            rule = [":--", *["--:"] * (len(header) - 1)]
            lines = [[_text(name) for name in header], rule, *([_cell(cell) for cell in row] for row in rows)]
            return "\n".join((*(f"| {' | '.join(line)} |" for line in lines), *_drawn(characters)))


def _drawn(characters: Sequence[str]) -> Sequence[str]:
    return ("", "```text", *characters, "```") if characters else ()


def _own_words(text: str) -> str:
    """The student's Markdown as a quotation, which ends whatever was left open in it, a code block most of all.

    Outside of code its tags are text, and pictures, which would come from elsewhere, are links.
    """
    lines, fence = [], ""
    for line in text.strip("\n").split("\n"):
        mark = _FENCE.match(line)
        if fence:
            fence = "" if mark and mark[1].startswith(fence) else fence
            lines.append(line)
        elif mark:
            fence = mark[1]
            lines.append(line)
        else:
            # Every second part stands between backticks.
            parts = line.split("`")
            lines.append("`".join(part if i % 2 else _plain(part) for i, part in enumerate(parts)))
    return "\n".join(f"> {line}".rstrip() for line in lines)


def _plain(text: str) -> str:
    return _without_html(text).replace("![", "\\![")


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
