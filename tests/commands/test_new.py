"""`simtui new`: every option in the file it makes, and what it refuses before there is a file."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from simtui.study import file as study_file
from tests.commands import in_process


def new(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return in_process.simtui(folder, "new", "study.json", *arguments)


def document(folder: Path) -> Any:
    return json.loads((folder / "study.json").read_bytes())


def test_the_design_of_a_run(tmp_path: Path) -> None:
    options = ["--digit", "3", "--digit", "8", "--pairs", "8", "--lists", "2"]
    options += ["--repeats", "4", "--catch", "3", "--break-every", "10"]
    done = new(tmp_path, *options)
    assert done.returncode == 0, done.stderr
    assert "32 pairs in 2 lists and 2 for practice, 4 of them repeated, 3 to catch who does not look" in done.stdout
    made = document(tmp_path)
    assert {name: made["design"][name] for name in ("repeats", "catch", "lists", "break_every")} == {
        "repeats": 4,
        "catch": 3,
        "lists": 2,
        "break_every": 10,
    }
    assert [pair["expected"] for pair in made["catch_pairs"]] == [10, 10, 1]
    first = (tmp_path / "study.json").read_bytes()
    assert new(tmp_path, *options, "--force").returncode == 0
    assert (tmp_path / "study.json").read_bytes() == first


def test_pairs_spread_over_pixel_similarity_need_no_network(tmp_path: Path) -> None:
    script = (
        "import sys\nfrom simtui.cli import app\n"
        "app.main(['new', 'study.json', '--sampling', 'stratified', '--pairs', '5'], standalone_mode=False)\n"
        "assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "stratified by pixels" in done.stdout
    assert document(tmp_path)["design"]["by"] == "pixels"
    assert "checkpoint_sha256" not in document(tmp_path)["design"]


@pytest.mark.parametrize("source", ["drawn", "folder"])
def test_catch_pairs_of_both_kinds_need_no_torch(tmp_path: Path, source: str) -> None:
    """Of drawn digits those of another are drawn; of a folder with one class something is made."""
    options = ["--digit", "8"]
    if source == "folder":
        (tmp_path / "faces").mkdir()
        for number in range(14):
            grey = np.random.default_rng(number).integers(0, 256, (28, 28), dtype=np.uint8)
            Image.fromarray(grey).save(tmp_path / "faces" / f"{number}.png")
        options = ["--source", "faces"]
    arguments = ["new", "study.json", *options, "--pairs", "5", "--catch", "4"]
    script = (
        "import sys\nsys.modules['torch'] = None\nfrom simtui.cli import app\n"
        f"app.main({arguments!r}, standalone_mode=False)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    made = document(tmp_path)
    assert [pair["expected"] for pair in made["catch_pairs"]] == [10, 10, 1, 1]
    assert made["design"]["catch_by"] == ["pixels"]
    assert "catch_checkpoint_sha256" not in made["design"]
    others = {pair["right_digit"] for pair in made["catch_pairs"][2:]}
    assert others == {"pattern made by simtui"} if source == "folder" else others <= {1, 4, 7}
    assert all("right_digit" not in pair for pair in made["pairs"])


def test_catch_pairs_of_a_digit_are_chosen_by_the_network_too_where_there_is_one(tmp_path: Path) -> None:
    plain = ["--digit", "8", "--pairs", "5"]
    assert new(tmp_path, *plain).returncode == 0
    without = document(tmp_path)
    assert new(tmp_path, *plain, "--catch", "4", "--force").returncode == 0
    made = document(tmp_path)
    assert made["design"]["catch_by"] == ["pixels", "fc"]
    assert len(made["design"]["catch_checkpoint_sha256"]) == 64
    assert [pair["id"] for pair in made["pairs"]] == [pair["id"] for pair in without["pairs"]]
    assert "catch_by" not in without["design"]


def test_pairs_on_which_two_layers_disagree(tmp_path: Path) -> None:
    done = new(tmp_path, "--sampling", "controversial", "--between", "fc", "pixels", "--pairs", "6")
    assert done.returncode == 0, done.stderr
    assert "fc against pixels" in done.stdout
    design = document(tmp_path)["design"]
    assert (design["sampling"], design["between"]) == ("controversial", ["fc", "pixels"])
    assert len(design["checkpoint_sha256"]) == 64


def test_words_of_the_researchers_own(tmp_path: Path) -> None:
    (tmp_path / "consent.txt").write_text("Wir fragen.\n\nDürfen wir?\n", encoding="utf-8")
    (tmp_path / "debrief.txt").write_text("Danke!", encoding="utf-8")
    texts = {"yes": "Ja", "question": "Wie ähnlich?", "title": "Ziffern", "high_label": "gleich"}
    (tmp_path / "de.json").write_text(json.dumps(texts), encoding="utf-8")
    files = ("--consent", "consent.txt", "--debrief", "debrief.txt", "--texts", "de.json", "--title", "Zahlen")
    done = new(tmp_path, "--pairs", "3", *files)
    assert done.returncode == 0, done.stderr
    study = study_file.load(tmp_path / "study.json")
    assert study.texts == {"yes": "Ja", "consent": "Wir fragen.\n\nDürfen wir?", "debrief": "Danke!"}
    assert (study.title, study.question) == ("Zahlen", "Wie ähnlich?")
    assert (study.scale.low_label, study.scale.high_label) == ("least similar", "gleich")


def test_given_pairs_can_be_repeated_and_caught_too(tmp_path: Path) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (2, 12, 28, 28), dtype=np.uint8)
    np.savez(tmp_path / "pairs.npz", left=pixels[0], right=pixels[1])
    done = new(tmp_path, "--pairs-from", "pairs.npz", "--repeats", "3", "--catch", "2")
    assert (done.returncode, done.stderr) == (0, "")
    assert [len(document(tmp_path)[name]) for name in ("pairs", "catch_pairs")] == [12, 2]


def test_one_image_in_every_pair_is_allowed_and_said(tmp_path: Path) -> None:
    pixels = np.random.default_rng(3).integers(0, 256, (2, 6, 28, 28), dtype=np.uint8)
    pixels[0] = pixels[0, 0]
    np.savez(tmp_path / "pairs.npz", left=pixels[0], right=pixels[1])
    done = new(tmp_path, "--pairs-from", "pairs.npz")
    assert done.returncode == 0
    assert "it happens 60 times in the first 12 runs" in done.stderr


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--pairs 20 --repeats 15", "This design is impossible: 15 repeats do not fit among 20 pairs"),
        ("--pairs 3 --catch 3", "This design is impossible: 3 catch trials do not fit"),
        ("--by fc", "use it with --sampling stratified"),
        ("--between fc conv2", "use it with --sampling controversial"),
        ("--sampling stratified --by fc9", "There is no layer 'fc9'"),
        ("--sampling controversial --between fc fc", "two different layers"),
        ("--sampling stratified --checkpoint x.pt", "they name no layer of one"),
        ("--sampling stratified --by fc --checkpoint x.pt", "There is no file x.pt"),
        ("--sampling cleverly", "is not one of"),
        ("--lists 0", "is not in the range"),
        ("--pairs 3000 --lists 2", "6000 pairs of drawn digits are too many"),
        ("--consent none.txt", "There is no file none.txt"),
        ("--texts none.json", "There is no file none.json"),
        ("--pairs-from x.npz --sampling stratified", "--pairs-from gives them"),
    ],
)
def test_what_is_refused_leaves_no_file(tmp_path: Path, options: str, sentence: str) -> None:
    done = new(tmp_path, *options.split())
    assert done.returncode == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_complete_design_has_every_pair_of_its_images(tmp_path: Path) -> None:
    result = new(tmp_path, "--design", "complete", "--images", "6", "--lists", "3")
    assert result.returncode == 0, result.stderr
    assert "15 pairs in 3 lists" in result.stdout + result.stderr
    assert "every two of 6 images" in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--design", "complete"], "--design complete --images 12"),
        (["--images", "12"], "--design complete --images 12"),
        (["--design", "complete", "--images", "12", "--pairs", "3"], "leave out --pairs"),
        (["--design", "complete", "--images", "12", "--sampling", "stratified"], "--sampling"),
    ],
)
def test_options_of_a_complete_design_that_do_not_go_together(tmp_path: Path, options: list[str], why: str) -> None:
    result = new(tmp_path, *options)
    assert result.returncode == 2
    assert why in result.stdout + result.stderr


def test_own_pictures_are_not_called_digits(tmp_path: Path) -> None:
    for name in ("faces", "houses"):
        (tmp_path / "own" / name).mkdir(parents=True)
        for number in range(8):
            pixels = np.random.default_rng(number).integers(0, 256, (28, 28), dtype=np.uint8)
            Image.fromarray(pixels).save(tmp_path / "own" / name / f"{number}.png")
    done = new(tmp_path, "--source", "own", "--pairs", "3")
    assert done.returncode == 2
    assert "own has several classes (faces, houses): say which to pair up with --class." in done.stderr
    done = new(tmp_path, "--source", "own", "--pairs", "3", "--class", "faces")
    assert done.returncode == 0, done.stderr
    assert document(tmp_path)["title"] == "Similarity of pictures (faces)"
    welcome = subprocess.run(
        [sys.executable, "-m", "simtui", "rate", "study.json", "--plain", "--participant", "P01"],
        cwd=tmp_path, input="5\n", capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "You will see 3 pairs of images" in welcome.stdout
    assert "digit" not in welcome.stdout
    assert "MNIST" not in welcome.stdout


def test_a_scale_of_ones_own_pairs_of_two_classes_and_a_fixed_order(tmp_path: Path) -> None:
    options = ["--between", "3,8", "--digit", "3", "--pairs", "4", "--lists", "2", "--order", "fixed"]
    options += ["--scale", "1-7", "--low-label", "not at all", "--high-label", "the same"]
    done = new(tmp_path, *options)
    assert done.returncode == 0, done.stderr
    made = study_file.load(tmp_path / "study.json")
    assert (made.scale.low, made.scale.high, made.scale.low_label, made.scale.high_label) == (
        1, 7, "not at all", "the same",
    )  # fmt: skip
    assert made.design.order == "fixed"
    classes = [(pair.list_index, pair.digit, pair.right_digit) for pair in made.pairs]
    assert classes == [(k, 3, right) for k in (0, 1) for right in [None] * 4 + [8] * 4]
    images = [image for pair in [*made.pairs, *made.practice_pairs] for image in (pair.left, pair.right)]
    assert len(images) == len(set(images))
    assert {made.group(pair) for pair in made.pairs} == {3, "3 and 8"}


def test_pairs_of_two_classes_alone(tmp_path: Path) -> None:
    assert new(tmp_path, "--between", "3,8", "--between", "8,0", "--pairs", "3").returncode == 0
    made = study_file.load(tmp_path / "study.json")
    assert [(pair.digit, pair.right_digit) for pair in made.pairs] == [(3, 8)] * 3 + [(8, 0)] * 3
    assert made.design.digits == [3, 8, 0]


def test_given_pairs_are_dealt_out_to_lists(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    pictures = rng.integers(0, 256, (2, 5, 28, 28), dtype=np.uint8)
    np.savez(tmp_path / "pairs.npz", images1=pictures[0], images2=pictures[1])
    assert new(tmp_path, "--pairs-from", "pairs.npz", "--lists", "2").returncode == 0
    made = study_file.load(tmp_path / "study.json")
    assert [pair.list_index for pair in made.pairs] == [0, 0, 0, 1, 1]
    assert [pair.left[-1] for pair in made.pairs] == [made.pairs[0].left[-1], *(p.left[-1] for p in made.pairs[1:])]
    done = new(tmp_path, "--pairs-from", "pairs.npz", "--lists", "6", "--force")
    assert (done.returncode, "5 pairs can be dealt out to 1 to 5 lists, not 6" in done.stderr) == (2, True)


def test_questions_and_a_code_are_in_the_study(tmp_path: Path) -> None:
    assert new(tmp_path, "--pairs", "3", "--questions", "basic", "--completion-code", "C1A2").returncode == 0
    made = study_file.load(tmp_path / "study.json")
    assert [question.id for question in made.questions()] == ["age", "handedness", "vision", "comments"]
    assert made.completion_code == "C1A2"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--scale", "1-12"], "--scale 1-12 is not within 1-10 or 0-9"),
        (["--scale", "seven"], "--scale “seven” is no scale"),
        (["--low-label", "x" * 31], "--low-label is 1 to 30 characters of text"),
        (["--between", "3"], "--between “3” does not name two things"),
        (["--between", "3,3"], "--between takes two different classes"),
        (["--between", "3,8", "--between", "8,3"], "was asked for twice"),
        (["--between", "3,8", "--sampling", "stratified"], "--between 3,8 asks for random pairs of two classes"),
        (["--completion-code", "two words"], "is not 1 to 40 letters, digits and hyphens"),
        (["--questions", "none.toml"], "There is no file none.toml"),
    ],
)
def test_what_cannot_be_made_is_one_sentence(options: list[str], said: str, tmp_path: Path) -> None:
    done = new(tmp_path, "--pairs", "3", *options)
    assert (done.returncode, said in done.stderr, (tmp_path / "study.json").exists()) == (2, True, False), done.stderr
