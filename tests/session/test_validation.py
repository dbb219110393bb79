"""Validation: true runs have no fault, and every lie told in a file is found where it stands."""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simtui.errors import SimtuiError
from simtui.session.model import timestamp
from simtui.session.validation import check
from tests.builders import saved
from tests.sessions import change, demanding_study, diligent, rate

STUDY = demanding_study()


@pytest.fixture
def lab(tmp_path: Path) -> Path:
    """A folder with a study and one whole run of it, in which the participant once went back."""
    saved(STUDY, tmp_path)
    rate(STUDY, tmp_path / "sessions", "P07", answer=diligent, go_back_at=5)
    return tmp_path


def session_file(lab: Path) -> Path:
    return lab / "sessions" / STUDY.id / "P07_run-1.json"


def lines(*paths: Path) -> list[str]:
    """What is found, without the folder."""
    return [str(finding).replace(f"{paths[0]}/", "") for finding in check(paths).findings]


def test_a_true_study_and_its_runs_have_no_fault(lab: Path) -> None:
    rate(STUDY, lab / "sessions", "P08", answer=diligent, stop_after=3)
    checked = check([lab])
    assert checked.findings == []
    assert checked.summary() == "1 study and 2 sessions: no fault"


def test_a_session_alone_is_checked_against_the_study_in_a_folder_around_it(lab: Path) -> None:
    assert check([session_file(lab)]).findings == []
    (lab / "study.json").rename(lab / "sessions" / STUDY.id / "study.json")
    assert check([session_file(lab)]).findings == []


Edit = Callable[[Any], None]


def put(key: str, value: object) -> Edit:
    def edit(document: Any) -> None:
        document[key] = value

    return edit


def trial(index: int, **fields: object) -> Edit:
    return lambda document: document["trials"][index].update(fields)


def exchanged(document: Any) -> None:
    shown = document["trials"][3]
    shown["stimulus_left"], shown["stimulus_right"] = shown["stimulus_right"], shown["stimulus_left"]


def two_trials_exchanged(document: Any) -> None:
    trials = document["trials"]
    trials[6], trials[7] = trials[7] | {"trial_index": 6}, trials[6] | {"trial_index": 7}


def another_plan(document: Any) -> None:
    plan = document["schedule"]["trials"]
    plan[2]["swapped"] = not plan[2]["swapped"]
    document["trials"][2]["swapped"] = plan[2]["swapped"]
    shown = document["trials"][2]
    shown["stimulus_left"], shown["stimulus_right"] = shown["stimulus_right"], shown["stimulus_left"]


def one_trial_less(document: Any) -> None:
    document["trials"].pop()


def answers_at_once(document: Any) -> None:
    """The eighth response comes before the seventh pair was answered."""
    seventh = document["trials"][7]
    seventh["onset"] -= 500
    seventh["time_elapsed"] -= 500


