"""Blocks as one Markdown file that reads well as it is written; pictures are files beside it, or data inside it."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

from simtui.reporting import plot, svg
from simtui.reporting.blocks import (
    Axis,
    Block,
    Bullets,
    Cell,
    Facts,
    Gallery,
    Heading,
    ImageMap,
    OwnWords,
    Paragraph,
    Result,
    Scatter,
    Table,
)
from simtui.reporting.markdown_text import TAG, escaped
from simtui.reporting.pictures import as_png, drawing, gallery_lines
from simtui.study.model import Study

_COLUMNS = 72
"""Of drawings in characters."""

_SCALE = 2
"""Pixels of a stimulus's pixel: Markdown has no size for a picture."""


@dataclass(slots=True)
class _Document:
    """What is being written. own: the student's words, in which no picture may have another meaning.

    inline: pictures are data in the text, where readers take no SVG. pictures: by name in small letters, as readers
    and some file systems know it, the name, the kind of file and its data.
    """

    study: Study | None
    own: str
    inline: bool
    pictures: dict[str, tuple[str, str, bytes]] = field(default_factory=dict)

    def picture(self, name: str, suffix: str, data: bytes) -> str:
        """The mark that shows a picture, whose place the end of the document says."""
        safe = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-") or "picture"
        # Definitions in the notes count for the whole document, and the first of a name wins.
        while safe.lower() in self.own or self.pictures.get(safe.lower(), (safe, suffix, data)) != (safe, suffix, data):
            safe += "-x"
        self.pictures[safe.lower()] = safe, suffix, data
        return f"![{safe}]"

    def drawing(self, block: Scatter | ImageMap | Axis) -> str:
        """The same for a drawing."""
        if not self.inline:
            if isinstance(block, ImageMap):
                drawn = svg.image_map(block, self.study)
            else:
                drawn = svg.scatter(block) if isinstance(block, Scatter) else svg.axis(block)
            return self.picture(block.title, "svg", drawn.encode())
        from simtui.reporting import raster

        if isinstance(block, ImageMap):
            data = raster.image_map(block, self.study)
        else:
            data = raster.scatter(block) if isinstance(block, Scatter) else raster.axis(block)
        return self.picture(block.title, "png", data)


def render(blocks: Sequence[Block], study: Study | None = None) -> str:
    """The whole file, its pictures inside it. Text is escaped; only the student's own words keep their Markdown.

    study: whose images the blocks name; None leaves them out. Pictures are also there in characters, for readers that
    show none.
    """
    text, pictures = _written(blocks, study, inline=True)
    places = {name: f"data:image/png;base64,{base64.b64encode(data).decode()}" for name, (_, data) in pictures.items()}
    return text + _definitions(places)


def render_with_files(blocks: Sequence[Block], study: Study, folder: str) -> tuple[str, dict[str, bytes]]:
    """The file, and by name the pictures, to be put into a folder of that name beside it."""
    text, pictures = _written(blocks, study, inline=False)
    places = {name: f"{quote(folder)}/{name}.{suffix}" for name, (suffix, _) in pictures.items()}
    return text + _definitions(places), {f"{name}.{suffix}": data for name, (suffix, data) in pictures.items()}


def _written(blocks: Sequence[Block], study: Study | None, *, inline: bool) -> tuple[str, dict[str, tuple[str, bytes]]]:
    own = "\n".join(block.text for block in blocks if isinstance(block, OwnWords))
    document = _Document(study, own.lower(), inline)
    text = "\n\n".join(part for block in blocks for part in _block(block, document)) + "\n"
    return text, {name: (suffix, data) for name, suffix, data in document.pictures.values()}


def _definitions(places: dict[str, str]) -> str:
    return "".join(f"{'' if i else chr(10)}[{name}]: {place}\n" for i, (name, place) in enumerate(places.items()))


def _block(block: Block, document: _Document) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"{'#' * level} {escaped(text, always='#' if text.rstrip().endswith('#') else '')}"
        case Result(text) | Paragraph(text, True):
            yield f"**{escaped(text, always='*')}**"
        case Paragraph(text):
            yield escaped(text)
        case Bullets(items):
            yield "\n".join(f"* {escaped(item)}" for item in items)
        case Facts(rows):
            yield "\n".join(f"* {escaped(f'{name}: {fact}')}" for name, fact in rows)
        case Table():
            yield from _table(block, document)
        case Gallery(title, pairs):
            if document.study is not None:
                yield f"{escaped(title)}:"
                images = " ".join(_cell(pair, document) for _, pair in pairs)
                yield "\n".join((images, *_fenced(gallery_lines(block, drawing(document.study), _COLUMNS))))
        case Scatter():
            yield "\n".join((document.drawing(block), *_fenced(plot.draw(block, _COLUMNS).lines)))
        case ImageMap():
            yield "\n".join((document.drawing(block), *_fenced(plot.draw(block.as_scatter(), _COLUMNS).lines)))
        case Axis():
            yield document.drawing(block)
        case OwnWords(text):
            yield _own_words(text)


def _table(table: Table, document: _Document) -> Iterator[str]:
    header, rows = table.in_words() if document.study is None else (table.header, table.rows)
    lines = [[escaped(name, always="|") for name in header], *([_cell(cell, document) for cell in row] for row in rows)]
    widths = [max(3, *map(len, column)) for column in zip(*lines, strict=True)]
    rule = [":".ljust(widths[0], "-"), *("-" * (width - 1) + ":" for width in widths[1:])]
    padded = [[line[0].ljust(widths[0]), *map(str.rjust, line[1:], widths[1:])] for line in lines]
    yield "\n".join(f"| {' | '.join(line)} |" for line in (padded[0], rule, *padded[1:]))
    if table.note:
        yield escaped(table.note)


def _fenced(characters: Sequence[str]) -> Sequence[str]:
    return "", "```text", *characters, "```"


def _own_words(text: str) -> str:
    """The student's Markdown as a quotation, which ends whatever was left open in it, a code block most of all.

    Wherever a tag could begin it is text, in code too: what is code in one Markdown is none in another. Pictures,
    which would come from elsewhere, are links.
    """
    plain = TAG.sub("&lt;", text).replace("![", "&#33;[")
    return "\n".join(f"> {line}".rstrip() for line in plain.strip("\n").split("\n"))


def _cell(cell: Cell, document: _Document) -> str:
    study = document.study
    if isinstance(cell, str) or study is None:
        return escaped(str(cell), always="|")
    return " ".join(document.picture(name, "png", as_png(study, name, _SCALE)) for name in (cell.left, cell.right))
