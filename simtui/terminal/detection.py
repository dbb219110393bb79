"""What this terminal can show: its size, its colours, its characters; decided before Textual is imported."""

from __future__ import annotations

import locale
import os
import re
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TextIO, cast

from simtui.errors import SimtuiError, printable, storable
from simtui.storage import untrusted
from simtui.terminal import charset
from simtui.terminal.cells import Depth, Look, Polarity, Renderer
from simtui.terminal.render import layout

RENDERERS: dict[str, Renderer | None] = {
    "auto": None,
    "spaces": "double-space",
    "upper": "upper-half-block",
    "lower": "lower-half-block",
}
"""What a user may ask for with --renderer."""

_ASKED: dict[str, Depth] = {"24": "truecolor", "256": "256", "16": "16", "ascii": "ascii"}

# Terminals that show 256 colours and more and whose names do not say so.
_CAPABLE = ("alacritty", "foot", "ghostty", "kitty", "wezterm")
_MAX_COLORS = 13  # its place among the numbers of a terminfo entry (term.h)

_WRITING = (
    "TEXTUAL_LOG",
    "TEXTUAL_SCREENSHOT",
    "TEXTUAL_SCREENSHOT_LOCATION",
    "TEXTUAL_SCREENSHOT_FILENAME",
    "TEXTUAL_PRESS",
    "TEXTUAL_DRIVER",
)
"""Variables that have Textual write files wherever they say, press keys or run another driver."""

_MUTE = ("", "dumb", "unknown")
"""Values of TERM that say nothing, or that there is nothing to say."""

_NAMING = ("TERM", "TERM_PROGRAM", "VTE_VERSION", "XTERM_VERSION", "KONSOLE_VERSION")
"""The variables by which terminals name themselves, where they do."""

COLOR_QUESTION = b"\x1b[48;2;1;2;3m\x1bP$qm\x1b\\\x1b[0m\r\x1b[K"
"""Takes a 24-bit colour and asks which one the terminal took (DECRQSS); what an old one shows of it is erased."""

_TOOK_IT = re.compile(rb"\x1bP1\$r[0-9;:]*48[:;]2[:;]{1,2}1[:;]2[:;]3")


