"""What may be concluded, and that nothing more is."""

from __future__ import annotations

import math

import msgspec
import numpy as np
import pytest

from simtui.analysis.layer_results import ForNew, LayerAgreement, Mixed, OverallDifference, Pearson, Untrained
from simtui.analysis.mixed import mixed
from simtui.analysis.results import CheckpointInfo, Group, Overall, OverallLayer, Report
from simtui.reporting.conclusion import (
    BesidePixels,
    BesideUntrained,
    MayBeChance,
    OnePerson,
    Predicts,
    TooFewPairs,
    conclude,
    conclusion_wordings,
)

Ends = tuple[float, float]


def group(r: float | None, new: Ends | None, *, p: float = 0.01, n: int = 30, people: int = 3) -> Group:
    """One digit. new: the interval of fc for new people and pairs, p that of its test."""
    found = LayerAgreement(pearson=Pearson(r=r, ci=(0.2, 0.9)), mixed=Mixed(ci_r=new, p=p))
    return Group(
        digit=8,
        n_pairs=40,
        n_rated=n,
        n_participants=people,
        pairs=(),
        layers={"fc": found, "pixels": msgspec.structs.replace(found, pearson=Pearson(r=0.3))},
        untrained={"fc": Untrained(r=0.3, each=(0.2, 0.4))},
        verdict=n >= 5,
    )


def report(
    *groups: Group,
    gap: OverallDifference | None = None,
    p_untrained: float | None = None,
    r: float | None = None,
    new: Ends | None = None,
    crossed: Ends | None = None,
) -> Report:
    """r, new: over all digits; with one digit those of the digit. crossed: by resampling, as `new` unless told."""
    r = groups[0].layers["fc"].pearson.r if r is None else r
    return Report(
        study_id="s",
        study_sha256="",
        study_title="",
        study_note="",
        scale=(1, 10),
        sampling="random",
        seed=0,
        checkpoint=CheckpointInfo(file="", sha256="", test_acc=None),
        layers=("fc", "pixels"),
        participants=("P1", "P2", "P3"),
        sessions=(),
        skipped=(),
        simulated=False,
        groups=groups,
        overall=Overall(
            layers={
                "fc": OverallLayer(
                    r=r, ci_crossed=crossed or new, for_new=ForNew(ci=new, p=None if new is None else 0.01)
                ),
                "pixels": OverallLayer(r=0.3, ci_crossed=(0.1, 0.5)),
            },
            untrained={"fc": 0.25},
            untrained_p={"fc": p_untrained},
            differences=(gap,) if gap else (),
        ),
        notes=(),
    )


def conclusion(of: Report, layer: str = "fc") -> str:
    found = conclude(of, layer)
    return "" if found is None else conclusion_wordings(found)[0]


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (group(None, None), ""),
        (group(1.0, None), ""),
        (group(0.9, (0.1, 0.99), n=4), "4 pairs: too few to conclude anything."),
        (group(0.5, None, people=1), "One person rated: nothing can be concluded about people."),
        (group(0.3, (-0.1, 0.6)), "The interval for new people and pairs includes 0: this may be chance."),
        (group(0.3, (0.01, 0.6), p=0.06), "The interval for new people and pairs includes 0: this may be chance."),
        (group(-0.5, (-0.8, -0.2)), "What fc finds more alike, people find less so."),
        (group(0.5, (0.2, 0.7)), "fc predicts people."),
    ],
)
def test_of_one_digit(found: Group, sentence: str) -> None:
    assert conclusion(report(found)) == sentence


@pytest.mark.parametrize(
    ("gap", "sentence"),
    [
        (OverallDifference(layer="fc", dz=0.3, p_family=0.01), "better than raw pixels do (0.30)"),
        (OverallDifference(layer="fc", dz=-0.3, p_family=0.01), "worse than raw pixels do (0.30)"),
        (OverallDifference(layer="fc", dz=0.01, p_family=0.6, equivalent=True), "as well as raw pixels do (0.30)"),
        (
            OverallDifference(layer="fc", dz=0.2, p_family=0.2, equivalent=False),
            "whether it beats raw pixels (0.30) cannot be told",
        ),
        (OverallDifference(layer="fc", dz=0.2), "cannot be told"),
    ],
)
def test_beside_pixels(gap: OverallDifference, sentence: str) -> None:
    assert sentence in conclusion(report(group(0.5, (0.2, 0.7)), gap=gap))


