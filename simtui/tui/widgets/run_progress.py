"""RunProgress: how far the run is, as words and a bar, in one row."""

from __future__ import annotations

from rich.cells import cell_len
from rich.text import Text
from textual.geometry import Region
from textual.widget import Widget


class RunProgress(Widget):
    """“Pair 3 of 20 ━━━━──────────”. The bar needs no colour, and no block glyphs where `plain`."""

    DEFAULT_CSS = """
    RunProgress { height: 1; width: 62; }
    """

    def __init__(self, *, plain: bool = False) -> None:
        super().__init__()
        self._glyphs = ("=", "-") if plain else ("━", "─")
        self.words = ""
        self.share = 0.0

    def show(self, words: str, share: float) -> None:
        """Show how far the run is; the words are sent, and the bar up to where it changes. share: 0 to 1."""
        before = self._line()
        self.words, self.share = words, share
        after = self._line()
        if len(before) != len(after) or cell_len(before + after) != len(before + after):
            self.refresh()
            return
        changed = [x for x, (old, new) in enumerate(zip(before, after, strict=True)) if old != new]
        if changed:
            self.refresh(Region(0, 0, max(changed[-1] + 1, len(words) + 1), 1))

    def _line(self) -> str:
        label = f" {self.words}  "
        width = max(0, self.size.width - len(label) - 1)
        done = round(width * self.share)
        full, empty = self._glyphs
        return label + full * done + empty * (width - done)

    def render(self) -> Text:
        return Text(self._line(), no_wrap=True)
