"""The Report: the homework's numbers, the JSON's names, and a sentence for every number that is not there."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pytest

from simtui.analysis.ratings import collect
from simtui.analysis.report import as_json, build
from simtui.analysis.results import Group, Report
from simtui.analysis.similarities import compute_similarities
from simtui.errors import SimtuiError
from simtui.network import checkpoint as checkpoints
from simtui.network.layers import LAYERS
from simtui.network.net import untrained
from simtui.network.similarity import pair_similarities
from simtui.reporting.text import as_text
from simtui.session.importing import import_ratings
from simtui.session.pool import Choice
from simtui.stimuli import drawn
from simtui.stimuli.image_set import ImageSet
from simtui.stimuli.source import Source
from simtui.study.model import Study
from simtui.study.sampling import given_pairs_study, sample_study
from tests.analysis.data import HOMEWORK_R, HOMEWORK_RATINGS, HOMEWORK_SIMILARITY, simulated
from tests.analysis.reports import analyze, given, imported, mark_simulated
from tests.builders import noise_images, small_study


def raters(k: int, n: int, seed: int = 3) -> tuple[np.ndarray, dict[str, list[int]]]:
    latent, ratings = simulated(k, n, seed=seed)
    return latent, {f"P{i + 1}": [int(value) for value in row] for i, row in enumerate(ratings)}


def report_of(folder: Path, ratings: dict[str, list[int]], **layers: np.ndarray) -> Report:
    n = len(next(iter(ratings.values())))
    study = small_study(pairs=n)
    return build(study, imported(study, folder, ratings), given(study, **layers))


def human_of(group: Group) -> list[float | None]:
    return [pair.human_normalized for pair in group.pairs]


def numbers(value: Any) -> Iterator[float]:
    if isinstance(value, dict):
        for child in value.values():
            yield from numbers(child)
    elif isinstance(value, list):
        for child in value:
            yield from numbers(child)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield value


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("checkpoint") / "random.pt"
    checkpoints.save(path, untrained(4), test_acc=12.5)
    return path


@pytest.fixture(scope="module")
def two_digits() -> Study:
    return sample_study(drawn.load([3, 8], 20, seed=2), digits=[3, 8], pairs=8, seed=1)


def test_the_homeworks_own_numbers(tmp_path: Path) -> None:
    people = {f"rater{i + 1}": [int(value) for value in row] for i, row in enumerate(HOMEWORK_RATINGS)}

    report = report_of(tmp_path, people, fc=HOMEWORK_SIMILARITY)

    group = report.groups[0]
    r = group.layers["fc"].pearson.r
    assert r is not None
    assert round(r, 3) == HOMEWORK_R
    assert report.overall.layers["fc"].r == r
    assert group.pairs[0].human == 5.0
    assert group.pairs[0].n_ratings == 2
    assert [list(pair.ratings.values()) for pair in group.pairs] == HOMEWORK_RATINGS.T.tolist()
    assert list(group.pairs[0].ratings) == ["rater1", "rater2"]
    human = human_of(group)
    assert human[14] == 0.0
    assert human[12] == 1.0
    assert group.pairs[14].similarity_normalized["fc"] == 1.0


def reference_study(shared: Path) -> Study:
    """The 30 pairs of the real ratings."""
    with np.load(shared / "ratings" / "digits8.npz", allow_pickle=False) as arrays:
        sides = {side: arrays[name][:, 0].astype(np.uint8) for side, name in (("l", "images1"), ("r", "images2"))}
    left, right = (
        ImageSet(pixels, (8,) * len(pixels), tuple(f"{side}{i}" for i in range(len(pixels))), Source(name="files"))
        for side, pixels in sides.items()
    )
    return given_pairs_study(left, right, seed=0)


def test_the_real_ratings_and_the_homeworks_checkpoint(shared: Path, tmp_path: Path) -> None:
    study = reference_study(shared)
    import_ratings(study, shared / "ratings" / "digits8_ratings.csv", tmp_path)
    reference = json.loads((shared / "ratings" / "digits8_reference.json").read_text())["digit_8"]

    report = analyze(study, collect(study, [tmp_path]), shared / "homework" / "convnet_mnist_pretrained.pt")

    group = report.groups[0]
    assert {name: round(layer.pearson.r or 0, 3) for name, layer in group.layers.items()} == {
        "fc": 0.494,
        "pool2": 0.647,
        "conv2": 0.627,
        "conv1": 0.493,
        "pixels": 0.478,
    }
    for name in ("fc", "conv2", "conv1", "pixels"):
        layer = group.layers[name]
        expected = reference["layers"]["pixel" if name == "pixels" else name]
        measured = [pair.similarity[name] for pair in group.pairs]
        np.testing.assert_allclose(np.array(measured, dtype=float), expected["similarity"], atol=2e-6)
        assert layer.pearson.r == pytest.approx(expected["pearson"], abs=1e-4)
        assert layer.pearson.ci == pytest.approx(expected["ci_fisher"], abs=1e-4)
        assert layer.spearman.rho == pytest.approx(expected["spearman"], abs=1e-4)
        assert layer.kendall.tau_b == pytest.approx(expected["kendall_tau_b"], abs=1e-4)
        assert layer.mean_individual_r == pytest.approx(expected["mean_individual_r"], abs=1e-4)
        assert layer.r_over_ceiling == pytest.approx(expected["r_corrected_icc3k"], abs=1e-4)
    assert group.layers["fc"].partial_given_pixels.r == pytest.approx(0.3846, abs=1e-4)
    assert group.ceilings.mean == pytest.approx(reference["reliability"]["ceiling_for_mean_sqrtICC3k"], abs=1e-4)
    assert group.ceilings.individual_lower == pytest.approx(reference["noise_ceiling"]["z_pearson"]["lower"], abs=1e-4)
    assert group.another_person_r == pytest.approx(reference["noise_ceiling"]["raw_pearson"]["lower"], abs=1e-4)
    assert group.reliability.icc_ck == pytest.approx(reference["reliability"]["icc"]["ICC3_k"], abs=1e-4)
    assert group.leave_one_out_r == pytest.approx(reference["noise_ceiling"]["raw_pearson"]["loo_each"], abs=1e-4)
    np.testing.assert_allclose(
        np.array(group.pairwise_r, dtype=float), reference["reliability"]["pairwise_r_matrix"], atol=1e-4
    )
    assert group.layers["fc"].individual_r == pytest.approx(reference["layers"]["fc"]["individual_r"], abs=1e-4)
    assert group.layers["fc"].partial_given_pixels.df == 27
    difference = next(d for d in group.differences if (d.first, d.second) == ("fc", "conv2"))
    assert difference.difference == pytest.approx(reference["layer_difference_boot"]["fc-conv2"]["diff"], abs=1e-4)
    assert difference.ci == pytest.approx(reference["layer_difference_boot"]["fc-conv2"]["ci"], abs=0.01)
    assert group.verdict
    assert group.detectable_r == pytest.approx(0.49, abs=0.01)
    assert group.layers["fc"].pairs_needed == 29
    assert report.checkpoint.test_acc == pytest.approx(98.71)


def test_centred_copies_of_the_real_pairs_give_the_references_r(shared: Path, tmp_path: Path) -> None:
    study = reference_study(shared)
    import_ratings(study, shared / "ratings" / "digits8_ratings.csv", tmp_path)
    expected = json.loads((shared / "ratings" / "digits8_reference.json").read_text())["input_variants_r"]
    net = shared / "homework" / "convnet_mnist_pretrained.pt"

    layers = build(study, collect(study, [tmp_path]), compute_similarities(study, net, centre=True)).groups[0].layers

    for name in LAYERS:
        reference = expected[f"centre/{'pixel' if name == 'pixels' else name}"]
        assert layers[name].pearson.r == pytest.approx(reference, abs=1e-5), name


def test_zscoring_is_asked_for_and_said(shared: Path, tmp_path: Path) -> None:
    study = reference_study(shared)
    import_ratings(study, shared / "ratings" / "digits8_ratings.csv", tmp_path)
    reference = json.loads((shared / "ratings" / "digits8_reference.json").read_text())["digit_8"]
    ratings = collect(study, [tmp_path])
    found = compute_similarities(study, shared / "homework" / "convnet_mnist_pretrained.pt")

    raw, scored = build(study, ratings, found), build(study, ratings, found, zscore=True)

    assert (raw.zscored, scored.zscored) == (False, True)
    group = scored.groups[0]
    for name in ("fc", "conv2", "conv1"):
        assert group.layers[name].pearson.r == pytest.approx(reference["layers"][name]["pearson_z_mean"], abs=1e-4)
    assert group.leave_one_out_r == pytest.approx(reference["noise_ceiling"]["z_pearson"]["loo_each"], abs=1e-4)
    assert group.ceilings.mean == pytest.approx(math.sqrt(reference["reliability"]["icc3_k_zscored"]), abs=1e-4)
    assert [pair.human_z for pair in group.pairs] == pytest.approx(reference["mean_rating_z"], abs=1e-4)
    assert [pair.human for pair in group.pairs] == [pair.human for pair in raw.groups[0].pairs]
    human = human_of(group)
    assert human[29] == 1.0
    assert human != human_of(raw.groups[0])


def test_the_untrained_twin_is_the_mean_of_200_seeds(two_digits: Study, checkpoint: Path, tmp_path: Path) -> None:
    _, people = raters(3, 16)
    found = compute_similarities(two_digits, checkpoint)
    left, right = (
        np.array([[list(row) for row in two_digits.image(name)] for name in side], dtype=np.uint8)
        for side in zip(*((pair.left, pair.right) for pair in two_digits.pairs), strict=True)
    )

    report = build(two_digits, imported(two_digits, tmp_path, people), found)

    for name in ("fc", "pool2", "conv2", "conv1"):
        each = np.stack([pair_similarities(untrained(seed), left, right, [name])[name] for seed in range(200)])
        np.testing.assert_array_equal(found.untrained[name], each)
        for group, where in zip(report.groups, (slice(8), slice(8, 16)), strict=True):
            human = np.array([pair.human for pair in group.pairs], dtype=float)
            r = [np.corrcoef(values[where], human)[0, 1] for values in each]
            assert group.untrained[name].each == pytest.approx(r)
            assert group.untrained[name].r == pytest.approx(math.tanh(np.mean(np.arctanh(r))))
            assert [pair.untrained[name] for pair in group.pairs] == pytest.approx(each[:, where].mean(axis=0))
        rs = [group.untrained[name].r for group in report.groups]
        assert report.overall.untrained[name] == pytest.approx(
            math.tanh(np.mean(np.arctanh(np.array(rs, dtype=float))))
        )
    assert "pixels" not in report.groups[0].untrained


def test_centred_copies_are_asked_for_and_said(shared: Path, tmp_path: Path) -> None:
    study = reference_study(shared)
    import_ratings(study, shared / "ratings" / "digits8_ratings.csv", tmp_path)
    expected = json.loads((shared / "ratings" / "digits8_reference.json").read_text())["input_variants_r"]

    report = analyze(
        study, collect(study, [tmp_path]), shared / "homework" / "convnet_mnist_pretrained.pt", centre=True
    )

    assert report.centred
    check_missing(report, "saw centred copies of the images, not the images that people saw")
    group = report.groups[0]
    for name, layer in group.layers.items():
        # Copies are rounded to whole grey values.
        theirs = expected[f"centre/{'pixel' if name == 'pixels' else name}"]
        assert layer.pearson.r == pytest.approx(theirs, abs=5e-4)
    assert group.accuracy_on_stimuli == 1.0


def test_what_the_network_captures_on_the_real_ratings(shared: Path, tmp_path: Path) -> None:
    study = reference_study(shared)
    import_ratings(study, shared / "ratings" / "digits8_ratings.csv", tmp_path)

    report = analyze(study, collect(study, [tmp_path]), shared / "homework" / "convnet_mnist_pretrained.pt")

    group = report.groups[0]
    by_name = {covariate.name: covariate for covariate in group.covariates}
    assert by_name["deskewed_cosine"].people.r == pytest.approx(0.6535, abs=1e-4)
    assert by_name["pixel_cosine"].people.r == pytest.approx(group.layers["pixels"].pearson.r)
    assert by_name["pixel_cosine"].layers["fc"].layer.r == pytest.approx(0.3806, abs=1e-4)
    assert group.covariate_threshold == pytest.approx(0.49, abs=0.02)
    reading = group.captures["fc"].reading
    assert reading is not None
    assert "people goes with shape once slant and position are taken out (deskewed cosine" in reading
    assert {layer: len(d.network_higher) for layer, d in group.disagreements.items()} == dict.fromkeys(LAYERS, 3)
    assert set(group.pairs[0].covariates) == set(by_name)
    text = " ".join(as_text(report, width=200).split())
    assert reading in text
    for side in (group.disagreements["fc"].network_higher, group.disagreements["fc"].people_higher):
        for pair in side:
            assert f"{pair.id} the network" in text or f"{pair.id} people" in text


def test_low_accuracy_on_the_images_is_said(tmp_path: Path) -> None:
    study = small_study(pairs=6)
    latent, people = raters(2, 6)
    found = given(study, fc=latent)
    for pair in study.pairs[:4]:
        found.predicted[pair.left] = 1

    ratings = imported(study, tmp_path, people)

    check_missing(
        build(study, ratings, found),
        "The network takes only 67 % of these images for the digit that they show, and 98.5 %",
    )
    assert not any("takes only" in note for note in build(study, ratings, given(study, fc=latent)).notes)


def test_one_pass_gives_every_layer_and_the_digits(two_digits: Study, checkpoint: Path) -> None:
    seen: list[tuple[int, int]] = []

    found = compute_similarities(
        two_digits, checkpoint, ["conv2"], on_progress=lambda done, total, *_: seen.append((done, total))
    )

    assert tuple(found.layers) == LAYERS
    assert all(values.shape == (16,) and np.isfinite(values).all() for values in found.layers.values())
    assert {name: values.shape for name, values in found.untrained.items()} == dict.fromkeys(LAYERS[:-1], (200, 16))
    assert len(found.predicted) == 32
    assert seen == sorted(seen)
    assert seen[-1] == (201 * 32, 201 * 32)
    assert found.checkpoint.file == "random.pt"
    assert found.checkpoint.test_acc == 12.5


def test_a_loaded_checkpoint_is_as_good_as_its_file(two_digits: Study, checkpoint: Path) -> None:
    from_file = compute_similarities(two_digits, checkpoint)
    loaded = compute_similarities(two_digits, checkpoints.load(checkpoint))

    assert loaded.checkpoint == from_file.checkpoint
    for name in LAYERS:
        np.testing.assert_array_equal(loaded.layers[name], from_file.layers[name])


def test_pixels_are_the_plain_cosine(two_digits: Study, checkpoint: Path) -> None:
    found = compute_similarities(two_digits, checkpoint)

    pair = two_digits.pairs[5]
    images = [two_digits.image(name) for name in (pair.left, pair.right)]
    a, b = (np.array([list(row) for row in image], dtype=float).ravel() for image in images)
    assert found.layers["pixels"][5] == pytest.approx(a @ b / math.sqrt((a @ a) * (b @ b)), abs=1e-12)


def test_an_unknown_layer_is_refused(two_digits: Study, checkpoint: Path) -> None:
    with pytest.raises(SimtuiError, match="There is no layer 'fc9'"):
        compute_similarities(two_digits, checkpoint, ["fc9"])


def test_digits_are_never_pooled(two_digits: Study, checkpoint: Path, tmp_path: Path) -> None:
    _, people = raters(3, 16)

    report = analyze(two_digits, imported(two_digits, tmp_path, people), checkpoint)

    assert [group.digit for group in report.groups] == [3, 8]
    assert [group.n_pairs for group in report.groups] == [8, 8]
    for name in LAYERS:
        each = [group.layers[name].pearson.r for group in report.groups]
        assert all(r is not None for r in each)
        mean = math.tanh(np.mean([math.atanh(r) for r in each if r is not None]))
        assert report.overall.layers[name].r == pytest.approx(mean, abs=1e-12)
    for group in report.groups:
        assert min(value for value in human_of(group) if value is not None) == 0
        assert max(pair.similarity_normalized["conv1"] or 0 for pair in group.pairs) == 1
        assert group.accuracy_on_stimuli is not None
        assert 0 <= group.accuracy_on_stimuli <= 1


def test_accuracy_on_stimuli_is_the_share_of_right_answers(tmp_path: Path) -> None:
    study = small_study(pairs=5)
    latent, people = raters(2, 5)
    found = given(study, fc=latent)
    found.predicted[study.pairs[0].left] = 3

    report = build(study, imported(study, tmp_path, people), found)

    assert report.groups[0].accuracy_on_stimuli == pytest.approx(0.9)


def test_the_same_input_gives_the_same_json(two_digits: Study, checkpoint: Path, tmp_path: Path) -> None:
    _, people = raters(4, 16)
    ratings = imported(two_digits, tmp_path, people)

    first, second = (as_json(analyze(two_digits, ratings, checkpoint, seed=5)) for _ in range(2))

    assert first == second
    assert json.loads(first)["seed"] == 5


def test_the_json_has_the_agreed_names(two_digits: Study, checkpoint: Path, tmp_path: Path) -> None:
    _, people = raters(3, 16)

    whole = json.loads(as_json(analyze(two_digits, imported(two_digits, tmp_path, people), checkpoint)))

    assert whole["format"] == "simtui.analysis"
    assert whole["version"] == 1
    top = "study_id study_sha256 seed sampling checkpoint participants skipped simulated groups overall notes"
    assert set(top.split()) <= set(whole)
    assert set(whole["checkpoint"]) == {"file", "sha256", "test_acc"}
    group = whole["groups"][0]
    keys = "digit n_pairs n_participants pairs layers reliability ceilings another_person_r accuracy_on_stimuli"
    assert set(keys.split()) <= set(group)
    assert {"id", "n_ratings", "human", "human_normalized", "similarity"} <= set(group["pairs"][0])
    assert set(group["pairs"][0]["similarity"]) == set(LAYERS)
    layer = group["layers"]["fc"]
    assert set(layer["pearson"]) == {"r", "ci", "ci_bca", "ci_crossed", "p"}
    assert set(layer["spearman"]) == {"rho"}
    assert set(layer["kendall"]) == {"tau_b"}
    assert {"mean_individual_r", "r_over_ceiling", "partial_given_pixels"} <= set(layer)
    assert set(layer["partial_given_pixels"]) == {"r", "p", "df"}
    mixed = "slope se df p ci ci_r var_pair var_rater_slope differ_f differ_p"
    assert set(layer["mixed"]) == set(mixed.split())
    assert set(layer["vs_person"]) == {"difference", "ci", "ci_crossed", "margin", "p_noninferior"}
    assert "r_over_ceiling_ci" in layer
    gap = "layer dz ci ci_crossed p_family equivalent"
    assert [set(each) for each in whole["overall"]["differences"]] == [set(gap.split())] * (len(LAYERS) - 1)
    assert set(whole["overall"]["q"]) == set(LAYERS)
    assert set(whole["overall"]["q"]["fc"]) == {"q", "df", "p"}
    kinds = "mean_pairwise_r icc_a1 icc_ak icc_ck alpha_interval alpha_ordinal split_half_sb"
    assert set(kinds.split()) <= set(group["reliability"])
    assert set(group["ceilings"]) == {"individual_lower", "individual_upper", "mean", "mean_ci"}
    assert set(whole["overall"]["layers"]["fc"]) == {"r", "ci", "ci_crossed", "as_another_person_r", "for_new"}
    assert set(layer["for_new"]) == {"ci", "df", "p"}
    assert all(math.isfinite(value) for value in numbers(whole))


def test_people_can_be_chosen_without_the_network(two_digits: Study, checkpoint: Path, tmp_path: Path) -> None:
    _, people = raters(3, 16)
    ratings = imported(two_digits, tmp_path, people)
    found = compute_similarities(two_digits, checkpoint)

    alone = build(two_digits, ratings.only(["P2"]), found)

    assert alone.participants == ("P2",)
    assert alone.groups[0].pairs[0].human == people["P2"][0]


def test_a_report_cannot_be_changed(tmp_path: Path) -> None:
    latent, people = raters(2, 6)
    report = report_of(tmp_path, people, fc=latent)

    with pytest.raises(AttributeError):
        report.seed = 3  # type: ignore[misc]
    with pytest.raises(AttributeError):
        report.groups[0].layers["fc"].pearson.r = 1.0  # type: ignore[misc]


def test_similarities_of_another_study_are_refused(tmp_path: Path) -> None:
    latent, people = raters(2, 6)
    study, other = small_study(pairs=6), small_study(pairs=6, seed=9)

    with pytest.raises(ValueError, match="another study"):
        build(study, imported(study, tmp_path, people), given(other, fc=latent))


def check_missing(report: Report, *sentences: str) -> dict[str, Any]:
    """The report as JSON, after checking that it has no NaN and that its notes say these things."""
    text = as_json(report)
    assert "NaN" not in text
    assert "Infinity" not in text
    for sentence in sentences:
        assert any(sentence in note for note in report.notes), report.notes
    whole: dict[str, Any] = json.loads(text)
    return whole


def test_one_participant(tmp_path: Path) -> None:
    latent, people = raters(1, 8)

    whole = check_missing(report_of(tmp_path, people, fc=latent), "Only one person has usable ratings")

    group = whole["groups"][0]
    assert group["layers"]["fc"]["pearson"]["r"] is not None
    assert set(group["reliability"].values()) == {None}
    assert set(group["ceilings"].values()) == {None}
    assert group["another_person_r"] is None
    assert group["layers"]["fc"]["r_over_ceiling"] is None


@pytest.mark.parametrize("n", [1, 2])
def test_fewer_than_three_pairs(tmp_path: Path, n: int) -> None:
    latent, people = raters(3, n)
    people = {name: [1, 9][:n] if name == "P1" else [2, 7][:n] for name in people}

    whole = check_missing(report_of(tmp_path, people, fc=latent, pixels=latent), "a correlation needs 3")

    assert whole["groups"][0]["layers"]["fc"]["pearson"] == dict.fromkeys(("r", "ci", "ci_bca", "ci_crossed", "p"))
    assert whole["overall"]["layers"]["fc"].pop("for_new") == dict.fromkeys(("ci", "df", "p"))
    assert whole["overall"]["layers"]["fc"] == dict.fromkeys(("r", "ci", "ci_crossed", "as_another_person_r"))


def test_a_constant_rater_is_named_and_left_out(tmp_path: Path) -> None:
    latent, people = raters(3, 8)
    people["P2"] = [5] * 8

    report = report_of(tmp_path, people, fc=latent)

    check_missing(report, "P2 rated every pair 5 and was left out")
    assert report.groups[0].n_participants == 2
    assert report.groups[0].pairs[0].ratings["P2"] == 5
    assert report.groups[0].pairs[0].n_ratings == 2
    assert report.groups[0].pairs[0].human == (people["P1"][0] + people["P3"][0]) / 2


def test_only_a_constant_rater(tmp_path: Path) -> None:
    latent, _ = raters(1, 8)

    whole = check_missing(report_of(tmp_path, {"P1": [5] * 8}, fc=latent), "P1 rated every pair 5")

    assert whole["groups"][0]["layers"]["fc"]["pearson"]["r"] is None
    assert whole["groups"][0]["pairs"][0]["human"] == 5
    assert whole["groups"][0]["pairs"][0]["human_normalized"] is None


def test_constant_similarities(tmp_path: Path) -> None:
    latent, people = raters(3, 8)

    whole = check_missing(
        report_of(tmp_path, people, fc=np.full(8, 0.7), conv1=latent), "Layer fc gives all pairs the same similarity"
    )

    assert whole["groups"][0]["layers"]["fc"]["pearson"]["r"] is None
    assert whole["groups"][0]["pairs"][0]["similarity"]["fc"] == 0.7
    assert whole["groups"][0]["pairs"][0]["similarity_normalized"]["fc"] is None
    assert whole["groups"][0]["layers"]["conv1"]["pearson"]["r"] is not None


def test_a_pair_without_a_cosine_costs_only_its_layer(tmp_path: Path) -> None:
    latent, people = raters(3, 8)
    dead = latent.copy()
    dead[2] = np.nan

    whole = check_missing(
        report_of(tmp_path, people, fc=dead, conv1=latent), "An image of p03 leaves the layer fc wholly at zero"
    )

    assert whole["groups"][0]["layers"]["fc"]["pearson"]["r"] is None
    assert whole["groups"][0]["pairs"][2]["similarity"]["fc"] is None
    assert whole["groups"][0]["layers"]["conv1"]["pearson"]["r"] is not None


def test_a_class_that_is_no_digit_has_no_accuracy(tmp_path: Path) -> None:
    study = sample_study(noise_images(20, ("cat",)), digits=["cat"], pairs=6, seed=1)
    latent, people = raters(2, 6)

    report = build(study, imported(study, tmp_path, people), given(study, fc=latent))

    whole = check_missing(report, "'cat' is not a digit")
    assert whole["groups"][0]["digit"] == "cat"
    assert whole["groups"][0]["accuracy_on_stimuli"] is None


def test_simulated_participants_are_said_to_be(tmp_path: Path) -> None:
    study = small_study(pairs=6)
    latent, people = raters(3, 6)
    mark_simulated(imported(study, tmp_path, people), "P2")

    report = build(study, collect(study, [tmp_path / "sessions"], Choice(simulated=True)), given(study, fc=latent))

    assert report.simulated
    check_missing(report, "1 of the 3 participants are simulated")


def test_pairs_that_were_not_sampled_at_random_are_said_to_be(tmp_path: Path) -> None:
    study = small_study(pairs=6)
    latent, people = raters(2, 6)
    stratified = msgspec.structs.replace(study, design=msgspec.structs.replace(study.design, sampling="stratified"))

    report = build(stratified, imported(stratified, tmp_path, people), given(stratified, fc=latent))

    assert report.sampling == "stratified"
    check_missing(report, "The pairs are a stratified sample")


def test_reading_ratings_imports_neither_torch_nor_scipy_nor_pandas() -> None:
    code = (
        "import sys, simtui.analysis.ratings, simtui.analysis.report, simtui.reporting.text, simtui.session.importing;"
        "print([m for m in ('torch', 'scipy', 'pandas', 'plotext') if m in sys.modules])"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "[]"
