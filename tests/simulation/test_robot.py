"""Simulated participants at the real screen: real processes, real terminals, real keys, at human speed."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest
from msgspec.structs import replace

from simtui.errors import SimtuiError
from simtui.session import file as session_file
from simtui.session.faults import session_faults
from simtui.session.store import SessionStore
from simtui.simulation import robot
from simtui.simulation.population import Population, populate
from simtui.simulation.robot import rate_through_screen
from simtui.simulation.sessions import simulate
from simtui.study.file import new_study
from simtui.study.model import Study
from tests.builders import saved, small_study


@pytest.fixture(autouse=True)
def _restless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Robots that turn pages three times as often."""
    monkeypatch.setattr(robot, "AGAIN_S", 0.3)


@pytest.fixture
def study() -> Study:
    return small_study(pairs=3, practice=1, blank_ms=20, min_viewing_ms=100)


@pytest.fixture
def population(study: Study) -> Population:
    return hurried(study)


def hurried(study: Study) -> Population:
    """People whose response times are so short that the tests are."""
    usual = populate(study, None, model="random", seed=2)
    return Population(study, replace(usual.simulation, rt_mu=250.0, rt_sigma=20.0, rt_tau=50.0), usual.latent)


def test_they_press_what_they_would_have_answered(study: Study, population: Population, tmp_path: Path) -> None:
    store = SessionStore(tmp_path / "sessions", study.id)
    seen: list[tuple[int, int]] = []
    rate_through_screen(
        population,
        ["S001", "S002", "S003"],
        saved(study, tmp_path),
        store,
        at_once=2,
        on_progress=lambda done, total, *_: seen.append((done, total)),
    )
    late = []
    for participant in ("S001", "S002", "S003"):
        session = session_file.load(store.path(participant, 1))
        made_up = simulate(population, participant)
        assert list(session_faults(session, study)) == []
        assert session.simulated
        assert session.simulation == population.simulation
        assert session.complete
        assert [t.response for t in session.trials] == [t.response for t in made_up.trials]
        assert [study.scale.rating_of_key(t.key) for t in session.trials] == [t.response for t in session.trials]
        assert session.environment.textual
        assert (session.environment.columns, session.environment.rows) == (80, 24)
        late += [(t.rt or 0) - (m.rt or 0) for t, m in zip(session.trials, made_up.trials, strict=True)]
    # From the painted pair the robot has still to read it and the app to take the key. Of a single one, either may
    # be kept waiting on a busy machine.
    assert -5 < np.median(late) < 200
    assert seen[-1] == (12, 12)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_consent_breaks_and_texts_in_another_language_do_not_stop_them(tmp_path: Path) -> None:
    texts = {
        "consent": "Mit Ihren Angaben wird geforscht.",
        "consent_question": "Nehmen Sie teil?",
        "welcome_start": "Weiter mit der Eingabetaste",
        "main_progress": "Paar $number von $total",
        "debrief": "Es ging um Ähnlichkeit.",
    }
    plain = small_study(pairs=3)
    fields = {name: getattr(plain, name) for name in plain.__struct_fields__ if name != "sha256"}
    study = new_study(**(fields | {"texts": texts, "design": replace(plain.design, break_every=2)}))
    store = SessionStore(tmp_path / "sessions", study.id)
    rate_through_screen(hurried(study), ["S001"], saved(study, tmp_path), store)
    assert session_file.load(store.path("S001", 1)).complete


def test_a_program_that_fails_is_reported_with_what_it_said(population: Population, tmp_path: Path) -> None:
    store = SessionStore(tmp_path / "sessions", population.study.id)
    with pytest.raises(SimtuiError, match=r"S001 has failed.*There is no file.*none\.json"):
        rate_through_screen(population, ["S001"], tmp_path / "none.json", store)
    assert not store.path("S001", 1).exists()


def test_nothing_is_left_running_when_one_fails(study: Study, population: Population, tmp_path: Path) -> None:
    """S002 is held by somebody else: its screen refuses, and that of S001 is ended with it."""
    path, store = saved(study, tmp_path), SessionStore(tmp_path / "sessions", study.id)
    began = time.monotonic()
    with store.hold("S002"), pytest.raises(SimtuiError, match=r"S002 has failed.*another window"):
        rate_through_screen(population, ["S001", "S002"], path, store)
    assert time.monotonic() - began < 20
    with store.hold("S001"):
        assert not store.path("S002", 1).exists()
