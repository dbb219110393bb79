"""What holds over all digits: means of what is known within each, and tests of the layers over all of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from simtui.analysis import correlation
from simtui.analysis.agreement import Agreement
from simtui.analysis.layer_differences import DigitTable, OverDigits, heterogeneity, over_digits
from simtui.analysis.layer_results import BASELINE, ForNew, Interval
from simtui.analysis.results import Group, Overall, OverallLayer
from simtui.analysis.usable import UsableRatings


@dataclass(frozen=True, slots=True)
class NamedTable:
    """A group's table with the names of its layers."""

    names: tuple[str, ...]
    table: DigitTable


def named_table(against: Agreement, ratings: UsableRatings) -> NamedTable | None:
    """What tests over several groups need of one; None where no layer has a correlation."""
    if not against.correlated:
        return None
    everybody = np.full((len(ratings.kept), against.n_rated), np.nan)
    everybody[ratings.kept] = ratings.averaged[:, ratings.rated]
    layers = np.stack(list(against.correlated.values()))
    return NamedTable(tuple(against.correlated), DigitTable(layers, everybody, against.units))


def overall(groups: Sequence[Group], tables: Sequence[NamedTable | None], *, seed: int = 0) -> Overall:
    """Fisher-z means over all groups (digits), weighted with pairs − 3, of what is known within each.

    A group that lacks a number does not count for it. With one group it is that group's own. tables: `named_table`
    of each; a layer that one of them lacks is not tested over all of them.
    """
    sizes = [group.n_rated for group in groups]

    def mean(each: Iterable[float | None]) -> tuple[float | None, Interval | None]:
        known = [(r, n) for r, n in zip(each, sizes, strict=True) if r is not None]
        return correlation.fisher_mean(known) or (None, None)

    def of_each_person(by_group: Iterable[tuple[float | None, ...]]) -> tuple[float | None, ...]:
        return tuple(mean(each)[0] for each in zip(*by_group, strict=True))

    names, tested = _tested(tables, seed)
    crossed = dict(zip(names, tested.ci_crossed, strict=True))
    new = dict(zip(names, tested.for_new, strict=True)) if len(groups) > 1 else {}
    if len(groups) == 1:
        # The same interval with five times the resamples.
        crossed = {name: layer.pearson.ci_crossed for name, layer in groups[0].layers.items()}
    layers, q = {}, {}
    for name in groups[0].layers:
        found = [group.layers[name] for group in groups]
        r, ci = mean(layer.pearson.r for layer in found)
        layers[name] = OverallLayer(
            r=r,
            ci=ci,
            as_another_person_r=mean(layer.as_another_person_r for layer in found)[0],
            ci_crossed=crossed.get(name),
            for_new=new.get(name, ForNew()),
        )
        known = [(layer.pearson.r, n) for layer, n in zip(found, sizes, strict=True) if layer.pearson.r is not None]
        q[name] = heterogeneity([(r, n) for r, n in known if r is not None])
    untrained = {name: mean(group.untrained[name].r for group in groups)[0] for name in groups[0].untrained}
    return Overall(
        layers=layers,
        untrained=untrained,
        another_person_r=mean(group.another_person_r for group in groups)[0],
        leave_one_out_r=of_each_person(group.leave_one_out_r for group in groups),
        individual_r={
            name: of_each_person(group.layers[name].individual_r for group in groups) for name in groups[0].layers
        },
        untrained_p={
            name: rank_p(
                layers[name].r,
                [mean(each)[0] for each in zip(*(group.untrained[name].each for group in groups), strict=True)],
            )
            for name in untrained
        },
        differences=tested.differences,
        q=q,
    )


def rank_p(r: float | None, chance: Sequence[float | None]) -> float | None:
    """One-sided p of r among what came by chance: (b + 1) / (m + 1), b of the m at least as high; None without any."""
    known = [one for one in chance if one is not None]
    if r is None or not known:
        return None
    return (sum(one >= r for one in known) + 1) / (len(known) + 1)


def _tested(tables: Sequence[NamedTable | None], seed: int) -> tuple[list[str], OverDigits]:
    """The layers that all groups have, and what is said of them over all of these."""
    known = [table for table in tables if table is not None]
    names = [name for name in known[0].names if all(name in table.names for table in known)] if known else []
    digits = [
        replace(table.table, layers=table.table.layers[[table.names.index(name) for name in names]])
        for table in known
        if table.table.weight
    ]
    if not names or not digits:
        return [], OverDigits((), (), ())
    return names, over_digits(digits, names, BASELINE, seed=seed)
