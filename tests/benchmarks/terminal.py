"""How fast, small and frugal `simtui rate` is: `python -m tests.benchmarks.terminal [--quick]`.

Every program runs on a real pseudo-terminal of 80x24 which answers when it is asked where its cursor is. Times that
are ratios come from pairs of starts in turns (other, ours, other, ours, …), so that both see the same machine; the
ratio is the median of the paired ratios. "Painted" is the last byte of an update, from the key or the start on.
The pairs are of all ten digits: MNIST where $SIMTUI_DATA names it, else drawn. Writes RESULTS.md beside this file.
"""

from __future__ import annotations

import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from tests.benchmarks.line import HELLO, Line, cpu_s, crowd, pss_rss, rater, to_first_pair
from tests.terminal_session import SIMTUI

RESULTS = Path(__file__).with_name("RESULTS.md")
DEPTHS = {"24": 5.9, "256": 4.2, "16": 2.4, "ascii": 1.2}
PAIRS = 100
IDLE_S = 5.0


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. value, target, beside: with their unit; beside: of the bare app or rich-pixels."""

    name: str
    value: str
    target: str
    beside: str = ""
    reached: bool | None = None


def figure(name: str, value: float, target: float | None, unit: str, beside: str = "", digits: int = 2) -> Figure:
    """A measured number that must not be above its target."""
    shown = "" if target is None else f"≤ {target:g}{unit}"
    return Figure(name, f"{value:.{digits}f}{unit}", shown, beside, None if target is None else value <= target)


def starts(folder: Path, times: int) -> Figure:
    """From the start of the process to the first painted screen."""

    def ours(number: int) -> float:
        began = time.monotonic()
        with rater(folder, f"S{number + 1}") as line:
            return line.until(b"Enter starts") - began

    def hello(_: int) -> float:
        began = time.monotonic()
        with Line(HELLO, cwd=Path.cwd()) as line:
            return line.until(b"Hello") - began

    return _paired("start to the first painted screen", hello, ours, times, 1.35, "a bare Textual app")


def helps(times: int) -> Figure:
    """`simtui --help`."""

    def run(*command: str) -> Callable[[int], float]:
        def timed(_: int) -> float:
            began = time.monotonic()
            subprocess.run(command, check=True, capture_output=True)
            return time.monotonic() - began

        return timed

    other = run(sys.executable, "-c", "import click")
    return _paired("simtui --help", other, run(*SIMTUI, "--help"), times, 2, 'python -c "import click"')


def _paired(
    name: str, other: Callable[[int], float], ours: Callable[[int], float], times: int, target: float, beside: str
) -> Figure:
    other(-1), ours(-1)  # once each, for the caches of files and bytecode
    pairs = [(other(number), ours(number)) for number in range(times)]
    ratio = statistics.median(b / a for a, b in pairs)
    theirs, mine = (1000 * statistics.median(times) for times in zip(*pairs, strict=True))
    return Figure(
        name, f"{ratio:.2f}× ({mine:.0f} ms)", f"≤ {target:g}×", f"{beside}: {theirs:.0f} ms", ratio <= target
    )


def swaps(folder: Path, peer: bool) -> list[Figure]:
    """Bytes and times of 99 swaps of a pair, and the bytes of the first."""
    first, sent, spent = [], [], []
    for colors, target in DEPTHS.items():
        with rater(folder, f"B{colors}", "--colors", colors) as line:
            painted = len(to_first_pair(line)) / 1000
            steps = [line.press(str(number % 9 + 1)) for number in range(PAIRS - 1)]
        times = sorted(ms for ms, _ in steps)
        size = statistics.median(len(data) for _, data in steps) / 1000
        theirs = _peer(folder, colors) if peer and colors != "ascii" else None
        beside = [f"rich-pixels: {text}" if theirs else "" for text in (theirs or ("", ""))]
        sent.append(figure(f"bytes a swap, {_depth(colors)}", size, target, " KB", beside[0]))
        first.append(figure(f"first paint of the rating screen, {_depth(colors)}", painted, 14, " KB", digits=1))
        p95 = times[int(0.95 * len(times))]
        if colors == "256":
            spent.append(
                figure("key to the painted next pair, median", statistics.median(times), 8, " ms", beside[1], 1)
            )
            spent.append(figure("key to the painted next pair, p95", p95, 15, " ms", "", 1))
    return [*sent, *first, *spent, written_durably(folder)]


def written_durably(folder: Path) -> Figure:
    """What of a key's time is the disk's: a file of 10 kB made durable as the store does it."""
    times = []
    for _ in range(40):
        began = time.monotonic()
        with (folder / "new").open("wb") as file:
            file.write(bytes(10_000))
            file.flush()
            os.fsync(file.fileno())
        (folder / "new").replace(folder / "old")
        descriptor = os.open(folder, os.O_RDONLY)
        os.fsync(descriptor)
        os.close(descriptor)
        times.append((time.monotonic() - began) * 1000)
    return figure(
        "… of which this disk takes to make the answer durable", statistics.median(times), None, " ms", digits=1
    )


def _depth(colors: str) -> str:
    return "ASCII" if colors == "ascii" else f"{colors} {'bit' if colors == '24' else 'colours'}"


def _peer(folder: Path, colors: str) -> tuple[str, str]:
    """The same through rich-pixels: KB a swap and ms."""
    environment = {
        "24": {"COLORTERM": "truecolor"},
        "256": {"TERM": "xterm-256color"},
        "16": {"TERM": "xterm", "TEXTUAL_COLOR_SYSTEM": "standard"},
    }[colors]
    command = (sys.executable, "-m", "tests.benchmarks.pixels_app", str(folder / "study.json"))
    with Line(command, cwd=Path.cwd(), environment={"TEXTUAL_FPS": "500"} | environment) as line:
        line.until(b"Pair 1 of")
        line.settle(0.3)
        steps = [line.press("n") for _ in range(PAIRS - 1)]
    size, ms = (statistics.median(values) for values in ([len(data) for _, data in steps], [ms for ms, _ in steps]))
    return f"{size / 1000:.1f} KB", f"{ms:.1f} ms"


def at_rest(folder: Path) -> list[Figure]:
    """Memory after ten pairs and CPU while nobody presses a key, beside the bare app's."""
    with Line(HELLO, cwd=Path.cwd()) as hello, rater(folder, "R1") as line:
        hello.until(b"Hello")
        hello.settle(0.5)
        to_first_pair(line)
        for number in range(10):
            line.press(str(number % 9 + 1))
        line.settle(1.0)
        before = cpu_s(line.pid), cpu_s(hello.pid)
        line.pump(IDLE_S)
        ours, theirs = (100 * (cpu_s(p.pid) - b) / IDLE_S for p, b in zip((line, hello), before, strict=True))
        (pss, rss), (bare_pss, bare_rss) = pss_rss(line.pid), pss_rss(hello.pid)
    beside = f"a bare Textual app: {theirs:.2f} %"
    return [
        _memory("PSS", pss, bare_pss),
        _memory("RSS", rss, bare_rss),
        figure(f"CPU while waiting for a key, over {IDLE_S:g} s", ours, 0.3, " %", beside),
    ]


