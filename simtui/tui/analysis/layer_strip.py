"""LayerStrip: the layers in one row, each beside its key, the one that every tab shows in brackets."""

from __future__ import annotations

from dataclasses import dataclass

from rich.style import Style
from rich.text import Text
from textual import events
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from simtui.errors import printable

LAYER_KEYS = {"f": "fc", "o": "pool2", "2": "conv2", "1": "conv1", "p": "pixels"}
"""What chooses a layer, on every tab; those of a network of one's own are chosen in the tab of the layers."""

KEYS = {layer: key for key, layer in LAYER_KEYS.items()}


class LayerStrip(Widget):
    """“Layer  f [fc]  o pool2 …”. A click chooses too."""

    DEFAULT_CSS = """
    LayerStrip { height: 1; padding: 0 1; }
    """

    layers: reactive[tuple[str, ...]] = reactive(tuple(LAYER_KEYS.values()))
    shown_layer: reactive[str] = reactive("")

    @dataclass
    class Chosen(Message):
        """The user clicked on a layer."""

        layer: str

    def render(self) -> Text:
        line = Text("Layer", no_wrap=True, overflow="ellipsis")
        for layer in self.layers:
            name, key = printable(layer, 24), KEYS.get(layer, "")
            line.append(f"  {key} " if key else "  ", Style(bold=True))
            chosen = layer == self.shown_layer
            line.append(f"[{name}]" if chosen else f" {name} ", Style(bold=True, reverse=True) if chosen else Style())
        return line

    def on_click(self, event: events.Click) -> None:
        column = 1 + len("Layer")
        for layer in self.layers:
            column += len(printable(layer, 24)) + 4 + 2 * (layer in KEYS)
            if event.x < column:
                self.post_message(self.Chosen(layer))
                return
