"""The map of a complete design in words: places, who moved most, and the trees read back."""

from __future__ import annotations

import base64
import io

import msgspec
import numpy as np
import pytest
from PIL import Image
from scipy.spatial import distance

from simtui.analysis.rdm import newick
from simtui.analysis.report import build
from simtui.analysis.results import Report
from simtui.reporting import html, markdown, raster, svg
from simtui.reporting.spaces import image_map, merges, moved, spaces, tree_rows
from simtui.reporting.text import as_text
from simtui.stimuli import drawn
from simtui.study.complete import complete_study
from tests.analysis.reports import given, imported


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Six images in a plane; the layer sees them as people do, but for one that is elsewhere."""
    study = complete_study(drawn.load([8], 12, 0), digits=[8], count=6, seed=0)
    rng = np.random.default_rng(0)
    names = list(dict.fromkeys(image for pair in study.pairs for image in (pair.left, pair.right)))
    places = rng.random((6, 2))
    elsewhere = places.copy()
    elsewhere[3] = 1 - places[3]
    at = {name: i for i, name in enumerate(names)}

    def similarity(where: np.ndarray) -> np.ndarray:
        gaps = [np.linalg.norm(where[at[pair.left]] - where[at[pair.right]]) for pair in study.pairs]
        return np.asarray(1 - np.array(gaps) / np.sqrt(2))

    people = np.clip(np.round(1 + 9 * similarity(places) + 0.3 * rng.standard_normal((4, 15))), 1, 10).astype(int)
    ratings = {f"P{i}": row.tolist() for i, row in enumerate(people, 1)}
    folder = tmp_path_factory.mktemp("map")
    return build(study, imported(study, folder, ratings), given(study, fc=similarity(elsewhere)))


def test_images_are_what_is_random(report: Report) -> None:
    found = report.groups[0].layers["fc"]
    assert found.rdm is not None
    assert found.rdm.mantel_p == found.pearson.p
    assert found.rdm.ci_images == found.pearson.ci_crossed
    assert report.interval("fc") == found.for_new.ci
    assert found.mixed.p is None
    assert any("Mantel" in note for note in report.notes)
    assert report.groups[0].resampled == "images"


def test_who_moved_most_stands_first(report: Report) -> None:
    found = report.groups[0].layers["fc"].rdm
    assert found is not None
    apart = [row[3] for row in moved(found)]
    assert apart == sorted(apart, reverse=True)
    assert moved(found)[0][0] == [*found.mds_people][3]


def test_the_map_is_in_text_and_document(report: Report) -> None:
    text = as_text(report, "fc", 100)
    assert "\nMap\n" in text
    assert "tree of people" in text
    assert "stress" in text


def test_a_tree_is_read_back() -> None:
    square = distance.squareform(distance.pdist(np.array([[0.0], [1.0], [10.0], [12.0]])))
    found = merges(newick(square, ["a", "b", "it's", "d:(e)"]))
    assert [leaves for leaves, _ in found] == [("a", "b"), ("it's", "d:(e)"), ("a", "b", "it's", "d:(e)")]
    assert [height for _, height in found] == pytest.approx([1, 2, 10.5])


def test_without_a_complete_design_there_is_no_map(report: Report) -> None:
    group = report.groups[0]
    layers = {name: msgspec.structs.replace(layer, rdm=None) for name, layer in group.layers.items()}
    assert [*spaces(msgspec.structs.replace(group, layers=layers), "fc")] == []


def test_a_document_shows_the_images_themselves(report: Report) -> None:
    """As SVG: each image at people's place, a line to where it stands for the layer, which a dot marks."""
    study = complete_study(drawn.load([8], 12, 0), digits=[8], count=6, seed=0)
    found = image_map(report.groups[0], "fc")
    assert found is not None
    assert [place.apart for place in found.places] == sorted((place.apart for place in found.places), reverse=True)
    drawing = svg.image_map(found, study)
    assert drawing.count('<image x="') == drawing.count("data:image/png;base64,") == 6
    assert drawing.count("<circle") == 6
    assert drawing.count("<line") == 6
    # What a reader without the study sees.
    assert svg.image_map(found).count("<circle") == 12
    page = html.render([*spaces(report.groups[0], "fc")], study)
    assert drawing in page
    _, files = markdown.render_with_files([*spaces(report.groups[0], "fc")], study, "report")
    assert any(data.decode() == drawing for name, data in files.items() if name.endswith(".svg"))
    # One file of Markdown has it as PNG, where ink is dark on white at the places of the images.
    png = raster.image_map(found, study)
    assert f"data:image/png;base64,{base64.b64encode(png).decode()}" in markdown.render(
        [*spaces(report.groups[0], "fc")], study
    )
    drawn_on = np.asarray(Image.open(io.BytesIO(png)).convert("L"))
    for place in found.places:
        x, y = (round(2 * at) for at in (40 + 460 * place.people[0], 60 + 460 * (1 - place.people[1])))
        assert drawn_on[y - 32 : y + 32, x - 32 : x + 32].min() < 40


def test_a_tree_is_drawn_from_its_root_down() -> None:
    tree = "((('a':1,'b':1):0.5,'c':1.5):1,('d':0.5,'e':0.5):2);"
    rows = [*tree_rows(tree, {name: i for i, name in enumerate("abcde", 1)})]
    assert rows == [
        ("┐", "5.00"),
        ("├┐", "3.00"),
        ("│├┐", "2.00"),
        ("││├─ 1 a", ""),
        ("││└─ 2 b", ""),
        ("│└─ 3 c", ""),
        ("└┐", "1.00"),
        ("·├─ 4 d", ""),
        ("·└─ 5 e", ""),
    ]
