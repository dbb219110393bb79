"""The door for programs: what a notebook does with simtui, on the example study."""

from __future__ import annotations

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

import simtui
from simtui.analysis.report import as_json
from simtui.session import file as session_file
from tests.builders import complete_run, saved, small_study

EXAMPLE = Path(__file__).parents[1] / "sessions" / "example"


@pytest.fixture(scope="module")
def study() -> simtui.Study:
    return simtui.load_study(EXAMPLE / "study.json")


@pytest.fixture(scope="module")
def ratings(study: simtui.Study) -> simtui.Ratings:
    return simtui.load_ratings(study, EXAMPLE, simulated=True)


@pytest.fixture(scope="module")
def report(study: simtui.Study, ratings: simtui.Ratings) -> simtui.Report:
    return simtui.analyze(study, ratings)


class SmallNet(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.conv1 = torch.nn.Conv2d(1, 4, 5)
        self.drop = torch.nn.Dropout(0.5)
        self.last = torch.nn.Linear(4 * 24 * 24, 3)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        found: torch.Tensor = self.last(self.drop(self.conv1(x)).flatten(1))
        return found


def python(code: str, folder: Path) -> str:
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_importing_simtui_imports_nothing_heavy(tmp_path: Path) -> None:
    before = python("import sys; print(sorted(sys.modules))", tmp_path)
    after = python("import sys, simtui; print(sorted(sys.modules))", tmp_path)
    assert set(json.loads(after.replace("'", '"'))) - set(json.loads(before.replace("'", '"'))) == {"simtui"}


def test_the_door_names_what_it_has(tmp_path: Path) -> None:
    code = "import simtui; print(set(simtui.__all__) <= set(dir(simtui))); from simtui import *; print(load_study)"
    assert python(code, tmp_path).startswith("True\n<function load_study")
    with pytest.raises(AttributeError, match="has no attribute 'nothing'"):
        simtui.nothing  # noqa: B018  # type: ignore[attr-defined]


def test_a_walk_through_a_notebook(study: simtui.Study, ratings: simtui.Ratings, report: simtui.Report) -> None:
    frame = ratings.to_frame()
    main = frame[frame["trial_type"] == "main"]
    fc = np.array([report.groups[0].pairs[i].similarity["fc"] for i in range(len(study.pairs))], dtype=float)
    mean = main.groupby("pair_id")["response"].mean()[[pair.id for pair in study.pairs]].to_numpy()
    assert np.corrcoef(fc, mean)[0, 1] == pytest.approx(report.groups[0].layers["fc"].pearson.r)
    assert isinstance(report, simtui.Report)
    assert study.pixels([study.pairs[0].left]).shape == (1, 28, 28)


def test_a_response_is_a_row_with_the_names_of_the_session_file(ratings: simtui.Ratings) -> None:
    frame = ratings.to_frame()
    columns = (
        "participant_id run simulated trial_index trial_type pair_id stimulus_left stimulus_right swapped response key "
        "rt onset time_elapsed timestamp interruptions digit"
    )
    assert list(frame.columns) == columns.split()
    session = session_file.load(Path(ratings.used[0].file))
    mine = frame[frame["participant_id"] == session.participant_id]
    assert len(mine) == len(session.trials)
    for row, trial in zip(mine.itertuples(), session.trials, strict=True):
        assert (row.trial_index, row.trial_type, row.pair_id) == (trial.trial_index, trial.trial_type, trial.pair_id)
        assert (row.stimulus_left, row.swapped, row.response) == (trial.stimulus_left, trial.swapped, trial.response)
        assert (row.key, row.rt, row.timestamp) == (trial.key, trial.rt, trial.timestamp)


def test_practice_trials_are_rows_too(tmp_path: Path) -> None:
    study = small_study(pairs=4, practice=2)
    complete_run(study, tmp_path, "P1", {})
    frame = simtui.load_ratings(study, tmp_path).to_frame()
    assert frame["trial_type"].value_counts().to_dict() == {"main": 4, "practice": 2}
    assert set(frame["digit"]) == {8}


def test_a_layer_of_a_group_is_a_row_of_the_reports_frame(report: simtui.Report) -> None:
    frame = report.to_frame()
    assert len(frame) == len(report.groups) * len(report.layers)
    group = report.groups[0]
    rows = {str(row["layer"]): row for row in frame.to_dict("records")}
    row, found = rows["conv1"], group.layers["conv1"]
    assert (row["digit"], row["r"], row["p"]) == (group.digit, found.pearson.r, found.pearson.p)
    assert (row["ci_low"], row["ci_high"]) == found.pearson.ci
    assert (row["rho"], row["tau_b"], row["ceiling"]) == (found.spearman.rho, found.kendall.tau_b, group.ceilings.mean)
    assert math.isnan(rows["pixels"]["untrained_r"])


def test_the_reports_json_is_the_commands(report: simtui.Report, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "simtui",
        "analyze",
        str(EXAMPLE / "study.json"),
        str(EXAMPLE),
        "--json",
        "--simulated",
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert json.loads(as_json(report)) == json.loads(done.stdout)


def test_notebooks_show_the_pairs_and_the_report(study: simtui.Study, report: simtui.Report) -> None:
    shown = study._repr_html_()
    assert shown.count("<img") == 2 * len(study.pairs)
    assert study.images[study.pairs[0].left] in shown
    framed = report._repr_html_()
    assert framed.startswith("<iframe srcdoc=")
    assert "&lt;!DOCTYPE html&gt;" in framed
    assert framed.count("<") == 2


def test_what_a_study_says_is_no_html() -> None:
    import msgspec

    evil = msgspec.structs.replace(small_study(pairs=2), title="<script>alert(1)</script>")
    assert "<script" not in evil._repr_html_()


def test_sessions_are_left_out_by_rules(study: simtui.Study, ratings: simtui.Ratings) -> None:
    kept = simtui.load_ratings(study, EXAMPLE, exclude="rt<1", simulated=True)
    assert kept.participants == ratings.participants
    with pytest.raises(simtui.SimtuiError, match="The rules leave nobody"):
        simtui.load_ratings(study, str(EXAMPLE), exclude=["rt>1"], simulated=True)


def test_simulated_ratings_need_no_file_and_can_be_written(tmp_path: Path) -> None:
    study = small_study(pairs=8)
    in_memory = simtui.simulate(study, 3, model="pixels", seed=4)
    written = simtui.simulate(study, 3, model="pixels", seed=4, sessions=tmp_path)
    assert in_memory.participants == ("S001", "S002", "S003")
    assert in_memory.simulated
    np.testing.assert_array_equal(in_memory.matrix, written.matrix)
    read = simtui.load_ratings(study, tmp_path, simulated=True)
    np.testing.assert_array_equal(read.matrix, written.matrix)
    assert read.used == written.used
    with pytest.raises(simtui.SimtuiError, match="is there already"):
        simtui.simulate(study, 3, model="pixels", sessions=tmp_path)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"participants": 0}, "ask for 1 or more"),
        ({"r": 2.0}, "choose a number from -1 to 1"),
        ({"lapses": -0.1}, "choose a number from 0 to 1"),
        ({"model": "fc9"}, "There is no layer"),
        ({"model": "random", "r": 0.5}, "leave one of them out"),
    ],
)
def test_people_who_cannot_be_simulated(given: dict[str, float], sentence: str) -> None:
    with pytest.raises(simtui.SimtuiError, match=sentence):
        simtui.simulate(small_study(pairs=4), **given)  # type: ignore[arg-type]


