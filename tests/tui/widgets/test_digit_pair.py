"""The pair on a real terminal, decoded back from its cells: at every depth, cropped, covered, resized."""

from __future__ import annotations

import codecs
import gzip
import itertools
import random
import shutil
import statistics
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pyte
import pytest

from simtui.stimuli import drawn
from simtui.storage.png import Image
from tests.decoding import VGA, correlation, pixels
from tests.terminal_session import UNKNOWN_TO_PYTE, TerminalSession

Open = Callable[..., "PairTerminal"]

TRUECOLOR = {"COLORTERM": "truecolor"}
DEPTHS = {
    "truecolor": (TRUECOLOR, 1 - 1e-12, 5900),
    "256": ({}, 0.9998, 4200),
    "16": ({"TERM": "xterm"}, 0.99, 2400),
    "glyphs": ({"NO_COLOR": "1"}, 0.99, 2400),
    "ascii": ({"TERM": "linux"}, 0.97, 1200),
}


class PairTerminal:
    """The app of pair_app.py on a terminal, and what its screen shows."""

    def __init__(self, session: TerminalSession, images: list[Image], size: tuple[int, int]) -> None:
        self.session = session
        self.images = images
        self.size = size
        self._steps = self._read = 0
        self._start_screen()
        self.step()

    def _start_screen(self) -> None:
        # A read may end within a character, so this screen has a decoder of its own.
        self._screen = pyte.Screen(*self.size)
        self._stream = pyte.Stream(self._screen)
        self._decoder = codecs.getincrementaldecoder("utf-8")()

    def step(self, key: str = "") -> bytes:
        """Press a key and wait until the screen says that it has been dealt with; what was sent for it."""
        before = len(self.session.raw)
        self.session.send(key)
        self._steps += 1
        self.session.wait_for(lambda _: f"step {self._steps} " in self.screen.display[0])
        while self.session.pump(0.05):
            pass
        return bytes(self.session.raw[before:])

    def resize(self, columns: int, rows: int) -> None:
        self._read = len(self.session.raw)
        self.size = columns, rows
        self._start_screen()
        self.session.resize(columns, rows)
        self.session.wait_for(lambda _: f"step {self._steps} " in self.screen.display[0])
        while self.session.pump(0.1):
            pass

    @property
    def screen(self) -> pyte.Screen:
        self._stream.feed(UNKNOWN_TO_PYTE.sub("", self._decoder.decode(bytes(self.session.raw[self._read :]))))
        self._read = len(self.session.raw)
        return self._screen

    def fidelity(self, pair: int, double: bool = False) -> tuple[float, float]:
        """The correlation of either image with the ink shown where it belongs."""
        columns, gap = (56, 2) if double else (28, 4)
        above = 1 + (1 if self.size[1] >= (37 if double else 23) else 0)
        screen = self.screen
        left, right = (
            -correlation(pixels(screen, x, above, double=double, palette=VGA), self.images[2 * pair + i])
            for i, x in enumerate((1, 1 + columns + gap))
        )
        return left, right


@pytest.fixture
def digits() -> list[Image]:
    """40 drawn digits, two and two of one class."""
    drawings = drawn.load(range(10), per_digit=4, seed=3).pixels
    return [tuple(bytes(row) for row in image) for image in drawings]


@pytest.fixture
def opened(tmp_path: Path, digits: list[Image]) -> Iterator[Open]:
    sessions: list[TerminalSession] = []
    repository = Path(__file__).resolve().parents[3]

    def open_(
        environment: dict[str, str],
        images: list[Image] | None = None,
        size: tuple[int, int] = (80, 24),
        place: str = "",
        around: tuple[str, ...] = (),
    ) -> PairTerminal:
        images = digits if images is None else images
        path = tmp_path / "images.bin"
        path.write_bytes(b"".join(b"".join(image) for image in images))
        argv = [*around, sys.executable, "-m", "tests.tui.pair_app", str(path), place]
        session = TerminalSession(argv, cwd=repository, columns=size[0], rows=size[1], environment=environment)
        sessions.append(session)
        return PairTerminal(session, images, size)

    yield open_
    for session in sessions:
        session.__exit__(None, None, None)


@pytest.mark.parametrize("depth", DEPTHS)
def test_what_is_seen_is_the_stimulus_in_few_bytes(depth: str, opened: Open) -> None:
    environment, least, budget = DEPTHS[depth]
    terminal = opened(environment)
    fidelities, sizes = [*terminal.fidelity(0)], []
    for pair in range(1, 12):
        sizes.append(len(terminal.step("n")))
        fidelities += terminal.fidelity(pair)
    assert statistics.median(fidelities) >= least
    assert min(fidelities) >= least - 0.02 * (1 - least > 1e-6)
    assert statistics.median(sizes) <= budget


