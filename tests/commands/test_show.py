"""`simtui show`: the pairs in the terminal and on sheets to print."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner
from PIL import Image

from simtui.commands.show import command
from simtui.errors import SimtuiError
from simtui.reporting.contact_sheet import DPI, PAPER_MM, Sheet, pages
from simtui.session.importing import import_ratings
from simtui.study import file as studies
from simtui.study.model import Study
from tests.tui.worlds import drawn_study, rated


@pytest.fixture
def study(tmp_path: Path) -> Study:
    made = drawn_study(digits=(8,), pairs=5)
    studies.save(made, tmp_path / "study.json")
    return made


def show(folder: Path, *options: str, columns: int = 80) -> str:
    done = CliRunner(env={"COLUMNS": str(columns)}).invoke(
        command, [str(folder / "study.json"), *options], catch_exceptions=False
    )
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize(("columns", "a_row"), [(60, 1), (119, 1), (120, 2), (200, 3)])
def test_as_many_pairs_stand_in_a_row_as_fit(tmp_path: Path, study: Study, columns: int, a_row: int) -> None:
    captions = [line.split() for line in show(tmp_path, columns=columns).splitlines() if re.search(r"[a-z]", line)]
    assert [name for line in captions for name in line] == [pair.id for pair in study.pairs]
    assert len(captions[0]) == a_row


def test_a_layer_adds_the_network_and_sessions_add_people(tmp_path: Path, study: Study) -> None:
    folder = rated(study, tmp_path / "sessions", "A", "B")
    shown = show(tmp_path, "--layer", "pixels", str(folder))
    assert len(re.findall(r"p\d+  pixels 0\.\d{3}  people \d+\.\d\d", shown)) == len(study.pairs)


@pytest.mark.parametrize("paper", PAPER_MM)
@pytest.mark.parametrize("form", [False, True])
def test_the_pages_are_of_the_paper_and_show_the_images(paper: str, form: bool) -> None:
    study = drawn_study(digits=(8,), pairs=50)
    made = pages(Sheet(study, {}, form, paper))
    assert {page.size for page in made} == {tuple(round(side / 25.4 * DPI) for side in PAPER_MM[paper])}
    assert len(made) == 3
    # The margins are blank, and so is nothing else: no page is without a pair.
    for page in made:
        ink = page.point([255 - value for value in range(256)]).getbbox()
        assert ink is not None
        left, top, right, bottom = ink
        assert min(left, top, page.width - right, page.height - bottom) > 10 / 25.4 * DPI


def test_twenty_pairs_are_one_page() -> None:
    assert len(pages(Sheet(drawn_study(digits=(8,), pairs=20), {}))) == 1
    assert len(pages(Sheet(drawn_study(digits=(8,), pairs=20), {}, form=True))) == 1


def test_a_sheet_is_a_pdf_or_a_png_a_page_and_replaces_nothing(tmp_path: Path, study: Study) -> None:
    show(tmp_path, "--out", str(tmp_path / "pairs.pdf"))
    assert (tmp_path / "pairs.pdf").read_bytes().startswith(b"%PDF-")
    show(tmp_path, "--out", str(tmp_path / "pairs.png"))
    with Image.open(tmp_path / "pairs.png") as page:
        assert round(page.info["dpi"][0]) == DPI
    for name, told in (("pairs.png", "is there already"), ("pairs.gif", "end it in .png or .pdf")):
        with pytest.raises(SimtuiError, match=told):
            show(tmp_path, "--out", str(tmp_path / name))
    first = (tmp_path / "pairs.pdf").read_bytes()
    show(tmp_path, "--out", str(tmp_path / "pairs.pdf"), "--force")
    assert (tmp_path / "pairs.pdf").read_bytes() == first


def test_what_was_marked_on_a_form_can_be_imported(tmp_path: Path, study: Study) -> None:
    told = show(tmp_path, "--form", "--out", str(tmp_path / "form.pdf"))
    assert "simtui import" in told
    (tmp_path / "table.csv").write_text("pair,P01\n" + "".join(f"{n},{n}\n" for n in range(1, 6)))
    (session,) = import_ratings(study, tmp_path / "table.csv", tmp_path / "sessions")
    assert session.name == "P01_run-1.json"


@pytest.mark.parametrize("options", [["--form"], ["--form", "--out", "x.pdf", "--layer", "fc"]])
def test_a_form_needs_a_file_and_shows_no_scores(tmp_path: Path, study: Study, options: list[str]) -> None:
    with pytest.raises(SimtuiError, match="--form"):
        show(tmp_path, *options)
