"""Sessions to a matrix: what is used, what is not, and that every file left out is named with its reason."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

from simtui.analysis.ratings import NoSessionsError, Ratings, collect
from simtui.errors import SimtuiError
from simtui.rating.run import Run
from simtui.session import file as session_file
from simtui.session.pool import Choice
from simtui.session.store import SessionStore
from simtui.study.model import Study
from tests.builders import ENVIRONMENT, complete_run, saved, small_study


@pytest.fixture
def study() -> Study:
    return small_study(pairs=4, practice=1)


def rated(study: Study, folder: Path, participant: str, *ratings: int) -> Path:
    by_pair = {pair.id: rating for pair, rating in zip(study.pairs, ratings, strict=True)}
    return complete_run(study, folder, participant, by_pair)


def edited(path: Path, **fields: object) -> Path:
    """The session file with other values in some of its fields."""
    path.write_bytes(session_file.encode(msgspec.structs.replace(session_file.load(path), **fields)))
    return path


def reasons(ratings: Ratings) -> dict[str, str]:
    return {Path(skipped.file).name: skipped.reason for skipped in ratings.skipped}


def test_the_matrix_is_participants_by_pairs_of_the_study(study: Study, tmp_path: Path) -> None:
    rated(study, tmp_path, "P10", 1, 2, 3, 4)
    rated(study, tmp_path, "P2", 10, 9, 8, 7)

    ratings = collect(study, [tmp_path / study.id])

    assert ratings.participants == ("P2", "P10")
    assert [pair.id for pair in ratings.pairs] == [pair.id for pair in study.pairs]
    np.testing.assert_array_equal(ratings.matrix, [[10, 9, 8, 7], [1, 2, 3, 4]])
    assert ratings.skipped == ()
    assert [used.participant_id for used in ratings.used] == ["P2", "P10"]
    assert not ratings.simulated


def test_the_matrix_cannot_be_changed(study: Study, tmp_path: Path) -> None:
    rated(study, tmp_path, "P1", 1, 2, 3, 4)

    ratings = collect(study, [tmp_path])

    with pytest.raises(ValueError, match="read-only"):
        ratings.matrix[0, 0] = 7


def test_practice_is_never_analysed(study: Study, tmp_path: Path) -> None:
    path = rated(study, tmp_path, "P1", 1, 2, 3, 4)

    assert [trial.trial_type for trial in session_file.load(path).trials].count("practice") == 1
    np.testing.assert_array_equal(collect(study, [path]).matrix, [[1, 2, 3, 4]])


def test_the_sessions_root_the_studys_folder_and_the_file_are_the_same(study: Study, tmp_path: Path) -> None:
    path = rated(study, tmp_path, "P1", 1, 2, 3, 4)

    for places in ([tmp_path], [tmp_path / study.id], [path], [tmp_path, path, tmp_path / study.id]):
        ratings = collect(study, places)
        assert ratings.participants == ("P1",)
        assert ratings.skipped == ()


def test_links_are_read_only_where_they_are_named(study: Study, tmp_path: Path) -> None:
    rated(study, tmp_path / "a", "P1", 1, 2, 3, 4)
    link = tmp_path / "a" / study.id / "P2_run-1.json"
    link.symlink_to(rated(study, tmp_path / "b", "P2", 4, 3, 2, 1))
    ratings = collect(study, [tmp_path / "a"])
    assert ratings.participants == ("P1",)
    assert ratings.skipped[0].reason.startswith("a symbolic link, which is not followed")
    assert collect(study, [tmp_path / "a", link]).participants == ("P1", "P2")
    assert collect(study, [link]).participants == ("P2",)

    (tmp_path / "c").mkdir()
    (tmp_path / "c" / study.id).symlink_to(tmp_path / "a" / study.id)
    with pytest.raises(NoSessionsError, match="a symbolic link"):
        collect(study, [tmp_path / "c"])


def test_the_folders_of_other_studies_are_nobodys_business(study: Study, tmp_path: Path) -> None:
    rated(study, tmp_path, "P1", 1, 2, 3, 4)
    other = small_study(pairs=4, seed=8)
    rated(other, tmp_path, "P2", 1, 2, 3, 4)

    assert other.id != study.id
    ratings = collect(study, [tmp_path])
    assert ratings.participants == ("P1",)
    assert ratings.skipped == ()


def test_the_first_complete_run_is_used_and_the_others_are_named(study: Study, tmp_path: Path) -> None:
    rated(study, tmp_path, "P1", 1, 1, 1, 2)
    rated(study, tmp_path, "P1", 4, 3, 2, 1)
    with SessionStore(tmp_path, study.id).hold("P1") as hold:
        Run.begin(study, hold, ENVIRONMENT)

    first = collect(study, [tmp_path])
    last = collect(study, [tmp_path], Choice(run="last"))

    np.testing.assert_array_equal(first.matrix, [[1, 1, 1, 2]])
    np.testing.assert_array_equal(last.matrix, [[4, 3, 2, 1]])
    assert [ratings.used[0].run for ratings in (first, last)] == [1, 2]
    assert reasons(first) == {
        "P1_run-2.json": "a later run of P1: the first complete one, run 1, is used (--run last takes the last)",
        "P1_run-3.json": "not complete: 0 of 4 pairs rated",
    }
    assert reasons(last)["P1_run-1.json"] == "an earlier run of P1: the last complete one, run 2, is used"


def test_who_did_not_finish_can_be_used(study: Study, tmp_path: Path) -> None:
    rated(study, tmp_path, "P1", 1, 2, 3, 4)
    with SessionStore(tmp_path, study.id).hold("P2") as hold:
        run = Run.begin(study, hold, ENVIRONMENT)
        for rating in (5, 7, 9):  # the first is practice
            run.answer(rating, str(rating), run.now(), run.now() + 0.8)
        run.retract("a key held down")
    with SessionStore(tmp_path, study.id).hold("P3") as hold:
        Run.begin(study, hold, ENVIRONMENT)

    assert collect(study, [tmp_path]).participants == ("P1",)
    ratings = collect(study, [tmp_path], Choice(incomplete=True))
    assert ratings.participants == ("P1", "P2")
    assert list(ratings.matrix[1][np.isfinite(ratings.matrix[1])]) == [7]
    assert reasons(ratings) == {"P3_run-1.json": "not complete: 0 of 4 pairs rated"}


def test_a_copied_file_does_not_count_twice(study: Study, tmp_path: Path) -> None:
    path = rated(study, tmp_path, "P1", 1, 2, 3, 4)
    shutil.copy(path, path.with_name("P1_copy.json"))

    ratings = collect(study, [tmp_path])

    assert ratings.participants == ("P1",)
    assert len(ratings.skipped) == 1
    assert ratings.skipped[0].reason.startswith("a copy of P1_")


def test_simulated_sessions_are_left_out_unless_told(study: Study, tmp_path: Path) -> None:
    rated(study, tmp_path, "P1", 1, 2, 3, 4)
    edited(rated(study, tmp_path, "R1", 4, 3, 2, 1), simulated=True)

    without = collect(study, [tmp_path])
    assert without.participants == ("P1",)
    assert reasons(without) == {"R1_run-1.json": "simulated, not a person"}

    included = collect(study, [tmp_path], Choice(simulated=True))
    assert included.participants == ("P1", "R1")
    assert included.simulated
    assert not included.only(["P1"]).simulated


def test_everything_unusable_is_named_with_its_reason(study: Study, tmp_path: Path) -> None:
    good = rated(study, tmp_path, "P1", 1, 2, 3, 4)
    folder = good.parent
    trials = session_file.load(good).trials
    main = [trial for trial in trials if trial.trial_type == "main"]
    first, *others = main
    replace = msgspec.structs.replace

    def variant(participant: str, **fields: object) -> None:
        edited(rated(study, tmp_path, participant, 1, 2, 3, 4), **fields)

    variant("withdrawn", status="withdrawn")
    variant("elsewhere", study_id="another", study_sha256="0" * 64)
    variant("stale", study_sha256="0" * 64)
    variant("short", trials=others)
    variant("twice", trials=[*main, first])
    variant("stranger", trials=[replace(first, pair_id="p99"), *others])
    variant("offscale", trials=[replace(first, response=11), *others])
    variant("empty", trials=[replace(first, response=None), *others])
    variant("otherimages", trials=[replace(first, swapped=not first.swapped), *others])
    (folder / "damaged.json").write_bytes(good.read_bytes()[:200])
    (folder / "nothing.json").write_bytes(b"")
    (folder / "notes.txt").write_text("my notes")
    saved(study, folder, "study.json")

    ratings = collect(study, [folder])
    found = reasons(ratings)

    assert ratings.participants == ("P1",)
    assert found["withdrawn_run-1.json"] == "withdrawn by the participant"
    assert found["elsewhere_run-1.json"] == "of another study, another"
    assert found["stale_run-1.json"].startswith(f"of another file of the study {study.id}")
    assert found["short_run-1.json"] == f"damaged: it is called complete and has no rating of {first.pair_id}"
    assert found["twice_run-1.json"] == f"damaged: it rates {first.pair_id} twice"
    assert found["stranger_run-1.json"] == "damaged: it rates p99, which is not a pair of this study"
    assert found["offscale_run-1.json"] == f"damaged: {first.pair_id} has the rating 11, and the scale is 1 to 10"
    assert found["empty_run-1.json"] == f"damaged: {first.pair_id} has no rating, and the scale is 1 to 10"
    assert found["otherimages_run-1.json"] == f"damaged: its images of {first.pair_id} are not those of the study"
    assert found["damaged.json"].startswith("not a session file")
    assert found["nothing.json"].startswith("empty")
    assert found["notes.txt"] == "not a session file: its name does not end in .json"
    assert len(found) == 12


def test_hidden_files_and_those_for_readers_are_passed_over(study: Study, tmp_path: Path) -> None:
    path = rated(study, tmp_path, "P1", 1, 2, 3, 4)
    (path.parent / "README.md").write_text("what is here")
    (path.parent / f"{study.id}.notes.md").write_text("what I think")
    (path.parent / ".P1.abc.tmp").write_text("half a sess")

    assert any(file.name.startswith(".") for file in path.parent.iterdir())
    assert collect(study, [path.parent]).skipped == ()


@pytest.mark.posix("named pipes")
def test_a_pipe_does_not_hang_the_reader(study: Study, tmp_path: Path) -> None:
    path = rated(study, tmp_path, "P1", 1, 2, 3, 4)
    os.mkfifo(path.parent / "pipe.json")

    assert reasons(collect(study, [path.parent])) == {"pipe.json": "not a regular file"}
    assert reasons(collect(study, [path, path.parent / "pipe.json"])) == {"pipe.json": "not a regular file"}


def test_no_sessions_says_where_and_what_to_do(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("ratings").mkdir()

    with pytest.raises(NoSessionsError, match=f"no session of the study {study.id} in ratings: .*simtui rate"):
        collect(study, [Path("ratings")])


def test_no_usable_session_says_why(study: Study, tmp_path: Path) -> None:
    edited(rated(study, tmp_path, "P1", 1, 2, 3, 4), status="withdrawn")

    with pytest.raises(NoSessionsError, match=r"P1_run-1\.json is withdrawn by the participant") as error:
        collect(study, [tmp_path])

    assert len(error.value.skipped) == 1


def test_a_path_that_is_not_there_is_an_error(study: Study, tmp_path: Path) -> None:
    with pytest.raises(SimtuiError, match="There is no file or folder"):
        collect(study, [tmp_path / "nowhere"])


def test_only_some_of_the_participants(study: Study, tmp_path: Path) -> None:
    for name, ratings in {"A": (1, 2, 3, 4), "B": (5, 6, 7, 8), "C": (9, 9, 8, 8)}.items():
        rated(study, tmp_path, name, *ratings)
    everybody = collect(study, [tmp_path])

    some = everybody.only({"C", "A"})

    assert some.participants == ("A", "C")
    np.testing.assert_array_equal(some.matrix, everybody.matrix[[0, 2]])
    with pytest.raises(SimtuiError, match="choose at least one"):
        everybody.only([])
    with pytest.raises(SimtuiError, match="no ratings of D"):
        everybody.only(["A", "D"])
