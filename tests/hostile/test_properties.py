"""Whatever is done to a file: it is refused in one sentence, or everything that uses it works."""

from __future__ import annotations

import copy
import json
import os
import string
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from simtui.errors import SimtuiError, printable
from simtui.rating.run import Run
from simtui.rating.texts import sentence
from simtui.sentences import DEFAULT
from simtui.session import file as session_file
from simtui.session.exclusion import parse_rule
from simtui.session.faults import session_faults
from simtui.session.model import check_participant_id
from simtui.session.overview import Watcher, as_json
from simtui.session.overview_text import as_lines
from simtui.session.quality import flags, measure
from simtui.session.store import SessionStore
from simtui.session.stored import StoredSession
from simtui.session.validation import check
from simtui.study import file as study_file
from simtui.study.model import Study
from simtui.study.schedule import plan
from tests.builders import ENVIRONMENT, saved
from tests.hostile.corpus import ESCAPES
from tests.hostile.limits import assert_harmless
from tests.hostile.test_loaders import assert_one_sentence
from tests.session.test_overview import NOW
from tests.session.test_schema import places
from tests.sessions import Clock, demanding_study, rate, respond

STUDY = demanding_study(9, repeats=1, catch=1)
STUDY_DOCUMENT = json.loads(study_file.encode(STUDY))

quick = settings(
    max_examples=250,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.sampled_from([0, 1, -1, 2, 5, 10, 11, 2**31, 2**53, 2**63, 10**60, 0.5, -0.0, 1e308, 5e-324])
    | st.sampled_from(
        ["", "main", "repeat", "catch", "practice", "complete", "withdrawn", "p1", "1", ESCAPES, "x" * 5_000]
    )
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)


NUMBERS = [0, 1, -1, 2, 5, 10, 11, 999, 2**31, 2**53, 2**63, 10**60]
FRACTIONS = [0.0, -0.0, -1.0, 1e-300, 0.5, 250.0, 1e308, -1e308]
NAMES = [
    "",
    "main",
    "repeat",
    "catch",
    "practice",
    "complete",
    "in_progress",
    "withdrawn",
    "1",
    "0",
    "fixed",
    "nowhere",
]


