"""The README's lines of R run on what an export wrote, where R with lme4 is installed."""

from __future__ import annotations

import shutil
import subprocess
from functools import lru_cache
from pathlib import Path

import pytest

from simtui import api
from simtui.study import file as study_file
from tests.conftest import REPOSITORY
from tests.documents import blocks
from tests.sessions import rate
from tests.tui.worlds import drawn_study


@lru_cache(maxsize=1)
def missing() -> str:
    """What is missing to run R with lme4, if anything is."""
    if shutil.which("Rscript") is None:
        return "R is not installed (Debian: r-cran-lme4)"
    there = subprocess.run(["Rscript", "-e", "library(lme4)"], capture_output=True, check=False)
    return "" if there.returncode == 0 else "lme4 is not installed for R (Debian: r-cran-lme4)"


def test_the_lines_of_the_readme_fit_a_mixed_model(tmp_path: Path) -> None:
    if missing():
        pytest.skip(missing())
    study = drawn_study()
    study_file.save(study, tmp_path / "study.json")
    for who in ("Ann", "Ben", "Cem", "Dora"):
        rate(study, tmp_path / "sessions", who)
    api.load_study(tmp_path / "study.json").export(tmp_path / "tables", tmp_path / "sessions")
    [lines] = [block.text for block in blocks(REPOSITORY / "README.md") if block.language == "r"]
    # Types: what R reads of booleans, and that a missing value is one.
    lines += """
    t <- read.csv("tables/trials.csv")
    stopifnot(!anyNA(as.logical(t$swapped)), is.numeric(t$rt), all(is.na(t$retest_of)), is.numeric(trials$pixel_cosine))
    cat(nrow(t), length(unique(t$participant_id)), mean(t$response[t$trial_type == "main"]), "\\n")
    """
    done = subprocess.run(["Rscript", "-e", lines], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "Linear mixed model fit" in done.stdout
    assert "pixel_cosine" in done.stdout
    ratings = api.load_ratings(api.load_study(tmp_path / "study.json"), tmp_path / "sessions")
    n, people, mean = done.stdout.split()[-3:]
    assert (int(n), int(people)) == (sum(len(session.trials) for session in ratings.sessions), 4)
    assert float(mean) == pytest.approx(float(ratings.matrix.mean()), abs=1e-4)
