"""Blocks as one HTML file that needs nothing else: no script, no style sheet, no picture from elsewhere."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Sequence
from html import escape

from markdown_it import MarkdownIt

from simtui.errors import printable
from simtui.reporting import svg
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
from simtui.reporting.pictures import as_png
from simtui.study.model import Study

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 66rem; margin: 2rem auto;
       padding: 0 1rem; }
h1, h2 { line-height: 1.2; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ccc; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid #ddd; } th { border-bottom-color: #888; }
th:first-child, td:first-child { text-align: left; }
img { width: 56px; height: 56px; image-rendering: pixelated; border: 1px solid #ccc; margin-right: 4px; }
td { white-space: nowrap; } th { vertical-align: bottom; } figure { margin: 1rem 0; }
dt { float: left; clear: left; width: 6rem; font-weight: bold; } dd { margin-left: 6.5rem; }
.gallery { display: flex; flex-wrap: wrap; gap: 1.5rem; } .gallery figure { margin: 0; }
svg { max-width: 100%; height: auto; }
.table { overflow-x: auto; }
.strong { font-weight: bold; border-left: .4rem solid #d55e00; padding-left: .6rem; }
.own { border-left: .4rem solid #0072b2; padding-left: .8rem; overflow-x: auto; }
.own h1, .own h2, .own h3 { font-size: 1.1rem; border: 0; margin: 1rem 0 .5rem; }
@media print {
  body { font-size: 11px; max-width: none; margin: 0; } table { font-size: 9px; } th, td { padding: .1rem .25rem; }
  .table, .own { overflow: visible; } img { width: 40px; height: 40px; }
  tr, figure, li { break-inside: avoid; } h1, h2, h3 { break-after: avoid; }
}
""".strip()

_POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def render(blocks: Sequence[Block], study: Study | None = None, language: str = "en") -> str:
    """The whole file. All text is escaped: nothing that a study or a note says can become a tag.

    study: whose images the blocks name; None leaves them out.
    """
    title = next((block.text for block in blocks if isinstance(block, Heading)), "")
    body = "\n".join(part for block in blocks for part in _block(block, study))
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _block(block: Block, study: Study | None) -> Iterator[str]:
    match block:
        case Heading(text, level):
            yield f"<h{level}>{escape(text)}</h{level}>"
        case Result(text) | Paragraph(text, True):
            yield f'<p class="strong">{escape(text)}</p>'
        case Paragraph(text):
            yield f"<p>{escape(text)}</p>"
        case Bullets(items):
            yield "<ul>\n" + "\n".join(f"<li>{escape(item)}</li>" for item in items) + "\n</ul>"
        case Facts(rows):
            yield (
                "<dl>\n"
                + "\n".join(f"<dt>{escape(name)}</dt><dd>{escape(fact)}</dd>" for name, fact in rows)
                + "\n</dl>"
            )
        case Table():
            yield _table(block, study)
        case Gallery(title, pairs) if study is not None:
            figures = "\n".join(
                f"<figure>{_cell(pair, study)}<figcaption>{escape(caption)}</figcaption></figure>"
                for caption, pair in pairs
            )
            yield f'<p>{escape(title)}:</p>\n<div class="gallery">\n{figures}\n</div>'
        case Scatter():
            yield f"<figure>{svg.scatter(block)}</figure>"
        case ImageMap():
            yield f"<figure>{svg.image_map(block, study)}</figure>"
        case Axis():
            yield f"<figure>{svg.axis(block)}</figure>"
        case OwnWords(text):
            yield f'<div class="own">\n{_own_words(text)}</div>'


def _table(table: Table, study: Study | None) -> str:
    header, rows = table.in_words() if study is None else (table.header, table.rows)
    head = "".join(f"<th>{escape(name)}</th>" for name in header)
    lines = "\n".join("<tr>" + "".join(f"<td>{_cell(cell, study)}</td>" for cell in row) + "</tr>" for row in rows)
    note = f"\n<p>{escape(table.note)}</p>" if table.note else ""
    return f'<div class="table"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{lines}\n</tbody></table></div>{note}'


def _own_words(text: str) -> str:
    """The student's Markdown as HTML: tags in it are text, and pictures from elsewhere stay words."""
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")
    rendered: str = reader.render(text)
    return rendered


def _cell(cell: Cell, study: Study | None) -> str:
    if isinstance(cell, str) or study is None:
        return escape(str(cell))
    return "".join(
        f'<img src="data:image/png;base64,{base64.b64encode(as_png(study, name)).decode()}" '
        f'alt="{escape(printable(name, 60))}">'
        for name in (cell.left, cell.right)
    )
