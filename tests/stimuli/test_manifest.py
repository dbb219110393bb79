"""A csv table of picture files becomes a study of these pairs; every fault has its row and column."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from simtui.errors import SimtuiError
from simtui.stimuli.manifest import load_manifest
from simtui.study import file as study_file
from tests.commands import in_process


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder elsewhere with pictures in sub-folders, 28x28 and bright ink, so that they come through as they are."""
    made = tmp_path / "elsewhere"
    for number in range(6):
        pixels = np.zeros((28, 28), dtype=np.uint8)
        pixels[4 + number : 20, 6:12] = 40 * (number + 1)
        path = made / "pictures" / f"{number}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(path)
    return made


def table(folder: Path, *lines: str, name: str = "pairs.csv") -> Path:
    path = folder / name
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


GOOD = ("left,right,class", "pictures/0.png,pictures/1.png,cat", "pictures/2.png,pictures/3.png,dog")


def test_a_study_of_the_pairs_in_their_order(folder: Path, tmp_path: Path) -> None:
    table(folder, *GOOD)
    done = in_process.simtui(tmp_path, "new", "study.json", "--pairs-from", "elsewhere/pairs.csv")
    assert (done.returncode, done.stderr) == (0, "")
    study = study_file.load(tmp_path / "study.json")
    assert [pair.digit for pair in study.pairs] == ["cat", "dog"]
    for pair, names in zip(study.pairs, (("0", "1"), ("2", "3")), strict=True):
        for image, name in zip((pair.left, pair.right), names, strict=True):
            wanted = np.asarray(Image.open(folder / "pictures" / f"{name}.png"))
            np.testing.assert_array_equal(study.pixels([image])[0], wanted)
    again = in_process.simtui(tmp_path, "new", "again.json", "--pairs-from", "elsewhere/pairs.csv")
    assert again.returncode == 0
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "study.json").read_bytes()


def test_spreadsheets_columns_digits_and_one_class_for_all(folder: Path) -> None:
    path = table(folder, "\ufeffnote;Right;Left;Class", "x;pictures/1.png;pictures/0.png;8", ";;;")
    left, right = load_manifest(path)
    assert left.labels == right.labels == (8,)
    np.testing.assert_array_equal(left.pixels[0], np.asarray(Image.open(folder / "pictures" / "0.png")))
    path = table(folder, "left,right", "pictures/0.png,pictures/0.png")
    assert load_manifest(path, "face")[0].labels == ("face",)


@pytest.mark.parametrize(
    ("lines", "fault"),
    [
        (("left,class", "pictures/0.png,cat"), "row 1: no column right"),
        (("left,right,class",), "it has no row below its header"),
        ((*GOOD, "pictures/9.png,pictures/1.png,cat"), "row 4, column left: There is no file"),
        ((*GOOD, "pictures/0.png,,cat"), "row 4, column right: no picture is named"),
        ((*GOOD, "pictures/0.png,pictures/1.png,"), "row 4, column class"),
        ((*GOOD, "pictures/0.png,pictures/1.png"), "row 4: 2 cells, and the header has 3"),
        ((*GOOD, "../secret.png,pictures/1.png,cat"), "row 4, column left: “../secret.png” is outside the folder"),
        ((*GOOD, "/etc/passwd,pictures/1.png,cat"), "row 4, column left: “/etc/passwd” is outside the folder"),
        ((*GOOD, "pairs.csv,pictures/1.png,cat"), "row 4, column left"),
    ],
)
def test_a_fault_has_its_row_and_column(lines: tuple[str, ...], fault: str, folder: Path) -> None:
    with pytest.raises(SimtuiError) as error:
        load_manifest(table(folder, *lines))
    assert fault in str(error.value)


def test_a_link_does_not_lead_out_of_the_folder(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.png").write_bytes((folder / "pictures" / "0.png").read_bytes())
    (folder / "inside.png").symlink_to(tmp_path / "secret.png")
    with pytest.raises(SimtuiError, match="outside the folder of the table"):
        load_manifest(table(folder, *GOOD, "inside.png,pictures/1.png,cat"))


def test_at_most_twenty_faults_are_listed(folder: Path) -> None:
    with pytest.raises(SimtuiError) as error:
        load_manifest(table(folder, GOOD[0], *["nowhere.png,pictures/1.png,cat"] * 30))
    assert str(error.value).count("\n") == 21
    assert str(error.value).endswith("  and 10 more")