@pytest.mark.slow
@pytest.mark.parametrize("depth", DEPTHS)
def test_mnist_is_seen_in_few_bytes(depth: str, opened: Open, shared: Path) -> None:
    data = gzip.decompress((shared / "mnist" / "t10k-images-idx3-ubyte.gz").read_bytes())[16:]
    rng = random.Random(1)
    starts = [784 * rng.randrange(10_000) for _ in range(40)]
    images = [tuple(data[i + 28 * y : i + 28 * y + 28] for y in range(28)) for i in starts]
    environment, least, budget = DEPTHS[depth]
    terminal = opened(environment, images)
    fidelities, sizes = [*terminal.fidelity(0)], []
    for pair in range(1, len(images) // 2):
        sizes.append(len(terminal.step("n")))
        fidelities += terminal.fidelity(pair)
    assert statistics.median(fidelities) >= least
    assert statistics.median(sizes) <= budget - 200


@pytest.mark.parametrize(("inner", "depth"), [("tmux-256color", "256"), ("screen-256color", "256"), ("screen", "16")])
def test_inside_tmux(inner: str, depth: str, opened: Open, tmp_path: Path) -> None:
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed here")
    config = tmp_path / "tmux.conf"
    config.write_text(f"set -g default-terminal {inner}\nset -g status off\nset -g destroy-unattached on\n")
    # The path of a socket has about 100 characters at most, which tmp_path need not heed.
    with tempfile.TemporaryDirectory(dir="/tmp") as short:
        around = ("tmux", "-S", f"{short}/socket", "-f", str(config), "new-session")
        terminal = opened({}, around=around)
        for pair in range(3):
            assert min(terminal.fidelity(pair)) >= DEPTHS[depth][1]
            terminal.step("n")


def test_only_what_changes_is_sent(opened: Open) -> None:
    terminal = opened(TRUECOLOR)
    assert b"255;255;255" not in terminal.step("s")
    assert b"255;255;255" in terminal.step("b")
    assert b"255;255;255" not in terminal.step("b")
    blank = terminal.screen
    paper = {(blank.buffer[y][x].bg, blank.buffer[y][x].data) for y in range(1, 17) for x in range(62)}
    assert paper == {("ffffff", " ")}
    terminal.step("s")
    assert min(terminal.fidelity(0)) > 1 - 1e-12


def test_resized_back_and_forth(opened: Open) -> None:
    terminal = opened(TRUECOLOR)
    for columns, rows in ((132, 43), (80, 24), (116, 31), (62, 16), (100, 30)):
        terminal.resize(columns, rows)
        for _ in range(2):
            shown = terminal.fidelity(terminal_pair := terminal._steps - 1, double=columns >= 116)
            assert min(shown) > 1 - 1e-12, (columns, rows, terminal_pair)
            terminal.step("n")


def cells(screen: pyte.Screen) -> dict[tuple[int, int], tuple[str, str, str, bool]]:
    """What can be seen in every cell below the first row: a space has no foreground."""
    return {
        (x, y): (c.data, "" if c.data == " " else c.fg, c.bg, c.reverse)
        for y in range(1, screen.lines)
        for x in range(screen.columns)
        for c in (screen.buffer[y][x],)
    }


@pytest.mark.parametrize("depth", ["truecolor", "256", "16", "ascii"])
def test_covered_by_a_label_and_by_a_dialog(depth: str, opened: Open) -> None:
    environment, least, _ = DEPTHS[depth]
    terminal = opened(environment)
    whole = cells(terminal.screen)
    terminal.step("o")
    covered = cells(terminal.screen)
    under = set(itertools.product(range(10, 22), range(5, 9)))
    assert {place for place in whole if covered[place] != whole[place]} <= under
    assert terminal.screen.display[5][10:].startswith("covers a")
    # A new pair while it is covered: all around the label must be the new pair.
    terminal.step("n")
    beneath = cells(terminal.screen)
    terminal.step("o")
    assert min(terminal.fidelity(1)) >= least - 0.02 * (1 - least > 1e-6)
    assert {place for place, cell in cells(terminal.screen).items() if beneath[place] != cell} <= under

    whole = cells(terminal.screen)
    terminal.step("d")
    terminal.session.wait_for(lambda _: "Stop here?" in "\n".join(terminal.screen.display))
    terminal.step("x")
    assert cells(terminal.screen) == whole


@pytest.mark.parametrize("depth", ["truecolor", "16"])
@pytest.mark.parametrize("place", ["cropped", "cropped scrolled"])
def test_cut_off_it_is_a_part_of_the_whole(depth: str, place: str, opened: Open) -> None:
    environment = DEPTHS[depth][0]
    whole, part = opened(environment), opened(environment, place=place)
    right, down = (3, 2) if "scrolled" in place else (0, 0)
    for _ in range(3):
        seen, expected = cells(part.screen), cells(whole.screen)
        for x, y in itertools.product(range(45), range(1, 10)):
            assert seen[x, y] == expected[x + right, y + down]
        whole.step("n")
        part.step("n")
