"""MapPanel: the images of a complete design at their places in people's space, and at a key in the network's."""

from __future__ import annotations

from collections.abc import Iterator

from rich.style import Style
from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static

from simtui.analysis.results import Group, Report
from simtui.errors import printable
from simtui.reporting.blocks import ImageMap, Place
from simtui.reporting.numbers import number, p_is
from simtui.reporting.spaces import image_map
from simtui.study.model import Study
from simtui.terminal.detection import Terminal
from simtui.terminal.image_lines import small_image
from simtui.tui.analysis.tab_part import TabPart

SIZES = ((14, 7), (10, 5), (8, 4), (6, 3), (4, 2))
"""Columns and rows in which an image is drawn, the largest first."""

CROWDED = 0.4
"""Share of the room that all images together may take."""

MOST_LINES = 5
"""Images from which a line leads to their other place: those that moved most."""

PARTS = ("image", "line", "selected")


class MapView(Widget, can_focus=True):
    """The images by cells; a line leads from each of those that moved most to its place in the other space."""

    BINDING_GROUP_TITLE = "Map"
    BINDINGS = [
        Binding("space,enter", "flip", "People's space, or the network's", show=False),
        Binding("right,down", "walk(1)", "Next image, the most moved first", show=False),
        Binding("left,up", "walk(-1)", "Image before", show=False),
    ]
    COMPONENT_CLASSES = {f"map-view--{part}" for part in PARTS}
    DEFAULT_CSS = """
    MapView { height: 1fr; width: 1fr; }
    MapView > .map-view--line { color: $text-muted; }
    MapView > .map-view--selected { color: $text-accent; text-style: bold; }
    """

    shown: reactive[ImageMap | None] = reactive(None)
    of_network: reactive[bool] = reactive(False)
    chosen: reactive[int] = reactive(0)
    """Of the images in the order in which they moved, the farthest first."""

    auto_links: reactive[bool] = reactive(False)

    def __init__(self, study: Study, terminal: Terminal) -> None:
        super().__init__()
        self._study = study
        self._ascii = terminal.depth == "ascii"

    def action_flip(self) -> None:
        self.of_network = not self.of_network

    def action_walk(self, step: int) -> None:
        if self.shown is not None:
            self.chosen = (self.chosen + step) % len(self.shown.places)

    def place(self) -> Place | None:
        """The image that is chosen."""
        return None if self.shown is None else self.shown.places[min(self.chosen, len(self.shown.places) - 1)]

    def image_size(self) -> tuple[int, int]:
        """Columns and rows of an image in the room that there is."""
        count = len(self.shown.places) if self.shown is not None else 1
        room = CROWDED * self.size.width * self.size.height
        return next((size for size in SIZES if count * size[0] * size[1] <= room), SIZES[-1])

    def render(self) -> Text:
        width, height = self.size
        columns, rows = self.image_size()
        if self.shown is None or width < columns or height < rows:
            return Text("")
        style = {part: self.get_component_rich_style(f"map-view--{part}") for part in PARTS}
        cells: list[list[tuple[str, Style]]] = [[(" ", Style.null())] * width for _ in range(height)]

        def corner(at: tuple[float, float]) -> tuple[int, int]:
            return round(at[0] * (width - columns)), round((1 - at[1]) * (height - rows))

        places = list(enumerate(self.shown.places))
        # What moved most, and last of all the chosen one, lies above the others.
        order = sorted(places, key=lambda each: (each[0] == self.chosen, -each[0]))
        for i, place in order:
            here, there = (place.layer, place.people) if self.of_network else (place.people, place.layer)
            if i < MOST_LINES or i == self.chosen:
                (x1, y1), (x2, y2) = corner(here), corner(there)
                mark = style["selected" if i == self.chosen else "line"]
                for x, y in _line((x1 + columns // 2, y1 + rows // 2), (x2 + columns // 2, y2 + rows // 2)):
                    cells[y][x] = "." if self._ascii else "·", mark
                cells[y2 + rows // 2][x2 + columns // 2] = "o" if self._ascii else "○", mark
        for i, place in order:
            left, top = corner(place.layer if self.of_network else place.people)
            drawn = small_image(self._study.image(place.image), columns, rows, ascii_only=self._ascii)
            for y, line in enumerate(drawn):
                for x, glyph in enumerate(line):
                    if glyph != " ":
                        cells[top + y][left + x] = glyph, style["selected" if i == self.chosen else "image"]
        text = Text("\n", no_wrap=True).join(Text.assemble(*line) for line in cells)
        text.no_wrap = True
        return text


def _line(start: tuple[int, int], end: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Every other cell of a straight line."""
    steps = max(abs(end[0] - start[0]), abs(end[1] - start[1]), 1)
    for i in range(0, steps + 1, 2 if steps > 4 else 1):
        share = i / steps
        yield round(start[0] + share * (end[0] - start[0])), round(start[1] + share * (end[1] - start[1]))


class MapPanel(Vertical, TabPart):
    """Whose space it is above the map, and below it the image that is chosen. Of several digits it shows that of the
    selected pair."""

    DEFAULT_CSS = """
    MapPanel { height: 1fr; padding: 0 1; }
    MapPanel Static { height: auto; width: 1fr; }
    MapPanel #map-heading { text-style: bold; }
    """

    tab = "map"

    report: reactive[Report | None] = reactive(None, repaint=False)
    shown_layer: reactive[str] = reactive("", repaint=False)
    pair: reactive[int | None] = reactive(None, repaint=False)

    def __init__(self, study: Study, terminal: Terminal) -> None:
        super().__init__()
        self._study = study
        self._terminal = terminal

    def compose(self) -> ComposeResult:
        yield Static("", id="map-heading", markup=False)
        yield MapView(self._study, self._terminal)
        yield Static("", id="map-chosen", classes="legend", markup=False)

    def on_mount(self) -> None:
        view = self.query_one(MapView)
        self.watch(view, "of_network", self._say, init=False)
        self.watch(view, "chosen", self._say, init=False)

    def watch_report(self) -> None:
        self.changed()

    def watch_shown_layer(self) -> None:
        self.changed()

    def watch_pair(self) -> None:
        self.changed()

    def draw(self) -> None:
        """The map of the digit of the selected pair, or that there is none."""
        group = None if self.report is None else self.report.group_of(self.pair or 0)
        self._found = None if group is None else group.layers[self.shown_layer].rdm
        self.query_one(MapView).shown = None if group is None else image_map(group, self.shown_layer)
        self._group: Group | None = group
        self._say()

    def _say(self) -> None:
        view, heading, below = (
            self.query_one(MapView),
            self.query_one("#map-heading", Static),
            self.query_one("#map-chosen", Static),
        )
        found, place = self._found, view.place()
        view.display = found is not None
        if found is None or place is None or self._group is None or view.shown is None:
            heading.update("" if self.report is None else NO_MAP)
            below.update("")
            return
        who, other = ("the network's space", "people's") if view.of_network else ("people's space", "the network's")
        stress = found.stress.layer if view.of_network else found.stress.people
        test = "" if found.mantel_p is None else f"; Mantel {p_is(found.mantel_p)}"
        heading.update(f"Digit {printable(self._group.digit, 20)} in {who} (stress {number(stress, 2)}{test})")
        below.update(
            f"{place.label} moved {number(place.apart, 2)} ({view.chosen + 1} of {len(view.shown.places)}); "
            f"lines: the {MOST_LINES} that moved most\nSpace: {other}   arrows: next image"
        )


NO_MAP = (
    "There is no map: it needs ratings of all pairs of some images.\n"
    "simtui new study.json --design complete --images 12 makes such a study."
)
"""What stands there where the design is not complete."""
