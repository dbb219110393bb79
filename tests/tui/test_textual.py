"""What the app takes from Textual's insides, one test each. To be run on the lowest and the newest allowed Textual."""

from __future__ import annotations

import ast
import importlib
import inspect
import os
import pkgutil
import queue
import re
import select
import signal
import sys
import textwrap
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual import constants
from textual.app import App, ComposeResult
from textual.css.stylesheet import Stylesheet
from textual.geometry import Region
from textual.message import Message
from textual.screen import Screen
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Button, Static

import simtui.tui
from simtui.tui import _posix_driver, _textual
from simtui.tui._textual import FaultKeepingApp, LazyStrip, UnpaintedScreen, start_with_theme, use_color_system
from simtui.tui.theme import ANSI_DARK, DARK
from simtui.tui.widgets.steady_footer import SteadyFooter
from tests.builders import saved, small_study
from tests.terminal_session import SIMTUI, TerminalSession

MODULES = [
    importlib.import_module(module.name)
    for module in pkgutil.walk_packages(simtui.tui.__path__, "simtui.tui.")
    if module.name != "simtui.tui._windows_driver"  # which can be imported on Windows only
]

DRIVER = "simtui.tui._posix_driver"
"""Part of _textual, in a module of its own for each kind of system."""

GENERATED = frozenset(vars(type("Plain", (Widget,), {}))) | {"_abc_impl"}
"""What Textual, and Python, give to every class."""


# ---------------------------------------------------------------- nothing of the kind anywhere else


@cache
def private_names(cls: type) -> frozenset[str]:
    """Of a class: what it defines, and what its methods set on self."""
    names = set(vars(cls))
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(cls)))
    except (OSError, TypeError):
        return frozenset()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and ast.unparse(node.value) == "self":
            names.add(node.attr)
    return frozenset(n for n in names if n.startswith("_") and not n.startswith("__") and not n[1].isupper())


def overrides() -> Iterator[tuple[str, str]]:
    """(module, private name) of everything private that Textual has too."""
    for module in MODULES:
        for cls in vars(module).values():
            if isinstance(cls, type) and cls.__module__ == module.__name__:
                textual = [base for base in cls.__mro__ if base.__module__.startswith("textual.")]
                known = frozenset().union(*(private_names(base) for base in textual))
                generated = {name for name in vars(cls) if name.startswith("_default_")} | GENERATED
                yield from ((module.__name__, name) for name in (private_names(cls) & known) - generated)


def reaches() -> Iterator[tuple[str, str]]:
    """(module, private name) of everything private that is taken from anything but the object itself."""
    for module in MODULES:
        for node in ast.walk(ast.parse(inspect.getsource(module))):
            if isinstance(node, ast.Attribute) and node.attr.startswith("_") and not node.attr.startswith("__"):
                owner = ast.unparse(node.value)
                if owner not in ("self", "cls") and (owner, node.attr) != ("os", "_exit"):
                    yield module.__name__, f"{owner}.{node.attr}"
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("textual._"):
                yield module.__name__, node.module


def test_only_one_module_reaches_into_textual() -> None:
    found = {*overrides(), *reaches()}
    ours = (_textual.__name__, DRIVER)
    assert {name for module, name in found if module in ours} >= {
        "_get_terminal_size",
        "_run_input_thread",
        "_handle_exception",
        "_print_error_renderables",
        "_compositor_refresh",
        "_segments",
    }
    assert not [each for each in found if each[0] not in ours]


# ---------------------------------------------------------------- the terminal


@pytest.fixture
def rating(tmp_path: Path) -> Iterator[TerminalSession]:
    saved(small_study(), tmp_path)
    with TerminalSession([*SIMTUI, "rate", "study.json", "--participant", "P1"], cwd=tmp_path) as session:
        session.wait_for("Enter starts")
        yield session


