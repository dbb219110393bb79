"""What a Report is said with, as plain data: text, Markdown, HTML and the tabs of the screen each draw it their way.

All text in it is plain and printable: whoever puts it into Markdown or HTML escapes it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from simtui.analysis.layer_results import Interval

Profile = Literal["brief", "full"]
"""How much is said: "brief" for a terminal (text, and the screen), "full" for a document to hand in."""


@dataclass(frozen=True, slots=True)
class Heading:
    """level: 1 for the title, 2 for a part."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Result:
    """The homework's own line with r: looked for as it stands, so that it is never broken."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """strong: something that must not be overlooked."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """Sentences, or nearly, each on its own: a list without order."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Names with what stands behind each: ("Pairs", "20 (digit 8)")."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Images:
    """The two images of a pair, by their ids in the study."""

    left: str
    right: str


Cell = str | Images


@dataclass(frozen=True, slots=True)
class Table:
    """The first `names` columns say what a row is about, the others have numbers, or images.

    Every row has as many cells as the header, whose names may have line breaks for where there is little room. A
    number with a star is beyond chance. note: what is said below of columns or the star, "" for nothing.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    names: int = 1
    note: str = ""

    def in_words(self) -> tuple[list[str], list[list[str]]]:
        """Header and rows without the columns of images, for what cannot show them."""
        kept = [i for i in range(len(self.header)) if not any(isinstance(row[i], Images) for row in self.rows)]
        return [self.header[i] for i in kept], [[str(row[i]) for i in kept] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Gallery:
    """Pairs as images, each with a caption, under a title that says what they have in common."""

    title: str
    pairs: tuple[tuple[str, Images], ...]


@dataclass(frozen=True, slots=True)
class Point:
    """x, y: 0 to 1, None where there is no such number. kind: points of one kind are drawn alike. label: its name."""

    x: float | None
    y: float | None
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Fit:
    """A straight line through the points of one kind, from (x1, y1) to (x2, y2), all within 0 and 1."""

    kind: str
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True, slots=True)
class Scatter:
    """A plot of points, both axes from 0 to 1; the points keep their places in the Report through all groups."""

    points: tuple[Point, ...]
    title: str
    xlabel: str
    ylabel: str
    fits: tuple[Fit, ...] = ()


@dataclass(frozen=True, slots=True)
class Curves:
    """Shares from 0 to 1 at each of some numbers, which stand at equal distances along x.

    curves: by name, a share for each x. wanted: the share that is hoped for.
    """

    title: str
    xlabel: str
    ylabel: str
    x: tuple[int, ...]
    curves: Mapping[str, tuple[float, ...]]
    wanted: float


@dataclass(frozen=True, slots=True)
class Place:
    """An image of a map by its id in the study, where it stands for people and for a layer, both from 0 to 1.

    number: in the order of the study; label: its name; apart: how far the two places are, in dissimilarity.
    """

    image: str
    number: int
    label: str
    people: tuple[float, float]
    layer: tuple[float, float]
    apart: float


@dataclass(frozen=True, slots=True)
class ImageMap:
    """The images of a complete design in the plane of people's dissimilarities, the most moved first."""

    places: tuple[Place, ...]
    layer: str
    title: str

    def as_scatter(self) -> Scatter:
        """Both places of every image as points, for what cannot show images."""
        points = tuple(
            Point(*where, kind, f"{place.label} ({kind})")
            for kind, of in (("people", "people"), (self.layer, "layer"))
            for place in self.places
            for where in (place.people if of == "people" else place.layer,)
        )
        return Scatter(points, self.title, "first axis of people's space", "second")


@dataclass(frozen=True, slots=True)
class Mark:
    """A number that r is to be read against. short: its name where there is little room."""

    name: str
    value: float
    short: str = ""


@dataclass(frozen=True, slots=True)
class Axis:
    """r with its interval on an axis from −1 to 1, among what it must be read against."""

    r: float
    ci: Interval | None
    marks: tuple[Mark, ...]
    title: str


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What the student wrote, in Markdown, line for line."""

    text: str


Block = Heading | Result | Paragraph | Bullets | Facts | Table | Gallery | Scatter | ImageMap | Axis | OwnWords
