"""Markdown as lines for a terminal, a pipe or a file."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from rich import box
from rich.console import Console, ConsoleOptions, RenderResult
from rich.markdown import CodeBlock, Heading, Markdown, MarkdownElement, TableElement
from rich.table import Table
from rich.text import Text
from rich.theme import Theme

from simtui.terminal import charset

if TYPE_CHECKING:
    from markdown_it.token import Token

WIDEST = 96
"""Columns; longer lines of prose are hard to read."""

# Only what a terminal of 16 colours has. Magenta is the one of them that can be read on black and on white alike.
_STYLES = {
    "markdown.h1": "bold",
    "markdown.h2": "bold",
    "markdown.h3": "bold underline",
    "markdown.strong": "bold",
    "markdown.em": "italic",
    "markdown.code": "magenta",
    "markdown.code_block": "magenta",
    "markdown.link": "none",
    "markdown.link_url": "magenta",
    "markdown.item.bullet": "none",
    "markdown.item.number": "none",
    "markdown.table.border": "none",
    "markdown.table.header": "bold",
}
_COMMENTS = re.compile(r"^<!--.*?-->\n", re.MULTILINE | re.DOTALL)
_GUIDE_LINK = re.compile(r"([a-z]+)\.md(#.*)?")


def render(markdown: str, columns: int, *, color: bool, unicode: bool = True) -> str:
    """The document as text of at most `columns` columns, but for lines of code, which are left whole to be copied.

    color: with escape sequences for 16 colours; without, there is none, and code in a sentence keeps its backticks.
    unicode: whether more than ASCII can be shown.
    """
    text = _COMMENTS.sub("", markdown)
    file = io.StringIO()
    console = Console(
        file=file,
        width=min(columns, WIDEST),
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
        theme=Theme(_STYLES),
        _environ={},
    )
    console.print(_Guide(text if unicode else charset.spelled(text), marked=not color), crop=False)
    lines = "\n".join(line.rstrip() for line in file.getvalue().split("\n")).strip("\n")
    return lines if unicode else charset.ascii_text(lines)


class _Heading(Heading):
    """To the left, and the first two levels underlined, which does without colours."""

    _RULES: ClassVar = {"h1": "═", "h2": "─"}

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield self.text
        if self.tag in self._RULES:
            longest = max(line.cell_len for line in self.text.wrap(console, options.max_width))
            yield Text(self._RULES[self.tag] * longest)


class _Table(TableElement):
    """Without an edge around it, and the same with every rich."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for table in super().__rich_console__(console, options):
            if isinstance(table, Table):
                table.box, table.show_edge, table.pad_edge, table.collapse_padding = box.SIMPLE, False, False, True
            yield table


class _CodeBlock(CodeBlock):
    """Indented, and no line broken: whoever copies a command gets all of it."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        code = "\n".join(f"    {line}" for line in self.text.plain.rstrip().split("\n"))
        yield Text(code, style=self.style, no_wrap=True, overflow="ignore")


class _Guide(Markdown):
    elements: ClassVar[dict[str, type[MarkdownElement]]] = {
        **Markdown.elements,
        "heading_open": _Heading,
        "fence": _CodeBlock,
        "code_block": _CodeBlock,
        "table_open": _Table,
    }

    def __init__(self, text: str, *, marked: bool) -> None:
        super().__init__(text, hyperlinks=False)
        self.parsed = list(_linked(self.parsed, marked))


def _linked(tokens: Iterable[Token], marked: bool) -> Iterable[Token]:
    """Links to other guides say how to read them. marked: code in a sentence stands between backticks."""
    for token in tokens:
        if token.type == "code_inline" and marked:
            token.content = f"`{token.content}`"
        if token.type == "link_open" and (guide := _GUIDE_LINK.fullmatch(str(token.attrs["href"]))):
            token.attrs["href"] = f"simtui guide {guide[1]}"
        token.children = list(_linked(token.children, marked)) if token.children else token.children
        yield token
