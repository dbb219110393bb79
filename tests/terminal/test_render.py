"""Cells decode back to the image, rows are as short as they can be, and nothing heavy is imported for it."""

from __future__ import annotations

import gzip
import itertools
import random
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from simtui.stimuli import drawn
from simtui.storage.png import Image
from simtui.terminal.cells import Depth, Look, choices
from simtui.terminal.ink import INK
from simtui.terminal.render import Row, blank, cut, encode, layout, render, used_columns
from tests.decoding import VGA, Grid, correlation, covered, pixels, replayed

DEPTHS = ("truecolor", "256", "16", "glyphs", "ascii")
LOOKS = [
    Look(depth, renderer, polarity)  # type: ignore[arg-type]
    for depth in DEPTHS
    for renderer in ("half-block", "double-space")
    for polarity in ("dark-on-light", "light-on-dark")
] + [Look("ascii", own_colors=True)]


def name(look: Look) -> str:
    return f"{look.depth} {look.renderer} {look.polarity}{' own' if look.own_colors else ''}"


@pytest.fixture(scope="module")
def digits() -> list[Image]:
    pixels = drawn.load(range(10), per_digit=4, seed=3).pixels
    return [tuple(bytes(row) for row in image) for image in pixels]


@pytest.fixture(scope="module")
def mnist(shared: Path) -> list[tuple[Image, Image]]:
    """100 pairs of MNIST's test images."""
    data = gzip.decompress((shared / "mnist" / "t10k-images-idx3-ubyte.gz").read_bytes())[16:]
    rng = random.Random(0)

    def image(i: int) -> Image:
        return tuple(data[784 * i + 28 * y : 784 * i + 28 * y + 28] for y in range(28))

    return [(image(rng.randrange(10_000)), image(rng.randrange(10_000))) for _ in range(100)]


def noise(seed: int) -> Image:
    rng = random.Random(seed)
    return tuple(bytes(rng.randrange(256) for _ in range(28)) for _ in range(28))


def decoded(rows: tuple[Row, ...], look: Look, x: int = 0) -> Grid:
    """What a terminal shows of the rows as they are written to it."""
    text = "\r\n".join(encode(row, look) for row in rows)
    screen = replayed(text.encode(), 120, 40)
    return pixels(screen, x, 0, double=look.renderer == "double-space", palette=VGA)


def ink(grid: Grid, look: Look) -> Grid:
    """Ink bright, whatever it looked like."""
    return [[255 - v for v in row] for row in grid] if look.polarity == "dark-on-light" else grid


@pytest.mark.parametrize("look", [look for look in LOOKS if look.depth == "truecolor"], ids=name)
def test_24_bits_show_every_pixel_exactly(look: Look, digits: list[Image]) -> None:
    for image in (noise(1), *digits[:5]):
        assert ink(decoded(render([image], look), look), look) == [[float(v) for v in row] for row in image]


LEAST = {"truecolor": 1 - 1e-12, "256": 0.9997, "16": 0.99, "glyphs": 0.985, "ascii": 0.96}


@pytest.mark.parametrize("look", LOOKS, ids=name)
def test_every_depth_shows_drawn_digits_well(look: Look, digits: list[Image]) -> None:
    worst = min(correlation(ink(decoded(render([image], look), look), look), image) for image in digits)
    assert worst >= LEAST[look.depth]


MEDIAN = {"truecolor": 1 - 1e-12, "256": 0.9998, "16": 0.99, "glyphs": 0.99, "ascii": 0.97}


@pytest.mark.parametrize("look", [Look(depth) for depth in DEPTHS], ids=name)  # type: ignore[arg-type]
def test_every_depth_shows_mnist_well_in_few_bytes(look: Look, mnist: list[tuple[Image, Image]]) -> None:
    fidelities, sizes = [], []
    before: tuple[Row, ...] = (blank(62, look),) * 14
    for pair in mnist:
        rows = render(pair, look, gap=4, before=1, after=1)
        for image, x in zip(pair, (1, 33), strict=True):
            fidelities.append(correlation(ink(decoded(rows, look, x), look), image))
        changed = [
            cut(new, 0, max(used_columns(old, look), used_columns(new, look)))
            for old, new in zip(before, rows, strict=True)
            if old != new
        ]
        # Beside each row the compositor sends a cursor move of 7 bytes or so and a line feed.
        sizes.append(sum(len(encode(row, look).encode()) + 8 for row in changed))
        before = rows
    assert statistics.median(fidelities) >= MEDIAN[look.depth]
    budgets = {"truecolor": 5900, "256": 4200, "16": 2400, "glyphs": 2400, "ascii": 1200}
    assert statistics.median(sizes) <= budgets[look.depth] - 200  # progress and scale


