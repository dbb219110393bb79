"""Drawings: well-formed, with everything where its number says."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

import pytest

from simtui.reporting.blocks import Axis, Fit, Mark, Point, Scatter
from simtui.reporting.svg import axis, scatter

NS = "{http://www.w3.org/2000/svg}"


def circles(svg: str) -> list[Xml.Element]:
    return [element for element in Xml.fromstring(svg).iter(f"{NS}circle") if element.find(f"{NS}title") is not None]


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in Xml.fromstring(svg).iter(f"{NS}text")]


def test_points_are_where_their_numbers_are() -> None:
    points = (Point(0, 0, "8", "p1"), Point(1, 0.5, "8", "p2"), Point(0.25, 1, "8", "p3"), Point(None, 1, "8", "p4"))

    drawn = scatter(Scatter(points, "T", "X", "Y"))

    frame = next(e for e in Xml.fromstring(drawn).iter(f"{NS}rect") if e.get("x"))
    left, top, width, height = (float(frame.get(name, "")) for name in ("x", "y", "width", "height"))
    for point, circle in zip(points[:3], circles(drawn), strict=True):
        assert point.x is not None
        assert point.y is not None
        assert (float(circle.get("cx", "")) - left) / width == pytest.approx(point.x)
        assert 1 - (float(circle.get("cy", "")) - top) / height == pytest.approx(point.y)
    assert {"T", "X", "Y", "0", "0.5", "1"} <= set(texts(drawn))


def test_kinds_have_their_colours_and_a_legend_only_where_there_are_several() -> None:
    one = scatter(Scatter((Point(0, 0, "8", "a"), Point(1, 1, "8", "b")), "", "", ""))
    two = scatter(Scatter((Point(0, 0, "3", "a"), Point(1, 1, "8", "b")), "", "", ""))

    assert len({circle.get("fill") for circle in circles(one)}) == 1
    assert len({circle.get("fill") for circle in circles(two)}) == 2
    assert "8" not in texts(one)
    assert {"3", "8"} <= set(texts(two))


def test_the_line_of_each_kind_is_where_its_numbers_are_in_its_colour() -> None:
    points = (Point(0, 0.5, "3", "a"), Point(1, 1, "8", "b"))
    drawn = scatter(Scatter(points, "", "", "", (Fit("3", 0, 0.25, 1, 0.75), Fit("8", 0.5, 0, 1, 1))))

    frame = next(e for e in Xml.fromstring(drawn).iter(f"{NS}rect") if e.get("x"))
    left, top, side, _ = (float(frame.get(name, "")) for name in ("x", "y", "width", "height"))
    colours = [circle.get("fill") for circle in circles(drawn)]
    for colour, ends in zip(colours, ([0, 0.25, 1, 0.75], [0.5, 0, 1, 1]), strict=True):
        (line,) = [e for e in Xml.fromstring(drawn).iter(f"{NS}line") if e.get("stroke") == colour]
        x1, y1, x2, y2 = (float(line.get(name, "")) for name in ("x1", "y1", "x2", "y2"))
        places = [(x1 - left) / side, 1 - (y1 - top) / side, (x2 - left) / side, 1 - (y2 - top) / side]
        assert places == pytest.approx(ends)


def test_text_is_escaped() -> None:
    for drawn in (
        scatter(Scatter((Point(0, 0, "<b>", "<script>&"),), "<i>", '"', "&")),
        axis(Axis(0.1, None, (Mark("<b>", 0.2),), "</svg>")),
    ):
        assert "<script>" not in drawn
        assert "<b>" not in drawn
        Xml.fromstring(drawn)


def test_the_axis_has_r_its_interval_and_its_marks_in_place() -> None:
    drawn = axis(Axis(0.5, (0.0, 0.8), (Mark("ceiling", 0.9), Mark("pixels", -0.25)), "r"))

    tree = Xml.fromstring(drawn)
    dot = next(tree.iter(f"{NS}circle"))
    bar = next(e for e in tree.iter(f"{NS}rect") if e.get("x"))
    assert float(dot.get("cx", "")) == pytest.approx(20 + 460 * 0.75)
    assert float(bar.get("x", "")) == pytest.approx(20 + 460 * 0.5)
    assert float(bar.get("width", "")) == pytest.approx(460 * 0.4)
    dashed = [float(e.get("x1", "")) for e in tree.iter(f"{NS}line") if e.get("stroke-dasharray")]
    assert dashed == pytest.approx([20 + 460 * 0.95, 20 + 460 * 0.375])
    assert {"r = 0.500", "ceiling 0.900", "pixels -0.250"} <= set(texts(drawn))


def test_no_line_of_a_mark_crosses_the_words_of_another() -> None:
    marks = (Mark("pixels", 0.478), Mark("ceiling", 0.896), Mark("untrained", 0.469), Mark("another person", 0.554))
    tree = Xml.fromstring(axis(Axis(0.494, (0.16, 0.73), marks, "r")))

    lines = [e for e in tree.iter(f"{NS}line") if e.get("stroke-dasharray")]
    words = [e for e in tree.iter(f"{NS}text") if any((e.text or "").startswith(mark.name) for mark in marks)]
    assert len(lines) == len(words) == 4
    for word in words:
        x, y = float(word.get("x", "")), float(word.get("y", ""))
        for line in lines:
            beyond = float(line.get("x1", "")) > x
            assert not (beyond and float(line.get("y2", "")) > y - 12)


def test_no_interval_no_bar() -> None:
    assert not [e for e in Xml.fromstring(axis(Axis(-1, None, (), ""))).iter(f"{NS}rect") if e.get("x")]