def took_direct_color(heard: bytes) -> bool:
    """Whether a terminal that was asked COLOR_QUESTION has shown to have 24-bit colours."""
    return _TOOK_IT.search(heard) is not None


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal and how stimuli are drawn on it.

    columns, rows: its size when the program started. depth, own_colors, polarity: see cells.Look.
    why: what the depth was decided by, for people. unicode: whether it takes more than ASCII.
    term: $TERM. ssh: whether it is at the other end of an SSH connection.
    round_trip_ms: how long it takes to answer; None where it was not asked or did not answer.
    light: whether it says that its background is light.
    wanted: the renderer that alone is used; None for whatever suits its size.
    """

    columns: int
    rows: int
    depth: Depth
    why: str
    unicode: bool
    term: str
    ssh: bool
    polarity: Polarity = "dark-on-light"
    own_colors: bool = False
    round_trip_ms: float | None = None
    light: bool = False
    wanted: Renderer | None = None

    @property
    def mute(self) -> bool:
        """Whether it says that it draws no screens, or says nothing of itself."""
        return self.term in _MUTE

    @property
    def renderer(self) -> Renderer:
        """How a pair is drawn at the size the terminal had when the program started."""
        fit = layout(self.columns, self.rows, self.wanted)
        return fit.renderer if fit else self.wanted or "half-block"

    def look(self, renderer: Renderer) -> Look:
        """How images are drawn here by a renderer."""
        drawn = self.polarity
        if self.light and self.own_colors:
            # Look takes the foreground for the lighter of the two, and here it is the darker.
            drawn = "light-on-dark" if drawn == "dark-on-light" else "dark-on-light"
        return Look(self.depth, renderer, drawn, self.own_colors)


def detect(
    environ: Mapping[str, str],
    encoding: str,
    size: tuple[int, int],
    colors: str | None = None,
    polarity: str = "dark-on-light",
) -> Terminal:
    """What the environment says of the terminal.

    encoding: of the text written to it, as Python names it. size: columns and rows.
    colors: "24", "256", "16" or "ascii" to overrule what the environment says of colours.
    Reads nothing but its arguments and the terminal database. Raises SimtuiError for other colors or polarity.
    """
    if colors is not None and colors not in _ASKED:
        raise SimtuiError(f"There is no choice of colors “{printable(colors)}”: take one of {', '.join(_ASKED)}.")
    if polarity not in ("dark-on-light", "light-on-dark"):
        raise SimtuiError(f"There is no polarity “{printable(polarity)}”: take dark-on-light or light-on-dark.")
    term = storable(environ.get("TERM", ""))  # it is written into the session
    plain = _why_ascii(environ, encoding)
    known = _terminfo_colors(term, environ)
    depth, why = _depth(environ, plain, known, colors)
    # A terminal that has no colours, or a person who wants none, and did not ask for any.
    colorless = bool(environ.get("NO_COLOR")) or _is_colorless(term) or known == -1
    return Terminal(
        columns=size[0],
        rows=size[1],
        depth=depth,
        why=why,
        unicode=not plain,
        term=term,
        ssh=any(environ.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY")),
        polarity=cast(Polarity, polarity),
        own_colors=depth == "glyphs" or (depth == "ascii" and colorless),
    )


def prepare(colors: str | None = None, polarity: str = "dark-on-light", renderer: str = "auto") -> Terminal:
    """The terminal this process runs on, ready for Textual, which must not have been imported before.

    renderer: one of RENDERERS.

    Raises SimtuiError where there is none, or where the arguments are none of those `detect` takes.
    """
    require_tty()
    encoding = sys.__stderr__.encoding if sys.__stderr__ else locale.getpreferredencoding(False)
    # The screen is drawn on stderr; 80x24 where nothing tells.
    told = window_size(sys.__stderr__, sys.__stdin__, sys.__stdout__)
    terminal = detect(os.environ, encoding, told or (80, 24), colors, polarity)
    terminal = replace(terminal, wanted=renderer_for(renderer, os.environ))
    for name in ("COLUMNS", "LINES") if told else ():
        # Textual believes these sooner than the terminal, and `resize` leaves them behind: they are often old.
        os.environ.pop(name, None)
    for name in _WRITING:
        os.environ.pop(name, None)
    os.environ.update(textual_environment(terminal))
    return terminal


def terminal_name(environ: Mapping[str, str]) -> str:
    """What a terminal of this kind is remembered by."""
    told = [environ.get(name, "")[:60] for name in _NAMING]
    # Its value differs in every window.
    return " ".join([*filter(None, told), *(["Windows Terminal"] if environ.get("WT_SESSION") else [])])


def renderer_for(wanted: str, environ: Mapping[str, str]) -> Renderer | None:
    """The way of drawing, None where the layout chooses.

    wanted: one of RENDERERS; "auto" is what `simtui doctor` was told of a terminal like this one.
    """
    if RENDERERS[wanted] is not None:
        return RENDERERS[wanted]
    from simtui.storage import remembered

    said = remembered.load().renderers.get(terminal_name(environ))
    return cast(Renderer, said) if said in RENDERERS.values() else None


def require_tty(stdin: TextIO | None = None, stderr: TextIO | None = None) -> None:
    """Raise SimtuiError unless keys can be read from stdin and the screen be drawn on stderr, as Textual does.

    stdin, stderr: the process's own where None. On a stdin that is no terminal Textual would spin for ever.
    """
    for stream, name in ((stdin or sys.__stdin__, "input"), (stderr or sys.__stderr__, "error output")):
        if stream is None or stream.closed or not stream.isatty():
            raise SimtuiError(
                f"The screen needs a terminal, but the standard {name} is not one: "
                "run simtui in a terminal, without a pipe or redirection (over SSH: ssh -t)."
            )


def textual_environment(terminal: Terminal) -> dict[str, str]:
    """The variables to set before Textual is imported, so that it writes the colours this terminal shows."""
    systems = {"truecolor": "truecolor", "256": "256"}
    variables = {
        "TEXTUAL_COLOR_SYSTEM": systems.get(terminal.depth, "standard"),
        # Repaints wait for the next of so many ticks a second; at Textual's 60 the next pair would come 8 ms late.
        "TEXTUAL_FPS": "500",
    }
    if terminal.ssh:
        variables["TEXTUAL_ANIMATIONS"] = "none"
    return variables


def _depth(environ: Mapping[str, str], plain: str, known: int | None, colors: str | None) -> tuple[Depth, str]:
    """The depth and the reason for it. plain: why nothing but ASCII can be shown, or empty."""
    term = environ.get("TERM", "")
    name = printable(term, 40)
    claim = environ.get("COLORTERM", "").strip().lower()
    named = any(part in _CAPABLE for part in term.lower().replace(".", "-").split("-"))
    rules: tuple[tuple[bool, Depth, str], ...] = (
        (bool(plain), "ascii", plain),
        (colors is not None, _ASKED[colors or "16"], f"--colors {colors}"),
        (bool(environ.get("NO_COLOR")), "glyphs", "NO_COLOR is set"),
        (known == -1, "glyphs", f"the terminal database gives {name} no colours"),
        # GNU screen passes COLORTERM on from the terminal around it, and garbles 24-bit colours.
        (claim in ("truecolor", "24bit") and "STY" not in environ, "truecolor", f"COLORTERM={claim}"),
        (term.endswith(("-256color", "-direct")), "256", f"TERM={name}"),
        (named, "256", f"TERM={name} shows 256 colours"),
        ((known or 0) >= 256, "256", f"the terminal database gives {name} {known} colours"),
    )
    promises_no_more: tuple[Depth, str] = "16", f"TERM={name} promises no more"
    return next(((depth, why) for holds, depth, why in rules if holds), promises_no_more)


def _why_ascii(environ: Mapping[str, str], encoding: str) -> str:
    """Why the terminal takes nothing but ASCII; empty where it takes more."""
    term = environ.get("TERM", "")
    if term in _MUTE:
        return "TERM is not set" if not term else f"TERM={term}"
    if term.split("-")[0] == "linux" or _is_colorless(term):
        return f"TERM={printable(term, 40)} has few characters"
    return charset.why_ascii(environ, encoding)


def _is_colorless(term: str) -> bool:
    """Terminals of one colour: none named, dumb, and the DEC series (vt100 … vt525)."""
    return term in _MUTE or (term[:2] == "vt" and term[2:3].isdigit())


def window_size(*streams: TextIO | None) -> tuple[int, int] | None:
    """Columns and rows of the first of these that is a terminal and tells them."""
    for stream in streams:
        try:
            columns, rows = os.get_terminal_size(stream.fileno() if stream else -1)
        except (OSError, ValueError):
            continue
        if columns and rows:
            return columns, rows
    return None


def _terminfo_colors(term: str, environ: Mapping[str, str]) -> int | None:
    """The number of colours the terminal database gives; -1 where it says none, None where it is silent.

    Read here, because curses reads one terminal a process, and not at all on some systems (see term(5)).
    """
    if not term or "/" in term or term.startswith("."):
        return None
    folders = [environ.get("TERMINFO", ""), f"{environ.get('HOME', '')}/.terminfo"]
    folders += environ.get("TERMINFO_DIRS", "").split(":")
    folders += [
        "/etc/terminfo",
        "/lib/terminfo",
        "/usr/share/terminfo",
        "/usr/lib/terminfo",
        "/usr/local/share/terminfo",
    ]
    for folder in filter(None, folders):
        for initial in (term[0], f"{ord(term[0]):x}"):
            try:
                entry = untrusted.read(Path(folder) / initial / term, "a terminfo entry", 32_768)
                return _max_colors(entry)
            except (SimtuiError, ValueError, struct.error):
                continue
    return None


def _max_colors(entry: bytes) -> int:
    """The number `max_colors` of a compiled entry, -1 where it is not there. Raises ValueError, struct.error."""
    magic, names, booleans, numbers = struct.unpack_from("<4h", entry)
    formats = {0o432: "<h", 0o1036: "<i"}
    if magic not in formats:
        raise ValueError("not a compiled terminfo entry")
    if numbers <= _MAX_COLORS:
        return -1
    start = 12 + names + booleans
    start += start % 2  # numbers begin at an even byte
    width = struct.calcsize(formats[magic])
    return max(-1, int(struct.unpack_from(formats[magic], entry, start + width * _MAX_COLORS)[0]))
