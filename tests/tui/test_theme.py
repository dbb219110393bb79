from __future__ import annotations

import pytest
from rich.color import Color, ColorSystem
from textual.app import ComposeResult
from textual.color import Color as Shade
from textual.screen import Screen
from textual.theme import Theme

from simtui.terminal.cells import Depth
from simtui.tui.theme import ANSI_DARK, ANSI_LIGHT, DARK, LIGHT
from simtui.tui.widgets.scatter_plot import KINDS, ScatterPlot
from tests.tui.driving import app_with


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
def test_what_is_grey_stays_grey_over_ssh(theme: Theme) -> None:
    """With 256 colours, as most people have over SSH, and the others keep their hue."""
    named = (theme.primary, theme.accent, theme.error, theme.foreground, theme.background, theme.surface, theme.panel)
    greys = 0
    for color in (*named, *theme.variables.values()):
        assert color is not None
        there = Color.parse(color)
        here = there.downgrade(ColorSystem.EIGHT_BIT).get_truecolor()
        grey = len(set(there.get_truecolor())) == 1
        greys += grey
        assert (len(set(here)) == 1) is grey
    assert greys >= 6


class PlotScreen(Screen[None]):
    def compose(self) -> ComposeResult:
        yield ScatterPlot()


async def colours_of_digits(depth: Depth, *, light: bool) -> list[Color]:
    app = app_with(PlotScreen, depth)
    async with app.run_test() as pilot:
        if light:
            app.action_toggle_theme()
        await pilot.pause()
        plot = app.screen.query_one(ScatterPlot)
        found = [plot.get_component_rich_style(f"scatter-plot--digit-{kind}").color for kind in range(KINDS)]
    return [colour for colour in found if colour is not None]


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
async def test_points_of_different_digits_are_told_apart_and_stand_out(theme: Theme) -> None:
    found = await colours_of_digits("truecolor", light=theme is LIGHT)
    shades = [Shade.from_rich_color(colour) for colour in found]
    assert len(shades) == KINDS
    assert theme.background is not None
    background = Shade.parse(theme.background)
    for i, one in enumerate(shades):
        assert abs(one.brightness - background.brightness) > 0.4
        for other in shades[:i]:
            assert sum(abs(a - b) for a, b in zip(one.rgb, other.rgb, strict=True)) > 100


@pytest.mark.parametrize("theme", [ANSI_DARK, ANSI_LIGHT], ids=lambda theme: theme.name)
async def test_points_in_16_colours(theme: Theme) -> None:
    found = await colours_of_digits("16", light=theme is ANSI_LIGHT)
    names = {colour.name for colour in found}
    assert len(names) == KINDS
    # What cannot be read on black, or on white.
    weak = {"bright_green", "bright_yellow", "yellow", "bright_cyan", "bright_white", "white", "green"}
    assert not names & (weak if theme is ANSI_LIGHT else {"black", "blue"})
    assert (theme.primary == "ansi_blue") is (theme is ANSI_LIGHT)
