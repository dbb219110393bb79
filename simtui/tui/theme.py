"""Light or dark, in the colours that the terminal has."""

from __future__ import annotations

from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

from simtui.terminal.cells import Depth

# Textual's own panels are bluish greys, which turn navy with 256 colours, and those are what most have over SSH.
DARK = Theme(
    name="simtui-dark",
    dark=True,
    primary="#5fafff",
    secondary="#5f87af",
    accent="#ffaf5f",
    warning="#ffaf00",
    error="#ff5f5f",
    success="#5faf5f",
    foreground="#e4e4e4",
    background="#121212",
    surface="#1c1c1c",
    panel="#303030",
    boost="#303030",
    variables={
        "block-cursor-background": "#005f87",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#444444",
        "block-cursor-blurred-foreground": "#ffffff",
        "input-selection-background": "#005f87",
        "scrollbar": "#8a8a8a",
        "scrollbar-background": "#1c1c1c",
    },
)
LIGHT = Theme(
    name="simtui-light",
    dark=False,
    primary="#005faf",
    secondary="#5f87af",
    accent="#870087",
    warning="#875f00",
    error="#af0000",
    success="#005f00",
    foreground="#1c1c1c",
    background="#eeeeee",
    surface="#e4e4e4",
    panel="#d0d0d0",
    boost="#d0d0d0",
    variables={
        "block-cursor-background": "#005faf",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-blurred-background": "#bcbcbc",
        "block-cursor-blurred-foreground": "#1c1c1c",
        "scrollbar": "#4e4e4e",
        "scrollbar-background": "#d0d0d0",
    },
)
# Of the terminal's own colours only those that can be read on its background: neither plain blue, red nor magenta on
# black, and no green, yellow, cyan or bright colour on white. What is faint elsewhere is not here: terminals dim as
# they like.
ANSI_DARK = replace(
    BUILTIN_THEMES["ansi-dark"],
    name="simtui-ansi-dark",
    primary="ansi_cyan",
    accent="ansi_yellow",
    error="ansi_bright_red",
    variables={
        **BUILTIN_THEMES["ansi-dark"].variables,
        "text-muted": "ansi_default",
        "text-disabled": "ansi_default",
        "footer-key-foreground": "ansi_yellow",
        "scrollbar": "ansi_bright_black",
        "scrollbar-background": "ansi_default",
    },
)
ANSI_LIGHT = replace(
    BUILTIN_THEMES["ansi-light"],
    name="simtui-ansi-light",
    primary="ansi_blue",
    accent="ansi_magenta",
    error="ansi_red",
    variables={
        **BUILTIN_THEMES["ansi-light"].variables,
        "text-muted": "ansi_default",
        "text-disabled": "ansi_default",
        "scrollbar": "ansi_blue",
        "scrollbar-background": "ansi_default",
    },
)

_OTHER = {a.name: b for a, b in ((DARK, LIGHT), (LIGHT, DARK), (ANSI_DARK, ANSI_LIGHT), (ANSI_LIGHT, ANSI_DARK))}


def first(depth: Depth, *, light: bool = False) -> Theme:
    """What a terminal with so many colours begins with; with 16 colours or fewer in the terminal's own.

    light: whether the terminal's background is.
    """
    if depth in ("truecolor", "256"):
        return LIGHT if light else DARK
    return ANSI_LIGHT if light else ANSI_DARK


def other(theme: Theme) -> Theme:
    """The light one of a dark theme of these, and the dark one of a light."""
    return _OTHER[theme.name]
