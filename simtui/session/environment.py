"""What ratings were made on: programs, terminal and page; never a user, a host or an address."""

from __future__ import annotations

from msgspec import Struct


class Browser(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How a page in a browser drew the terminal.

    renderer: what drew the cells of the page's terminal.
    device_pixel_ratio: pixels of the screen to one of the page.
    cell_width: width of a cell in pixels of the screen. cell_height: height of a cell in pixels of the screen.
    key_to_paint_ms: median over the run's keys, from the key to the painted frame with what came of it, measured in the
    page, in ms; null before the first.
    """

    renderer: str
    device_pixel_ratio: float
    cell_width: int
    cell_height: int
    key_to_paint_ms: float | None = None


class Environment(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the ratings were made on. Never a user name, a host name or an address.

    simtui: version of simtui. python: version of Python. textual: version of Textual, which draws the screens.
    term: what the terminal calls itself (TERM).
    color_depth: the colours used: "truecolor", "256", "16", or "ascii" for none.
    renderer: how images were drawn with characters.
    columns: width of the terminal in characters. rows: height of the terminal in lines.
    ssh: whether the run came over SSH.
    polarity: "dark-on-light" or "light-on-dark" ink; empty where it is not known.
    terminal_round_trip_ms: time that the terminal took to answer a question, in ms; null where it did not.
    browser: how a page drew the terminal; null for all who did not come by the web.
    """

    simtui: str
    python: str = ""
    textual: str = ""
    term: str = ""
    color_depth: str = ""
    renderer: str = ""
    columns: int = 0
    rows: int = 0
    ssh: bool = False
    polarity: str = "dark-on-light"
    terminal_round_trip_ms: float | None = None
    browser: Browser | None = None


class Resumption(Struct, frozen=True, kw_only=True):
    """An interrupted run was taken up again, before the trial `trial_index`."""

    timestamp: str
    trial_index: int
    environment: Environment
