"""Several networks in one table: the same numbers as each alone, differences in the same resamples, honest words."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from simtui.analysis.candidates import candidates, load
from simtui.analysis.comparison import Candidate, compare
from simtui.analysis.comparison_results import Comparison, NetworkInfo, as_json
from simtui.analysis.ratings import Ratings
from simtui.analysis.report import build
from simtui.analysis.similarities import compute_similarities
from simtui.commands.compare import command
from simtui.errors import SimtuiError
from simtui.network import checkpoint as checkpoints
from simtui.network.net import untrained
from simtui.network.preprocess import Preprocess
from simtui.reporting.comparison import comparison_blocks
from simtui.reporting.text import render
from simtui.stimuli import drawn
from simtui.study import file as study_file
from simtui.study.model import Study
from simtui.study.sampling import sample_study
from tests.analysis.data import simulated
from tests.analysis.reports import given, imported
from tests.commands import in_process

NET = """
from torch import nn

def make():
    return nn.Sequential(nn.Conv2d(1, 4, 5), nn.ReLU(), nn.Flatten(), nn.Linear(2304, 6))
"""


def as_text(comparison: Comparison, width: int = 80) -> str:
    return render(comparison_blocks(comparison, width), width)


@pytest.fixture(scope="module")
def study() -> Study:
    return sample_study(drawn.load([3, 8], 24, seed=2), digits=[3, 8], pairs=10, seed=1)


@pytest.fixture(scope="module")
def latent() -> np.ndarray:
    return simulated(4, 20, seed=6)[0]


@pytest.fixture(scope="module")
def ratings(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Ratings:
    _, matrix = simulated(4, 20, seed=6)
    people = {f"P{i + 1}": [int(value) for value in row] for i, row in enumerate(matrix)}
    return imported(study, tmp_path_factory.mktemp("ratings"), people)


def candidate(name: str, **layers: np.ndarray) -> Candidate:
    return Candidate(NetworkInfo(name=name, source=name, sha256="0" * 64), layers)


def noisy(latent: np.ndarray, amount: float, seed: int) -> np.ndarray:
    return latent + amount * np.random.default_rng(seed).normal(size=latent.shape)


@pytest.fixture(scope="module")
def two(study: Study, ratings: Ratings, latent: np.ndarray) -> Comparison:
    return compare(
        study,
        ratings,
        [candidate("a", fc=noisy(latent, 0.3, 1), conv1=noisy(latent, 3, 2)), candidate("b", fc=noisy(latent, 1, 3))],
        noisy(latent, 2, 4),
        {"fc": np.stack([noisy(latent, 2, seed) for seed in range(5, 10)])},
        seed=2,
    )


def test_rows_are_those_of_the_report_sorted(
    two: Comparison, study: Study, ratings: Ratings, latent: np.ndarray
) -> None:
    layers = {"a fc": noisy(latent, 0.3, 1), "a conv1": noisy(latent, 3, 2), "b fc": noisy(latent, 1, 3)}
    report = build(study, ratings, given(study, **layers, pixels=noisy(latent, 2, 4)), seed=2)

    by_name = {f"{row.network} {row.layer}".strip(): row for row in two.rows}
    assert set(by_name) == {*layers, "pixels", "untrained fc"}
    for name, layer in report.overall.layers.items():
        assert by_name[name].r == pytest.approx(layer.r, abs=1e-12)
        assert by_name[name].ci == pytest.approx(layer.ci)
        each = [group.layers[name].pearson.r for group in report.groups]
        assert by_name[name].by_digit == pytest.approx(each)
    r = [row.r for row in two.rows if row.r is not None]
    assert r == sorted(r, reverse=True)
    assert [digit.ceiling for digit in two.digits] == [group.ceilings.mean for group in report.groups]
    assert [digit.another_person_r for digit in two.digits] == [group.another_person_r for group in report.groups]


def test_with_one_digit_differences_are_the_reports(tmp_path: Path) -> None:
    study = sample_study(drawn.load([8], 24, seed=2), digits=[8], pairs=12, seed=1)
    latent, matrix = simulated(3, 12, seed=7)
    ratings = imported(study, tmp_path, {f"P{i}": [int(v) for v in row] for i, row in enumerate(matrix)})
    good, bad, pixels = noisy(latent, 0.2, 1), noisy(latent, 1.5, 2), noisy(latent, 2, 3)

    found = compare(study, ratings, [candidate("x", good=good, bad=bad)], pixels, {}, seed=3)
    report = build(study, ratings, given(study, **{"x good": good, "x bad": bad, "pixels": pixels}), seed=3)

    gap = next(d for d in report.groups[0].differences if {d.first, d.second} == {"x good", "x bad"})
    best, worse = (next(row for row in found.rows if row.layer == name) for name in ("good", "bad"))
    assert found.rows[0] == best
    assert best.difference is None
    assert gap.ci is not None
    assert worse.difference == pytest.approx(-gap.difference)
    assert worse.difference_ci == pytest.approx((-gap.ci[1], -gap.ci[0]), abs=1e-9)
    assert worse.difference_p == pytest.approx(gap.p)
    layer = report.groups[0].layers["x bad"]
    assert worse.p == layer.pearson.p
    assert worse.ci_crossed == layer.pearson.ci_crossed
    assert worse.r_over_ceiling == layer.r_over_ceiling


def test_over_digits_the_difference_is_of_the_fisher_means(two: Comparison) -> None:
    best, other = two.rows[0], next(row for row in two.rows if row.layer == "conv1")
    assert best.r is not None
    assert other.r is not None
    assert other.difference == pytest.approx(other.r - best.r)
    assert other.difference_ci is not None
    assert other.difference_ci[0] < other.r - best.r < other.difference_ci[1] < 0
    assert other.difference_p is not None
    assert other.difference_p < 0.05


def test_the_untrained_row_is_the_mean_of_its_seeds(two: Comparison, ratings: Ratings, latent: np.ndarray) -> None:
    row = next(row for row in two.rows if row.network == "untrained")
    human = ratings.matrix.mean(axis=0)
    for digit, where in enumerate((slice(10), slice(10, 20))):
        r = [np.corrcoef(noisy(latent, 2, seed)[where], human[where])[0, 1] for seed in range(5, 10)]
        assert row.by_digit[digit] == pytest.approx(math.tanh(np.mean(np.arctanh(r))))
    assert row.ci is None
    assert row.difference is None


def test_an_untrained_row_above_the_best_is_marked_and_explained(
    study: Study, ratings: Ratings, latent: np.ndarray
) -> None:
    never = {"fc": np.stack([noisy(latent, 0.1, seed) for seed in range(5)])}
    found = compare(study, ratings, [candidate("a", fc=noisy(latent, 1, 3))], noisy(latent, 2, 4), never)
    rule = "a baseline: it is never called best, even where it stands above"

    assert found.rows[0].network == "untrained"
    assert any("Untrained, fc has a higher r than the best row" in note for note in found.notes)
    lines = as_text(found, width=140).splitlines()
    top = lines.index("Networks and layers, best first")
    assert lines[top + 2].split()[:2] == ["untrained", "fc"]
    assert "baseline" in lines[top + 2]
    assert lines[top + 3].split()[:2] == ["a", "fc"]
    assert "best" in lines[top + 3]
    assert rule in " ".join(" ".join(lines).split())
    # Where there is none, there is nothing to explain.
    without = compare(study, ratings, [candidate("a", fc=noisy(latent, 1, 3))], noisy(latent, 2, 4), {})
    assert not any("higher r than the best" in note for note in without.notes)
    assert "baseline" not in as_text(without, width=140)


def test_centred_copies_are_those_of_the_analysis_and_labelled(files: Path, study: Study, ratings: Ratings) -> None:
    chosen = load([files / "1" / "net.pt"], [], [], ["fc"], [])
    found = candidates(study, chosen, centre=True)
    alone = compute_similarities(study, files / "1" / "net.pt", centre=True)

    np.testing.assert_array_equal(found.candidates[0].layers["fc"], alone.layers["fc"])
    np.testing.assert_array_equal(found.pixels, alone.layers["pixels"])
    np.testing.assert_array_equal(found.untrained["fc"], alone.untrained["fc"])
    plain = candidates(study, chosen)
    assert not np.array_equal(plain.pixels, found.pixels)
    text = {}
    for one in (plain, found):
        comparison = compare(study, ratings, one.candidates, one.pixels, one.untrained, centred=one.centred)
        assert json.loads(as_json(comparison))["centred"] is one.centred
        text[one.centred] = " ".join(as_text(comparison, width=200).split())
    assert "Images: centred copies for the networks and pixels; people saw the originals" in text[True]
    assert "centred" not in text[False]


def test_two_equal_rows_differ_by_nothing(study: Study, ratings: Ratings, latent: np.ndarray) -> None:
    found = compare(study, ratings, [candidate("a", fc=latent), candidate("b", fc=latent)], noisy(latent, 1, 1), {})

    second = found.rows[1]
    assert second.difference == pytest.approx(0)
    assert second.difference_ci == pytest.approx((0, 0))
    assert second.difference_p == 1


def test_a_layer_without_r_comes_last_and_is_explained(study: Study, ratings: Ratings, latent: np.ndarray) -> None:
    dead = latent.copy()
    dead[0] = np.nan

    found = compare(study, ratings, [candidate("a", flat=np.ones(20), dead=dead)], latent, {})

    assert found.rows[0].layer == "pixels"
    assert {row.layer for row in found.rows if row.r is None} == {"flat"}
    # The other digit is whole.
    row = next(row for row in found.rows if row.layer == "dead")
    assert row.by_digit[0] is None
    assert row.by_digit[1] is not None
    assert row.difference_ci is None
    assert any("a dead: an image leaves this layer wholly at zero" in note for note in found.notes)
    assert any("a flat gives all pairs the same similarity" in note for note in found.notes)
    assert "NaN" not in as_json(found)


def test_the_same_name_twice_is_refused(study: Study, ratings: Ratings, latent: np.ndarray) -> None:
    with pytest.raises(SimtuiError, match="same name"):
        compare(study, ratings, [candidate("a", fc=latent), candidate("a", fc=latent)], latent, {})


def test_the_text_says_what_a_reader_must_know(two: Comparison) -> None:
    text = as_text(two, width=140)

    lines = text.splitlines()
    top = lines.index("Networks and layers, best first")
    assert lines[top + 1].split() == ["network", "layer", "r", "95", "%", "vs", "best", "95", "%", "p", "3", "8"]
    assert lines[top + 2].split()[:2] == ["a", "fc"]
    assert "best" in lines[top + 2]
    assert any(line.split()[:3] == ["no", "network", "pixels"] for line in lines)
    assert "best partly by luck" in text
    assert "one more person predicts the mean of the others" in " ".join(text.split())
    assert "drawn digits, not MNIST" in text
    for width in (40, 60, 80):
        assert max(map(len, as_text(two, width=width).splitlines())) <= width


def test_long_names_keep_their_ends(study: Study, ratings: Ratings, latent: np.ndarray) -> None:
    names = ["a_very_long_name_of_a_checkpoint_1.pt", "a_very_long_name_of_a_checkpoint_2.pt\x1b[2J"]
    found = compare(study, ratings, [candidate(name, fc=latent) for name in names], latent, {})

    text = as_text(found, width=80)

    assert "checkpoint_1.pt" in text
    assert "\x1b" not in text


@pytest.fixture(scope="module")
def files(study: Study, ratings: Ratings, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compare")
    study_file.save(study, folder / "study.json")
    for seed in (1, 2):
        (folder / str(seed)).mkdir()
        checkpoints.save(folder / str(seed) / "net.pt", untrained(40 + seed))
    (folder / "comparednet.py").write_text(NET)
    return folder


def test_checkpoints_and_foreign_networks_together(files: Path, study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files)

    chosen = load(
        [files / "1" / "net.pt", files / "2" / "net.pt"], ["comparednet:make"], [], ["fc", "1", "conv2"], [Preprocess()]
    )
    found = candidates(study, chosen)

    assert [(one.info.name, one.layers) for one in chosen] == [
        ("net.pt", ("fc", "conv2")),
        ("net.pt (2)", ("fc", "conv2")),
        ("comparednet:make", ("1",)),
    ]
    alone = compute_similarities(study, files / "2" / "net.pt")
    np.testing.assert_array_equal(found.candidates[1].layers["fc"], alone.layers["fc"])
    np.testing.assert_array_equal(found.pixels, alone.layers["pixels"])
    assert set(found.untrained) == {"fc", "conv2"}
    np.testing.assert_array_equal(found.untrained["fc"], alone.untrained["fc"])
    assert found.candidates[2].info.preprocess == str(Preprocess())


def test_layers_that_nobody_has_and_networks_without_layers(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files)
    with pytest.raises(SimtuiError, match="There is no layer 'fc9': choose from fc, "):
        load([files / "1" / "net.pt"], ["comparednet:make"], [], ["fc9"], [Preprocess()])
    with pytest.raises(SimtuiError, match=r"Which layers of comparednet:make\? Name them with --layer .*: 0, 1, 2, 3"):
        load([files / "1" / "net.pt"], ["comparednet:make"], [], ["fc"], [Preprocess()])


def test_the_command(files: Path, ratings: Ratings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files)
    sessions = [used.file for used in ratings.used]
    arguments = ["study.json", *sessions, "--checkpoint", "1/net.pt", "--network", "comparednet:make", "--layer", "1"]
    arguments += ["--layer", "fc"]

    text = CliRunner().invoke(command, arguments, catch_exceptions=False)
    whole = CliRunner().invoke(command, [*arguments, "--json", "--centre"], catch_exceptions=False)

    assert text.exit_code == 0
    assert "Networks and layers, best first" in text.output
    found = json.loads(whole.output)
    assert found["format"] == "simtui.comparison"
    assert found["centred"] is True
    assert {(row["network"], row["layer"]) for row in found["rows"]} == {
        ("net.pt", "fc"),
        ("comparednet:make", "1"),
        ("untrained", "fc"),
        ("", "pixels"),
    }


def test_weights_must_be_one_a_network(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(files)
    with pytest.raises(SimtuiError, match="There are 1 --weights for 0 --network"):
        CliRunner().invoke(command, ["study.json", "--weights", "1/net.pt"], catch_exceptions=False)


def test_the_program_says_a_fault_in_one_sentence(files: Path) -> None:
    done = in_process.simtui(files, "compare", "study.json", ".", "--preprocess", "size=x")
    assert done.returncode == 2
    assert done.stderr.startswith("simtui: --preprocess has size=x")
    assert len(done.stderr.splitlines()) == 1


def test_of_too_few_pairs_no_row_is_the_best(tmp_path: Path) -> None:
    study = sample_study(drawn.load([8], 24, seed=2), digits=[8], pairs=4, seed=1)
    latent, matrix = simulated(3, 4, seed=7)
    ratings = imported(study, tmp_path, {f"P{i}": [int(v) for v in row] for i, row in enumerate(matrix)})

    found = compare(study, ratings, [candidate("x", fc=noisy(latent, 0.2, 1))], noisy(latent, 2, 3), {})

    assert all(row.r is not None and row.difference is None for row in found.rows)
    assert "best: the highest" not in as_text(found)
    assert "No row is called the best" in as_text(found)
    assert not any("best of" in note for note in found.notes)
    assert any("nothing can be concluded" in note for note in found.notes)


def test_a_file_called_like_a_baseline_is_not_taken_for_one(tmp_path: Path) -> None:
    for name in ("untrained", "no network"):
        checkpoints.save(tmp_path / name, untrained(1))
        (loaded,) = load([tmp_path / name], [], [], ["fc"], [])
        assert loaded.info.name == f"{name} (2)"


def test_every_network_can_have_its_own_preprocess(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sizednet.py").write_text(
        "from torch import nn\n"
        "def small(): return nn.Sequential(nn.Flatten(), nn.Linear(784, 5))\n"
        "def large(): return nn.Sequential(nn.Flatten(), nn.Linear(3 * 32 * 32, 5))\n"
    )
    monkeypatch.chdir(tmp_path)
    study = sample_study(drawn.load([8], 24, seed=2), digits=[8], pairs=6, seed=1)
    ways = [Preprocess(), Preprocess(32, 3)]

    found = candidates(study, load([], ["sizednet:small", "sizednet:large"], [], ["1"], ways))

    assert [one.info.preprocess for one in found.candidates] == [str(way) for way in ways]
    assert all(np.isfinite(one.layers["1"]).all() for one in found.candidates)
    # The untrained baseline is there without any network of the homework's architecture.
    assert set(found.untrained) == {"fc", "pool2", "conv2", "conv1"}


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_no_column_is_dropped(two: Comparison, width: int) -> None:
    lines = as_text(two, width).splitlines()
    rows = [line.split() for line in lines[: lines.index("What bounds them")]]
    headers = [name for row in rows if row[:2] == ["network", "layer"] for name in row[2:]]
    assert " ".join(headers).replace("network layer ", "") == "r 95 % vs best 95 % p 3 8"


def test_weights_beyond_all_numbers_are_a_sentence(study: Study, tmp_path: Path) -> None:
    net = untrained(1)
    for parameter in net.parameters():
        parameter.data *= 1e30
    checkpoints.save(tmp_path / "huge.pt", net)

    with pytest.raises(SimtuiError, match="weights are so large that layer fc gives"):
        compute_similarities(study, tmp_path / "huge.pt")
