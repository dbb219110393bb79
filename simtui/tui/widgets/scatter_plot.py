"""ScatterPlot: network against people, one point a pair, sized to its space, walked with the arrows or the mouse."""

from __future__ import annotations

from dataclasses import dataclass, replace

from rich.style import Style
from rich.text import Text
from textual import events
from textual.binding import Binding
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from simtui.analysis.layer_results import BASELINE
from simtui.analysis.results import Report
from simtui.errors import printable
from simtui.reporting.figures import scatter
from simtui.reporting.plot import MIN_HEIGHT, MIN_WIDTH, Plot, Position, draw

REACH = 3
"""Columns (a row counts as two) within which the mouse finds a point."""

WIDE = 112
"""Columns of the window from which the pair stands beside the plot, and has need of the rows."""

TALL = 13
"""Rows from which the plot has a title: it says no more than the summary does."""

HINTS = (
    "arrows walk the points, Enter shows the pair",
    "arrows walk, Enter shows the pair",
    "arrows walk, Enter: pair",
)
BESIDE = ("arrows walk the points", "arrows walk")
"""What the keys do, where the pair is yet to be shown, and where it stands beside the plot; the longest first."""

MARGINS = 9
"""Columns beside the label of the y axis that no hint stands in."""

GUIDES = "┊┈"
"""From the selected point down and to the left."""

KINDS = 5
"""Digits whose points have a colour of their own; each point is its digit too."""

PARTS = ("frame", "line", "guide", "selected", *(f"digit-{kind}" for kind in range(KINDS)))


