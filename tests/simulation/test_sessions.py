"""Sessions of people who do not exist: what they share, what they answer, and that a file is the same every time."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest
from msgspec.structs import replace

from simtui.errors import SimtuiError
from simtui.session import file as session_file
from simtui.session.faults import session_faults
from simtui.session.file import decode_simulation, encode_simulation
from simtui.session.model import Session, Simulation
from simtui.session.quality import measure
from simtui.simulation.batches import run
from simtui.simulation.population import Population, populate
from simtui.simulation.raters import Vector
from simtui.simulation.sessions import FASTEST_MS, answers, job, participant_ids, simulate
from simtui.study.file import new_study
from simtui.study.model import Study
from simtui.study.sampling import sample_study
from simtui.study.schedule import plan
from tests.builders import noise_images, small_study
from tests.sessions import demanding_study


def similarity(study: Study, seed: int = 3) -> dict[str, float]:
    rng = np.random.default_rng(seed)
    return {
        pair.id: float(value) for pair, value in zip(study.pairs, rng.uniform(0.6, 1, len(study.pairs)), strict=True)
    }


def people(study: Study, **options: float) -> Population:
    return populate(study, similarity(study), model="fc", **options)  # type: ignore[arg-type]


def matrix(population: Population, count: int) -> Vector:
    """Main ratings, (participants, pairs)."""
    rows = []
    for participant in participant_ids(count):
        given = {trial.pair_id: trial.response for trial in simulate(population, participant).main_trials()}
        rows.append([given[pair.id] for pair in population.study.pairs])
    return np.array(rows, dtype=np.float64)


@pytest.mark.parametrize("r", [-0.7, 0.0, 0.5, 1.0])
def test_what_raters_share_has_exactly_the_correlation_asked_for_in_every_digit(r: float) -> None:
    study = sample_study(noise_images(60), digits=[3, 8], pairs=14, seed=1)
    population = people(study, r=r)
    assert set(population.latent) >= {pair.id for pair in study.pairs}
    for digit in (3, 8):
        ids = [pair.id for pair in study.pairs if pair.digit == digit]
        z = np.array([population.latent[name] for name in ids])
        s = np.array([similarity(study)[name] for name in ids])
        assert np.corrcoef(z, s)[0, 1] == pytest.approx(r, abs=1e-9)
        assert (z.mean(), z.std()) == pytest.approx((0, 1), abs=1e-9)


def test_the_file_states_the_r_and_the_reliability_that_many_such_people_have() -> None:
    population = people(small_study(pairs=30), r=0.6, reliability=0.4, lapses=0.05)
    said = population.simulation
    ratings = matrix(population, 250)
    assert said.r_of_mean is not None
    s = list(similarity(population.study).values())
    assert np.corrcoef(ratings.mean(axis=0), s)[0, 1] == pytest.approx(said.r_of_mean[0], abs=0.02)
    assert said.r_of_mean[0] == pytest.approx(0.6, abs=0.03)
    pairwise = np.corrcoef(ratings)
    assert (pairwise.sum() - 250) / (250 * 249) == pytest.approx(0.4, abs=0.02)


def test_without_a_similarity_what_they_share_is_random_and_they_agree_all_the_same() -> None:
    population = populate(small_study(pairs=30), None, model="random", reliability=0.5)
    assert (population.simulation.r, population.simulation.r_of_mean) == (None, None)
    pairwise = np.corrcoef(matrix(population, 100))
    assert (pairwise.sum() - 100) / (100 * 99) == pytest.approx(0.5, abs=0.04)


def test_a_session_is_whole_flagged_and_without_fault() -> None:
    study = demanding_study()
    population = people(study)
    for participant in participant_ids(12):
        session = simulate(population, participant)
        assert list(session_faults(session, study)) == []
        assert session.simulated
        assert session.simulation == population.simulation
        assert session.complete
        assert (session.participant_id, session.run) == (participant, 1)
        assert session.schedule == plan(study, participant, 1)
        assert [trial.trial_type for trial in session.trials] == [t.trial_type for t in session.schedule.trials]


def test_catch_pairs_are_seen_through_and_repeats_agree_with_the_first_time() -> None:
    study = demanding_study()
    population = people(study, lapses=0.0, reliability=0.3)
    found = [measure(simulate(population, participant), study) for participant in participant_ids(60)]
    assert {quality.catch for quality in found} == {1.0}
    retest = [quality.retest for quality in found if quality.retest is not None]
    assert len(retest) > 50
    assert 0.45 < np.mean(retest) < 0.8, "half of what raters do not share stays the same"


def test_both_kinds_of_catch_pairs_are_answered_in_a_study_of_one_digit() -> None:
    study = sample_study(noise_images(40, classes=(8,)), digits=[8], pairs=8, seed=1, catch=5)
    population = people(study, lapses=0.0)
    for participant in participant_ids(5):
        session = simulate(population, participant)
        given = {trial.pair_id: trial.response for trial in session.trials if trial.trial_type == "catch"}
        assert given == {pair.id: pair.expected for pair in study.catch_pairs}
        assert sum(rating == 1 for rating in given.values()) == 2
        assert measure(session, study).catch == 1


def test_lapses_fail_catch_trials() -> None:
    study = demanding_study()
    population = people(study, lapses=0.5, reliability=0.1)
    found = [measure(simulate(population, name), study) for name in participant_ids(60)]
    # A lapse passes by chance in two of ten.
    assert np.mean([quality.catch for quality in found]) == pytest.approx(1 - 0.5 * 0.8, abs=0.1)


def test_response_times_are_ex_gaussian_and_never_too_fast() -> None:
    study = small_study(pairs=40, min_viewing_ms=900)
    population = people(study)
    times = [answer.rt for name in participant_ids(200) for answer in answers(population, name, plan(study, name, 1))]
    assert min(times) == 950
    assert np.mean(times) == pytest.approx((1100 + 700) * np.exp(0.25**2 / 2), rel=0.05)
    assert np.mean(times) > np.median(times) + 100, "the tail is on the slow side"
    quick = people(small_study(pairs=40))
    assert min(a.rt for n in participant_ids(100) for a in answers(quick, n, plan(quick.study, n, 1))) >= FASTEST_MS


def test_the_same_seed_gives_the_same_bytes_and_nobody_depends_on_the_others() -> None:
    study = demanding_study()
    first, again, other = (people(study, seed=seed) for seed in (4, 4, 5))
    assert session_file.encode(simulate(first, "S007")) == session_file.encode(simulate(again, "S007"))
    assert session_file.encode(simulate(first, "S007")) != session_file.encode(simulate(other, "S007"))
    drawn = [simulate(population, name) for population in (first, other) for name in ("S001", "S002")]
    assert len({session.session_id for session in drawn}) == 4
    assert len({tuple(trial.response for trial in session.trials) for session in drawn}) == 4


def test_it_is_at_no_time_when_anybody_could_have_rated() -> None:
    session = simulate(people(small_study()), "S001")
    begun, ended = (datetime.fromisoformat(text or "") for text in (session.started_at, session.finished_at))
    assert begun.year == 2000
    last = session.trials[-1]
    assert (ended - begun).total_seconds() == pytest.approx((last.time_elapsed or 0) / 1000, abs=0.001)
    assert last.timestamp == session.finished_at == session.updated_at
    assert [trial.key for trial in session.trials] == [""] * 4


def test_a_batch_whose_process_died_is_made_again_over_what_it_has_left(tmp_path: Path) -> None:
    told = job(people(demanding_study(8, 2, 2)), participant_ids(3), tmp_path)
    run(msgspec.structs.replace(told, count=2), 0)
    assert len([session for batch in range(told.batches) for session in run(told, batch)]) == 3
    assert len(list(tmp_path.rglob("S*.json"))) == 3


def test_the_file_can_be_read_again(tmp_path_factory: pytest.TempPathFactory) -> None:
    session = simulate(people(small_study()), "S001")
    path = tmp_path_factory.mktemp("sessions") / "S001_run-1.json"
    path.write_bytes(session_file.encode(session))
    assert session_file.load(path) == session
    assert decode_simulation(encode_simulation(people(small_study()).simulation)) == session.simulation


def test_a_person_s_file_says_that_nothing_simulated_it() -> None:
    session = simulate(people(small_study()), "S001")
    fields = {name: getattr(session, name) for name in Session.__struct_fields__ if name != "simulation"}
    assert b'"simulation": null' in session_file.encode(Session(**fields))


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"version": 1}', "\udcff", '{"seed": NaN}'])
def test_what_is_no_simulation_is_refused(text: str) -> None:
    with pytest.raises(SimtuiError, match="not a simulation"):
        decode_simulation(text)


def test_a_simulation_with_everything_said_is_taken() -> None:
    said = people(small_study()).simulation
    assert decode_simulation(encode_simulation(said)) == said
    assert isinstance(said, Simulation)


def test_a_pair_without_a_similarity_and_pairs_without_a_difference_cannot_be_followed() -> None:
    study = small_study(pairs=5)
    some = similarity(study)
    with pytest.raises(SimtuiError, match="p02 has no similarity in conv1"):
        populate(study, some | {"p02": float("nan")}, model="conv1")
    with pytest.raises(SimtuiError, match="All pairs of 8 are equally similar in pixels"):
        populate(study, dict.fromkeys(some, 0.5), model="pixels")


def test_practice_pairs_follow_the_similarity_on_the_measure_of_their_digit() -> None:
    study = small_study(pairs=20, practice=2)
    low, high = (pair.id for pair in study.practice_pairs)
    known = similarity(study) | {low: 0.0, high: 5.0}
    population = populate(study, known, model="fc", r=1.0)
    assert (population.latent[low], population.latent[high]) == (-3.0, 3.0)
    assert all(name in populate(study, similarity(study), model="fc").latent for name in (low, high))


def test_participants_take_turns_at_the_lists_of_pairs() -> None:
    plain = small_study(pairs=12)
    pairs = [replace(pair, list_index=i % 3) for i, pair in enumerate(plain.pairs)]
    fields = {name: getattr(plain, name) for name in plain.__struct_fields__ if name != "sha256"}
    study = new_study(**(fields | {"pairs": pairs, "design": replace(plain.design, lists=3)}))
    for number, participant in enumerate(participant_ids(6)):
        session = simulate(people(study), participant)
        assert {trial.pair_id for trial in session.trials} == {pair.id for pair in study.list_pairs(number % 3)}
        assert list(session_faults(session, study)) == []


def test_ids_are_in_the_order_of_their_numbers() -> None:
    assert participant_ids(2) == ["S001", "S002"]
    assert participant_ids(1200)[-1] == "S1200"
