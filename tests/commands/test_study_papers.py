"""What is written of a study before and after it: its texts, its methods, and the audit of what has happened."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from simtui.rating.run import Run
from simtui.sentences import DEFAULT
from simtui.session import file as session_file
from simtui.session.store import SessionStore
from simtui.study import file as study_file
from simtui.study.sampling import sample_study
from simtui.study.wording import read_texts
from tests.builders import ENVIRONMENT, noise_images, saved, small_study
from tests.commands.in_process import simtui
from tests.questions import asking_study
from tests.sessions import Clock, change, demanding_study, respond

# ---------------------------------------------------------------- texts


def test_the_template_has_every_sentence_with_its_english_and_its_placeholders(tmp_path: Path) -> None:
    saved(asking_study(), tmp_path)
    template = json.loads(simtui(tmp_path, "texts", "study.json").stdout)
    assert set(DEFAULT) < set(template)
    assert template["leave"] == {"english": DEFAULT["leave"], "placeholders": ["$done", "$total"], "text": ""}
    assert template["consent"]["english"] == "You may stop at any time."
    assert template["question"]["english"] == "How similar do these two images look to you?"


def test_a_template_that_is_filled_in_in_part_makes_a_study_and_validate_lists_the_rest(tmp_path: Path) -> None:
    saved(small_study(), tmp_path)
    done = simtui(tmp_path, "texts", "study.json", "--out", "german.json")
    assert done.returncode == 0, done.stderr
    template = json.loads((tmp_path / "german.json").read_text())
    names = [name for name in DEFAULT if name not in ("leave", "welcome_title")]
    for name in names:
        template[name]["text"] = template[name]["english"]
    template["low_label"]["text"] = "gar nicht"
    (tmp_path / "german.json").write_text(json.dumps(template))
    assert set(read_texts(tmp_path / "german.json")) == {*names, "low_label"}
    made = simtui(tmp_path, "new", "studie.json", "--pairs", "3", "--texts", "german.json")
    assert made.returncode == 0, made.stderr
    assert study_file.load(tmp_path / "studie.json").scale.low_label == "gar nicht"
    told = simtui(tmp_path, "validate", "studie.json").stdout
    assert f"2 of {len(DEFAULT)} sentences stay English: welcome_title, leave" in told
    assert simtui(tmp_path, "texts", "studie.json").stdout.count('"text": ""') < len(template) - len(names)


def test_a_whole_translation_and_none_at_all_are_nothing_to_tell(tmp_path: Path) -> None:
    saved(small_study(), tmp_path)
    (tmp_path / "texts.json").write_text(json.dumps(DEFAULT))
    assert simtui(tmp_path, "new", "all.json", "--pairs", "3", "--texts", "texts.json").returncode == 0
    assert "English" not in simtui(tmp_path, "validate", "all.json", "study.json").stdout


def test_a_template_does_not_take_the_place_of_a_file(tmp_path: Path) -> None:
    saved(small_study(), tmp_path)
    (tmp_path / "mine.json").write_text("{}")
    done = simtui(tmp_path, "texts", "study.json", "--out", "mine.json")
    assert (done.returncode, (tmp_path / "mine.json").read_text()) == (2, "{}")


# ---------------------------------------------------------------- methods


def test_the_methods_say_design_counterbalancing_exclusions_test_power_and_hashes(tmp_path: Path) -> None:
    study = sample_study(
        noise_images(60), digits=[3, 8], pairs=6, seed=4, lists=2, repeats=2, catch=2, texts={"consent": "Yes?"}
    )
    path = saved(study, tmp_path)
    arguments = ["--participants", "24", "--exclude", "catch<0.8", "--r", "0.6", "--layer", "pixels"]
    done = simtui(tmp_path, "methods", "study.json", *arguments)
    assert done.returncode == 0, done.stderr
    text = " ".join(done.stdout.split())
    for words in (
        "24 pairs of images (12 of “3”; 12 of “8”; noise), drawn at random (seed 4).",
        "2 lists of 12 pairs, and each participant rates one list",
        "2 pairs shown a second time, 2 catch pairs with a plain answer (1 of one image twice, "
        "1 of different material, chosen to be least alike in pixels).",
        "Participants agree to a consent text first, and may withdraw.",
        "gets the list that the fewest participants have",
        "24 participants will take part, about 12 for each list.",
        "Left out is every run with catch<0.8",
        "rating ~ similarity + (1 | person) + (0 + similarity | person) + (1 | pair), for new people and new pairs",
        "It is done within “3”, “8” and, over them, as the Fisher-z mean",
        "two-sided, α = .05, degrees of freedom",
        "They rate 2 groups, with so many pairs each, and r is over all.",
        "Shares of the simulated studies with p < .05.",
        "| 0.6 | 12 |",
        f"SHA-256 {study_file.load(path).sha256}",
    ):
        assert words in text.replace("\\", ""), words
    assert text == " ".join(simtui(tmp_path, "methods", "study.json", *arguments).stdout.split())


def test_the_methods_name_the_network_and_know_no_power_of_three_pairs(tmp_path: Path) -> None:
    saved(small_study(3), tmp_path)
    text = simtui(tmp_path, "methods", "study.json").stdout
    assert "Network: convnet\\_mnist.pt, SHA\\-256" in text or "Network: convnet_mnist.pt, SHA-256" in text
    assert "there is no power to state" in text
    assert "No run is left out by how it was answered." in text


def test_of_two_participants_the_methods_ask_for_more_as_the_analysis_does(tmp_path: Path) -> None:
    saved(small_study(4), tmp_path)
    arguments = ["--participants", "2", "--r", "0.6", "--layer", "pixels"]
    text = " ".join(simtui(tmp_path, "methods", "study.json", *arguments).stdout.split())
    assert "two-sided, α = .005, degrees of freedom" in text
    assert "with p < .05; of two participants the planned test asks for 0.005." in text


# ---------------------------------------------------------------- what has happened


@pytest.fixture
def collected(tmp_path: Path) -> Path:
    """Five people on two lists, one of whom has not finished."""
    study = sample_study(noise_images(60), digits=[8], pairs=3, seed=1, practice=0, lists=2, min_viewing_ms=0)
    saved(study, tmp_path)
    store = SessionStore(tmp_path / "sessions", study.id)
    for number in range(1, 6):
        clock = Clock()
        with store.hold(f"A{number}") as hold:
            run = Run.begin(study, hold, ENVIRONMENT, clock=clock)
            while not run.finished and not (number == 5 and run.answered == 2):
                respond(run, clock, 1 + number, 900)
    return tmp_path


def test_the_audit_says_who_came_on_which_list_and_that_nothing_is_missing(collected: Path) -> None:
    done = simtui(collected, "plan", "study.json", "sessions")
    assert done.returncode == 0, done.stderr
    for words in (
        "5 participants, 4 of them with a complete run",
        "Lists: list 0 has 3, list 1 has 2: they differ by at most one",
        "Answers: 12 ratings and 0 answers to questions in the complete runs; none is missing",
        "Every run follows the plan of its study, its participant and its list",
        "List 0: A1, A3, A5",
        "list 0 of 0 to 1, 2 participants (A1 to A3), 3 trials each",
    ):
        assert words in done.stdout, done.stdout
    document = json.loads(simtui(collected, "plan", "study.json", "--sessions", "sessions", "--json").stdout)
    assert document["collected"]["balanced"] is True
    assert [one["participants"] for one in document["collected"]["lists"]] == [["A1", "A3", "A5"], ["A2", "A4"]]
    assert [one["participants"] for one in document["lists"]] == [["A1", "A3"], ["A2", "A4"]]


def test_the_audit_says_what_went_wrong(collected: Path) -> None:
    files = sorted((collected / "sessions").rglob("*.json"))
    for path in files[1::2]:
        path.unlink()
    change(files[0], lambda run: run["schedule"].update(seed=7))
    change(files[2], lambda run: run.update(status="withdrawn"))
    done = simtui(collected, "plan", "study.json", "sessions")
    assert "list 0 has 2, list 1 has 0: they differ by more than one" in done.stdout
    assert "Not as planned: 1 fault (see simtui validate)\n  A1: schedule.seed" in done.stdout
    assert "A3_run-1.json is withdrawn by the participant" in done.stdout
    assert session_file.load(files[0]).schedule.seed == 7
    # Whose plan is another tells nothing of how the plans balance.
    assert "1st third" not in done.stdout


def test_imported_ratings_are_counted_and_tell_of_no_order(tmp_path: Path) -> None:
    saved(demanding_study(4, repeats=0, catch=2), tmp_path)
    (tmp_path / "ratings.csv").write_text("pair,anna\n1,2\n2,3\n3,5\n4,8\n", encoding="utf-8")
    assert simtui(tmp_path, "import", "study.json", "ratings.csv").returncode == 0
    done = simtui(tmp_path, "plan", "study.json", "sessions")
    assert done.returncode == 0, done.stderr
    assert "1 participant, 1 of them with a complete run" in done.stdout
    assert "1st third" not in done.stdout