def _memory(kind: str, ours: float, bare: float) -> Figure:
    ratio, beside = ours / bare, f"a bare Textual app: {bare:.1f} MB"
    return Figure(f"memory of a rater, {kind}", f"{ratio:.2f}× ({ours:.1f} MB)", "≤ 1.25×", beside, ratio <= 1.25)


def many(folder: Path, count: int, target: float, keys: int) -> list[Figure]:
    """`count` raters at once."""
    times, lost, memory = crowd(folder, count, keys)
    times.sort()
    name = f"{count} raters, each a key every 2 s"
    beside = f"median {statistics.median(times):.1f} ms, slowest {times[-1]:.0f} ms"
    return [
        figure(f"{name}: key to the painted pair, p95", times[int(0.95 * len(times))], target, " ms", beside, 1),
        Figure(f"{name}: answers lost", f"{lost} of {len(times)}", "0", "", lost == 0),
        figure(f"{name}: memory of one, PSS", memory, None, " MB", digits=1),
    ]


def make_study(folder: Path) -> str:
    """Ten pairs of each digit; what the images are."""
    data = os.environ.get("SIMTUI_DATA")
    options = [part for digit in range(10) for part in ("--digit", str(digit))]
    options += ["--pairs", str(PAIRS // 10), "--practice", "0", "--blank-ms", "0", "--min-viewing-ms", "0"]
    options += ["--source", "mnist", "--data", str(Path(data).absolute())] if data else ["--source", "drawn"]
    subprocess.run([*SIMTUI, "new", "study.json", *options], cwd=folder, check=True, capture_output=True)
    return "MNIST (test set)" if data else "drawn digits"


def processor() -> str:
    """The model of the CPU; never the name of the machine."""
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def written(figures: Sequence[Figure], images: str, load: float) -> str:
    """The page: what it was measured on, and the table."""
    versions = ", ".join(f"{name} {version(name)}" for name in ("textual", "rich"))
    lines = [
        "# What was measured",
        "",
        f"`python -m tests.benchmarks.terminal` on {datetime.now(UTC):%Y-%m-%d %H:%M} UTC: Python "
        f"{platform.python_version()}, {versions}, {platform.system()} {platform.release().split('-')[0]}, "
        f"{os.cpu_count()} cores ({processor()}). Images: {images}. Load of the machine before it began: {load:.1f} "
        f"(above 0 other programs had their share of the cores, and of the times).",
        "",
        "Times and bytes are from the key or the start to the last byte of the update; an answer is on the disk before "
        "the next pair is painted.",
        "",
        "| | measured | target | beside it | |",
        "| --- | ---: | ---: | --- | --- |",
    ]
    marks = {True: "reached", False: "**missed**", None: ""}
    lines += [f"| {f.name} | {f.value} | {f.target} | {f.beside} | {marks[f.reached]} |" for f in figures]
    return "\n".join(lines) + "\n"


def main(quick: bool) -> None:
    load = os.getloadavg()[0]
    peer = find_spec("rich_pixels") is not None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        images = make_study(folder)
        steps: list[Callable[[], Sequence[Figure]]] = [
            lambda: [starts(folder, 7 if quick else 15)],
            lambda: [helps(7 if quick else 15)],
            lambda: swaps(folder, peer),
            lambda: at_rest(folder),
            lambda: many(folder, 50, 25, 8 if quick else 20),
        ]
        if not quick:
            steps.append(lambda: many(folder, 100, 40, 15))
        figures: list[Figure] = []
        for step in steps:
            for found in step():
                figures.append(found)
                mark = {True: "", False: "  MISSED", None: ""}[found.reached]
                print(f"{found.name:60} {found.value:>18} {found.target:>9}  {found.beside}{mark}", flush=True)
    if not peer:
        print("rich-pixels is not installed, so nothing stands beside the bytes and times: pip install rich-pixels")
    # Below stand the sections of the other benchmarks.
    rest = RESULTS.read_text(encoding="utf-8").partition("\n## ")[1:] if RESULTS.is_file() else ()
    RESULTS.write_text(written(figures, images, load) + "".join(rest), encoding="utf-8")


if __name__ == "__main__":
    main(quick="--quick" in sys.argv[1:])
