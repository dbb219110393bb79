"""Pooling: people told apart by session, whatever the folders; copies once; all commands of one mind."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simtui import api
from simtui.errors import SimtuiError
from simtui.session.overview import Watcher
from simtui.session.people import as_sites
from simtui.session.pool import Choice, Pool, pool
from simtui.session.validation import check
from simtui.study.model import Study
from tests.builders import saved, small_study
from tests.commands.in_process import simtui
from tests.sessions import change, rate

STUDY = small_study(4)
CLASS = ("anna", "ben", "cleo", "dan", "eve", "finn", "gus")


def names(pooled: Pool) -> list[str]:
    return [one.name for one in pooled.counted]


def why(pooled: Pool) -> dict[str, str]:
    return {file.path.name: file.reason for file in pooled.left_out}


@pytest.fixture
def school(tmp_path: Path) -> Path:
    """Seven who call themselves “me”, each in a folder of their own, as they handed it in."""
    for name in CLASS:
        rate(STUDY, tmp_path / "class" / name / "sessions", "me", answer=lambda shown, rng, name=name: 1 + len(name))  # type: ignore[misc]
        saved(STUDY, tmp_path / "class" / name)
    saved(STUDY, tmp_path)
    return tmp_path


def test_a_class_of_which_everybody_is_me(school: Path) -> None:
    pooled = pool(STUDY, [school / "class"])
    assert names(pooled) == [f"{name}/me" for name in CLASS]
    assert [one.session.participant_id for one in pooled.counted] == names(pooled)
    assert pooled.left_out == ()
    assert "7 people, called anna/me, ben/me, cleo/me, dan/me and 3 more" in pooled.notes[0]


def test_analyze_status_and_validate_agree_on_the_people(school: Path) -> None:
    for places in ([school], [school / "class" / name for name in CLASS]):
        found = Watcher(STUDY, *places).look()
        assert [row.participant_id for row in found.sessions] == [f"{name}/me" for name in CLASS]
        assert found.notes == pool(STUDY, places).notes
        assert api.load_ratings(STUDY, *places).participants == tuple(f"{name}/me" for name in CLASS)
    checked = check([school])
    assert checked.faults == 0
    assert [finding.what for finding in checked.findings] == list(found.notes)
    done = simtui(school, "status", "study.json", "class")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, f"{STUDY.id}: 7 participants, 7 complete")


def test_folders_can_be_given_names(school: Path) -> None:
    sites = [f"{name.upper()}={school / 'class' / name}" for name in CLASS[:2]]
    choice = Choice(sites=as_sites(sites))
    pooled = pool(STUDY, [school / "class" / name for name in CLASS[:3]], choice)
    assert names(pooled) == ["ANNA/me", "BEN/me", "cleo/me"]
    assert [one.site for one in pooled.counted] == ["ANNA", "BEN", ""]
    done = simtui(school, "analyze", "study.json", "--site", sites[0], "--site", sites[1], "--json")
    assert json.loads(done.stdout)["participants"] == ["ANNA/me", "BEN/me"]
    assert [used["site"] for used in json.loads(done.stdout)["sessions"]] == ["ANNA", "BEN"]


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (["berlin"], "names no folder: write NAME=FOLDER"),
        (["be/rlin=."], "names no folder"),
        (["a=nowhere"], "There is no folder nowhere to call a"),
        (["a=.", "a=.."], "Two folders are called a"),
    ],
)
def test_what_names_no_folder_is_refused(texts: list[str], sentence: str) -> None:
    with pytest.raises(SimtuiError, match=sentence):
        as_sites(texts)


def test_folders_of_one_name_are_told_apart_further_up(tmp_path: Path) -> None:
    for lab in ("one", "two"):
        rate(STUDY, tmp_path / lab / "data", "P1")
    assert names(pool(STUDY, [tmp_path])) == ["one/data/P1", "two/data/P1"]


def test_other_ids_stay_as_they_are(school: Path) -> None:
    rate(STUDY, school / "class" / "anna" / "sessions", "P07")
    assert names(pool(STUDY, [school / "class" / "anna"])) == ["P07", "me"]
    assert names(pool(STUDY, [school]))[0] == "P07"


def test_a_copy_counts_once_and_is_named(tmp_path: Path) -> None:
    path = rate(STUDY, tmp_path / "lab", "P1")
    backup = tmp_path / "backup" / STUDY.id
    shutil.copytree(path.parent, backup)
    rate(STUDY, tmp_path / "backup", "P1")
    under_another_id = path.with_name("P2_run-1.json")
    shutil.copy(path, under_another_id)
    change(under_another_id, lambda document: document.update(participant_id="P2"))
    pooled = pool(STUDY, [tmp_path])
    assert names(pooled) == ["P1"]
    assert "under the id P2 (one session_id), which is used" in why(pooled)["P2_run-1.json"]
    assert len(pooled.left_out) == 3  # and the second run, which is in the backup alone
    flags = {row.file: row.flags for row in Watcher(STUDY, tmp_path).look().sessions}
    assert flags[str(under_another_id)][0] == why(pooled)["P2_run-1.json"]


def test_a_withdrawn_session_is_not_brought_back_by_a_copy(tmp_path: Path) -> None:
    path = rate(STUDY, tmp_path / "lab", "P1")
    rate(STUDY, tmp_path / "lab", "P2")
    shutil.copytree(path.parent, tmp_path / "a" / STUDY.id)
    change(path, lambda document: document.update(status="withdrawn"))
    assert names(pool(STUDY, [tmp_path])) == ["P2"]


Edit = Callable[[Any], None]


def trial(**fields: object) -> Edit:
    return lambda document: document["trials"][2].update(fields)


def without_one(document: Any) -> None:
    del document["trials"][-1]


def simulated_person(document: Any) -> None:
    numbers = ("reliability", "shared", "own", "lapses", "spread", "offset_sd", "slope_sd", "speed_sd")
    document["simulation"] = {"version": 1, "model": "random", "seed": 0, "r": None, "r_of_mean": None} | dict.fromkeys(
        (*numbers, "rt_mu", "rt_sigma", "rt_tau"), 0.5
    )


def at_once(document: Any) -> None:
    for name in ("onset", "time_elapsed"):
        document["trials"][2][name] -= 500


@pytest.mark.parametrize(
    ("edit", "reason"),
    [
        (without_one, "it is called complete and has no rating of"),
        (trial(response=11), "has the rating 11, and the scale is 1 to 10"),
        (trial(response=None), "has no rating"),
        (trial(rt=-5), "has the response time -5 ms"),
        (trial(pair_id="p99"), "which is not a pair of this study"),
        (trial(stimulus_left="x"), "are not those of the study"),
        (simulated_person, "it says that nobody simulated it, and what did"),
    ],
)
def test_what_cannot_be_is_used_by_none_and_condemned_by_all(tmp_path: Path, edit: Edit, reason: str) -> None:
    saved(STUDY, tmp_path)
    rate(STUDY, tmp_path, "P1")
    path = rate(STUDY, tmp_path, "P2")
    change(path, edit)
    pooled = pool(STUDY, [tmp_path])
    assert names(pooled) == ["P1"]
    assert reason in why(pooled)["P2_run-1.json"]
    checked = check([tmp_path])
    assert checked.faults
    assert checked.unusable == 1
    why_not = why(pooled)["P2_run-1.json"].removeprefix("damaged: ")
    assert f"left out of analyses: {why_not}" in [finding.what for finding in checked.findings]
    row = Watcher(STUDY, tmp_path).look().sessions[1]
    assert f"not used: {why(pooled)['P2_run-1.json']}" in row.flags


@pytest.mark.parametrize(
    ("edit", "fault"),
    [
        (trial(key="q"), "trials[2].key: “q” does not give the response"),
        (at_once, "trials[2].onset: "),
        (lambda document: document["schedule"].update(seed=1), "schedule.seed: not that of this study, participant"),
        (lambda document: document.update(started_at="today"), "started_at: “today” is no time with its zone"),
        (lambda document: document.update(session_id="1"), "session_id: “1” is no UUID"),
    ],
)
def test_a_fault_that_leaves_the_ratings_possible_is_told_by_all(tmp_path: Path, edit: Edit, fault: str) -> None:
    saved(STUDY, tmp_path)
    rate(STUDY, tmp_path, "P1")
    change(rate(STUDY, tmp_path, "P2"), edit)
    [found] = [finding for finding in check([tmp_path]).findings if not finding.warning]
    [said] = pool(STUDY, [tmp_path]).notes
    assert fault in said
    assert said == f"P2 is used, though simtui validate finds a fault: {found.where}: {found.what}."
    assert f"{found.where}: {found.what}" in Watcher(STUDY, tmp_path).look().sessions[1].flags
    assert api.load_ratings(STUDY, tmp_path).notes == (said,)


def test_many_sessions_with_faults_take_one_sentence_more(tmp_path: Path) -> None:
    for number in range(22):
        change(rate(STUDY, tmp_path, f"P{number}"), lambda run, number=number: run.update(session_id=f"no {number}"))  # type: ignore[misc]
    notes = pool(STUDY, [tmp_path]).notes
    assert len(notes) == 21
    assert notes[-1] == "2 more participants are used, though simtui validate finds faults."


def test_what_lies_beside_the_sessions_is_not_read_as_one(school: Path) -> None:
    other: Study = small_study(4, seed=8)
    rate(other, school / "class" / "anna" / "sessions", "me")
    (school / "class" / "package.json").write_text('{"name": "x"}')
    (school / "class" / "thesis.txt").write_text("words")
    assert pool(STUDY, [school]).left_out == ()
    (school / "class" / "P1_run-1.json").write_text('{"name": "x"}')
    assert list(why(pool(STUDY, [school]))) == ["P1_run-1.json"]


def test_a_participant_can_be_left_out_by_name_with_the_reason(school: Path) -> None:
    ratings = api.load_ratings(STUDY, school, exclude=['participant=anna/me:"fell asleep"', "participant=ben/me"])
    assert ratings.participants == tuple(f"{name}/me" for name in CLASS[2:])
    gone = {file.participant_id: (file.rule, file.why) for file in ratings.skipped}
    assert gone == {
        "anna/me": ("participant=anna/me", "fell asleep"),
        "ben/me": ("participant=ben/me", "no reason was given"),
    }
    with pytest.raises(SimtuiError, match="me is 7 people here: say whom you mean, such as participant=anna/me"):
        api.load_ratings(STUDY, school, exclude="participant=me")
    with pytest.raises(SimtuiError, match="names nobody who has a session here"):
        api.load_ratings(STUDY, school, exclude="participant=P99")


def test_the_report_lists_who_went_by_which_rule_and_why(school: Path) -> None:
    rule = 'participant=anna/me:"fell asleep"'
    done = simtui(school, "report", "study.json", "class", "--exclude", rule, "--out", "report.md")
    assert done.returncode == 0, done.stderr
    said = " ".join((school / "report.md").read_text().split())
    assert "| anna/me | participant=anna/me | fell asleep |" in said


def test_one_who_is_left_out_already_can_be_named(tmp_path: Path) -> None:
    rate(STUDY, tmp_path, "P1")
    rate(STUDY, tmp_path, "P2", stop_after=1)
    assert api.load_ratings(STUDY, tmp_path, exclude="participant=P2").participants == ("P1",)


@pytest.mark.parametrize(("form", "name"), [("csv", "anna/me"), ("bids", "sub-anname"), ("psych-ds", "anname")])
def test_an_export_names_the_people_as_analyses_do(school: Path, form: str, name: str) -> None:
    done = simtui(school, "export", "study.json", "class", "--to", "out", "--format", form)
    assert done.returncode == 0, done.stderr
    [table] = [path for path in (school / "out").rglob("*participants*") if path.suffix in (".csv", ".tsv")]
    assert name in table.read_text().splitlines()[1]
    assert len(table.read_text().splitlines()) == 1 + len(CLASS)


def test_who_does_not_count_gives_nobody_another_name(tmp_path: Path) -> None:
    rate(STUDY, tmp_path / "people", "me")
    change(rate(STUDY, tmp_path / "left", "me"), lambda run: run.update(status="withdrawn"))
    pooled = pool(STUDY, [tmp_path / "people", tmp_path / "left"])
    assert (names(pooled), pooled.notes) == (["me"], ())
    assert [file.name for file in pooled.left_out] == ["left/me"]


def test_the_study_s_folder_is_the_same_by_whatever_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = rate(STUDY, tmp_path, "me").parent
    (folder / "copy of me.txt").write_text("mine")
    by_name = [file.path.name for file in pool(STUDY, [folder]).left_out]
    monkeypatch.chdir(folder)
    assert [file.path.name for file in pool(STUDY, [Path()]).left_out] == by_name == ["copy of me.txt"]
