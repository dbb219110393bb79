"""A document as one HTML file that needs nothing else: no script, no style sheet, no picture from elsewhere."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from html import escape

from markdown_it import MarkdownIt

from simtui.reporting.blocks import Block, Bullets, Cell, Drawing, Heading, OwnWords, Paragraph, Table

_STYLE = """
body { font: 16px/1.5 system-ui, sans-serif; color: #222; background: #fff; max-width: 66rem; margin: 2rem auto;
       padding: 0 1rem; }
h1, h2, h3 { line-height: 1.2; } h2 { margin-top: 2.5rem; border-bottom: 1px solid #ccc; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
th, td { padding: .2rem .6rem; text-align: right; border-bottom: 1px solid #ddd; } th { border-bottom-color: #888; }
th:first-child, td:first-child { text-align: left; }
img { width: 56px; height: 56px; image-rendering: pixelated; border: 1px solid #ccc; margin-right: 4px; }
td { white-space: nowrap; } th { vertical-align: bottom; } figure { margin: 1rem 0; }
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


def write(blocks: Sequence[Block], language: str = "en") -> str:
    """The whole file. All text is escaped: nothing that a study or a note says can become a tag."""
    title = next((block.text for block in blocks if isinstance(block, Heading)), "")
    body = "\n".join(_block(block) for block in blocks)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(language)}">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_STYLE}\n</style>\n</head>\n<body>\n{body}\n</body>\n</html>\n"
    )


def _block(block: Block) -> str:
    match block:
        case Heading(text, level):
            return f"<h{level}>{escape(text)}</h{level}>"
        case Paragraph(text, strong):
            return f'<p class="strong">{escape(text)}</p>' if strong else f"<p>{escape(text)}</p>"
        case Bullets(items):
            return "<ul>\n" + "\n".join(f"<li>{escape(item)}</li>" for item in items) + "\n</ul>"
        case Drawing(svg):
            return f"<figure>{svg}</figure>"
        case OwnWords(text):
            return f'<div class="own">\n{_own_words(text)}</div>'
        case Table(header, rows):
            head = "".join(f"<th>{escape(name)}</th>" for name in header)
            lines = "\n".join("<tr>" + "".join(f"<td>{_cell(cell)}</td>" for cell in row) + "</tr>" for row in rows)
            return (
                f'<div class="table"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{lines}\n</tbody></table></div>'
            )


def _own_words(text: str) -> str:
    """The student's Markdown as HTML: tags in it are text, and pictures from elsewhere stay words."""
    reader = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table").disable("image")
    rendered: str = reader.render(text)
    return rendered


def _cell(cell: Cell) -> str:
    if isinstance(cell, str):
        return escape(cell)
    return "".join(
        f'<img src="data:image/png;base64,{base64.b64encode(picture.png).decode()}" alt="{escape(picture.alt)}">'
        for picture in cell
    )