def test_another_network_as_a_module(study: simtui.Study, ratings: simtui.Ratings) -> None:
    net = SmallNet().train()
    report = simtui.analyze(study, ratings, network=net, layers=["conv1", "last"])
    assert report.layers == ("conv1", "last", "pixels")
    assert (report.checkpoint.file, report.checkpoint.test_acc) == ("SmallNet", None)
    assert net.training
    assert net.drop.training
    net.eval()
    pixels = torch.from_numpy((study.pixels([study.pairs[0].left, study.pairs[0].right]) / 255 - 0.1307) / 0.3081)
    with torch.no_grad():
        a, b = net.conv1(pixels.float().unsqueeze(1)).flatten(1).double()
    expected = float(a @ b / (a.norm() * b.norm()))
    assert report.groups[0].pairs[0].similarity["conv1"] == pytest.approx(expected, abs=1e-6)
    assert report.groups[0].accuracy_on_stimuli is None
    assert any("Which digit SmallNet takes an image for is not known" in note for note in report.notes)
    shown = report._repr_html_()
    assert "SmallNet" in shown
    assert "what the module of that name returned" in shown
    assert "10 maps" not in shown
    assert "Untrained" not in shown


def test_another_network_by_its_name(study: simtui.Study, ratings: simtui.Ratings) -> None:
    report = simtui.analyze(study, ratings, network="tests.test_api:SmallNet", layers="last", preprocess="mean=0,std=1")
    assert report.layers == ("last", "pixels")
    assert json.loads(as_json(report))["checkpoint"]["preprocess"] == "size=28,channels=1,mean=0,std=1"


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"network": SmallNet()}, "Which layers of SmallNet"),
        ({"network": SmallNet(), "layers": ["middle"]}, "There is no layer 'middle': choose from"),
        ({"network": SmallNet(), "checkpoint": "mine.pt"}, "not both"),
        ({"network": SmallNet(), "layers": "last", "weights": "w.pt"}, "has its weights already"),
        ({"network": 3, "layers": "last"}, "module:factory or a torch.nn.Module, not int"),
        ({"checkpoint": "none.pt"}, "none.pt"),
        ({"layers": "fc9"}, "There is no layer 'fc9'"),
        ({"preprocess": "size=28"}, "for another network"),
    ],
)
def test_what_cannot_be_analysed(
    study: simtui.Study, ratings: simtui.Ratings, given: dict[str, object], sentence: str
) -> None:
    with pytest.raises(simtui.SimtuiError, match=sentence):
        simtui.analyze(study, ratings, **given)  # type: ignore[arg-type]


def test_ratings_of_another_study_are_refused(ratings: simtui.Ratings) -> None:
    with pytest.raises(simtui.SimtuiError, match="of another study"):
        simtui.analyze(small_study(pairs=3), ratings)


def test_networks_are_compared(study: simtui.Study, ratings: simtui.Ratings) -> None:
    found = simtui.compare(study, ratings, networks=["tests.test_api:SmallNet"], layers=["last"])
    assert {(row.network, row.layer) for row in found.rows} >= {("tests.test_api:SmallNet", "last"), ("", "pixels")}


def test_a_study_that_is_none_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(simtui.SimtuiError, match="check the path to a study file"):
        simtui.load_study(tmp_path / "none.json")
    study = simtui.load_study(saved(small_study(), tmp_path))
    (tmp_path / "empty").mkdir()
    with pytest.raises(simtui.SimtuiError, match="There is no session"):
        simtui.load_ratings(study, tmp_path / "empty")