@pytest.mark.posix("memory is told there", "/proc")
def test_an_absurd_window_costs_no_memory_and_is_left_again(rating: TerminalSession) -> None:
    seen = len(rating.raw)
    rating.resize(60_000, 60_000)
    while len(rating.raw) - seen < 1_000_000 and rating.pump(1.0):
        pass
    assert resident_mb(rating.pid) < 250
    rating.resize(80, 24)
    rating.send("q")
    assert rating.exited()


def resident_mb(pid: int) -> float:
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * 4096 / 2**20


def test_bytes_that_are_not_utf8_are_passed_over(rating: TerminalSession) -> None:
    os.write(rating.fd, b"\xe9\xff\xfe")
    rating.press_until("\r", lambda text: "Pair 1 of 4" in text)


def test_sigterm_gives_the_terminal_back(rating: TerminalSession) -> None:
    rating.kill(signal.SIGTERM)
    assert rating.exited(5)
    assert rating.status == 128 + signal.SIGTERM
    assert b"\x1b[?1049l" in rating.raw


def test_a_control_sequence_is_sent_behind_what_was_painted_and_all_is_counted(tmp_path: Path) -> None:
    script = (
        "from textual.app import App\n"
        "from textual.widgets import Static\n"
        "from simtui.tui._textual import SturdyDriver, bytes_sent, send\n"
        "class Counting(App):\n"
        "    def get_driver_class(self): return SturdyDriver\n"
        "    def compose(self): yield Static('painted')\n"
        "    def on_mount(self): self.set_timer(0.5, self.leave)\n"
        "    def leave(self):\n"
        "        before = bytes_sent(self)\n"
        "        send(self, '\\x1b[5;1H')\n"
        "        self.exit((before, bytes_sent(self) - before))\n"
        "print('sent', Counting().run())\n"
    )
    with TerminalSession([sys.executable, "-c", script], cwd=tmp_path) as session:
        assert session.exited(20)
        assert session.raw.index(b"painted") < session.raw.index(b"\x1b[5;1H")
        before, more = map(int, re.findall(r"sent \((\d+), (\d+)\)", session.text)[0])
        assert more == len("\x1b[5;1H")
        assert 500 < before < len(session.raw)


