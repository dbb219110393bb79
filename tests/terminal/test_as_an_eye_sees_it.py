"""The picture on the screen of a real terminal against the stimulus, pixel by pixel: xterm in Xvfb's memory."""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from simtui.stimuli import drawn
from simtui.storage.png import SIZE
from simtui.terminal.cells import Renderer
from tests.conftest import REPOSITORY

MISSING = [program for program in ("Xvfb", "xterm") if shutil.which(program) is None]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"needs {' and '.join(MISSING)}, to see what a real terminal draws"),
]

# Its cells are of even height, 7 by 14, and its blocks fill them.
FIXED = ["-fn", "-misc-fixed-medium-r-normal--14-130-75-75-c-70-iso10646-1"]
FIXED_FILE = Path("/usr/share/fonts/X11/misc/7x14.pcf.gz")
"""One of the fonts that Debian's xfonts-base brings; without it X takes another of the same name."""

COLUMNS, ROWS = 120, 32

# In the terminal: draw an image, say how large the window is, and stay until the picture was taken.
INSIDE = """
import fcntl, json, struct, sys, termios
from pathlib import Path
from simtui.stimuli import drawn
from simtui.terminal.cells import Look
from simtui.terminal.render import encode, render
image = drawn.load((8,), 1, seed=3).pixels[0]
look = Look("truecolor", sys.argv[1], "light-on-dark")
rows = [encode(row, look) for row in render([image.tolist()], look)]
sys.stdout.write("\\x1b[?25l\\x1b[2J\\x1b[H" + "\\r\\n".join(rows))
sys.stdout.write("\\x1b[6n")
sys.stdout.flush()
sys.stdin.buffer.read(1)  # the reply: all before it is drawn
size = struct.unpack("HHHH", fcntl.ioctl(0, termios.TIOCGWINSZ, b"0" * 8))
Path(sys.argv[2] + ".part").write_text(json.dumps(size))
Path(sys.argv[2] + ".part").rename(sys.argv[2])
sys.stdin.buffer.read()
"""


@pytest.fixture(scope="module")
def screen(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A display of its own, and the file that is its memory."""
    folder = tmp_path_factory.mktemp("screen")
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1000x24", "-fbdir", str(folder)]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as told:
        number = told.readline().strip()
    if not number:
        server.wait()
        pytest.skip("Xvfb does not start here")
    yield f":{number}", folder / "Xvfb_screen0"
    server.terminate()
    server.wait()


def greys(memory: Path) -> NDArray[np.int64]:
    """What is on the display, its green parts; see XWDFile.h."""
    data = memory.read_bytes()
    header = struct.unpack(">25I", data[:100])
    size, width, height, stride, colors = header[0], header[4], header[5], header[12], header[19]
    pixels = np.frombuffer(data, dtype=np.uint8, offset=size + 12 * colors, count=stride * height)
    return pixels.reshape(height, stride // 4, 4)[:, :width, 1].astype(np.int64)


def seen(screen: tuple[str, Path], folder: Path, renderer: Renderer, font: list[str]) -> tuple[float, float]:
    """r of the pixels on the display with the stimulus, and the share that is off by more than 48 levels."""
    display, memory = screen
    ready = folder / f"ready-{next(count(len(list(folder.iterdir()))))}"
    resources = ["*internalBorder: 0", "*scrollBar: false", "*directColor: true", "*utf8: 2", "*allowWindowOps: true"]
    command = ["xterm", "-bw", "0", "-geometry", f"{COLUMNS}x{ROWS}+0+0", *font]
    command += [part for resource in resources for part in ("-xrm", f"XTerm{resource}")]
    command += ["-e", "sh", "-c", 'stty raw -echo; exec "$@"', "sh", sys.executable, "-c", INSIDE, renderer, str(ready)]
    environment = os.environ | {"DISPLAY": display, "PYTHONPATH": str(REPOSITORY), "LC_ALL": "C.UTF-8"}
    terminal = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    try:
        while not ready.exists():
            assert terminal.poll() is None, "xterm ended"
        rows, columns, width, height = json.loads(ready.read_text())
        cell = height // rows, width // columns
        wide, high = (2, 1) if renderer == "double-space" else (1, 2)
        image = drawn.load((8,), 1, seed=3).pixels[0].astype(np.int64)
        at_rows = np.arange(SIZE // high * cell[0]) * high // cell[0]
        at_columns = np.arange(SIZE * wide * cell[1]) // (wide * cell[1])
        wanted = image[np.ix_(at_rows, at_columns)]
        # xterm has drawn it; when the display shows it is the display's to say.
        end, r = time.monotonic() + 30, 0.0
        while r < 0.95 and time.monotonic() < end:
            shown = greys(memory)[: len(at_rows), : len(at_columns)]
            r = float(np.corrcoef(shown.ravel(), wanted.ravel())[0, 1]) if shown.std() else 0.0
    finally:
        terminal.kill()
        terminal.wait()
    return r, float((np.abs(shown - wanted) > 48).mean())


@pytest.mark.parametrize("size", [8, 11, 14])
def test_spaces_are_exact_in_every_font_and_size(screen: tuple[str, Path], tmp_path: Path, size: int) -> None:
    r, off = seen(screen, tmp_path, "double-space", ["-fa", "monospace", "-fs", str(size)])
    assert r >= 0.998
    assert off == 0


@pytest.mark.skipif(not FIXED_FILE.exists(), reason="needs the font misc-fixed (Debian: xfonts-base)")
@pytest.mark.parametrize("renderer", ["double-space", "half-block", "upper-half-block", "lower-half-block"])
def test_a_font_that_fills_its_cells_is_as_exact(screen: tuple[str, Path], tmp_path: Path, renderer: Renderer) -> None:
    r, off = seen(screen, tmp_path, renderer, FIXED)
    assert r >= 0.998
    assert off == 0


@pytest.mark.parametrize("size", [8, 11, 14])
def test_half_blocks_of_other_fonts_stay_recognisable(screen: tuple[str, Path], tmp_path: Path, size: int) -> None:
    r, off = seen(screen, tmp_path, "half-block", ["-fa", "monospace", "-fs", str(size)])
    # Measured: .962, .953, .967; where cells have an odd height no half block can be half of one.
    assert r >= 0.95
    assert off < 0.03