def test_beside_untrained_networks() -> None:
    assert conclusion(report(group(0.5, (0.2, 0.7)), p_untrained=0.2)) == (
        "fc predicts people; 2 untrained networks reach 0.25 on average (p = 0.2000)."
    )
    assert "reach only 0.25" in conclusion(report(group(0.5, (0.2, 0.7)), p_untrained=0.005))


def test_of_pixels_alone() -> None:
    assert conclusion(report(group(0.5, (0.2, 0.7))), "pixels") == "Raw pixels predict people, without any network."


def test_over_several_digits() -> None:
    two = (group(0.5, (0.2, 0.7)), msgspec.structs.replace(group(0.4, (0.2, 0.7)), digit=3))

    assert conclusion(report(*two, r=0.45, new=(0.2, 0.6))) == "fc predicts people."
    assert conclusion(report(*two, r=0.1, new=(-0.2, 0.4))).startswith("The interval for new people and pairs includes")
    assert conclusion(report(*two, r=-0.4, new=(-0.6, -0.1))) == "What fc finds more alike, people find less so."
    assert conclusion(report(*two, r=0.45, new=(0.2, 0.6), crossed=(-0.1, 0.7))) == (
        "Not every test for new people and pairs excludes 0: this may be chance."
    )
    few = (two[0], group(0.5, (0.2, 0.7), n=4))
    assert conclusion(report(*few, r=0.4, new=(0.1, 0.6))) == "Some digits have too few pairs to conclude anything."
    assert conclusion(report(*two)) == ""


def test_it_is_a_value_that_programs_can_read() -> None:
    assert conclude(report(group(0.9, (0.1, 0.99), n=4)), "fc") == TooFewPairs(4)
    assert conclude(report(group(0.3, (-0.1, 0.6))), "fc") == MayBeChance()
    assert conclude(report(group(0.3, None, people=1)), "fc") == OnePerson()
    gap = OverallDifference(layer="fc", dz=0.3, p_family=0.01)
    assert conclude(report(group(0.5, (0.2, 0.7)), gap=gap, p_untrained=0.01), "fc") == Predicts(
        "fc", BesidePixels("better", 0.3), BesideUntrained(0.25, 2, 0.01)
    )


def test_shorter_wordings_lose_whole_clauses_from_the_end() -> None:
    gap = OverallDifference(layer="fc", dz=0.3, p_family=0.01)
    found = conclude(report(group(0.5, (0.2, 0.7)), gap=gap, p_untrained=0.5), "fc")
    assert found is not None

    assert conclusion_wordings(found) == (
        "fc predicts people, better than raw pixels do (0.30); 2 untrained networks reach 0.25 on average "
        "(p = 0.5000).",
        "fc predicts people, better than raw pixels do (0.30); 2 untrained networks reach 0.25 on average…",
        "fc predicts people, better than raw pixels do (0.30)…",
        "fc predicts people…",
    )


@pytest.mark.parametrize(("people", "pairs"), [(2, 20), (7, 30)])
def test_predicts_is_said_falsely_in_at_most_six_of_a_hundred_studies(people: int, pairs: int) -> None:
    """People share nothing with the network, but each goes with it or against it in a way of their own."""
    rng = np.random.default_rng(people)
    studies, said = 400, 0
    for _ in range(studies):
        x = rng.standard_normal(pairs)
        taste = 0.6 * rng.standard_normal((people, 1))
        ratings = taste * x + rng.standard_normal(pairs) + rng.standard_normal((people, pairs))
        r = float(np.corrcoef(x, ratings.mean(axis=0))[0, 1])
        found = mixed(x, ratings)
        assert found.p is not None
        assert math.isfinite(found.p)
        of = report(group(r, found.ci_r, p=found.p, n=pairs, people=people))
        said += conclusion(of).startswith("fc predicts people")
    assert said / studies <= 0.06