def test_256_colours_use_30_greys() -> None:
    used = {number for v in range(256) for way in choices(v, v, Look("256")) for number in way[1:] if number}
    assert len(used) == 30
    assert used - set(range(232, 256)) == {16, 59, 102, 145, 188, 231}


@pytest.mark.parametrize("look", LOOKS, ids=name)
def test_every_run_has_a_background_and_every_glyph_a_foreground(look: Look, digits: list[Image]) -> None:
    for row in render(digits[:2], look, gap=4, before=2, after=3):
        assert sum(len(run.text) for run in row) == (7 + 2) + (2 if look.renderer == "double-space" else 1) * 56
        for run in row:
            assert run.bg is not None
            assert run.fg is not None or not run.text.strip(" ")


def test_large_and_deep_needs_no_glyph() -> None:
    look = Look("truecolor", "double-space")
    assert {run.text.strip(" ") for row in render([noise(2)], look) for run in row} == {""}


def test_ascii_is_ascii(digits: list[Image]) -> None:
    for look in (Look("ascii"), Look("ascii", own_colors=True)):
        assert all(encode(row, look).isascii() for image in digits for row in render([image], look))


def test_own_colours_are_reverse_video_alone(digits: list[Image]) -> None:
    for look in (Look("glyphs"), Look("ascii", own_colors=True)):
        for row in render(digits[:2], look, gap=4):
            assert {code.partition("m")[0] for code in encode(row, look).split("\x1b[")[1:]} <= {"7", "27", ""}


def shortest(cells: list[tuple[int, int]], tail: int, look: Look) -> int:
    """Bytes of the shortest row of these cells and `tail` cells of paper, by trying every way to draw each."""
    best = 10**9
    for ways in itertools.product(*(choices(upper, lower, look) for upper, lower in [*cells, (0, 0)])):
        size = sum(len(way.glyph.encode()) for way in ways) + (tail - 1) * len(ways[-1].glyph.encode())
        # A colour can change at any moment after it was last seen and before it is seen anew.
        windows: list[tuple[int, int]] = []
        for channel, ground in ((1, 38), (2, 48)):
            force: int | str | None = None
            first = 0
            for moment, way in enumerate(ways):
                wanted = way[channel]
                if wanted is not None:
                    if wanted != force:
                        windows.append((moment, first))
                        size += len(f"{ground};2;{wanted};{wanted};{wanted}") + 1
                        force = wanted
                    first = moment + 1
        # The fewest sequences that give every change one within its window.
        at = -1
        for last, first in sorted(windows):
            if first > at:
                size, at = size + 2, last
        best = min(best, size)
    return best


# The last six are rows where it matters at which moment an unseen colour is changed.
@pytest.mark.parametrize("seed", [*range(30), 135, 393, 712, 1152, 1184, 1219])
def test_no_row_can_be_shorter(seed: int) -> None:
    rng = random.Random(seed)
    count = rng.choice((2, 3, 4))
    values = rng.sample([0, 255, 7, 8, 9, 100, 200, rng.randrange(256)], count)
    cells = []
    for _ in range(8):
        upper = rng.choice(values)
        cells.append((upper, upper) if rng.random() < 0.5 else (upper, rng.choice(values)))
    image = [bytes(28) for _ in range(28)]
    image[0], image[1] = (bytes(column) + bytes(20) for column in zip(*cells, strict=True))
    look = Look("truecolor", "half-block", "light-on-dark")
    row = render([image], look)[0]
    assert len(encode(row, look).encode()) == shortest(cells, 20, look) + len("\x1b[m")


