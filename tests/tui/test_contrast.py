"""Every text and mark stands out from what is behind it: in every theme, with all colours, 256 and 16."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.color import Color, ColorSystem, ColorType
from rich.style import Style
from textual.app import App
from textual.geometry import Region
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import OptionList

from simtui.study.model import Study
from simtui.terminal.cells import Depth
from simtui.tui.analysis.screen import AnalysisScreen
from simtui.tui.app import SimtuiApp
from simtui.tui.home.screen import HomeScreen
from simtui.tui.screens import BottomScreen
from simtui.tui.theme import ANSI_DARK, ANSI_LIGHT, DARK, LIGHT
from tests.tui.driving import settled, terminal, until
from tests.tui.worlds import drawn_study, rated

LEAST = 4.5
"""WCAG 2, level AA."""

XTERM = [
    "000000",
    "cd0000",
    "00cd00",
    "cdcd00",
    "0000ee",
    "cd00cd",
    "00cdcd",
    "e5e5e5",
    "7f7f7f",
    "ff0000",
    "00ff00",
    "ffff00",
    "5c5cff",
    "ff00ff",
    "00ffff",
    "ffffff",
]
"""What xterm makes of the 16 colours, unless its user has chosen others."""

Rgb = tuple[int, int, int]


def hexadecimal(text: str) -> Rgb:
    return int(text[:2], 16), int(text[2:4], 16), int(text[4:], 16)


def luminance(color: Rgb) -> float:
    linear = [v / 12.92 if v <= 0.03928 else ((v + 0.055) / 1.055) ** 2.4 for v in (each / 255 for each in color)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: Rgb, other: Rgb) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def seen(color: Color | None, default: Rgb, depth: Depth) -> Rgb:
    """What a terminal with so many colours makes of one."""
    if color is None or color.is_default:
        return default
    if color.type == ColorType.TRUECOLOR:
        shown = color.downgrade(ColorSystem.EIGHT_BIT) if depth == "256" else color
        return (*shown.get_truecolor(),)
    return hexadecimal(XTERM[color.number]) if color.number is not None and color.number < 16 else color.get_truecolor()


def cells(app: App[Any]) -> Iterator[tuple[str, Style]]:
    """Every character of the screen on top, but those of images and of what a dialog lies over."""
    screen = app.screen
    images = [w.region for w in screen.query("DigitPair, SaliencyPair") if w.is_on_screen]
    dialogs = [w.region for w in screen.query(".dialog")]
    inside = Region.from_union(dialogs) if dialogs else screen.region
    for y, strip in enumerate(screen._compositor.render_strips()):
        x = 0
        for segment in strip:
            for character in segment.text:
                if character.strip() and inside.contains(x, y) and not any(i.contains(x, y) for i in images):
                    yield character, segment.style or Style()
                x += 1


def too_pale(app: App[Any], depth: Depth, *, light: bool) -> set[tuple[str, str, float]]:
    foreground, background = (hexadecimal(c) for c in (("000000", "ffffff") if light else ("e5e5e5", "000000")))
    found: dict[tuple[str, float], set[str]] = {}
    for character, style in cells(app):
        colors = seen(style.color, foreground, depth), seen(style.bgcolor, background, depth)
        ratio = contrast(*colors)
        if ratio < LEAST or style.dim:  # how much is dimmed nobody knows
            found.setdefault((str(style), round(ratio, 2)), set()).add(character)
    return {("".join(sorted(characters)), style, ratio) for (style, ratio), characters in found.items()}


def test_the_contrast_is_that_of_wcag() -> None:
    assert contrast((0, 0, 0), (255, 255, 255)) == pytest.approx(21)
    assert contrast((119, 119, 119), (255, 255, 255)) == pytest.approx(4.48, abs=0.01)


@pytest.fixture(scope="module")
def study() -> Study:
    return drawn_study(pairs=6, digits=(1, 2, 3, 4, 5))


@pytest.fixture(scope="module")
def folder(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rated(study, tmp_path_factory.mktemp("sessions"), "Ann", "Ben", "P10")


def checked(app: SimtuiApp, theme: Theme, where: str) -> None:
    depths: tuple[Depth, ...] = ("16",) if theme.ansi else ("truecolor", "256")
    for depth in depths:
        assert not too_pale(app, depth, light=not theme.dark), f"{where}, {depth} in {theme.name}"


def themed(screen: Callable[[], Screen[Any]], theme: Theme) -> SimtuiApp:
    depth: Depth = "16" if theme.ansi else "truecolor"
    app = SimtuiApp(lambda: BottomScreen(screen), depth, light=not theme.dark)
    app.animation_level = "none"  # a colour on its way to another is none that stays
    return app


THEMES = (DARK, LIGHT, ANSI_DARK, ANSI_LIGHT)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
async def test_the_analysis(
    study: Study, folder: Path, theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    app = themed(lambda: AnalysisScreen(study, [folder], terminal()), theme)
    async with app.run_test(size=(132, 43), notifications=True) as pilot:
        await settled(pilot)
        assert app.theme == theme.name
        for key in ("s", "l", "e", "w", "r", "a", "n", "escape", "k", *"x", "enter", "escape", "question_mark"):
            await pilot.press(key)
            await pilot.pause()
            checked(app, theme, key)
        await pilot.press("escape")
        app.notify("This is said.")
        app.notify("This is wrong.", severity="error")
        await until(pilot, lambda: len(app.screen.query("Toast")) == 2)
        await pilot.pause()
        checked(app, theme, "messages")


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
async def test_home_and_its_forms(theme: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    app = themed(lambda: HomeScreen(terminal()), theme)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        checked(app, theme, "home")
        for key in ("r", "down", "delete", "backspace", "backspace", "enter", "escape", "o", "enter", "x", "enter"):
            await pilot.press(key)
            await pilot.pause()
            checked(app, theme, key)


@pytest.mark.parametrize("theme", [ANSI_DARK, ANSI_LIGHT], ids=lambda theme: theme.name)
async def test_where_colours_are_few_the_chosen_entry_of_a_list_is_in_reverse_video(theme: Theme) -> None:
    app = themed(lambda: HomeScreen(terminal()), theme)
    async with app.run_test(size=(80, 24)) as pilot:
        await pilot.pause()
        entries = app.screen.query_one(OptionList)
        chosen, other = ([segment.style or Style() for segment in entries.render_line(y)] for y in (1, 4))
        assert all(style.reverse for style in chosen)
        assert not any(style.reverse for style in other)


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
async def test_the_selected_row_is_the_brightest(study: Study, folder: Path, theme: Theme) -> None:
    """It differs most from the background: where colours are few, by reverse video."""
    app = themed(lambda: AnalysisScreen(study, [folder], terminal()), theme)
    async with app.run_test(size=(80, 24)) as pilot:
        await settled(pilot)
        await pilot.press("r", "down")
        await pilot.pause()
        table = app.screen.query_one("#pairs PairTable")
        rows = [[segment.style or Style() for segment in table.render_line(y) if segment.text.strip()] for y in (1, 2)]
        plain, chosen = rows
        assert all(style.bold for style in chosen)
        assert not any(style.bold or style.reverse for style in plain)
        if theme.ansi:
            assert all(style.reverse for style in chosen)
        else:
            backgrounds = [style.bgcolor.get_truecolor() for style in (plain[0], chosen[0]) if style.bgcolor]
            assert contrast(*((*b,) for b in backgrounds)) > 1.5
