"""What holds over all digits: weighted means, and ranks among untrained networks."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest

from simtui.analysis import correlation
from simtui.analysis.layer_results import LayerAgreement, Pearson, Untrained
from simtui.analysis.overall import overall, rank_p
from simtui.analysis.results import Group, Overall, OverallLayer


def _overall(groups: Sequence[Group]) -> Overall:
    return overall(groups, [None] * len(groups))


def test_overall_is_the_fisher_mean_of_the_digits() -> None:
    def group(r: float | None, n: int, other: float | None = None) -> Group:
        return Group(
            digit=n,
            n_pairs=n,
            n_rated=n,
            n_participants=2,
            pairs=(),
            layers={"fc": LayerAgreement(pearson=Pearson(r=r), as_another_person_r=other), "conv1": LayerAgreement()},
            untrained={"fc": Untrained(r=r), "conv1": Untrained()},
            another_person_r=r,
        )

    found = _overall([group(0.2, 20, 0.1), group(0.6, 20, 0.5), group(None, 2)])
    expected = correlation.fisher_mean([(0.2, 20), (0.6, 20)])
    assert expected is not None
    as_a_person = math.tanh((math.atanh(0.1) + math.atanh(0.5)) / 2)
    assert found.layers["fc"] == OverallLayer(r=expected[0], ci=expected[1], as_another_person_r=as_a_person)
    assert found.layers["conv1"] == OverallLayer()
    assert found.untrained == {"fc": expected[0], "conv1": None}
    assert found.another_person_r == expected[0]
    alone = _overall([group(0.4, 20)]).layers["fc"]
    assert alone.r == pytest.approx(0.4)
    assert alone.ci == pytest.approx(correlation.fisher_ci(0.4, 20))


def test_each_persons_r_over_digits_is_the_fisher_mean_of_those_they_have() -> None:
    def group(digit: int, others: tuple[float | None, ...], own: tuple[float | None, ...]) -> Group:
        return Group(
            digit=digit,
            n_pairs=20,
            n_rated=20,
            n_participants=3,
            pairs=(),
            layers={"fc": LayerAgreement(individual_r=own)},
            leave_one_out_r=others,
        )

    found = _overall([group(3, (0.1, 0.6, None), (0.2, None, None)), group(8, (0.5, None, None), (0.3, 0.7, None))])

    def mean(*each: float) -> object:
        return pytest.approx(math.tanh(sum(map(math.atanh, each)) / len(each)))

    assert found.leave_one_out_r == (mean(0.1, 0.5), mean(0.6), None)
    assert found.individual_r == {"fc": (mean(0.2, 0.3), mean(0.7), None)}


def test_digits_count_by_their_pairs() -> None:
    def group(digit: int, n: int, r: float) -> Group:
        layers = {"fc": LayerAgreement(pearson=Pearson(r=r))}
        return Group(digit=digit, n_pairs=n, n_rated=n, n_participants=3, pairs=(), layers=layers)

    found = _overall([group(3, 60, 0.5), group(8, 6, -0.7)])
    assert found.layers["fc"].r == pytest.approx(math.tanh((57 * math.atanh(0.5) + 3 * math.atanh(-0.7)) / 60))
    q = found.q["fc"]
    assert q is not None
    assert q.df == 1
    assert q.p < 0.05
    assert _overall([group(3, 60, 0.5)]).q["fc"] is None


def test_rank_among_untrained_networks() -> None:
    assert rank_p(0.5, [0.1, 0.2, 0.6, None]) == 2 / 4
    assert rank_p(0.9, [0.1] * 199) == 1 / 200
    assert rank_p(None, [0.1]) is None
    assert rank_p(0.3, []) is None
