"""Parquet tables and dissimilarity matrices: what pandas, polars, DuckDB and rsatoolbox make of them."""

from __future__ import annotations

import csv
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import spearmanr

from simtui import api
from simtui.errors import SimtuiError
from simtui.export import write
from tests.export import datasets

duckdb = pytest.importorskip("duckdb", reason="duckdb is in the extra dev")
pl = pytest.importorskip("polars", reason="polars is in the extra dev")
pd = pytest.importorskip("pandas")
pq = pytest.importorskip("pyarrow.parquet", reason="pyarrow is in the extra parquet")


@pytest.fixture(scope="module", params=datasets.EVERY)
def world(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = datasets.EVERY[request.param](tmp_path_factory.mktemp(request.param))
    study = api.load_study(folder / "study.json")
    for form in ("csv", "parquet", "rdm"):
        study.export(folder / form, folder / "sessions", format=form, simulated=True)
    return folder


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", ["trials", "pairs", "participants", "revisions"])
def test_every_reader_sees_the_same_table(name: str, world: Path) -> None:
    path = world / "parquet" / f"{name}.parquet"
    wanted = rows(world / "csv" / f"{name}.csv")
    pandas, polars = pd.read_parquet(path), pl.read_parquet(path)
    duck = duckdb.sql(f"SELECT * FROM '{path}'")
    assert len(pandas) == polars.height == len(duck.fetchall()) == len(wanted)
    assert list(pandas.columns) == polars.columns == duck.columns
    for column in polars.columns:
        texts = [row[column] for row in wanted]
        for got, text in zip(polars[column].to_list(), texts, strict=True):
            if text == "":
                assert got is None
            elif isinstance(got, bool):
                assert text == str(got).lower()
            elif isinstance(got, int | float):
                assert float(text) == got
            elif not isinstance(got, str):
                assert text == got.isoformat(timespec="milliseconds").replace("+00:00", "Z")
            else:
                assert text == got


def test_types_and_units_are_in_the_metadata(world: Path) -> None:
    schema = pq.read_schema(world / "parquet" / "trials.parquet")
    codebook = {row["name"]: row for row in rows(world / "parquet" / "codebook.csv") if row["table"] == "trials"}
    assert [field.name for field in schema] == list(codebook)
    for field in schema:
        said = {key.decode(): value.decode() for key, value in field.metadata.items()}
        for name in ("description", "unit", "levels", "missing", "lowest", "highest"):
            assert said.get(name, "") == codebook[field.name][name]
    assert schema.field("rt").metadata[b"unit"] == b"ms"
    assert str(schema.field("timestamp").type) == "timestamp[ms, tz=UTC]"


def test_the_same_input_gives_the_same_bytes(world: Path) -> None:
    for form in ("parquet", "rdm"):
        again = world / f"{form}-again"
        api.load_study(world / "study.json").export(again, world / "sessions", format=form, simulated=True)
        for path in again.iterdir():
            assert path.read_bytes() == (world / form / path.name).read_bytes()


def test_without_pyarrow_one_sentence_says_what_to_install(world: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("simtui.errors.find_spec", lambda name: None if name == "pyarrow" else object())
    with pytest.raises(SimtuiError, match=r"The format parquet needs pyarrow.*pip install 'simtui\[parquet\]'"):
        write.check_format("parquet")


def test_the_matrices_are_peoples_and_the_networks(world: Path) -> None:
    study = api.load_study(world / "study.json")
    ratings = api.load_ratings(study, world / "sessions", simulated=True)
    report = api.analyze(study, ratings)
    with np.load(world / "rdm" / "rdm.npz", allow_pickle=False) as arrays:
        found = dict(arrays)
    n = len({image for pair in study.pairs for image in (study.images[pair.left], study.images[pair.right])})
    assert found["people"].shape == (len(ratings.participants), n, n)
    assert tuple(found["participants"]) == ratings.participants
    place = {image: i for i, image in enumerate(found["images"].tolist())}
    rated = np.zeros((n, n), dtype=bool)
    for column, pair in enumerate(study.pairs):
        a, b = place[pair.left], place[pair.right]
        rated[a, b] = rated[b, a] = True
        for side in ((a, b), (b, a)):
            np.testing.assert_array_equal(found["people"][:, *side], 10 - ratings.matrix[:, column])
        similarity = report.groups[0].pairs[column].similarity
        for layer, square in zip(found["layers"].tolist(), found["network"], strict=True):
            value = similarity[layer]
            assert value is None or square[a, b] == square[b, a] == 1 - value
    off = ~rated & ~np.eye(n, dtype=bool)
    assert np.isnan(found["people"][:, off]).all()
    assert np.isnan(found["network"][:, off]).all()
    assert (found["people"][:, np.eye(n, dtype=bool)] == 0).all()


RECIPE = """
import json, warnings
warnings.simplefilter("ignore")
import numpy as np
from rsatoolbox.rdm import RDMs, compare
d = np.load("rdm/rdm.npz")
people = RDMs(d["people"], str(d["measures"][0]), rdm_descriptors={"participant": d["participants"]},
              pattern_descriptors={"image": d["images"]})
network = RDMs(d["network"], str(d["measures"][1]), rdm_descriptors={"layer": d["layers"]},
               pattern_descriptors={"image": d["images"]})
print(json.dumps(compare(network, people, method="spearman").tolist()))
"""


@pytest.mark.skipif(importlib.util.find_spec("rsatoolbox") is None, reason="rsatoolbox is in the extra dev")
def test_rsatoolbox_finds_the_correlations_of_everybody(tmp_path: Path) -> None:
    folder = datasets.example(tmp_path)
    study = api.load_study(folder / "study.json")
    study.export(folder / "rdm", folder / "sessions", format="rdm", simulated=True)
    done = subprocess.run([sys.executable, "-c", RECIPE], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    ratings = api.load_ratings(study, folder / "sessions", simulated=True)
    report = api.analyze(study, ratings)
    for layer, of_layer in zip(np.load(folder / "rdm" / "rdm.npz")["layers"], json.loads(done.stdout), strict=True):
        similarity = [pair.similarity[str(layer)] or 0.0 for pair in report.groups[0].pairs]
        for person, rho in zip(ratings.matrix, of_layer, strict=True):
            assert rho == pytest.approx(spearmanr(person, similarity).statistic)
