"""What the terminal can show and the machine can do, for people; and what to change."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from simtui import __version__
from simtui.errors import SimtuiError, printable
from simtui.storage import promises
from simtui.storage.png import SIZE, Image
from simtui.terminal.cells import Look
from simtui.terminal.confirmation import LATE_S
from simtui.terminal.detection import Terminal, detect, renderer_for, require_tty, window_size
from simtui.terminal.render import Layout, blank, encode, layout, needed, render
from simtui.terminal.round_trip import round_trips

ANALYSIS = ("torch", "torchvision", "scipy", "pandas", "krippendorff")

SAMPLES = 9
"""Questions to the terminal, each of which may take as long as one behind a pair does."""

SLOW_MS = 50.0
"""Above this the wait for the next pair is felt."""

DEPTHS = {
    "truecolor": "24-bit: every grey exactly",
    "256": "256 colours: 30 greys",
    "16": "16 colours: four greys and shades",
    "glyphs": "no colours: block characters in reverse video",
    "ascii": "ASCII characters",
}
_DRAWN = {
    "half-block": "a half block a pixel",
    "upper-half-block": "an upper half block a pixel",
    "lower-half-block": "a lower half block a pixel",
    "double-space": "two spaces a pixel",
}
BLOCKS = "█▀▄ ░▒▓ ▁▂▃▄▅▆▇█"


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found.

    refusal: why the screens cannot run here, or empty. sessions: where files would go; unwritable: why they cannot, or
    empty. broken: what their file system does not keep of what sessions are promised, by name, a sentence each.
    answers: how many the terminal has given. missing: packages of the analysis extra that are not installed.
    """

    terminal: Terminal
    answers: int
    layout: Layout | None
    encoding: str
    colorterm: str
    refusal: str
    sessions: Path
    unwritable: str
    broken: Mapping[str, str]
    missing: tuple[str, ...]


def examine(
    environ: Mapping[str, str],
    sessions: Path,
    colors: str | None = None,
    polarity: str = "dark-on-light",
    renderer: str = "auto",
) -> Examination:
    """Look at this process's terminal and machine; leaves nothing behind. Raises SimtuiError for other colors.

    renderer: one of RENDERERS.
    """
    refusal, answers = "", 0
    try:
        require_tty()
    except SimtuiError as error:
        refusal = str(error)
    encoding = (sys.__stderr__.encoding if sys.__stderr__ else "") or "ascii"
    terminal = detect(
        environ, encoding, window_size(sys.__stdout__, sys.__stderr__, sys.__stdin__) or (0, 0), colors, polarity
    )
    terminal = replace(terminal, wanted=renderer_for(renderer, environ))
    if not refusal:
        trips = round_trips(SAMPLES, LATE_S, late_s=0.0)
        terminal, answers = replace(terminal, round_trip_ms=trips.ms), trips.answers
    unwritable = promises.why_unwritable(sessions)
    return Examination(
        terminal=terminal,
        answers=answers,
        layout=layout(terminal.columns, terminal.rows, terminal.wanted),
        encoding=encoding,
        colorterm=environ.get("COLORTERM", ""),
        refusal=refusal,
        sessions=sessions,
        unwritable=unwritable,
        broken={} if unwritable else promises.broken(sessions),
        missing=tuple(name for name in ANALYSIS if find_spec(name) is None),
    )


def findings(found: Examination) -> Iterator[tuple[str, str]]:
    """Each finding as its name and what was found."""
    terminal, fit = found.terminal, found.layout
    yield "Program", f"simtui {__version__}, Textual {version('textual')}, Python {platform.python_version()}"
    yield "Terminal", f"TERM {_value(terminal.term)}, COLORTERM {_value(found.colorterm)}"
    if terminal.columns:
        yield "Size", f"{terminal.columns} × {terminal.rows} characters"
    if fit is not None:
        wide = SIZE * 2 if fit.renderer == "double-space" else SIZE
        size = f"{wide} × {wide // 2} characters"
        yield "A digit", f"{size}: {_DRAWN[fit.renderer]}{' (as you chose)' if terminal.wanted else ''}"
    yield "Colours", f"{DEPTHS[terminal.depth]} ({terminal.why})"
    yield "Text", printable(found.encoding, 40)
    yield "SSH", "yes" if terminal.ssh else "no"
    if not found.refusal:
        ms = terminal.round_trip_ms
        yield "Answers", f"in {ms:g} ms (median of {found.answers})" if ms is not None else f"not within {LATE_S:g} s"
    yield "Analysis", f"not installed: {', '.join(found.missing)}" if found.missing else "installed"
    yield "Sessions", f"{printable(found.sessions)}: " + (found.unwritable or "can be written")
    if not found.unwritable:
        kept = [name for name in promises.TRIED if name not in found.broken]
        not_kept = f"; not as they should be: {', '.join(found.broken)}" if found.broken else ""
        yield "File system", f"as it should be: {', '.join(kept)}{not_kept}"