def a_revision_in_the_middle_of_another_answer(document: Any) -> None:
    again = document["trials"][4]
    later = document["trials"][9]
    again["onset"], again["time_elapsed"] = later["onset"] + 10, later["onset"] + 10 + again["rt"]


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (put("session_id", "1"), ["session_id: “1” is no UUID"]),
        (put("version", 2), ["version: 2, and this simtui reads version 1"]),
        (put("run", 2), ["the file name is of another run: this is P07_run-2.json", "schedule.seed: not that of"]),
        (put("run", 0), ["this is P07_run-0.json", "run: 0, not 1 to 999999", "schedule.seed: not that of"]),
        (put("participant_id", "P08"), ["another run: this is P08_run-1.json", "schedule.seed: not that of this"]),
        (
            put("participant_id", "../x"),
            ["another run: this is ../x_run-1.json", "participant_id: “../x” cannot", "seed"],
        ),
        (put("study_id", "else"), ["warning: in the folder", "study_id: “else”, and its study's is digit8-24"]),
        (put("study_sha256", "0" * 64), ["study_sha256: the file of the study digit8-24"]),
        (put("started_at", "yesterday"), ["started_at: “yesterday” is no time with its zone"]),
        (put("updated_at", "2026-01-01T00:00:00"), ["updated_at: “2026-01-01T00:00:00” is no time with its zone"]),
        (put("finished_at", None), ["finished_at: missing, and the run is complete"]),
        (
            put("status", "in_progress"),
            ["status: in_progress, and all 38 trials", "finished_at: there, and the run is"],
        ),
        (put("status", "finished"), ["status: has the value “finished”, which is not one of those it can have"]),
        (one_trial_less, ["status: complete, and 37 of 38 trials are answered"]),
        (trial(3, response=11), ["trials[3].response: 11 is off the scale of 1 to 10"]),
        (trial(3, response=4.5), ["trials[3].response: must be a whole number or null, not a fraction"]),
        (trial(3, key="q"), ["trials[3].key: “q” does not give the response"]),
        (trial(3, response=None), ["status: complete, and 37", "trials[3].response: missing, and none was taken back"]),
        (trial(3, pair_id="nowhere"), ["trials[3]: main nowhere"]),
        (trial(3, trial_index=4), ["trials[3].trial_index: 4, and it is trial 3"]),
        (trial(3, trial_type="practice"), ["trials[3]: practice p"]),
        (trial(3, rt=-1), ["trials[3].rt: -1 ms, not above 0", "trials[3].rt: -1 ms, and onset and time_elapsed say"]),
        (trial(3, rt=None), ["trials[3].rt: missing"]),
        (
            trial(3, rt=150.0),
            ["trials[3].rt: 150 ms, less than design.min_viewing_ms 200", "trials[3].rt: 150 ms, and"],
        ),
        (trial(3, onset=None), ["trials[3]: no onset or no time_elapsed"]),
        (trial(3, interruptions=-1), ["trials[3].interruptions: less than 0"]),
        (trial(3, timestamp="?"), ["trials[3].timestamp: “?” is no time with its zone"]),
        (exchanged, ["trials[3]: its images of p"]),
        (two_trials_exchanged, ["trials[6]: ", "trials[7]: ", "trials[7].onset: "]),
        (another_plan, ["schedule: not the plan that study, participant and run lead to"]),
        (answers_at_once, ["trials[7].onset: "]),
        (a_revision_in_the_middle_of_another_answer, [".onset: "]),
    ],
)
def test_every_lie_is_found_where_it_stands(lab: Path, edit: Edit, found: list[str]) -> None:
    change(session_file(lab), edit)
    told = lines(lab)
    assert len(told) >= len(found)
    for part in found:
        assert any(part in line for line in told), told
    assert all(line.startswith(f"sessions/{STUDY.id}/P07_run-1.json: ") for line in told)
    # One lie is not told of in many words.
    assert len(told) <= 4, told


def test_a_lie_that_the_plan_cannot_be_rebuilt_from_is_no_traceback(lab: Path) -> None:
    def edit(document: Any) -> None:
        document["schedule"]["order"] = ["nowhere"] * 38
        for planned in document["schedule"]["trials"]:
            planned["pair_id"] = "nowhere"

    change(session_file(lab), edit)
    assert any("schedule: not the plan" in line for line in lines(lab))


def test_the_same_session_under_two_names_and_two_sessions_of_one_run(lab: Path) -> None:
    shutil.copy(session_file(lab), session_file(lab).with_name("P08_run-1.json"))
    told = lines(lab)
    assert len(told) == 2
    assert "the file name is of another run: this is P07_run-1.json" in told[0]
    assert "session_id: the same as in" in told[1]
    assert "a copy of P07_run-1.json (one session_id), which is used" in told[1]
    assert check([lab]).summary().endswith("2 faults; 1 session cannot be used")


def test_two_sessions_of_one_run_in_one_folder(lab: Path) -> None:
    another = session_file(lab).with_name("P07_again.json")
    shutil.copy(session_file(lab), another)
    change(another, lambda document: document.update(session_id=str(uuid.uuid4())))
    assert any("run: the same participant and run as in" in line for line in lines(lab))


