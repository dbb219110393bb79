"""Pair lists: the one with the fewest completed runs, whoever asks."""

from __future__ import annotations

from pathlib import Path

from simtui.session import file as session_file
from simtui.study.model import Study
from simtui.study.sampling import sample_study
from simtui.study.schedule import list_of
from tests.builders import ENVIRONMENT, complete_run, noise_images


def study_of_lists(lists: int) -> Study:
    return sample_study(noise_images(40), digits=[8], pairs=4, seed=1, lists=lists)


def test_lists_fill_up_evenly_whatever_the_ids(tmp_path: Path) -> None:
    study = study_of_lists(3)
    files = [complete_run(study, tmp_path, name, {}) for name in ("zoe", "P09", "P01", "adam", "Q1", "X")]
    lists = [list_of(study, session_file.load(path).schedule) for path in files]
    assert lists == [0, 1, 2, 0, 1, 2]
    for path, list_index in zip(files, lists, strict=True):
        shown = {trial.pair_id for trial in session_file.load(path).main_trials()}
        assert shown == {pair.id for pair in study.list_pairs(list_index)}


def test_only_completed_runs_of_this_study_count(tmp_path: Path) -> None:
    from simtui.rating.run import Run
    from simtui.session.store import SessionStore

    study = study_of_lists(2)
    with SessionStore(tmp_path, study.id).hold("P01") as hold:
        begun = Run.begin(study, hold, ENVIRONMENT)
    assert list_of(study, begun.session.schedule) == 0
    assert list_of(study, session_file.load(complete_run(study, tmp_path, "P02", {})).schedule) == 0
    assert list_of(study, session_file.load(complete_run(study, tmp_path, "P03", {})).schedule) == 1
