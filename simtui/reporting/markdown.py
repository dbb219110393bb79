"""Blocks as one Markdown file; pictures and drawings are inside it, as data."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence

from simtui.errors import printable
from simtui.reporting import plot, svg
from simtui.reporting.blocks import (
    Axis,
    Block,
    Bullets,
    Cell,
    Facts,
    Gallery,
    Heading,
    OwnWords,
    Paragraph,
    Result,
    Scatter,
    Table,
)
from simtui.reporting.pictures import as_png, drawing, gallery_lines
from simtui.study.model import Study

_COLUMNS = 72
"""Of drawings in characters."""

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$>-])")


def render(blocks: Sequence[Block], study: Study | None = None) -> str:
    """The whole file. Text is escaped; only the student's own words keep their Markdown.

    study: whose images the blocks name; None leaves them out. Pictures are also there in characters, for readers that
    show none.
    """
    return "\n\n".join(part for block in blocks for part in _block(block, study)) + "\n"


def _block(block: Block, study: Study | None) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"{'#' * level} {_text(text)}"
        case Result(text) | Paragraph(text, True):
            yield f"**{_text(text)}**"
        case Paragraph(text):
            yield _text(text)
        case Bullets(items):
            yield "\n".join(f"* {_text(item)}" for item in items)
        case Facts(rows):
            yield "\n".join(f"* {_text(name)}: {_text(fact)}" for name, fact in rows)
        case Table():
            yield from _table(block, study)
        case Gallery(title, pairs):
            if study is not None:
                yield f"{_text(title)}:"
                images = " ".join(_cell(pair, study) for _, pair in pairs)
                yield "\n".join((images, *_fenced(gallery_lines(block, drawing(study), _COLUMNS))))
        case Scatter():
            yield "\n".join((_svg(svg.scatter(block), block.title), *_fenced(plot.draw(block, _COLUMNS).lines)))
        case Axis():
            yield _svg(svg.axis(block), block.title)
        case OwnWords(text):
            yield _own_words(text)


def _table(table: Table, study: Study | None) -> Iterator[str]:
    header, rows = table.in_words() if study is None else (table.header, table.rows)
    lines = [[_text(name) for name in header], [":--", *["--:"] * (len(header) - 1)]]
    lines += [[_cell(cell, study) for cell in row] for row in rows]
    yield "\n".join(f"| {' | '.join(line)} |" for line in lines)
    if table.note:
        yield _text(table.note)


def _svg(drawn: str, title: str) -> str:
    return f"![{_text(title)}](data:image/svg+xml;base64,{base64.b64encode(drawn.encode()).decode()})"


def _fenced(characters: Sequence[str]) -> Sequence[str]:
    return "", "```text", *characters, "```"


def _own_words(text: str) -> str:
    """The student's Markdown as a quotation, which ends whatever was left open in it, a code block most of all.

    Wherever a tag could begin it is text, in code too: what is code in one Markdown is none in another. Pictures,
    which would come from elsewhere, are links.
    """
    plain = _TAG.sub("&lt;", text).replace("![", "&#33;[")
    return "\n".join(f"> {line}".rstrip() for line in plain.strip("\n").split("\n"))


def _cell(cell: Cell, study: Study | None) -> str:
    if isinstance(cell, str) or study is None:
        return _text(str(cell))
    return " ".join(
        f"![{_text(printable(name, 60))}](data:image/png;base64,{base64.b64encode(as_png(study, name)).decode()})"
        for name in (cell.left, cell.right)
    )


def _text(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", _without_html(" ".join(text.split())))


def _without_html(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
