"""What may be concluded, and that nothing more is."""

from __future__ import annotations

import msgspec
import pytest

from simtui.analysis.results import (
    CheckpointInfo,
    Group,
    LayerAgreement,
    LayerDifference,
    Overall,
    OverallLayer,
    Pearson,
    Report,
    Untrained,
)
from simtui.reporting.conclusion import MayBeChance, Predicts, TooFewPairs, conclude, conclusion_wordings

Ends = tuple[float, float]


def group(r: float | None, ci: Ends | None, gap: Ends | None = None, *, never: float = 0.4, n: int = 30) -> Group:
    """One digit. gap: the interval of fc minus pixels. never: what the best of the untrained networks reaches."""
    between = (LayerDifference(first="pixels", second="fc", difference=0, ci=(-gap[1], -gap[0]), p=0.5),) if gap else ()
    return Group(
        digit=8,
        n_pairs=40,
        n_rated=n,
        n_participants=3,
        pairs=(),
        layers={
            "fc": LayerAgreement(pearson=Pearson(r=r, ci=ci)),
            "pixels": LayerAgreement(pearson=Pearson(r=0.3, ci=(0.1, 0.5))),
        },
        untrained={"fc": Untrained(r=0.3, each=(0.2, never))},
        differences=between,
        verdict=n >= 5,
        detectable_r=0.49,
    )


def report(*groups: Group, r: float | None = None, ci: Ends | None = None) -> Report:
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
        participants=("P1",),
        sessions=(),
        skipped=(),
        simulated=False,
        groups=groups,
        overall=Overall(
            layers={"fc": OverallLayer(r=r, ci=ci), "pixels": OverallLayer(r=0.3, ci=(0.1, 0.5))},
            untrained={"fc": 0.25},
        ),
        notes=(),
    )


def conclusion(of: Report, layer: str) -> str:
    found = conclude(of, layer)
    return "" if found is None else conclusion_wordings(found)[0]


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (group(None, None), ""),
        (group(1.0, None), ""),
        (group(0.9, (0.1, 0.99), n=4), "4 pairs: too few to conclude anything."),
        (
            group(0.3, (-0.1, 0.6)),
            "The interval includes 0: this may be chance (30 pairs show r from 0.49 on).",
        ),
        (group(-0.5, (-0.8, -0.2)), "What fc finds more alike, people find less so."),
        (
            group(0.5, (0.2, 0.7), (-0.1, 0.4)),
            "fc predicts people, but no better than raw pixels do (0.30), as far as 30 pairs can tell; untrained "
            "networks reach only 0.40.",
        ),
        (
            group(0.5, (0.2, 0.7), (0.1, 0.4), never=0.6),
            "fc predicts people better than raw pixels do (0.30); untrained networks reach 0.20 to 0.60.",
        ),
        (group(0.5, (0.2, 0.7)), "fc predicts people; untrained networks reach only 0.40."),
    ],
)
def test_of_one_digit(found: Group, sentence: str) -> None:
    assert conclusion(report(found), "fc") == sentence


def test_of_pixels_alone() -> None:
    assert conclusion(report(group(0.5, (0.2, 0.7), (0.1, 0.4))), "pixels") == (
        "Raw pixels predict people, without any network."
    )


def test_over_several_digits() -> None:
    two = (group(0.5, (0.2, 0.7)), msgspec.structs.replace(group(0.4, (0.2, 0.7)), digit=3))

    assert conclusion(report(*two, r=0.45, ci=(0.2, 0.6)), "fc") == (
        "fc predicts people with r = 0.45, raw pixels with 0.30, untrained networks with 0.25."
    )
    assert conclusion(report(*two, r=0.45, ci=(0.2, 0.6)), "pixels") == "Raw pixels predict people with r = 0.30."
    assert conclusion(report(*two, r=0.1, ci=(-0.2, 0.4)), "fc") == "The interval includes 0: this may be chance."
    assert conclusion(report(*two, r=-0.4, ci=(-0.6, -0.1)), "fc") == "What fc finds more alike, people find less so."
    few = (two[0], group(0.5, (0.2, 0.7), n=4))
    assert conclusion(report(*few, r=0.4, ci=(0.1, 0.6)), "fc") == (
        "Some digits have too few pairs to conclude anything."
    )
    assert conclusion(report(*two), "fc") == ""


def test_it_is_a_value_that_programs_can_read() -> None:
    assert conclude(report(group(0.9, (0.1, 0.99), n=4)), "fc") == TooFewPairs(4)
    assert conclude(report(group(0.3, (-0.1, 0.6))), "fc") == MayBeChance(30, 0.49)
    assert conclude(report(group(0.5, (0.2, 0.7), (0.1, 0.4), never=0.6)), "fc") == Predicts(
        "fc", 0.5, 30, pixels=0.3, better=True, untrained=(0.2, 0.6)
    )


def test_shorter_wordings_lose_whole_clauses_from_the_end() -> None:
    found = conclude(report(group(0.5, (0.2, 0.7), (-0.1, 0.4))), "fc")
    assert found is not None

    assert conclusion_wordings(found) == (
        "fc predicts people, but no better than raw pixels do (0.30), as far as 30 pairs can tell; untrained networks "
        "reach only 0.40.",
        "fc predicts people, but no better than raw pixels do (0.30), as far as 30 pairs can tell…",
        "fc predicts people, but no better than raw pixels do (0.30)…",
    )
