"""Each ceiling beside its own number; where there is none, the sentence says why, whatever the reason."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from simtui.analysis.mixed import differ
from simtui.analysis.report import build
from simtui.analysis.results import Report
from simtui.reporting.numbers import interval, number
from simtui.reporting.people import ceilings, follows
from simtui.reporting.summary import CEILING
from tests.analysis.data import simulated
from tests.analysis.reports import given, imported
from tests.builders import small_study


def people(k: int, n: int = 8) -> tuple[np.ndarray, dict[str, list[int]]]:
    latent, ratings = simulated(k, n, seed=3)
    return latent, {f"P{i + 1}": [int(value) for value in row] for i, row in enumerate(ratings)}


def report_of(folder: Path, latent: np.ndarray, ratings: dict[str, list[int]]) -> Report:
    study = small_study(pairs=len(latent))
    return build(study, imported(study, folder, ratings), given(study, fc=latent))


def test_each_ceiling_stands_beside_the_number_that_it_bounds(tmp_path: Path) -> None:
    report = report_of(tmp_path, *people(4))
    group = report.groups[0]
    found, bounds = group.layers["fc"], group.ceilings

    assert [*ceilings(group, "fc")] == [
        f"mean r of fc with single people is {number(found.mean_individual_r)}; its ceiling lies between "
        f"{number(bounds.individual_lower)} (lower bound) and {number(bounds.individual_upper)} (upper bound)",
        f"{CEILING}: {number(bounds.mean)}, 95 % {interval(bounds.mean_ci)}; "
        f"r is {number(found.r_over_ceiling, 2)} of it, 95 % {interval(found.r_over_ceiling_ci, 2)}",
    ]


def test_who_follows_what(tmp_path: Path) -> None:
    """Each person's slope on the layer, pixels and deskewed shape, and whether they differ, as in the JSON."""
    latent, ratings = people(4, 12)
    study = small_study(pairs=12)
    layers = given(study, fc=latent, pixels=latent[::-1].copy())
    shape = np.cos(latent)
    similarities = replace(layers, covariates={"deskewed_cosine": shape})
    report = build(study, imported(study, tmp_path, ratings), similarities)
    group = report.groups[0]
    assert set(group.follows) == {"fc", "pixels", "deskewed_cosine"}
    table = np.array(list(ratings.values()), dtype=float)
    for name, x in (("fc", latent), ("pixels", latent[::-1]), ("deskewed_cosine", shape)):
        expected = [np.polyfit((x - x.mean()) / x.std(), row, 1)[0] for row in table]
        found = group.follows[name]
        assert found.slopes == pytest.approx(expected)
        assert found.mean == pytest.approx(np.mean(expected))
        assert (found.differ_f, found.differ_p) == pytest.approx(differ(x, table))
    assert group.follows["fc"].differ_f == pytest.approx(group.layers["fc"].mixed.differ_f)

    (shown,) = follows(report, group, "fc")
    assert shown.header == ("who follows what", "fc", "pixels", "shape")
    assert [row[0] for row in shown.rows] == [*report.participants, "mean", "F test, people differ", "p"]
    assert shown.rows[0][1] == number(group.follows["fc"].slopes[0], 2)
    assert next(follows(report, group, "pixels")).header == ("who follows what", "pixels", "shape")


def test_one_person_follows_what_nobody_else_does_not(tmp_path: Path) -> None:
    report = report_of(tmp_path, *people(1))
    assert [*follows(report, report.groups[0], "fc")] == []


def test_one_person_has_no_ceiling_and_the_reason_stands_once(tmp_path: Path) -> None:
    group = report_of(tmp_path, *people(1)).groups[0]

    single, mean = ceilings(group, "fc")

    assert single.endswith(
        "; it has no ceiling: Only one person has usable ratings: "
        "there is no reliability, no ceiling and no other person to compare with."
    )
    assert mean == f"{CEILING}: none either"


def test_people_who_do_not_agree_have_no_ceiling_of_the_mean(tmp_path: Path) -> None:
    rows = [[1, 9, 2, 8, 3, 7], [9, 1, 8, 2, 7, 4]]
    report = report_of(tmp_path, np.arange(6.0), {"P1": rows[0], "P2": rows[1]})

    single, mean = ceilings(report.groups[0], "fc")

    assert "(lower bound) and" in single
    assert ": none: The intraclass correlation ICC(C,k) is -" in mean
    assert mean.endswith("there is no ceiling for r with the mean.")


def test_a_ceiling_with_one_bound_says_why_the_other_is_not_there(tmp_path: Path) -> None:
    # The two who are each other's opposite leave nothing of their mean, and everybody's mean nothing of all.
    report = report_of(tmp_path, np.arange(4.0), {"P1": [1, 2, 3, 4], "P2": [4, 3, 2, 1]})

    single, _ = ceilings(report.groups[0], "fc")

    assert "lies between -1.000 (lower bound) and – (upper bound): Z-scored ratings cancel each other out" in single
    assert "has only one of its bounds." in single
    assert report.groups[0].no_ceilings.individual in report.notes


def test_too_few_pairs_that_all_rated(tmp_path: Path) -> None:
    latent, ratings = people(2, 3)
    report = report_of(tmp_path, latent[:2], {name: row[:2] for name, row in ratings.items()})

    single, mean = ceilings(report.groups[0], "fc")

    assert "it has no ceiling: No two people both rated 3 pairs" in single
    assert "none: 2 of 2 pairs were rated by all 2 people" in mean


def test_a_constant_mean_has_no_ceiling(tmp_path: Path) -> None:
    report = report_of(tmp_path, np.arange(4.0), {"P1": [1, 2, 3, 4], "P2": [4, 3, 2, 1]})

    _, mean = ceilings(report.groups[0], "fc")

    assert mean.endswith(
        ": none: The pairs do not differ in their mean rating: there is no intraclass correlation and no ceiling."
    )
