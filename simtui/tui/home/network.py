"""NetworkScreen: how well the network reads MNIST, which digits it confuses, and its predictions side by side."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.message import Message
from textual.widgets import Footer, Input, ProgressBar, Static
from textual.worker import get_current_worker

from simtui.errors import SimtuiError, printable, require_installed
from simtui.progress import Progress
from simtui.storage import remembered
from simtui.terminal.detection import Terminal
from simtui.terminal.image_lines import image_grid
from simtui.tui.analysis.checkpoint import CheckpointScreen, Choice
from simtui.tui.dialogs import HelpScreen
from simtui.tui.screens import BaseScreen

if TYPE_CHECKING:
    from simtui.network.training import Evaluation
    from simtui.stimuli.image_set import ImageSet

SHOWN = 60
"""Digits with their predictions."""


class Evaluated(Message):
    """The network has read the test set, or there is a sentence why not."""

    def __init__(
        self, network: str = "", images: ImageSet | None = None, found: Evaluation | None = None, sentence: str = ""
    ) -> None:
        super().__init__()
        self.network = network
        self.images = images
        self.found = found
        self.sentence = sentence


class Read(Message):
    """So large a share of the test set has been read."""

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    def can_replace(self, message: Message) -> bool:
        return isinstance(message, Read)


class _Left(Exception):  # noqa: N818  it is no error
    """Nobody waits for the result any more."""


class NetworkScreen(BaseScreen[None]):
    """One page to scroll; where MNIST is not found, a line to say where it is."""

    CSS_PATH = "network.tcss"
    BINDING_GROUP_TITLE = "The network"
    BINDINGS = [
        Binding("w", "wrong", "Wrong first, or not"),
        Binding("k", "checkpoint", "Checkpoint"),
        Binding("question_mark", "keys", "Keys"),
        Binding("escape", "leave", "Back"),
        Binding("q", "leave", "Back", show=False),
    ]

    def __init__(self, terminal: Terminal) -> None:
        super().__init__()
        self._terminal = terminal
        self._checkpoint = remembered.checkpoint()
        self._evaluated: Evaluated | None = None
        self._wrong = True

    def compose(self) -> ComposeResult:
        with VerticalScroll():
            yield Static("Reading the test set of MNIST …", id="accuracy", markup=False)
            yield ProgressBar(show_eta=False, total=1.0)
            yield Static("", classes="error", markup=False)
            yield Static("The folder with the four files of MNIST, then Enter", id="where", markup=False)
            yield Input(placeholder="mnist", compact=True)
            yield Static("", id="confusion", markup=False)
            yield Static("", id="order", markup=False)
            yield Static("", id="predictions", markup=False)
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        self._start()

    def _start(self) -> None:
        self.query_one(ProgressBar).display = True
        for hidden in (".error", "#where", "Input"):
            self.query_one(hidden).display = False
        self.query_one("#accuracy", Static).update("Reading the test set of MNIST …")
        self.query_one(VerticalScroll).focus()
        self.run_worker(partial(self._work, self._checkpoint), thread=True, group="network", exclusive=True)

    def _work(self, checkpoint: Path | None) -> None:
        worker = get_current_worker()

        def told(done: int, total: int, _: str = "", /) -> None:
            if worker.is_cancelled:
                raise _Left
            self.post_message(Read(done / total))

        try:
            self.post_message(_evaluate(checkpoint, told))
        except SimtuiError as fault:
            self.post_message(Evaluated(sentence=str(fault)))
        except _Left:
            return

    def on_read(self, news: Read) -> None:
        self.query_one(ProgressBar).update(progress=news.share)

    def on_evaluated(self, news: Evaluated) -> None:
        self.query_one(ProgressBar).display = False
        if news.found is None:
            self._complain(news.sentence)
            return
        self._evaluated = news
        found = news.found
        self.query_one("#accuracy", Static).update(
            f"{printable(news.network)} reads {found.accuracy:.2f} % of MNIST's test images rightly, "
            f"{found.correct} of {found.total}."
        )
        self._draw()

    def _complain(self, sentence: str) -> None:
        from simtui.stimuli import mnist

        self.query_one("#accuracy", Static).update("The network and MNIST")
        error = self.query_one(".error", Static)
        error.update(sentence)
        error.display = True
        if not mnist.available():
            for shown in ("#where", "Input"):
                self.query_one(shown).display = True
            self.query_one(Input).focus()

    def on_input_changed(self) -> None:
        """The mistake is being mended."""
        self.query_one(".error").display = False

    def on_input_submitted(self, event: Input.Submitted) -> None:
        from simtui.stimuli import mnist

        folder = Path(event.value.strip()).expanduser()
        if event.value.strip() and mnist.available(folder):
            mnist.remember(folder)
            self._start()
        else:
            self._complain(f"The files of MNIST are not in {printable(folder)}.")

    # ------------------------------------------------------------------ what is shown

    def on_resize(self, _: events.Resize) -> None:
        self._draw()

    def _draw(self) -> None:
        news = self._evaluated
        if news is None or news.found is None or news.images is None:
            return
        import numpy as np

        from simtui.reporting import predictions

        read = news.found.predictions
        counts = predictions.confusion(np.array(news.images.labels, dtype=np.int64), read)
        lines = ["Images of each digit (rows), by the digit that the network takes them for (columns):"]
        self.query_one("#confusion", Static).update("\n".join([*lines, *predictions.confusion_lines(counts)]))
        order = "wrong ones first" if self._wrong else "as they come"
        self.query_one("#order", Static).update(f"Its answers, {order}; ! is wrong (w: the other order):")
        tiles = predictions.tiles(news.images, read, SHOWN, wrong=self._wrong)
        width = max(28, self.app.size.width - 4)
        grid = image_grid(tiles, self._terminal.look("half-block"), width, between=2)
        self.query_one("#predictions", Static).update(Text.from_ansi("\n".join(grid), no_wrap=True))

    # ------------------------------------------------------------------ keys

    def action_wrong(self) -> None:
        self._wrong = not self._wrong
        self._draw()

    def action_checkpoint(self) -> None:
        self.app.push_screen(CheckpointScreen(self._checkpoint), self._take_checkpoint)

    def _take_checkpoint(self, choice: Choice | None) -> None:
        if choice is not None:
            self._checkpoint = choice.path
            remembered.keep(checkpoint=None if choice.path is None else str(choice.path.resolve()))
            self._start()

    def action_keys(self) -> None:
        self.app.push_screen(HelpScreen("The network", (NetworkScreen, type(self.app))))

    def action_leave(self) -> None:
        self.workers.cancel_node(self)
        self.dismiss(None)


def _evaluate(checkpoint: Path | None, told: Progress) -> Evaluated:
    """Raises SimtuiError where there is no MNIST, no torch or no such checkpoint."""
    from simtui.stimuli import mnist

    images = mnist.load("test")
    require_installed("Reading MNIST", ("torch",))
    import numpy as np

    from simtui.network import checkpoint as checkpoints
    from simtui.network import container
    from simtui.network.training import evaluate

    loaded = checkpoints.load(checkpoint or container.default_checkpoint())
    labels = np.array(images.labels, dtype=np.int64)
    return Evaluated(loaded.name, images, evaluate(loaded.net, images.pixels, labels, told))
