"""RunProgress: how far the run is, as words and a bar, in one row."""

from __future__ import annotations

from rich.text import Text
from textual.reactive import reactive
from textual.widget import Widget


class RunProgress(Widget):
    """“Pair 3 of 20 ━━━━──────────”. The bar needs no colour, and no block glyphs where `plain`."""

    DEFAULT_CSS = """
    RunProgress { height: 1; width: 62; }
    """

    words: reactive[str] = reactive("")
    share: reactive[float] = reactive(0.0)

    def __init__(self, *, plain: bool = False) -> None:
        super().__init__()
        self._glyphs = ("=", "-") if plain else ("━", "─")

    def render(self) -> Text:
        label = f" {self.words}  "
        width = max(0, self.size.width - len(label) - 1)
        done = round(width * self.share)
        full, empty = self._glyphs
        return Text(label + full * done + empty * (width - done), no_wrap=True)
