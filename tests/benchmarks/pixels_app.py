"""The same pairs through rich-pixels, in a bare app: `python -m tests.benchmarks.pixels_app STUDY.json`. A key, a pair.

Half blocks, two images side by side on white, as rich-pixels is used; progress in words, as at simtui's screen.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image
from rich_pixels import Pixels
from textual import events
from textual.app import App, ComposeResult
from textual.widgets import Static

from simtui.study import file as study_file

GAP = 4


class PixelsApp(App[None]):
    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { align: center middle; } #pair { width: 60; height: 14; }"

    def __init__(self, path: Path) -> None:
        super().__init__()
        study = study_file.load(path)
        self._pairs = [(study.image(pair.left), study.image(pair.right)) for pair in study.pairs]
        self._number = 0

    def compose(self) -> ComposeResult:
        yield Static("", id="words")
        yield Static("", id="pair")

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        both = Image.new("L", (56 + GAP, 28), 255)
        for index, image in enumerate(self._pairs[self._number % len(self._pairs)]):
            ink = Image.frombytes("L", (28, 28), b"".join(bytes(row) for row in image))
            both.paste(ink.point(lambda value: 255 - value), (index * (28 + GAP), 0))
        self.query_one("#pair", Static).update(Pixels.from_image(both))
        self._number += 1
        self.query_one("#words", Static).update(f"Pair {self._number} of {len(self._pairs)}")

    def on_key(self, event: events.Key) -> None:
        self._show()


if __name__ == "__main__":
    PixelsApp(Path(sys.argv[1])).run(mouse=False)