async def test_a_terminal_that_sends_nothing_wakes_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two hundred raters on one machine look at their pairs most of the time."""
    near, far = os.openpty()
    terminal = os.fdopen(far, "rb", buffering=0)
    monkeypatch.setattr(sys, "__stdin__", terminal)
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # a driver takes two of them
    driver = _posix_driver.SturdyDriver(App())
    waits: list[float | None] = []
    keys: queue.Queue[Message] = queue.Queue()
    really_wait = select.select

    def wait(reading: list[Any], writing: list[Any], odd: list[Any], seconds: float | None) -> object:
        waits.append(seconds)
        return really_wait(reading, writing, odd, seconds)

    monkeypatch.setattr(select, "select", wait)
    monkeypatch.setattr(driver, "process_message", keys.put)
    reading = threading.Thread(target=driver.run_input_thread, daemon=True)
    reading.start()
    os.write(near, b"\x1b[A5\r")  # whole sequences, and the terminal is one that reads lines
    assert keys.get(timeout=10)
    driver.exit_event.set()
    reading.join(10)
    assert not reading.is_alive()
    assert waits
    assert set(waits) == {None}
    terminal.close()
    os.close(near)


# ---------------------------------------------------------------- the app and its screens


class FaultyScreen(Screen[None]):
    def on_mount(self) -> None:
        raise KeyError("an answer")


async def test_the_mistake_is_kept_and_no_traceback_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    class FaultyApp(FaultKeepingApp):
        def on_mount(self) -> None:
            self.push_screen(FaultyScreen())

    app = FaultyApp()
    with pytest.raises(KeyError):
        async with app.run_test():
            pass
    assert isinstance(app.fault, KeyError)
    assert "an answer" not in "".join(capsys.readouterr())


def test_the_colours_of_the_next_app_can_be_set_after_textual_was_imported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(constants, "COLOR_SYSTEM", "auto")
    for name in ("truecolor", "256", "standard"):
        use_color_system(name)
        assert App[None]().console.color_system == name


async def test_a_first_theme_costs_no_second_reading_of_the_style_sheets(monkeypatch: pytest.MonkeyPatch) -> None:
    readings: list[Stylesheet] = []
    monkeypatch.setattr(Stylesheet, "reparse", readings.append)
    app: App[object] = App()
    start_with_theme(app, DARK)
    async with app.run_test():
        assert app.theme == DARK.name
        assert app.screen.styles.background.hex.lower() == DARK.background
    assert not readings


async def test_the_terminals_own_colours_reach_it_as_they_are() -> None:
    app: App[object] = App()
    start_with_theme(app, ANSI_DARK)
    async with app.run_test():
        assert app.native_ansi_color
        assert not [each for each in app.get_line_filters() if each.enabled]


async def test_an_unpainted_screen_never_is(monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[type] = []
    monkeypatch.setattr(App, "_display", lambda app, screen, renderable: painted.append(type(screen)))

    class Bottom(UnpaintedScreen):
        def on_mount(self) -> None:
            self.app.push_screen(Screen())

    class TwoScreens(App[object]):
        def get_default_screen(self) -> Screen[None]:
            return Bottom()

    async with TwoScreens().run_test() as pilot:
        await pilot.pause()
        assert painted
        pilot.app.screen_stack[0].refresh()
        await pilot.pause()
    assert Bottom not in painted


# ---------------------------------------------------------------- drawing


class Alphabet(LazyStrip):
    made = 0

    def __init__(self, text: str) -> None:
        super().__init__(len(text))
        self._text = text

    def make_segments(self) -> list[Segment]:
        Alphabet.made += 1
        return [Segment(self._text)]

    def render(self, console: Console) -> str:
        return f"<{self._text}>"

    def crop(self, start: int, end: int | None = None) -> Strip:
        return Alphabet(self._text[start:end])


async def test_a_line_is_written_over_a_part_of_the_screen_as_the_app_itself_would(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with App[object](ansi_color=True).run_test() as pilot:
        written: list[str] = []
        monkeypatch.setattr(pilot.app._driver, "write", written.append)
        _textual.write_over(pilot.app, "Wait", Region(3, 4, 6, 1), Style(bold=True))
        _textual.write_over(pilot.app, "Wait", Region(), Style())
        monkeypatch.undo()
    (text,) = written
    assert text.startswith("\x1b7\x1b[5;4H")
    assert re.sub(r"\x1b\[[0-9;]*[mH]|\x1b[78]", "", text) == "Wait  "
    assert text.endswith("\x1b8")


def test_a_lazy_strip_makes_no_segments_to_be_cut_and_written() -> None:
    console, strip = Console(), Alphabet("abcdef")
    assert [part.render(console) for part in strip.divide([2, 6])] == ["<ab>", "<cdef>"]
    assert bool(strip)
    assert Alphabet.made == 0


def test_a_lazy_strip_is_for_textual_like_any_other() -> None:
    plain = Strip([Segment("abcdef")])
    for each in (Alphabet("abcdef"), plain):
        assert each.text == "abcdef"
        assert list(each) == [Segment("abcdef")]
        assert each.adjust_cell_length(8).text == "abcdef  "
        assert Strip.join([each, Strip([Segment("!")])]).text == "abcdef!"
    assert Alphabet("abcdef") == plain


class TwoButtons(Screen[None]):
    BINDINGS = [("x", "x", "Extra")]

    def compose(self) -> ComposeResult:
        yield Button("one")
        yield Button("two")
        yield Static("text")
        yield SteadyFooter(show_command_palette=False)

    def action_x(self) -> None:
        """Nothing."""


async def test_the_footer_keeps_its_keys_when_the_focus_moves() -> None:
    class OneScreen(App[object]):
        def get_default_screen(self) -> Screen[None]:
            return TwoButtons()

    async with OneScreen().run_test() as pilot:
        await pilot.pause()
        footer = pilot.app.screen.query_one(SteadyFooter)
        keys = list(footer.children)
        assert keys
        await pilot.press("tab")
        await pilot.pause()
        assert list(footer.children) == keys