def test_what_analyses_leave_out_is_counted(lab: Path) -> None:
    change(session_file(lab), trial(3, rt=-5))
    assert check([lab]).summary().endswith("1 session cannot be used")


def test_a_file_that_says_one_thing_twice_is_of_no_use(lab: Path) -> None:
    text = session_file(lab).read_text()
    session_file(lab).write_text(text.replace('"run": 1,', '"run": 1, "run": 2,', 1))
    assert lines(lab) == [f"sessions/{STUDY.id}/P07_run-1.json: has the key “run” twice in one object"]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_in_json_is_a_fault(lab: Path, number: str) -> None:
    text = session_file(lab).read_text()
    session_file(lab).write_text(text.replace('"rt": 9', f'"rt": {number}, "x": 9', 1))
    assert lines(lab) == [f"sessions/{STUDY.id}/P07_run-1.json: has {number}, which is no JSON number"]


def test_malformed_json_is_told_with_its_line(lab: Path) -> None:
    text = session_file(lab).read_text()
    session_file(lab).write_text(text.replace('"run": 1,', '"run" 1,', 1))
    line = next(number for number, line in enumerate(text.splitlines(), 1) if '"run": 1' in line)
    assert f"P07_run-1.json: line {line}: is no JSON: a colon is missing" in lines(lab)[0]


@pytest.mark.parametrize(
    ("edit", "found"),
    [
        (lambda d: d["design"].update(practice=3), "design.practice: 3, and there are 2 practice pairs"),
        (lambda d: d["pairs"][0].update(digit=3), "pairs[0].digit: “3” is not among design.digits"),
        (
            lambda d: d["practice_pairs"][0].update(left=d["pairs"][0]["left"]),
            "practice_pairs[0]: an image of it is in",
        ),
        (lambda d: d["images"].update(more=next(iter(d["images"].values()))), "images.more: the image is in no pair"),
        (lambda d: d["pairs"][1].update(id=d["pairs"][0]["id"]), "two pairs have the id “p01”"),
        (lambda d: d.update(version=2), "version: 2, and this simtui reads version 1"),
        (lambda d: d["scale"].update(high=11), "its scale 1 to 11 does not lie within 0 to 10"),
    ],
)
def test_every_lie_of_a_study_is_found(lab: Path, edit: Edit, found: str) -> None:
    change(lab / "study.json", edit)
    told = lines(lab)
    assert any(line.startswith("study.json: ") and found in line for line in told), told
    # Its session was made with another file.
    assert any("P07_run-1.json: study_sha256: " in line for line in told)


def test_imported_ratings_have_no_times_and_no_plan_of_ours(lab: Path) -> None:
    from simtui.session.importing import import_ratings

    table = lab / "ratings.csv"
    table.write_text("pair,P30\n" + "\n".join(f"{pair.id},{n % 10 + 1}" for n, pair in enumerate(STUDY.pairs)))
    imported = import_ratings(STUDY, table, lab / "sessions")
    assert check([lab]).findings == []
    change(imported[0], lambda document: document["trials"][0].update(response=12))
    assert lines(lab) == [
        f"sessions/{STUDY.id}/P30_run-1.json: trials[0].response: 12 is off the scale of 1 to 10",
        f"sessions/{STUDY.id}/P30_run-1.json: warning: left out of analyses: "
        "p01 has the rating 12, and the scale is 1 to 10",
    ]


def test_a_response_taken_back_and_not_given_again_is_no_fault_while_the_run_goes_on(lab: Path) -> None:
    from simtui.rating.run import AUTO_REPEAT, Run
    from simtui.session.store import SessionStore
    from tests.builders import ENVIRONMENT
    from tests.sessions import Clock, respond

    with SessionStore(lab / "sessions", STUDY.id).hold("P09") as hold:
        clock = Clock()
        run = Run.begin(STUDY, hold, ENVIRONMENT, clock=clock)
        for _ in range(3):
            respond(run, clock, 5, 800)
        run.retract(AUTO_REPEAT)
        assert check([lab]).findings == []
        respond(run, clock, 6, 800)
    assert check([lab]).findings == []


