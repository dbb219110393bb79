"""Blocks as plain text: readable without colour, in a pipe, and at any width from 40 columns on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from simtui.analysis.results import Report
from simtui.network.layers import DEFAULT_LAYER
from simtui.reporting import content, plot
from simtui.reporting import short as short_reading
from simtui.reporting.blocks import (
    Axis,
    Block,
    Bullets,
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
from simtui.reporting.pictures import NARROWEST, Draw, gallery_lines
from simtui.terminal.layout import paragraphs, table

MIN_WIDTH = 40

SHORT = 40
"""Lines of the short reading, the plot included."""

_WIDEST_PLOT = 80


def as_text(
    report: Report,
    layer: str = DEFAULT_LAYER,
    width: int = 80,
    color: bool = False,
    draw: Draw | None = None,
    *,
    braille: bool = False,
) -> str:
    """The Report in brief, for one layer; see `render`. Raises SimtuiError for a layer that the Report has not."""
    return render(content.brief(report, layer), max(width, MIN_WIDTH), color, draw, braille=braille)


def as_short_text(
    report: Report, layer: str = DEFAULT_LAYER, width: int = 80, color: bool = False, *, braille: bool = False
) -> str:
    """What is read in ten seconds, in SHORT lines where the width is 80 at least; see `render`."""
    width = max(width, MIN_WIDTH)
    for most in range(short_reading.MOST_APART, 0, -1):
        blocks = short_reading.short(report, layer, most)
        least = render(blocks, width, color, plot_height=plot.MIN_HEIGHT, braille=braille)
        if least.count("\n") <= SHORT:
            break
    room = plot.MIN_HEIGHT + SHORT - least.count("\n")
    return render(blocks, width, color, plot_height=room, braille=braille) if room > plot.MIN_HEIGHT else least


def render(
    blocks: Sequence[Block],
    width: int = 80,
    color: bool = False,
    draw: Draw | None = None,
    plot_height: int | None = None,
    *,
    braille: bool = False,
) -> str:
    """The blocks in lines of at most `width`; the homework's line alone is never broken.

    color: headings in bold, and the plot in colour. draw: makes the images of a gallery; without it there are none.
    plot_height: most lines that a plot takes; None for what goes well with the width.
    braille: see `plot.draw`.
    """
    lines: list[str] = []
    before: Block | None = None
    for block in blocks:
        drawn = [*_lines(block, width, color, draw, plot_height, braille=braille)]
        if drawn and before is not None and _apart(before, block):
            lines.append("")
        lines += drawn
        before = block if drawn else before
    return "\n".join(lines) + "\n"


def _apart(before: Block, block: Block) -> bool:
    """Whether there is an empty line between the two."""
    match block:
        case Heading() | Result() | Scatter() | ImageMap() | Gallery():
            return True
        case Table():
            return isinstance(before, Table | Bullets | Scatter | ImageMap)
    return False


def _lines(
    block: Block, width: int, color: bool, draw: Draw | None, plot_height: int | None, *, braille: bool
) -> Iterator[str]:
    match block:
        case Heading(text, 1):
            yield from wrap(text, width, subsequent_indent="  ")
        case Heading(text):
            yield from (_bold(line, color) for line in wrap(text, width))
        case Result(text):
            yield _bold(text, color)
        case Paragraph(text, strong):
            yield from (_bold(line, color and strong) for line in wrap(text, width))
        case Bullets(items):
            yield from paragraphs(items, width)
        case Facts(rows):
            yield from (line for name, fact in rows for line in wrap(f"{name}: {fact}", width, subsequent_indent="  "))
        case Table():
            header, cells = block.in_words()
            yield from table(header, cells, width=width, keep=block.names, indent="  ")
            yield from wrap(block.note, width, initial_indent="  ", subsequent_indent="  ")
        case Gallery():
            if draw is not None and width >= NARROWEST:
                yield f"  {block.title}:"
                yield from gallery_lines(block, draw, width)
        case Scatter() | ImageMap():
            points = block if isinstance(block, Scatter) else block.as_scatter()
            drawn = plot.draw(points, min(width, _WIDEST_PLOT), plot_height, braille=braille)
            yield from drawn.text(color=color).splitlines()
        case OwnWords(text):
            yield from text.splitlines()
        case Axis():
            # The sentences below it have all its numbers.
            return


def _bold(text: str, color: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if color else text