def advice(found: Examination) -> list[str]:
    """What to change, a sentence each, the most important first; nothing where all is well."""
    terminal, ms = found.terminal, found.terminal.round_trip_ms
    mute = terminal.mute
    poor = terminal.term.split("-")[0] == "linux" or terminal.term[:2] == "vt"
    seen = not found.refusal and found.layout is not None
    rules: tuple[tuple[bool, str], ...] = (
        (
            bool(found.refusal),
            "Run simtui in a terminal (over SSH: ssh -t), or rate in lines of text: simtui rate STUDY.json --plain.",
        ),
        (
            bool(terminal.columns) and found.layout is None,
            "Make the window {} × {} characters or larger, or the letters smaller.".format(*needed(terminal.wanted)),
        ),
        (mute, "Set TERM to the name of your terminal, such as xterm-256color, or rate with --plain."),
        (poor, "Use a terminal in a window system if you can: this one has too few characters for exact pictures."),
        (
            not terminal.unicode and not mute and not poor,
            "Set a UTF-8 locale, such as LANG=C.UTF-8, if your terminal takes UTF-8.",
        ),
        (terminal.depth == "glyphs" and seen, "Unset NO_COLOR, or give --colors 256, to see greys."),
        (
            terminal.depth == "16" and seen,
            "Try simtui doctor --colors 256: if the greys are even, rate with --colors 256.",
        ),
        (
            terminal.depth == "256" and seen,
            "Try simtui doctor --colors 24: if the greys are even, rate with --colors 24, which shows them exactly.",
        ),
        (
            terminal.ssh and seen and ms is None,
            "This terminal does not answer in time, so it cannot say when it has drawn a pair: rt will contain the way "
            "of the pair and of the key, and how long that is will not be known.",
        ),
        (
            (ms or 0) > SLOW_MS,
            f"The line takes {ms or 0:g} ms there and back: each pair comes so much later. rt is free of it in trials "
            'that say "onset_confirmed": true, and contains it in others.',
        ),
        (bool(found.unwritable), "Name a folder that you may write to with --sessions."),
        (bool(found.missing), "For analyses, not for rating, install the extra: pip install 'simtui[analysis]'."),
    )
    return [*(sentence for holds, sentence in rules if holds), *found.broken.values()]


def test_pattern(terminal: Terminal, pair: tuple[Image, Image]) -> Iterator[tuple[str, list[str]]]:
    """Pictures to look at, each with what must be seen in it: glyphs, greys, a pair as it is while rating.

    Nothing where the window is too small for a pair.
    """
    fit = layout(terminal.columns, terminal.rows, terminal.wanted)
    if fit is None:
        return
    if terminal.unicode:
        yield "Blocks of growing height and three shades, without gaps:", [BLOCKS]
    look = terminal.look("half-block")
    ramp = tuple(
        bytes(round(255 * x / (2 * SIZE - 1)) for x in range(SIZE * half, SIZE * half + SIZE)) for half in (0, 1)
    )
    left, right = (tuple(row for _ in range(SIZE)) for row in ramp)
    yield "Greys in even steps from paper to ink:", [encode(row, look) for row in render([left, right], look)[:2]]
    yield "A pair as it is while rating:", sample(pair, terminal.look(fit.renderer), fit)


def sample(pair: tuple[Image, Image], look: Look, fit: Layout) -> list[str]:
    """A pair as the rating screen shows them, in escape sequences."""
    wide = SIZE * 2 if fit.renderer == "double-space" else SIZE
    edge = (fit.columns - 2 * wide - fit.gap) // 2
    rows = render(pair, look, gap=fit.gap, before=edge, after=edge)
    above = (fit.rows - len(rows)) // 2
    paper = [blank(fit.columns, look)]
    return [encode(row, look) for row in (*paper * above, *rows, *paper * above)]


def _value(text: str) -> str:
    return printable(text, 40) if text else "not set"