class ScatterPlot(Widget, can_focus=True):
    """Left and right go to the next point by x, down and up to the next by y: every point can be reached.

    The mouse selects the point that it is moved to; Enter or a click asks for the images of its pair. The selected
    point is a lozenge, reversed, with a thin line to each axis: it is found without colour. Pairs are counted
    through all groups of the report, in its order; with several digits each is its digit, in a colour of its own.
    """

    BINDING_GROUP_TITLE = "Plot"
    BINDINGS = [
        Binding("left", "walk('x', -1)", "Less alike to the network", show=False),
        Binding("right", "walk('x', 1)", "More alike to the network", show=False),
        Binding("down", "walk('y', -1)", "Less alike to people", show=False),
        Binding("up", "walk('y', 1)", "More alike to people", show=False),
        Binding("enter", "show_pair", "Show the pair", show=False),
    ]
    COMPONENT_CLASSES = {f"scatter-plot--{part}" for part in PARTS}
    DEFAULT_CSS = """
    ScatterPlot { height: 1fr; width: 1fr; }
    ScatterPlot > .scatter-plot--frame { color: $text-muted; }
    ScatterPlot > .scatter-plot--line { color: $text-accent; }
    ScatterPlot > .scatter-plot--guide { color: $text-muted; }
    ScatterPlot > .scatter-plot--digit-0 { color: $text-primary; text-style: bold; }
    ScatterPlot > .scatter-plot--digit-1 { color: $text-success; text-style: bold; }
    ScatterPlot > .scatter-plot--digit-2 { color: $text-error; text-style: bold; }
    ScatterPlot > .scatter-plot--digit-3 { color: $foreground; text-style: bold; }
    ScatterPlot > .scatter-plot--digit-4 { color: $text-warning; text-style: bold; }
    ScatterPlot > .scatter-plot--selected { color: $text-accent; text-style: bold reverse; }
    /* On white the dark shades of blue and green look alike. */
    ScatterPlot:light > .scatter-plot--digit-0 { color: #005fd7; }
    ScatterPlot:light > .scatter-plot--digit-1 { color: #005f00; }
    ScatterPlot:light > .scatter-plot--digit-2 { color: #af0000; }
    ScatterPlot:light > .scatter-plot--digit-4 { color: #8700af; }
    /* The plain blue of 16 colours cannot be read on black; on white neither can green, nor what bold makes bright. */
    ScatterPlot:ansi:dark > .scatter-plot--digit-0 { color: ansi_cyan; }
    ScatterPlot:ansi:dark > .scatter-plot--digit-1 { color: ansi_green; }
    ScatterPlot:ansi:dark > .scatter-plot--digit-2 { color: ansi_bright_red; }
    ScatterPlot:ansi:dark > .scatter-plot--digit-4 { color: ansi_bright_magenta; }
    ScatterPlot:ansi:light > .scatter-plot--digit-0 { color: ansi_blue; text-style: none; }
    ScatterPlot:ansi:light > .scatter-plot--digit-1 { color: ansi_magenta; text-style: none; }
    ScatterPlot:ansi:light > .scatter-plot--digit-2 { color: ansi_red; text-style: none; }
    ScatterPlot:ansi:light > .scatter-plot--digit-4 { color: ansi_bright_blue; text-style: none; }
    """

    # There are no links; looking for them, Textual would paint the plot anew at every step of the mouse.
    auto_links: reactive[bool] = reactive(False)

    report: reactive[Report | None] = reactive(None)
    shown_layer: reactive[str] = reactive("")
    selected: reactive[int | None] = reactive(None)

    @dataclass
    class Selected(Message):
        """The user went to a point. index: the position of its pair. shown: its images are wanted."""

        index: int
        shown: bool = False

    def __init__(self, *, braille: bool = False) -> None:
        """braille: see `simtui.reporting.plot.draw`."""
        super().__init__()
        self._braille = braille

    _drawn: tuple[Report, str, Size, Plot] | None = None
    """The points without a selected one, and what they were drawn for: a step to another point draws nothing anew."""

    def plot(self) -> Plot | None:
        """The plot as it is drawn in the present size; None where there is nothing to plot or no room."""
        if self.report is None or self.size.width < MIN_WIDTH or self.size.height < MIN_HEIGHT:
            return None
        drawn = self._drawn
        if drawn is None or drawn[0] is not self.report or drawn[1:3] != (self.shown_layer, self.size):
            what = scatter(self.report, self.shown_layer)
            what = replace(
                what,
                title=what.title if self.size.height >= TALL else "",
                xlabel=_xlabel(self.shown_layer, what.xlabel),
            )
            hints = BESIDE if self.app.size.width >= WIDE else HINTS
            room = self.size.width - len(what.ylabel) - MARGINS
            hint = next((hint for hint in hints if len(hint) <= room), "")
            points = draw(what, self.size.width, self.size.height, braille=self._braille, note=hint)
            self._drawn = drawn = self.report, self.shown_layer, self.size, points
        return drawn[3].selecting(self.selected)

    def render(self) -> Text:
        drawn = self.plot()
        if drawn is None:
            return Text("" if self.report is None else "The window is too small for the plot.")
        style = {p: self.get_component_rich_style(f"scatter-plot--{p}") for p in PARTS}
        cells = [list(line.ljust(self.size.width)) for line in drawn.lines]
        styles = [[style["frame"]] * len(line) for line in cells]
        points = drawn.spots
        chosen = drawn.positions[drawn.selected] if drawn.selected is not None else None
        if chosen is not None:
            for column, row in _guides(drawn, chosen) - points.keys():
                cells[row][column] = GUIDES[column != chosen[0]]
                styles[row][column] = style["guide"]
        for column, row in drawn.line - {chosen}:
            if cells[row][column] not in GUIDES:
                styles[row][column] = style["line"]
        for (column, row), kind in points.items():
            styles[row][column] = style["selected" if (column, row) == chosen else f"digit-{kind % KINDS}"]
        return Text("\n").join(_styled(line, of) for line, of in zip(cells, styles, strict=True))

    # ------------------------------------------------------------------ selecting

    def action_walk(self, axis: str, step: int) -> None:
        order = self._order(axis)
        if self.selected not in order:
            self._select(order[:1])
            return
        place = order.index(self.selected) + step
        self._select(order[max(0, place) : place + 1])

    def _order(self, axis: str) -> list[int]:
        """The pairs that have a point, from the lowest on an axis to the highest."""
        if self.report is None:
            return []
        pairs = [pair for group in self.report.groups for pair in group.pairs]
        found = []
        for i, pair in enumerate(pairs):
            x, y = pair.similarity_normalized[self.shown_layer], pair.human_normalized
            if x is not None and y is not None:
                found.append((x, y, i) if axis == "x" else (y, x, i))
        return [i for _, _, i in sorted(found)]

    def action_show_pair(self) -> None:
        if self.selected is not None:
            self.post_message(self.Selected(self.selected, shown=True))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        near = self._near(event.x, event.y)
        if near is not None and near != self.selected:
            self._select([near])

    def on_click(self, event: events.Click) -> None:
        near = self._near(event.x, event.y)
        if near is not None:
            self.selected = near
            self.post_message(self.Selected(near, shown=True))

    def _near(self, x: int, y: int) -> int | None:
        """The point nearest to a cell and within reach; of several equally near the selected one, if it is there."""
        drawn = self.plot()
        near = [
            (max(abs(cell[0] - x), 2 * abs(cell[1] - y)), i != self.selected, i)
            for i, cell in enumerate(drawn.positions if drawn is not None else ())
            if cell is not None
        ]
        distance, _, nearest = min(near, default=(REACH + 1, False, 0))
        return nearest if distance <= REACH else None

    def _select(self, indices: list[int]) -> None:
        for index in indices:
            self.selected = index
            self.post_message(self.Selected(index))


def _xlabel(layer: str, label: str) -> str:
    """With the layer: on the screen it changes at a key."""
    return label if layer == BASELINE else f"network similarity, {printable(layer, 16)} (normalized)"


def _guides(drawn: Plot, chosen: Position) -> set[Position]:
    """The cells between a point and both axes."""
    column, row = chosen
    left = next(i for i, character in enumerate(drawn.lines[row]) if character in "│┤") + 1
    floor = next(i for i, line in enumerate(drawn.lines) if "└" in line)
    return {(c, row) for c in range(left, column)} | {(column, r) for r in range(row + 1, floor)}


def _styled(cells: list[str], styles: list[Style]) -> Text:
    """One line; runs of one style are one span."""
    line = Text(no_wrap=True)
    start = 0
    for end in range(1, len(cells) + 1):
        if end == len(cells) or styles[end] != styles[start]:
            line.append("".join(cells[start:end]), styles[start])
            start = end
    return line
