"""People and robots never go on with each other's runs, and a run is flagged from its first write on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from simtui.errors import SimtuiError
from simtui.rating.run import Run
from simtui.session import file as session_file
from simtui.session.faults import session_faults
from simtui.session.model import Simulation
from simtui.session.store import SessionStore
from simtui.simulation.population import populate
from simtui.simulation.sessions import simulate
from simtui.study.file import new_study
from simtui.study.model import Study
from tests.builders import ENVIRONMENT, saved, small_study


@pytest.fixture
def study() -> Study:
    return small_study()


@pytest.fixture
def simulation(study: Study) -> Simulation:
    return populate(study, None, model="random").simulation


def test_a_simulated_run_says_so_before_its_first_answer(study: Study, simulation: Simulation, tmp_path: Path) -> None:
    with SessionStore(tmp_path, study.id).hold("S001") as hold:
        run = Run.begin(study, hold, ENVIRONMENT, simulation)
        for answers in range(2):
            on_disk = session_file.load(run.path)
            assert on_disk.simulated
            assert on_disk.simulation == simulation
            assert len(on_disk.trials) == answers
            run.answer(5, "5", run.now(), run.now() + 0.5)


def test_a_person_does_not_say_so(study: Study, tmp_path: Path) -> None:
    with SessionStore(tmp_path, study.id).hold("P01") as hold:
        session = session_file.load(Run.begin(study, hold, ENVIRONMENT).path)
    assert not session.simulated
    assert session.simulation is None


@pytest.mark.parametrize("began", ["person", "robot"])
def test_nobody_goes_on_with_what_another_kind_began(
    study: Study, simulation: Simulation, tmp_path: Path, began: str
) -> None:
    kinds = {"person": None, "robot": simulation, "other": replace(simulation, seed=9)}
    store = SessionStore(tmp_path, study.id)
    with store.hold("X1") as hold:
        path = Run.begin(study, hold, ENVIRONMENT, kinds[began]).path
    before = path.read_bytes()
    with store.hold("X1") as hold:
        for kind in kinds.keys() - {began}:
            with pytest.raises(SimtuiError, match="use another participant id"):
                Run.resume(study, hold, store.runs("X1")[0], ENVIRONMENT, kinds[kind])
        assert path.read_bytes() == before
        Run.resume(study, hold, store.runs("X1")[0], ENVIRONMENT, kinds[began])


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [(["--simulated", "{}"], "not a simulation"), (["--plain", "--simulated", "{}"], "leave one of them out")],
)
def test_rate_takes_no_half_said_simulation(tmp_path: Path, arguments: list[str], sentence: str) -> None:
    saved(small_study(), tmp_path)
    command = [sys.executable, "-m", "simtui", "rate", "study.json", "--participant", "S001", *arguments]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60, input="")
    assert done.returncode == 2
    assert sentence in done.stderr
    assert not (tmp_path / "sessions").exists()


def test_a_simulation_that_is_not_flagged_is_a_fault(study: Study) -> None:
    session = simulate(populate(study, None, model="random"), "S001")
    hidden = replace(session, simulated=False)
    assert [fault.where for fault in session_faults(hidden, study)][:1] == ["simulated"]
    assert list(session_faults(session, study)) == []


def test_a_simulated_participant_gets_the_same_list_whoever_else_is_there(tmp_path: Path) -> None:
    plain = small_study(pairs=12)
    pairs = [replace(pair, list_index=i % 3) for i, pair in enumerate(plain.pairs)]
    fields = {name: getattr(plain, name) for name in plain.__struct_fields__ if name != "sha256"}
    study = new_study(**(fields | {"pairs": pairs, "design": replace(plain.design, lists=3)}))
    population = populate(study, None, model="random")
    for participant in ("S003", "S002"):
        with SessionStore(tmp_path, study.id).hold(participant) as hold:
            run = Run.begin(study, hold, ENVIRONMENT, population.simulation)
        assert run.session.schedule == simulate(population, participant).schedule
