"""The scatter plot as a file: the same picture as SVG and PNG, and never over another file."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from simtui.analysis.results import Report
from simtui.errors import SimtuiError
from simtui.reporting import plot_file, raster
from simtui.reporting.blocks import Point, Scatter
from simtui.reporting.figures import MOST_FITS, least_squares, scatter

BLUE = np.array([0x00, 0x72, 0xB2])


def picture(plot: Scatter) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(raster.scatter(plot))).convert("RGB"), dtype=int)


@pytest.mark.parametrize(("x", "y"), [(0.0, 0.0), (0.25, 1.0), (1.0, 0.5)])
def test_a_point_is_where_its_numbers_are(x: float, y: float) -> None:
    with_it = picture(Scatter((Point(x, y, "8", "p1"),), "T", "X", "Y"))
    without = picture(Scatter((Point(None, None, "8", "p1"),), "T", "X", "Y"))

    rows, columns = np.nonzero((with_it != without).any(axis=2))
    at = (60 + 380 * x, 40 + 380 * (1 - y))
    assert (columns.mean() / raster.SCALE, rows.mean() / raster.SCALE) == pytest.approx(at, abs=1)
    middle = round(rows.mean()), round(columns.mean())
    assert np.abs(with_it[middle] - (0.75 * BLUE + 0.25 * without[middle])).max() <= 3


@pytest.mark.parametrize(
    ("plot", "place"),
    [
        (Scatter((), "similarity", "", ""), (60, 0, 440, 30)),
        (Scatter((), "", "similarity", ""), (60, 445, 440, 472)),
        (Scatter((), "", "", "similarity"), (0, 40, 22, 420)),
    ],
)
def test_title_and_both_labels_are_written_in_their_places(plot: Scatter, place: tuple[int, int, int, int]) -> None:
    rows, columns = np.nonzero((picture(plot) != picture(Scatter((), "", "", ""))).any(axis=2))

    left, top, right, bottom = (raster.SCALE * each for each in place)
    assert len(rows)
    assert left <= columns.min() <= columns.max() <= right
    assert top <= rows.min() <= rows.max() <= bottom


def test_the_line_is_the_least_squares_line(homework: Report) -> None:
    plot = scatter(homework, "fc")

    x = np.array([point.x for point in plot.points], dtype=float)
    y = np.array([point.y for point in plot.points], dtype=float)
    slope, height = np.polyfit(x, y, 1)
    (fit,) = plot.fits
    assert (fit.x1, fit.y1, fit.x2, fit.y2) == pytest.approx((0, height, 1, height + slope))


def test_a_steep_line_ends_where_the_plot_does() -> None:
    x, y = (0.4, 0.45, 0.6), (0.0, 0.3, 1.0)

    (fit,) = least_squares([Point(*at, "8", "") for at in zip(x, y, strict=True)], "8")

    slope, height = np.polyfit(x, y, 1)
    assert (fit.x1, fit.y1, fit.x2, fit.y2) == pytest.approx((-height / slope, 0, (1 - height) / slope, 1))


@pytest.mark.parametrize("x", [(0.2, 0.2, 0.2), (0.1, None, 0.3)])
def test_without_three_points_apart_there_is_no_line(x: tuple[float | None, ...]) -> None:
    assert [*least_squares([Point(at, 0.5, "8", "") for at in x], "8")] == []


def test_each_of_few_digits_has_its_line_and_of_many_none(two_digits: Report, ten_digits: Report) -> None:
    assert [fit.kind for fit in scatter(two_digits, "fc").fits] == ["3", "8"]
    assert len(ten_digits.groups) > MOST_FITS
    assert scatter(ten_digits, "fc").fits == ()


@pytest.mark.parametrize(("name", "beginning"), [("a.svg", b"<svg "), ("a.PNG", b"\x89PNG")])
def test_a_file_is_never_overwritten_unless_told(tmp_path: Path, homework: Report, name: str, beginning: bytes) -> None:
    plot, path = scatter(homework, "fc"), tmp_path / name
    plot_file.save(plot, path)
    first = path.read_bytes()

    assert first.startswith(beginning)
    with pytest.raises(SimtuiError, match="--force"):
        plot_file.save(plot, path)
    plot_file.save(plot, path, force=True)
    assert path.read_bytes() == first


def test_another_ending_is_refused(tmp_path: Path, homework: Report) -> None:
    with pytest.raises(SimtuiError, match=r"end it in \.svg or \.png"):
        plot_file.save(scatter(homework, "fc"), tmp_path / "a.gif")
