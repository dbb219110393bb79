"""What a document is made of, before it is HTML or Markdown. All text here is plain: whoever writes it escapes it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Heading:
    """level: 1 for the title."""

    text: str
    level: int = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """strong: something that must not be overlooked."""

    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list without order."""

    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """png: the bytes of a PNG file. alt: what it shows."""

    png: bytes
    alt: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """svg: a whole SVG document. alt: what it shows. characters: as those of a Table."""

    svg: str
    alt: str
    characters: tuple[str, ...] = ()


Cell = str | tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """The first column is text, the others are numbers or pictures.

    characters: its pictures as lines of block characters, for a format whose readers may show no pictures.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    characters: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OwnWords:
    """What the student wrote, in Markdown, line for line."""

    text: str


Block = Heading | Paragraph | Bullets | Table | Drawing | OwnWords
