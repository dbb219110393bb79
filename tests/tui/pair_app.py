"""An app around one DigitPair, for tests on a real terminal: `python -m tests.tui.pair_app IMAGES.bin [PLACE]`.

The file holds 28x28 grey images. Keys: n next pair, s the same again, b blank, d a dialog (any key closes it),
o a label that covers part of the pair (and o again, that does not). Each shows a new number of steps.
"""

from __future__ import annotations

import sys
from pathlib import Path

from simtui.terminal.detection import prepare

TERMINAL = prepare(colors=None, polarity="dark-on-light")

from textual import events  # noqa: E402  (after prepare, which says which colours there are)
from textual.app import App, ComposeResult  # noqa: E402
from textual.containers import Container  # noqa: E402
from textual.screen import ModalScreen  # noqa: E402
from textual.widgets import Static  # noqa: E402

from simtui.storage.png import Image  # noqa: E402
from simtui.tui.leaving import leave_on_signals  # noqa: E402
from simtui.tui.widgets.digit_pair import DigitPair  # noqa: E402


def images(path: Path) -> list[Image]:
    data = path.read_bytes()
    return [tuple(data[i + 28 * y : i + 28 * y + 28] for y in range(28)) for i in range(0, len(data), 784)]


class Dialog(ModalScreen[None]):
    CSS = """
    Dialog { align: center middle; background: transparent; }
    Dialog > Static { width: 20; height: 5; background: blue; }
    """

    def compose(self) -> ComposeResult:
        yield Static("Stop here?")

    def on_key(self, event: events.Key) -> None:
        event.stop()
        self.dismiss()


class PairApp(App[object]):
    CSS = """
    Screen { overflow: hidden; layers: below above; }
    Container { width: 100%; height: auto; align-horizontal: left; overflow: hidden; }
    Container.cropped { width: 45; height: 9; }
    Container.scrolled > DigitPair { offset: -3 -2; }
    #over { layer: above; display: none; offset: 10 5; width: 12; height: 4; background: red; }
    #steps { height: 1; }
    """

    def __init__(self, pairs: list[Image], place: str) -> None:
        super().__init__()
        self._images = pairs
        self._place = place
        self._steps = self._shown = 0

    def compose(self) -> ComposeResult:
        yield Static("step 0", id="steps")
        with Container(classes=self._place):
            yield DigitPair(TERMINAL)
        yield Static("covers a part", id="over")

    def on_mount(self) -> None:
        # As in the real app. It also sees to it that the loop wakes up for every signal, that of a resize among them.
        leave_on_signals(self)
        self.call_after_refresh(self._show)

    def _show(self) -> None:
        left, right = self._images[2 * self._shown : 2 * self._shown + 2]
        self.query_one(DigitPair).show(left, right)
        self._step()

    def _step(self) -> None:
        self._steps += 1
        self.query_one("#steps", Static).update(f"step {self._steps}")

    def key_n(self) -> None:
        self._shown += 1
        self._show()

    def key_s(self) -> None:
        self._show()

    def key_b(self) -> None:
        self.query_one(DigitPair).blank()
        self._step()

    def key_d(self) -> None:
        self._step()
        self.push_screen(Dialog(), lambda _: self._step())

    def key_o(self) -> None:
        over = self.query_one("#over")
        over.display = not over.display
        self._step()


if __name__ == "__main__":
    PairApp(images(Path(sys.argv[1])), sys.argv[2] if len(sys.argv) > 2 else "").run(mouse=False)
