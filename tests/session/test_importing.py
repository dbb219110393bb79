"""A table of ratings becomes sessions, all or none; every fault is named with its row and column."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from simtui.analysis.ratings import collect
from simtui.errors import SimtuiError
from simtui.session import file as session_file
from simtui.session.importing import import_ratings
from simtui.session.model import Session
from simtui.session.store import Hold, SessionFile, SessionStore
from simtui.session.table import TableError
from simtui.session.validation import check
from simtui.study import file as study_file
from simtui.study.model import Study
from tests.builders import complete_run, saved, small_study

GOOD = "pair,A,B\n1,1,10\n2,2,9\n3,3,8\n4,4,7\n"


@pytest.fixture
def study() -> Study:
    return small_study(pairs=4, practice=1)


def table(folder: Path, content: str | bytes, name: str = "ratings.csv") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def faults(study: Study, folder: Path, content: str | bytes) -> tuple[str, ...]:
    """What is wrong with this table, after making sure that it left nothing behind."""
    root = folder / "sessions"
    with pytest.raises(TableError) as error:
        import_ratings(study, table(folder, content), root)
    assert not root.exists()
    for fault in error.value.faults:
        assert fault in str(error.value)
    return error.value.faults


def test_each_column_becomes_a_complete_session(study: Study, tmp_path: Path) -> None:
    files = import_ratings(study, table(tmp_path, GOOD), tmp_path / "s")

    assert [file.name for file in files] == ["A_run-1.json", "B_run-1.json"]
    session = session_file.load(files[1])
    assert session.complete
    assert session.imported_from == "ratings.csv"
    assert session.schedule.seed == 0
    assert session.schedule.order == [pair.id for pair in study.pairs]
    assert [trial.response for trial in session.trials] == [10, 9, 8, 7]
    assert [trial.trial_index for trial in session.trials] == [0, 1, 2, 3]
    for trial, pair in zip(session.trials, study.pairs, strict=True):
        assert (trial.rt, trial.onset, trial.time_elapsed, trial.key, trial.swapped) == (None, None, None, "", False)
        assert (trial.stimulus_left, trial.stimulus_right) == (pair.left, pair.right)
    ratings = collect(study, [tmp_path / "s"])
    np.testing.assert_array_equal(ratings.matrix, [[1, 2, 3, 4], [10, 9, 8, 7]])


def test_pairs_by_id_in_any_order(study: Study, tmp_path: Path) -> None:
    ids = [pair.id for pair in study.pairs]
    content = f"pair,A\n{ids[2]},3\n{ids[0]},1\n4,4\n{ids[1]},2\n"

    [file] = import_ratings(study, table(tmp_path, content), tmp_path)

    assert session_file.load(file).schedule.order == [ids[2], ids[0], ids[3], ids[1]]
    np.testing.assert_array_equal(collect(study, [file]).matrix, [[1, 2, 3, 4]])


@pytest.mark.parametrize(
    "content",
    [
        GOOD.replace(",", ";"),
        GOOD.replace(",", "\t"),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("\n", "\r"),
        "\ufeff" + GOOD,
        GOOD.rstrip("\n"),
        GOOD.replace("\n", ",\n"),
        GOOD.replace("\n", ",,\n"),
        GOOD + "\n,,\n\n",
        "\n" + GOOD,
        '"' + GOOD.replace(",", '","').replace("\n", '"\n"')[:-1],
        GOOD.replace("9", "9.0").replace("8", " 8 ").replace(",7", ",+7"),
    ],
    ids=[
        "semicolons",
        "tabs",
        "crlf",
        "cr",
        "bom",
        "no-newline",
        "comma",
        "commas",
        "blank",
        "first",
        "quoted",
        "floats",
    ],
)
def test_the_forms_a_spreadsheet_writes(study: Study, tmp_path: Path, content: str) -> None:
    import_ratings(study, table(tmp_path, content), tmp_path)

    np.testing.assert_array_equal(collect(study, [tmp_path / study.id]).matrix, [[1, 2, 3, 4], [10, 9, 8, 7]])


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", ["the table is empty"]),
        ("\n\n,,,\n", ["the table is empty"]),
        ("pair\n1\n2\n3\n4\n", ["row 1: no participant; "]),
        (GOOD.replace("2,2,9", "2,two,9"), ["row 3, column “A”: “two” is not a whole number"]),
        (GOOD.replace("2,2,9", "2,2.5,9"), ["row 3, column “A”: “2.5” is not a whole number"]),
        (GOOD.replace("2,2,9", "2,nan,9"), ["row 3, column “A”: “nan” is not a whole number"]),
        (GOOD.replace("2,2,9", "2,²,٣"), ["row 3, column “A”: “²” is", "row 3, column “B”: “٣” is not a whole"]),
        (
            GOOD.replace("2,2,9", "2,0,11"),
            ["row 3, column “A”: “0” is off", "row 3, column “B”: “11” is off the scale"],
        ),
        (GOOD.replace("2,2,9", "2,-3,9"), ["row 3, column “A”: “-3” is off the scale of 1 to 10"]),
        (GOOD.replace("2,2,9", f"2,{'9' * 5000},9"), ["row 3, column “A”: “999"]),
        (GOOD.replace("2,2,9", "2,2"), ["row 3: 2 cells, and the header has 3"]),
        (GOOD.replace("2,2,9", "2,2,9,9"), ["row 1, column 4: no participant id"]),
        (GOOD + "5,1,1\n", ["row 6, column 1: “5” is no pair's id and no number of one in the study"]),
        (GOOD + "0,1,1\n", ["row 6, column 1: “0” is no pair's id"]),
        (GOOD + "x,1,1\n", ["row 6, column 1: “x” is no pair's id"]),
        (GOOD + "1,1,1\n", ["row 6, column 1: p01 is rated in row 2 already"]),
        (GOOD.replace("4,4,7\n", ""), ["column 1: no row for the pair p04, number 4"]),
        (GOOD.replace("pair,A,B", "pair,A,A"), ["row 1, column 3: “A” is the participant of column 2 already"]),
        (GOOD.replace("pair,A,B", "pair,a,A"), ["row 1, column 3: “A” is the participant of column 2 already"]),
        (GOOD.replace("pair,A,B", "pair,A,"), ["row 1, column 3: no participant id"]),
        (GOOD.replace("pair,A,B", "pair,A,../B"), ["row 1, column 3: “../B” cannot be a participant id"]),
        (GOOD.replace("pair,A,B", "pair,A,\x1b[2J"), ["row 1, column 3: “\\x1b[2J” cannot be a participant id"]),
        (GOOD.encode().replace(b"3,3,8", b"3,3,\xe4"), ["row 4: not UTF-8 text"]),
        (GOOD.encode("utf-16")[:-1], ["row 1: not whole UTF-16 text"]),
        (GOOD.replace("pair,A,B", "pair,A,comments"), ["row 1, column 3: is “comments” a participant? Leave"]),
        ("pair,A,B\n1,1,\n2,1,\n3,1,\n4,1,\n", ["B: no rating at all"]),
    ],
)
def test_every_fault_is_named(study: Study, tmp_path: Path, content: str | bytes, expected: list[str]) -> None:
    found = faults(study, tmp_path, content)

    for start in expected:
        assert any(fault.startswith(start) for fault in found), found


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("pair,A,B\n", "it has no row below its header"),
        ("pair,A\nx,1\ny,2\nz,3\n", "none of its rows names a pair of the study"),
    ],
)
def test_where_no_pair_is_rated_one_sentence_says_so(study: Study, tmp_path: Path, content: str, sentence: str) -> None:
    with pytest.raises(TableError) as error:
        import_ratings(study, table(tmp_path, content), tmp_path / "sessions")
    assert len(error.value.faults) == 1
    needed = "and it needs one for each pair, with the pair's id (p01 to p04) or number (1 to 4) in column 1."
    assert str(error.value).endswith(f"nothing was written: {sentence}, {needed}")
    assert "\n" not in str(error.value)


def test_all_faults_are_listed_at_once(study: Study, tmp_path: Path) -> None:
    found = faults(study, tmp_path, "pair,A,A b\n1,1,x\n1,12,3\n3,,2\n")

    assert [fault.split(":")[0] for fault in found] == [
        "row 1, column 3",
        "row 2, column “A b”",
        "row 3, column 1",
        "row 3, column “A”",
        "column 1",
        "column 1",
    ]


def test_a_whole_file_of_faults_is_cut_short_when_shown(study: Study, tmp_path: Path) -> None:
    content = "pair,A\n" + "x,y\n" * 2_000

    with pytest.raises(TableError, match="and 1981 more") as error:
        import_ratings(study, table(tmp_path, content), tmp_path / "s")

    assert len(error.value.faults) == 2_001


def test_importing_twice_is_refused_and_changes_nothing(study: Study, tmp_path: Path) -> None:
    path = table(tmp_path, GOOD)
    files = import_ratings(study, path, tmp_path / "s")
    before = [file.read_bytes() for file in files]

    with pytest.raises(TableError, match="there is a session of A already"):
        import_ratings(study, path, tmp_path / "s")

    assert [file.read_bytes() for file in files] == before
    assert sorted(file.name for file in (tmp_path / "s" / study.id).glob("*.json")) == ["A_run-1.json", "B_run-1.json"]


def test_one_participant_who_is_there_stops_the_whole_table(study: Study, tmp_path: Path) -> None:
    complete_run(study, tmp_path / "s", "B", {})

    with pytest.raises(TableError) as error:
        import_ratings(study, table(tmp_path, GOOD), tmp_path / "s")

    assert len(error.value.faults) == 1
    assert [file.name for file in (tmp_path / "s" / study.id).glob("*.json")] == ["B_run-1.json"]


def test_a_participant_at_the_keyboard_stops_the_whole_table(study: Study, tmp_path: Path) -> None:
    with (
        SessionStore(tmp_path / "s", study.id).hold("B"),
        pytest.raises(SimtuiError, match="not imported: B is being rated"),
    ):
        import_ratings(study, table(tmp_path, GOOD), tmp_path / "s")

    assert list((tmp_path / "s" / study.id).glob("*.json")) == []


def test_a_table_that_is_not_there_or_no_file(study: Study, tmp_path: Path) -> None:
    with pytest.raises(SimtuiError, match="There is no file"):
        import_ratings(study, tmp_path / "none.csv", tmp_path)
    with pytest.raises(SimtuiError, match="is a folder, not a table of ratings"):
        import_ratings(study, tmp_path, tmp_path)


def test_the_real_ratings(shared: Path, tmp_path: Path) -> None:
    study = small_study(pairs=30)

    files = import_ratings(study, shared / "ratings" / "digits8_ratings.csv", tmp_path)

    assert len(files) == 7
    assert all(session_file.load(file).imported_from == "digits8_ratings.csv" for file in files)
    assert collect(study, [tmp_path]).matrix.shape == (7, 30)


MANY = "pair," + ",".join(f"P{n}" for n in range(1, 41)) + "\n" + "".join(f"{n}{',5' * 40}\n" for n in range(1, 5))


def left_by_a_kill(study: Study, folder: Path, csv: Path) -> list[str]:
    """The sessions that an import has written when it is killed after a dozen of them."""
    script = (
        "import os, sys, pathlib\n"
        "from simtui.session.importing import import_ratings\n"
        "from simtui.session.store import Hold\n"
        "from simtui.study import file as study_file\n"
        "create, done = Hold.create, []\n"
        "def watched(hold, session):\n"
        "    if len(done) == 12: os.kill(os.getpid(), int(sys.argv[1]))\n"
        "    done.append(hold)\n"
        "    return create(hold, session)\n"
        "Hold.create = watched\n"
        "study, csv, root = map(pathlib.Path, sys.argv[2:])\n"
        "import_ratings(study_file.load(study), csv, root)\n"
    )
    path = folder / "study.json"
    if not path.exists():
        study_file.save(study, path)
    argv = [sys.executable, "-c", script, str(signal.SIGKILL), str(path), str(csv), str(folder / "s")]
    assert subprocess.run(argv, check=False).returncode == -signal.SIGKILL
    return sorted(file.name for file in (folder / "s" / study.id).glob("[!.]*.json"))


@pytest.mark.posix("an import is killed")
def test_a_killed_import_is_gone_on_with_where_it_stopped(study: Study, tmp_path: Path) -> None:
    csv, root = table(tmp_path, MANY), tmp_path / "s"
    there = left_by_a_kill(study, tmp_path, csv)
    assert len(there) == 12
    before = {name: (root / study.id / name).read_bytes() for name in there}

    with pytest.raises(SimtuiError, match=r"interrupted when 12 of 40 participants were there: give --resume"):
        import_ratings(study, csv, root)
    with pytest.raises(SimtuiError, match=r"No import of .*other.csv into .* was interrupted: leave out --resume"):
        import_ratings(study, table(tmp_path, GOOD, "other.csv"), root, resume=True)
    files = import_ratings(study, csv, root, resume=True)

    assert len(files) == 40
    assert all((root / study.id / name).read_bytes() == data for name, data in before.items())
    assert len(collect(study, [root]).participants) == 40
    assert not list((root / study.id).glob(".import*"))
    with pytest.raises(TableError, match="there is a session of P1 already"):
        import_ratings(study, csv, root)


@pytest.mark.posix("an import is killed")
def test_somebody_who_came_while_an_import_was_interrupted_keeps_their_session(study: Study, tmp_path: Path) -> None:
    csv, root = table(tmp_path, MANY), tmp_path / "s"
    left_by_a_kill(study, tmp_path, csv)
    theirs = complete_run(study, root, "P40", {})
    before = theirs.read_bytes()

    with pytest.raises(TableError, match="column P40: there is a session of P40 already"):
        import_ratings(study, csv, root, resume=True)
    assert theirs.read_bytes() == before


def test_ctrl_c_takes_an_import_back(study: Study, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    create = Hold.create
    done: list[Hold] = []

    def interrupted(hold: Hold, session: Session) -> SessionFile:
        if len(done) == 12:
            raise KeyboardInterrupt
        done.append(hold)
        return create(hold, session)

    monkeypatch.setattr(Hold, "create", interrupted)
    with pytest.raises(KeyboardInterrupt):
        import_ratings(study, table(tmp_path, MANY), tmp_path / "s")
    assert len(done) == 12
    assert not [path for path in (tmp_path / "s").rglob("*") if path.is_file() and path.suffix != ".lock"]
    monkeypatch.undo()
    assert len(import_ratings(study, table(tmp_path, MANY), tmp_path / "s")) == 40


def test_a_table_whose_name_is_not_utf_8(study: Study, tmp_path: Path) -> None:
    [file, _] = import_ratings(study, table(tmp_path, GOOD, os.fsdecode(b"r\xff.csv")), tmp_path / "s")
    assert session_file.load(file).imported_from == "r\\xff.csv"


def given(study: Study, folder: Path, content: str | bytes) -> dict[str, Session]:
    """What was made of a table, which is found valid."""
    files = import_ratings(study, table(folder, content), folder / "s")
    saved(study, folder)
    assert [finding for finding in check([folder / "s", folder / "study.json"]).findings if not finding.warning] == []
    return {session.participant_id: session for session in map(session_file.load, files)}


def ratings_of(session: Session) -> dict[str, int | None]:
    return {trial.pair_id: trial.response for trial in session.trials}


def test_an_empty_cell_is_a_rating_that_is_missing(study: Study, tmp_path: Path) -> None:
    found = given(study, tmp_path, "pair,A,B\n1,1,10\n2,,9\n3,3,\n4,4,7\n")
    assert ratings_of(found["A"]) == {"p01": 1, "p03": 3, "p04": 4}
    matrix = collect(study, [tmp_path / "s"]).matrix
    np.testing.assert_array_equal(matrix, [[1, np.nan, 3, 4], [10, 9, np.nan, 7]])


def test_an_imported_trial_has_no_invented_clock_time(study: Study, tmp_path: Path) -> None:
    found = given(study, tmp_path, GOOD)
    assert {trial.timestamp for trial in found["A"].trials} == {None}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize("separator", [";", "\t"])
def test_what_spreadsheets_write(study: Study, tmp_path: Path, encoding: str, separator: str) -> None:
    found = given(study, tmp_path, GOOD.replace(",", separator).replace("10", "10,0").encode(encoding))
    assert ratings_of(found["B"]) == {"p01": 10, "p02": 9, "p03": 8, "p04": 7}


def test_a_row_a_rating(study: Study, tmp_path: Path) -> None:
    content = (
        "Participant ID,trial,pair_id,Response,rt,timestamp\n"
        "P_01,1,p02,9,1200.5,2026-11-30T10:00:00Z\n"
        "P_01,2,p01,8,900,2026-11-30 10:00:05\n"
        "P02,1,3,4,,\n"
    )
    found = given(study, tmp_path, content)
    assert ratings_of(found["P01"]) == {"p02": 9, "p01": 8}
    assert [trial.rt for trial in found["P01"].trials] == [1200.5, 900]
    times = [trial.timestamp for trial in found["P01"].trials]
    assert times == ["2026-11-30T10:00:00+00:00", "2026-11-30T10:00:05"]
    assert ratings_of(found["P02"]) == {"p03": 4}


def test_a_form_of_google(study: Study, tmp_path: Path) -> None:
    content = (
        "Timestamp,Your participant id,How similar? [Pair 1],How similar? [Pair 2],How similar? [Pair 3],"
        "How similar? [Pair 4],Comments\n"
        "2026/11/30 9:05:11 PM GMT+1,anna,1,2,3,4,nice\n"
        "2026/11/30 9:07:00 PM GMT+1,ben,5,,7,8,\n"
    )
    found = given(study, tmp_path, content)
    assert ratings_of(found["anna"]) == {"p01": 1, "p02": 2, "p03": 3, "p04": 4}
    assert ratings_of(found["ben"]) == {"p01": 5, "p03": 7, "p04": 8}
    assert found["anna"].trials[0].timestamp == "2026-11-30T21:05:11+01:00"


def test_an_export_of_qualtrics(study: Study, tmp_path: Path) -> None:
    content = (
        "StartDate,EndDate,Status,Progress,ResponseId,Q1,Q2,Q3,Q4\n"
        "Start Date,End Date,Response Type,Progress,Response ID,How similar?,How similar?,How similar?,How similar?\n"
        '"{""ImportId"":""startDate""}","{""ImportId"":""endDate""}",x,x,x,"{""ImportId"":""QID1""}",x,x,x\n'
        "2026-11-30 10:00:00,2026-11-30 10:05:00,0,100,R_3ab,1,2,3,4\n"
        "2026-11-30 11:00:00,2026-11-30 11:05:00,0,100,R_9xy,4,3,2,1\n"
    )
    found = given(study, tmp_path, content)
    assert list(found) == ["R3ab", "R9xy"]
    assert ratings_of(found["R9xy"]) == {"p01": 4, "p02": 3, "p03": 2, "p04": 1}


def test_a_matrix_of_qualtrics_and_answers_with_their_labels(study: Study, tmp_path: Path) -> None:
    found = given(
        study, tmp_path, "participant,Q1,Q2_1,Q2_2,Q2_3,Q2_4\nA,Yes,1 (least similar),2,3,10 - most similar\n"
    )
    assert ratings_of(found["A"]) == {"p01": 1, "p02": 2, "p03": 3, "p04": 10}


def test_response_times_beside_the_ratings(study: Study, tmp_path: Path) -> None:
    found = given(study, tmp_path, "pair,anna,anna_rt\n1,1,900\n2,2,\n3,3,1100\n4,4,800.25\n")
    assert list(found) == ["anna"]
    assert [trial.rt for trial in found["anna"].trials] == [900, None, 1100, 800.2]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("participant,pair,rating\nA,1,3\nA,1,4\n", "row 3, column “pair”: A has rated p01 in row 2 already"),
        (
            "participant,pair,rating\nA_1,1,3\na1,2,4\n",
            "row 3, column “participant”: “a1”, and “A_1” in row 2: is this",
        ),
        ("participant,pair,rating\n,1,3\n", "row 2, column “participant”: nobody: whose ratings are these?"),
        ("participant,pair,rating\nA,9,3\n", "row 2, column “pair”: “9” is no pair's id"),
        ("participant,pair,rating,rt\nA,1,3,-4\n", "row 2, column “rt”: “-4” is no response time"),
        ("participant,pair,rating,time\nA,1,3,noon\n", "column “time”: “noon” is no time that can be read"),
        ("participant,pair,rating,time\nA,1,3,01/02/2026 10:00:00\n", "column “time”: “01/02/2026 10:00:00” is no"),
        ("participant,Q1,Q2,Q3,Q4\nA,1,2,3,4\nA,1,2,3,4\n", "row 3, column “participant”: A has row 2 already"),
        ("participant,Q1,Q2,Q3,Q4\nA,1,2,3,44\n", "row 2, column “Q4”: “44” is off the scale"),
        ("participant,Q1,Q2,Q3,Q4,Q5\nA,1,2,3,4,5\n", "row 1, column “Q5”: the study has 4 pairs. Is it another quest"),
        ("participant,Q1,Q2,Q4\nA,1,2,4\n", "row 1: no column for the pair p03, number 3"),
        ("participant,Q1,Q2,Q3,Q4\nA,1,2-3,4,5\n", "row 2, column “Q2”: “2-3” is not a whole number"),
        ("Q1,Q2,Q3,Q4\n9,8,7,6\n", "row 1: which column says who it is? Name it “participant”"),
    ],
)
def test_faults_of_the_other_shapes(study: Study, tmp_path: Path, content: str, expected: str) -> None:
    assert any(fault.startswith(expected) for fault in faults(study, tmp_path, content))


def test_at_most_twenty_faults_are_listed(study: Study, tmp_path: Path) -> None:
    content = "participant,pair,rating\n" + "".join(f"A{n},1,77\n" for n in range(50))
    with pytest.raises(TableError) as error:
        import_ratings(study, table(tmp_path, content), tmp_path / "s")
    lines = str(error.value).splitlines()
    assert (len(lines), lines[-1]) == (22, "  and 30 more")
    assert "50 faults" in lines[0]
