from __future__ import annotations

import pytest
from rich.color import Color, ColorSystem
from textual.theme import Theme

from simtui.tui.appearance import DARK, LIGHT


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
