"""Light or dark, in the colours that the terminal has."""

from __future__ import annotations

from textual.app import App

DARK, LIGHT = "textual-dark", "textual-light"
ANSI_DARK, ANSI_LIGHT = "ansi-dark", "ansi-light"

_OTHER = {DARK: LIGHT, LIGHT: DARK, ANSI_DARK: ANSI_LIGHT, ANSI_LIGHT: ANSI_DARK}


def suit(app: App[object], depth: str) -> None:
    """Take the theme for a colour depth of simtui.terminal: with 16 colours or fewer, the terminal's own."""
    app.theme = DARK if depth in ("truecolor", "256") else ANSI_DARK


def toggle(app: App[object]) -> None:
    """From dark to light, or back."""
    app.theme = _OTHER.get(app.theme, DARK)
