"""Quality: numbers worked out by hand, what is flagged, and the rules that exclude."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from msgspec.structs import replace

from simtui.errors import SimtuiError
from simtui.session import file as session_file
from simtui.session.exclusion import QUANTITIES, excluded, parse_rule
from simtui.session.model import Session
from simtui.session.quality import flags, measure, passed
from simtui.stimuli import drawn
from simtui.study.model import Scale
from simtui.study.sampling import sample_study
from tests.builders import small_study
from tests.sessions import demanding_study, diligent, rate

STUDY = demanding_study()


@pytest.fixture
def diligent_session(tmp_path: Path) -> Session:
    return session_file.load(rate(STUDY, tmp_path, "P1", answer=diligent))


def answered(session: Session, rating: Callable[[str, str], int]) -> Session:
    """The session with other ratings, by trial type and pair id."""
    trials = [replace(t, response=rating(t.trial_type, t.pair_id)) for t in session.trials]
    return replace(session, trials=trials)


def test_who_answers_twice_alike_and_sees_the_catch_trials_is_beyond_reproach(diligent_session: Session) -> None:
    quality = measure(diligent_session, STUDY)
    assert (quality.responses, quality.catch_trials, quality.repeats) == (24, 4, 8)
    assert (quality.catch, quality.difference, quality.fast) == (1.0, 0, 0)
    assert quality.retest == pytest.approx(1)
    assert quality.rt is not None
    assert 900 <= quality.rt <= 1000
    assert flags(quality, STUDY.scale) == ()


def test_numbers_worked_out_by_hand(diligent_session: Session) -> None:
    repeated = [t.pair_id for t in diligent_session.trials if t.trial_type == "repeat"]
    first = dict(zip(repeated, (1, 2, 3, 4, 5, 6, 7, 8), strict=True))
    second = dict(zip(repeated, (2, 1, 4, 3, 6, 5, 8, 7), strict=True))
    catches = iter((10, 9, 8, 1))

    def rating(trial_type: str, pair_id: str) -> int:
        if trial_type == "catch":
            return next(catches)
        return second[pair_id] if trial_type == "repeat" else first.get(pair_id, 5)

    quality = measure(answered(diligent_session, rating), STUDY)
    # Sums of squares of both sides: 42; of the products: 42 - 8/2 = 38.
    assert quality.retest == pytest.approx(38 / 42)
    assert quality.difference == 1
    assert quality.catch == 0.5
    # The other 16 pairs are a 5, and so is one of the eight.
    assert quality.same == pytest.approx(17 / 24)
    assert (quality.lowest, quality.highest, quality.range) == (1, 8, 7)
    # Sum 36 + 80, squares 204 + 400; variance (604 - 116² / 24) / 23.
    assert quality.sd == pytest.approx(((604 - 116**2 / 24) / 23) ** 0.5)
    assert flags(quality, STUDY.scale) == ("2 of 4 catch trials failed",)


def test_the_top_of_the_scale_throughout_fails_in_a_study_of_one_digit(tmp_path: Path) -> None:
    """Whole runs: of one key for every pair, and of what everybody says who looks."""
    study = sample_study(
        drawn.load(range(10), 30, 1), digits=[8], pairs=8, seed=1, catch=4, repeats=1, blank_ms=0, min_viewing_ms=0
    )
    zero = session_file.load(rate(study, tmp_path, "P1", answer=lambda _, __: study.scale.high))
    quality = measure(zero, study)
    assert (zero.complete, quality.catch_trials, quality.catch) == (True, 4, 0.5)
    assert flags(quality, study.scale)[0] == "2 of 4 catch trials failed"
    assert excluded("P1", zero, study, [parse_rule("catch<0.8")]) is not None
    one = session_file.load(rate(study, tmp_path, "P2", answer=lambda _, __: study.scale.low))
    assert measure(one, study).catch == 0.5
    expected = {pair.id: pair.expected for pair in study.catch_pairs}
    looking = rate(study, tmp_path, "P3", answer=lambda shown, _: expected.get(shown.planned.pair_id) or 5)
    assert measure(session_file.load(looking), study).catch == 1


def test_one_value_throughout_has_no_retest_r_and_is_flagged(diligent_session: Session) -> None:
    quality = measure(answered(diligent_session, lambda trial_type, _: 5), STUDY)
    assert (quality.retest, quality.sd, quality.same) == (None, 0, 1)
    assert flags(quality, STUDY.scale) == ("4 of 4 catch trials failed", "one value for 100%")


def test_a_corner_of_the_scale_is_flagged(diligent_session: Session) -> None:
    def rating(trial_type: str, pair_id: str) -> int:
        return 10 if trial_type == "catch" else 6 + random.Random(pair_id).randint(0, 2)

    assert flags(measure(answered(diligent_session, rating), STUDY), STUDY.scale) == ("only 6 to 8 used",)


def test_repeats_that_have_nothing_in_common_with_the_first_time_are_flagged(diligent_session: Session) -> None:
    def rating(trial_type: str, pair_id: str) -> int:
        first = random.Random(pair_id).randint(1, 10)
        return {"catch": 10, "repeat": 11 - first}.get(trial_type, first)

    quality = measure(answered(diligent_session, rating), STUDY)
    assert quality.retest == pytest.approx(-1)
    [flag] = flags(quality, STUDY.scale)
    assert flag.startswith("repeated pairs 5.5 steps apart on average (keys at random: ")


def test_fast_responses_are_counted_unless_the_pair_had_been_seen_before(tmp_path: Path) -> None:
    session = session_file.load(rate(STUDY, tmp_path, "P1", answer=diligent, rt_ms=150))
    quality = measure(session, STUDY)
    assert quality.fast == 1
    assert flags(quality, STUDY.scale) == ("100% under 300 ms",)
    seen_before = replace(session, trials=[replace(t, interruptions=1) for t in session.trials])
    assert (measure(seen_before, STUDY).fast, measure(seen_before, STUDY).rt) == (None, None)


def test_nothing_answered_nothing_measured_nothing_flagged(tmp_path: Path) -> None:
    quality = measure(session_file.load(rate(STUDY, tmp_path, "P1", stop_after=0)), STUDY)
    assert quality.responses == 0
    assert all(getattr(quality, name) is None for name in QUANTITIES)
    assert flags(quality, STUDY.scale) == ()


def test_ratings_off_the_scale_and_ids_of_nowhere_are_no_answers(diligent_session: Session) -> None:
    wild = answered(diligent_session, lambda trial_type, _: 10**400)
    assert measure(wild, STUDY).responses == 0
    lost = replace(diligent_session, trials=[replace(t, pair_id="nowhere") for t in diligent_session.trials])
    assert measure(lost, STUDY).catch is None


@pytest.mark.parametrize(
    ("scale", "expected", "near", "far"),
    [((1, 10), 10, 9, 8), ((1, 10), 1, 2, 3), ((1, 7), 7, 6, 5), ((1, 5), 5, 5, 4), ((0, 1), 0, 0, 1)],
)
def test_a_catch_trial_is_passed_within_a_fifth_of_the_scale(
    scale: tuple[int, int], expected: int, near: int, far: int
) -> None:
    of = Scale(low=scale[0], high=scale[1])
    assert passed(near, expected, of)
    assert not passed(far, expected, of)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("catch<0.8", "catch<0.8"), (" rt <= 400 ", "rt<=400"), ("sd==0", "sd=0"), ("retest<-.5", "retest<-0.5")],
)
def test_rules_are_read(text: str, shown: str) -> None:
    assert str(parse_rule(text)) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "catch",
        "catch<",
        "catch<.",
        "0.8>catch",
        "catch<nan",
        "catch<inf",
        "rt<4e2",
        "catch<0.8;rm",
        "age<3",
        "\x1b[2J<1",
    ],
)
def test_what_is_no_rule_is_refused_with_the_names_there_are(text: str) -> None:
    with pytest.raises(SimtuiError, match=r"retest \(r between first and second rating\)") as refusal:
        parse_rule(text)
    assert "\x1b" not in str(refusal.value)


def test_a_rule_says_who_goes_and_why(diligent_session: Session) -> None:
    rules = [parse_rule("catch<0.8"), parse_rule("rt<400"), parse_rule("sd=0")]
    assert excluded("P1", diligent_session, STUDY, rules) is None
    flat = answered(diligent_session, lambda trial_type, _: 5)
    found = excluded("P1", flat, STUDY, rules)
    assert found is not None
    assert found.sentence == "excluded by catch<0.8 (catch is 0) and sd=0 (sd is 0)"
    assert (found.rule, found.why) == ("catch<0.8 and sd=0", "catch is 0 and sd is 0")


def test_a_rule_about_what_a_study_does_not_measure_excludes_nobody(tmp_path: Path) -> None:
    plain = small_study(6)
    session = session_file.load(rate(plain, tmp_path, "P1"))
    assert excluded("P1", session, plain, [parse_rule("catch<1"), parse_rule("retest<1")]) is None
    assert parse_rule("catch<1").applies(measure(session, plain)) is None