def alike(value: Any, document: Any, data: st.DataObject) -> Any:
    """Another value of the same kind, so that the types are right and only the sense is not."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return data.draw(st.sampled_from([*NUMBERS, *FRACTIONS] if isinstance(value, float) else NUMBERS))
    if isinstance(value, str):
        others = sorted({holder[key] for holder, key in places(document) if isinstance(holder[key], str)})
        return data.draw(st.sampled_from([*NAMES, ESCAPES, *others]))
    return data.draw(VALUES) if value is None else type(value)()


def damaged(document: Any, data: st.DataObject) -> Any:
    """The document with one to three of its values changed, replaced, removed, exchanged or doubled."""
    broken = copy.deepcopy(document)
    for _ in range(data.draw(st.integers(1, 3))):
        holder, key = data.draw(st.sampled_from(list(places(broken))))
        how = data.draw(st.sampled_from(["change", "change", "change", "replace", "remove", "exchange", "double"]))
        other = data.draw(st.sampled_from(list(holder) if isinstance(holder, dict) else range(len(holder))))
        if how == "change":
            holder[key] = alike(holder[key], broken, data)
        elif how == "replace":
            holder[key] = data.draw(VALUES)
        elif how == "remove":
            del holder[key]
        elif how == "exchange":
            holder[key], holder[other] = holder[other], holder[key]
        elif isinstance(holder, list):
            holder.append(copy.deepcopy(holder[key]))
        if not list(places(broken)):
            break
    return broken


def loaded(path: Path, load: Callable[[Path], Any]) -> Any:
    """What the loader makes of the file; None where it refuses, which it must do in one sentence."""
    try:
        return load(path)
    except SimtuiError as refusal:
        assert_one_sentence(str(refusal))
        return None


@given(st.text() | st.text(string.ascii_letters + string.digits + "._-/\x00\x1b", max_size=40))
@quick
def test_a_participant_id_is_plain_or_refused(text: str) -> None:
    try:
        check_participant_id(text)
    except SimtuiError as refusal:
        assert_one_sentence(str(refusal))
        with pytest.raises(SimtuiError):
            SessionStore(Path("sessions"), "study").path(text, 1)
    else:
        assert text.isascii()
        assert text.isalnum()
        path = SessionStore(Path("sessions"), "study").path(text, 1)
        assert os.path.normpath(path) == str(path)
        assert path.parent == Path("sessions/study")


@given(st.text())
@quick
def test_text_made_printable_is(text: str) -> None:
    assert_harmless(printable(text))
    assert len(printable(text)) <= 120


@given(st.text())
@quick
def test_a_rule_is_read_or_refused(text: str) -> None:
    try:
        parse_rule(text)
    except SimtuiError as refusal:
        assert_one_sentence(str(refusal))


@given(st.binary(max_size=400))
@quick
def test_bytes_are_refused_in_one_sentence(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(data)
    assert loaded(path, study_file.load) is None
    assert loaded(path, session_file.load) is None


@given(st.data())
@quick
def test_a_study_that_is_read_can_be_run(tmp_path: Path, data: st.DataObject) -> None:
    path = tmp_path / "study.json"
    path.write_text(json.dumps(damaged(STUDY_DOCUMENT, data)))
    study = loaded(path, study_file.load)
    if study is None:
        return
    assert isinstance(study, Study)
    for list_index in range(study.design.lists):
        made = plan(study, "P1", 1, list_index)
        assert {trial.pair_id for trial in made.trials} <= {pair.id for pair in study.every_pair()}
    for pair in study.every_pair():
        assert len(study.image(pair.left)) == len(study.image(pair.right)) == 28
    for name in [*DEFAULT, "title", "question"]:
        assert_harmless(sentence(study, name, number=1, total=2))
    # What is written of it is read as the same.
    study_file.save(study, tmp_path / "again.json", force=True)
    again = study_file.load(tmp_path / "again.json")
    assert plan(again, "P1", 1).trials == plan(study, "P1", 1).trials or again.sha256 != study.sha256


@pytest.fixture(scope="module")
def whole_session(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = rate(STUDY, tmp_path_factory.mktemp("whole"), "P1", stop_after=7, go_back_at=3)
    return json.loads(path.read_bytes())


@given(st.data())
@quick
def test_a_session_that_is_read_can_be_judged(tmp_path: Path, whole_session: Any, data: st.DataObject) -> None:
    path = tmp_path / STUDY.id / "P1_run-1.json"
    path.parent.mkdir(exist_ok=True)
    document = damaged(whole_session, data)
    path.write_text(json.dumps(document))
    session = loaded(path, session_file.load)
    lines = as_lines(Watcher(STUDY, tmp_path).look(), NOW)
    assert_harmless("\n".join(lines))
    json.loads(as_json(Watcher(STUDY, tmp_path).look()))
    assert_harmless("\n".join(map(str, check([path]).findings)))
    if session is not None:
        assert_harmless("\n".join(what for fault in session_faults(session, STUDY) for what in fault))
        assert_harmless("".join(flags(measure(session, STUDY), STUDY.scale)))


@given(st.data())
@settings(quick, max_examples=80)
def test_an_interrupted_session_is_resumed_to_its_end_or_left_alone(
    tmp_path_factory: pytest.TempPathFactory, whole_session: Any, data: st.DataObject
) -> None:
    root = tmp_path_factory.mktemp("sessions")
    store = SessionStore(root, STUDY.id)
    path = store.path("P1", 1)
    path.parent.mkdir()
    path.write_text(json.dumps(damaged(whole_session, data)))
    before = path.read_bytes()
    session = loaded(path, session_file.load)
    if session is None:
        return
    with store.hold("P1") as hold:
        try:
            clock = Clock()
            run = Run.resume(STUDY, hold, StoredSession(path, 1, session, data=before), ENVIRONMENT, clock=clock)
        except SimtuiError as refusal:
            assert_harmless(str(refusal))
            assert path.read_bytes() == before
            return
        while not run.finished:
            respond(run, clock, 5, 500)
    assert session_file.load(path).complete


def test_analyses_survive_any_session(tmp_path: Path) -> None:
    """Collecting is where numbers from files meet numpy."""
    from simtui.analysis.ratings import NoSessionsError, collect

    saved(STUDY, tmp_path)
    whole = json.loads(rate(STUDY, tmp_path, "P2").read_bytes())
    folder = tmp_path / STUDY.id

    @given(st.data())
    @settings(quick, max_examples=80)
    def judge(data: st.DataObject) -> None:
        (folder / "P2_run-1.json").write_text(json.dumps(damaged(whole, data)))
        try:
            ratings = collect(STUDY, [folder])
        except NoSessionsError as refusal:
            assert_harmless(str(refusal))
            skipped = refusal.skipped
        else:
            skipped = ratings.skipped
            assert ((ratings.matrix >= 1) & (ratings.matrix <= 10)).all()
        assert_harmless("".join(file.reason for file in skipped))

    judge()
