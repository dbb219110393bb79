"""What one character cell can show: the glyphs and colours that come closest to two pixels."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, NamedTuple

from simtui.terminal.ink import FULL, INK

Depth = Literal["truecolor", "256", "16", "glyphs", "ascii"]
BRAILLE: tuple[Depth, ...] = ("truecolor", "256", "glyphs")
"""Where plots are drawn in braille: what has 16 colours or fewer often has no glyphs for it."""

Renderer = Literal["half-block", "upper-half-block", "lower-half-block", "double-space"]
Polarity = Literal["dark-on-light", "light-on-dark"]


class Look(NamedTuple):
    """How images are drawn.

    depth: "truecolor", "256" and "16" are numbers of colours; "glyphs" has block characters and no colour;
        "ascii" has printable ASCII alone.
    renderer: "half-block" shows two pixels a cell, one above the other (28x14 cells an image);
        "upper-half-block" and "lower-half-block" do so with one glyph each, for terminals in which the other one is not
        drawn to the edge; "double-space" two cells a pixel (56x28), which in "truecolor" and "256" needs no glyph of
        any font.
    polarity: of ink on paper.
    own_colors: use only the foreground and background the terminal has, and reverse video; always so in
        "glyphs", and in "ascii" where colour is unwanted or missing. The foreground is taken to be the lighter
        (`Terminal.look` turns the polarity round where the terminal says that it is not).
    """

    depth: Depth = "truecolor"
    renderer: Renderer = "half-block"
    polarity: Polarity = "dark-on-light"
    own_colors: bool = False

    @property
    def reverses(self) -> bool:
        """Whether colours are told apart by reverse video: number 1 is the foreground, 0 the background."""
        return self.own_colors or self.depth == "glyphs"


class Choice(NamedTuple):
    """One way to draw a cell; a colour that cannot be seen in it is None."""

    glyph: str
    fg: int | None
    bg: int | None


_VGA = ((0, 0), (8, 85), (7, 170), (15, 255))
_OWN = ((0, 0), (1, 255))
_CUBE = (0, 95, 135, 175, 215, 255)
_GREYS_256 = {8 + 10 * i: 232 + i for i in range(24)} | {grey: 16 + 43 * i for i, grey in enumerate(_CUBE)}

NEAREST_256 = bytes(_GREYS_256[min(_GREYS_256, key=lambda grey: abs(grey - value))] for value in range(256))
"""For each grey level the colour number of the nearest of the 256-colour palette's 30 greys: 24 of its ramp
and 6 on the diagonal of its cube, which differ from them all (30 greys halve the worst error of the ramp)."""

# Glyph, and the share of foreground in its upper and its lower half. Half blocks and shades are in every
# font that has block characters at all; the eighths raise r at 16 colours from .995 to .999.
_BLOCKS = (
    ("▀", 1.0, 0.0),
    ("▄", 0.0, 1.0),
    ("░", 0.25, 0.25),
    ("▒", 0.5, 0.5),
    ("▓", 0.75, 0.75),
    ("▁", 0.0, 0.25),
    ("▂", 0.0, 0.5),
    ("▃", 0.0, 0.75),
    ("▅", 0.25, 1.0),
    ("▆", 0.5, 1.0),
    ("▇", 0.75, 1.0),
)


def paper(look: Look) -> int:
    """The background colour number of empty paper."""
    return choices(0, 0, look)[0].bg or 0


@lru_cache(maxsize=1024)
def choices(upper: int, lower: int, look: Look) -> tuple[Choice, ...]:
    """The best ways to show a cell whose two halves hold these pixel values (0 paper, 255 ink).

    All of them look the same; a space comes first where there is one.
    """
    if look.depth == "ascii":
        return _ascii(upper, lower, look)
    if look.polarity == "dark-on-light":
        upper, lower = 255 - upper, 255 - lower
    if look.depth == "256":
        upper, lower = NEAREST_256[upper], NEAREST_256[lower]
    if look.depth in ("truecolor", "256"):
        if upper != lower:
            return _of_renderer((Choice("▀", upper, lower), Choice("▄", lower, upper)), look)
        blank = Choice(" ", None, upper)
        return (blank, Choice("█", upper, None)) if look.renderer == "half-block" else (blank,)
    shown = _shown_by_blocks(_OWN if look.reverses else _VGA)
    nearest = shown[min(shown, key=lambda greys: (greys[0] - upper) ** 2 + (greys[1] - lower) ** 2)]
    return _of_renderer(nearest, look)


def _of_renderer(ways: tuple[Choice, ...], look: Look) -> tuple[Choice, ...]:
    """Without the half block that is not wanted, wherever the cell can be drawn without it."""
    unwanted = {"upper-half-block": "▄", "lower-half-block": "▀"}.get(look.renderer)
    return tuple(way for way in ways if way.glyph != unwanted) or ways


@lru_cache(maxsize=2)
def _shown_by_blocks(palette: tuple[tuple[int, int], ...]) -> dict[tuple[float, float], tuple[Choice, ...]]:
    """For each pair of greys (upper, lower) that a cell can show, every way to show it.

    palette: the colours there are, as (number, grey). Under reverse video a full block does have a
    background: which colour fills it depends on that.
    """
    shown: dict[tuple[float, float], tuple[Choice, ...]] = {
        (grey, grey): (Choice(" ", None, number), Choice("█", number, other if palette is _OWN else None))
        for (number, grey), (other, _) in zip(palette, reversed(palette), strict=True)
    }
    for fg, ink in palette:
        for bg, ground in palette:
            if fg != bg:
                for glyph, above, below in _BLOCKS:
                    greys = ground + (ink - ground) * above, ground + (ink - ground) * below
                    shown[greys] = (*shown.get(greys, ()), Choice(glyph, fg, bg))
    return shown


def _ascii(upper: int, lower: int, look: Look) -> tuple[Choice, ...]:
    above, below = upper / 255 * FULL, lower / 255 * FULL

    def error(glyph: str) -> float:
        """A character that fonts draw differently is a risk; half of its variance served the fonts best."""
        ink = INK[glyph]
        return (ink.upper - above) ** 2 + (ink.lower - below) ** 2 + ink.variance / 2

    glyph = min(INK, key=error)
    dark, light = 0, 1 if look.reverses else 7
    fg, bg = (dark, light) if look.polarity == "dark-on-light" else (light, dark)
    return (Choice(glyph, None if glyph == " " else fg, bg),)
