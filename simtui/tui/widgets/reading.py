"""Reading: text that is longer than its room, scrolled with the keys; Facts: paragraphs of such text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from simtui.terminal.layout import paragraphs


class Reading(VerticalScroll, can_focus=True):
    """Takes the keys where there is more than can be seen; a line on its left says that it has them."""

    BINDING_GROUP_TITLE = "Text beside a list"
    BINDINGS = [
        Binding("up", "scroll_up", "Scroll up", show=False),
        Binding("pageup", "page_up", "Scroll up", show=False),
        Binding("down", "scroll_down", "Scroll down", show=False),
        Binding("pagedown", "page_down", "Scroll down", show=False),
        Binding("home", "scroll_home", "To its top", show=False),
        Binding("end", "scroll_end", "To its end", show=False),
        Binding("right,tab", "app.focus_next", "Next part of the tab", show=False),
        Binding("left", "app.focus_previous", "Part before", show=False),
    ]
    DEFAULT_CSS = """
    Reading { height: 1fr; padding: 0 1 0 0; scrollbar-size-vertical: 1; border-left: blank; }
    Reading:focus { border-left: outer $accent; }
    """


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, "" for none, and what stands under it, one paragraph each."""

    heading: str
    texts: Sequence[str]


class Facts(Static):
    """Blocks one below the other; the further lines of a paragraph stand further in, in whatever width there is."""

    DEFAULT_CSS = """
    Facts { height: auto; }
    """

    def tell(self, blocks: Sequence[Block]) -> None:
        self.update(_Wrapped(tuple(blocks)))


@dataclass(frozen=True, slots=True)
class _Wrapped:
    blocks: tuple[Block, ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for i, block in enumerate(self.blocks):
            if i:
                yield Text("")
            if block.heading:
                yield Text(block.heading, "bold")
            if block.texts:
                yield Text("\n".join(paragraphs(block.texts, max(options.max_width, 12))), no_wrap=True)