@pytest.mark.parametrize("depth", ["16", "glyphs"])
def test_few_colours_come_as_near_as_any_glyph_can(depth: Depth) -> None:
    look = Look(depth, polarity="light-on-dark")
    greys = {0: 0, 1: 255} if depth == "glyphs" else {0: 0, 8: 85, 7: 170, 15: 255}

    def halves(glyph: str, fg: int, bg: int) -> tuple[float, float]:
        above, below = covered(glyph)
        return greys[bg] + (greys[fg] - greys[bg]) * above, greys[bg] + (greys[fg] - greys[bg]) * below

    possible = {halves(glyph, fg, bg) for glyph in " █▀▄░▒▓▁▂▃▅▆▇" for fg in greys for bg in greys}
    rng = random.Random(2)
    for upper, lower in [(rng.randrange(256), rng.randrange(256)) for _ in range(300)] + [(0, 0), (255, 0)]:
        nearest = min((u - upper) ** 2 + (v - lower) ** 2 for u, v in possible)
        for glyph, fg, bg in choices(upper, lower, look):
            # What cannot be seen may be anything.
            for unseen in greys:
                u, v = halves(glyph, unseen if fg is None else fg, unseen if bg is None else bg)
                assert (u - upper) ** 2 + (v - lower) ** 2 == pytest.approx(nearest)


@pytest.mark.parametrize("look", LOOKS, ids=name)
def test_a_piece_of_a_row_looks_as_it_did_in_the_row(look: Look, digits: list[Image]) -> None:
    rng = random.Random(1)
    for row in render(digits[:2], look, gap=3)[4:9]:
        columns = sum(len(run.text) for run in row)
        whole = replayed(encode(row, look).encode(), columns, 1).buffer[0]
        start, end = sorted(rng.sample(range(columns + 1), 2))
        piece = replayed(encode(cut(row, start, end), look).encode(), columns, 1).buffer[0]
        for x in range(end - start):
            ours, theirs = piece[x], whole[start + x]
            assert (ours.data, ours.bg, ours.reverse) == (theirs.data, theirs.bg, theirs.reverse)
            assert ours.data == " " or ours.fg == theirs.fg


@pytest.mark.parametrize("look", LOOKS, ids=name)
def test_paper_at_the_end_need_not_be_sent(look: Look) -> None:
    image = [bytes(28) for _ in range(28)]
    assert all(used_columns(row, look) == 0 for row in render([image], look))
    image[4] = image[5] = bytes(10) + b"\xff\x80" + bytes(16)
    last = 12 * (2 if look.renderer == "double-space" else 1)
    used = [used_columns(row, look) for row in render([image], look)]
    assert max(used) == last
    assert used_columns(blank(9, look), look) == 0


def test_numpy_rows_are_drawn_too() -> None:
    image = noise(4)
    array = np.array([list(row) for row in image], dtype=np.uint8)
    assert render([array], Look()) == render([image], Look())


@pytest.mark.parametrize(
    ("size", "renderer", "rows"),
    [
        ((80, 24), "half-block", 16),
        ((62, 16), "half-block", 14),
        ((100, 30), "half-block", 16),
        ((115, 40), "half-block", 16),
        ((116, 31), "double-space", 28),
        ((132, 43), "double-space", 30),
        ((200, 60), "double-space", 30),
        ((61, 24), None, 0),
        ((80, 15), None, 0),
    ],
)
def test_the_largest_sharp_way_is_chosen(size: tuple[int, int], renderer: str | None, rows: int) -> None:
    fit = layout(*size)
    assert (fit.renderer if fit else None) == renderer
    if fit:
        assert fit.rows == rows
        assert fit.columns <= size[0]
        assert fit.columns >= 2 * (56 if renderer == "double-space" else 28) + fit.gap


def test_the_ink_table_is_that_of_a_font_people_use() -> None:
    try:
        font = ImageFont.truetype("DejaVuSansMono.ttf", 64)
    except OSError:
        pytest.skip("DejaVu Sans Mono is not installed here")
    size = round(font.getlength("M")), sum(font.getmetrics())
    measured, table = [], []
    for glyph in INK:
        cell = Picture.new("L", size, 0)
        ImageDraw.Draw(cell).text((0, 0), glyph, font=font, fill=255)
        shares = np.array_split(np.asarray(cell, dtype=float) / 255, 2)
        measured += [float(half.mean()) for half in shares]
        table += [INK[glyph].upper, INK[glyph].lower]
    assert np.corrcoef(measured, table)[0, 1] > 0.9
    assert covered(" ") == (0, 0)


def test_nothing_heavy_is_imported() -> None:
    code = (
        "import sys, simtui.terminal.render, simtui.terminal.detection, simtui.storage.png\n"
        "print([m for m in ('numpy', 'PIL', 'textual', 'rich', 'torch', 'curses', 'msgspec') if m in sys.modules])"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"
