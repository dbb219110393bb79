"""Reading: text that is longer than its room, scrolled with the keys; BlocksView: such text, of a Report."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.widgets import Static

from simtui.reporting.blocks import Block
from simtui.reporting.text import render

LEAST_WIDTH = 12


class Reading(VerticalScroll, can_focus=True):
    """Takes the keys where there is more than can be seen; a line on its left says that it has them."""

    BINDING_GROUP_TITLE = "Text beside a list"
    BINDINGS = [
        Binding("up", "scroll_up", "Scroll", show=False),
        Binding("pageup", "page_up", "Scroll", show=False),
        Binding("down", "scroll_down", "Scroll", show=False),
        Binding("pagedown", "page_down", "Scroll", show=False),
        Binding("home", "scroll_home", "Scroll", show=False),
        Binding("end", "scroll_end", "Scroll", show=False),
        Binding("right,tab", "app.focus_next", "Next part of the tab", show=False),
        Binding("left", "app.focus_previous", "Part before", show=False),
    ]
    DEFAULT_CSS = """
    Reading { height: 1fr; padding: 0 1 0 0; scrollbar-size-vertical: 1; border-left: blank; }
    Reading:focus { border-left: outer $accent; }
    """


class BlocksView(Static):
    """What reporting says, as its text says it, in whatever width there is."""

    DEFAULT_CSS = """
    BlocksView { height: auto; }
    """

    def show(self, blocks: Iterable[Block]) -> None:
        self.update(_Drawn(tuple(blocks)))


@dataclass(frozen=True, slots=True)
class _Drawn:
    blocks: tuple[Block, ...]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        lines = render(self.blocks, max(options.max_width, LEAST_WIDTH), color=True)
        yield Text.from_ansi(lines.rstrip("\n"), no_wrap=True)
