"""A contact sheet: the pairs of a study on pages of paper, to look at, or to be rated with a pen."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from simtui.errors import SimtuiError, printable
from simtui.storage import atomic
from simtui.study.model import Pair, Study

DPI = 200
PAPER_MM = {"a4": (210.0, 297.0), "letter": (215.9, 279.4)}
FORMATS = (".png", ".pdf")

_MARGIN_MM, _DIGIT_MM, _GAP_MM, _BETWEEN_MM = 15.0, 19.5, 3.0, 8.0
"""Twenty pairs, as many as the homework has, on one page of A4."""

_TITLE_PT, _TEXT_PT = 15, 9
_GREY = 110

Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a sheet shows.

    scores: by pair id, what stands below the pair; pairs that are not named have nothing there.
    form: whether there is a scale below each pair to be marked with a pen, and a line for the participant's id.
    """

    study: Study
    scores: Mapping[str, str]
    form: bool = False
    paper: str = "a4"


def pages(sheet: Sheet) -> list[Image.Image]:
    """The pages, 8-bit grey, at DPI dots an inch. Pairs are numbered from 1 in the study's order, as `import` reads."""
    width, height = (_dots(side) for side in PAPER_MM[sheet.paper])
    pair_wide = 2 * _dots(_DIGIT_MM) + _dots(_GAP_MM)
    room = width - 2 * _dots(_MARGIN_MM)
    a_row = max(1, (room + _dots(_BETWEEN_MM)) // (pair_wide + _dots(_BETWEEN_MM)))
    step = (room - a_row * pair_wide) // max(1, a_row - 1) + pair_wide
    tall = _dots(_DIGIT_MM + (13.0 if sheet.form else 11.5))
    made: list[Image.Image] = []
    left_over = list(enumerate(sheet.study.pairs, start=1))
    while left_over:
        page = Image.new("L", (width, height), 255)
        pen = ImageDraw.Draw(page)
        y = _head(pen, sheet, len(made) + 1, width)
        rows = max(1, (height - y - _dots(_MARGIN_MM)) // tall)
        for position, (number, pair) in enumerate(left_over[: rows * a_row]):
            row, column = divmod(position, a_row)
            _pair(page, pen, sheet, number, pair, _dots(_MARGIN_MM) + column * step, y + row * tall)
        left_over = left_over[rows * a_row :]
        made.append(page)
    return made


def save(sheet: Sheet, path: Path, *, force: bool = False) -> list[Path]:
    """Write the pages: one PDF file, or a PNG file a page (pairs.png, pairs-2.png …). Returns the files.

    Raises SimtuiError where the name ends in neither, a file is there already (unless `force`) or cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in FORMATS:
        raise SimtuiError(f"{printable(path)} names no kind of sheet: end it in {' or '.join(FORMATS)}.")
    drawn = pages(sheet)
    files: dict[Path, bytes] = {}
    if suffix == ".pdf":
        data = io.BytesIO()
        # Without dates the same study gives the same bytes.
        drawn[0].save(
            data, "PDF", resolution=DPI, save_all=True, append_images=drawn[1:], creationDate=None, modDate=None
        )
        files[path] = data.getvalue()
    else:
        for number, page in enumerate(drawn, start=1):
            data = io.BytesIO()
            page.save(data, "PNG", dpi=(DPI, DPI), optimize=True)
            files[path if number == 1 else path.with_stem(f"{path.stem}-{number}")] = data.getvalue()
    if not force:
        for file in files:
            atomic.require_free(file)
    for file, content in files.items():
        atomic.write(file, content, force=force)
    return [*files]


def _head(pen: ImageDraw.ImageDraw, sheet: Sheet, number: int, width: int) -> int:
    """Draw the top of a page; the height below it."""
    study, x, y = sheet.study, _dots(_MARGIN_MM), _dots(_MARGIN_MM)
    title = printable(study.title, 70) or f"Study {study.id}"
    _write(pen, (x, y), title if number == 1 else f"{title} ({number})", _TITLE_PT)
    _write(pen, (width - x, y), study.id, _TEXT_PT, _GREY, anchor="ra")
    y += _dots(9.0)
    if number > 1:
        return y
    lines: Sequence[str] = (study.question, study.source.described)
    if sheet.form:
        scale = study.scale
        lines = (
            study.question,
            f"Mark one number for each pair: {scale.low} is {scale.low_label}, {scale.high} is {scale.high_label}.",
            "Participant: ______________________      Date: ______________________",
        )
    for line in lines:
        _write(pen, (x, y), printable(line, 110), _TEXT_PT)
        y += _dots(6.5 if sheet.form else 5.0)
    return y + _dots(3.0)


def _pair(page: Image.Image, pen: ImageDraw.ImageDraw, sheet: Sheet, number: int, pair: Pair, x: int, y: int) -> None:
    side, gap = _dots(_DIGIT_MM), _dots(_GAP_MM)
    _write(pen, (x, y), f"{number}", _TEXT_PT)
    y += _dots(4.5)
    for place, image_id in enumerate((pair.left, pair.right)):
        pixels = bytes(255 - value for row in sheet.study.image(image_id) for value in row)
        digit = Image.frombytes("L", (28, 28), pixels).resize((side, side), Image.Resampling.NEAREST)
        corner = (x + place * (side + gap), y)
        page.paste(digit, corner)
        pen.rectangle((*corner, corner[0] + side, corner[1] + side), outline=200)
    y += side + _dots(1.2)
    if sheet.form:
        values = sheet.study.scale.values
        wide = (2 * side + gap) / len(values)
        for position, value in enumerate(values):
            centre, radius = (x + wide * (position + 0.5), y + _dots(2.4)), min(wide * 0.46, _dots(2.3))
            pen.circle(centre, radius, outline=_GREY)
            _write(pen, centre, f"{value}", _TEXT_PT - 1, anchor="mm")
    elif score := sheet.scores.get(pair.id, ""):
        _write(pen, (x, y), score, _TEXT_PT - 1)


def _write(
    pen: ImageDraw.ImageDraw, at: tuple[float, float], text: str, points: int, shade: int = 0, *, anchor: str = "la"
) -> None:
    font = _font(points)
    pen.text(at, text, fill=shade, font=font, anchor=anchor)


def _font(points: int) -> Font:
    """Pillow's own font: the same on every machine, with no file to look for."""
    return ImageFont.load_default(points * DPI / 72)


def _dots(millimetres: float) -> int:
    return round(millimetres / 25.4 * DPI)