def test_a_resumed_run_goes_on_in_time(lab: Path) -> None:
    from simtui.rating.run import Run
    from simtui.session.store import SessionStore
    from tests.builders import ENVIRONMENT

    rate(STUDY, lab / "sessions", "P10", stop_after=4)
    store = SessionStore(lab / "sessions", STUDY.id)
    with store.hold("P10") as hold:
        run = Run.resume(STUDY, hold, store.runs("P10")[0], ENVIRONMENT)
        run.answer(4, "4", run.now(), run.now() + 0.5)
    assert check([lab]).findings == []
    assert timestamp() >= json.loads((store.folder / "P10_run-1.json").read_bytes())["resumptions"][0]["timestamp"]


def test_how_well_a_participant_worked_is_a_warning_and_no_fault(lab: Path) -> None:
    rate(STUDY, lab / "sessions", "P11", answer=lambda shown, rng: 5)
    checked = check([lab])
    assert checked.faults == 0
    assert [finding.what for finding in checked.findings] == ["4 of 4 catch trials failed", "one value for 100%"]
    assert checked.summary() == "1 study and 2 sessions: no fault, 2 warnings"


def test_other_files_are_passed_over_in_folders_and_refused_when_named(lab: Path) -> None:
    (lab / "package.json").write_text('{"name": "x"}')
    (lab / "notes.txt").write_text("no JSON at all")
    assert check([lab]).summary() == "1 study and 1 session: no fault; 1 other JSON file passed over"
    assert lines(lab / "package.json")[0].endswith("format: neither that of a study nor that of a session")


def test_links_are_told_and_not_followed(lab: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    secret = elsewhere / "secret.json"
    secret.write_text('{"format": "simtui.study", "secret": 1')
    (lab / "sessions" / "P12_run-1.json").symlink_to(secret)
    (lab / "sessions" / "folder").symlink_to(elsewhere)
    assert lines(lab) == [
        "sessions/P12_run-1.json: a symbolic link, which is not followed",
        "sessions/folder: a symbolic link, which is not followed",
    ]


def test_nothing_to_check_and_nothing_there_are_said_so(tmp_path: Path) -> None:
    with pytest.raises(SimtuiError, match=r"There is no file or folder .*nowhere: check the path"):
        check([tmp_path / "nowhere"])
    with pytest.raises(SimtuiError, match="There is no study and no session in"):
        check([tmp_path])


def test_a_file_with_thousands_of_faults_does_not_fill_the_screen(lab: Path) -> None:
    def edit(document: Any) -> None:
        for planned in document["schedule"]["trials"] * 50:
            document["trials"].append(document["trials"][0] | {"pair_id": planned["pair_id"], "response": 99})

    change(session_file(lab), edit)
    told = lines(lab)
    assert len(told) == 102
    assert told[-2].endswith("and more faults, not listed")
    assert "left out of analyses: " in told[-1]


def test_texts_that_look_like_markup_or_cannot_be_seen_are_named(lab: Path) -> None:
    def edit(document: dict[str, Any]) -> None:
        document["texts"] = {"yes": "[/x] Ja", "no": "[@click=app.screenshot('x')]Nein", "leave": "Stopp [Enter]?"}
        document["question"] = "Alike\u202e?"

    change(lab / "study.json", edit)
    told = [line for line in lines(lab) if line.startswith("study.json")]
    assert "sentences stay English" in told[0]
    assert told[1:] == [
        "study.json: warning: question: \\u202e is no character that can be seen, and is shown so",
        "study.json: warning: texts.yes: “[/x]” looks like markup, and is shown as it stands",
        "study.json: warning: texts.no: “[@click=app.screenshot('x')]” looks like markup, and is shown as it stands",
    ]
