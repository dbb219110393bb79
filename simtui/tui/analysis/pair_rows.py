"""The pairs of a Report as rows to browse: both scores, both ranks, and how much they disagree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simtui.analysis.results import PairScore, Report
from simtui.stimuli.source import Label


@dataclass(frozen=True, slots=True)
class PairRow:
    """One pair as one layer and people see it.

    net_rank, human_rank: 1 is the most similar of the digit's `ranked` pairs; ties share their mean rank.
    disagreement: |net_rank − human_rank| over the largest there can be, 0 to 1; None where a score is missing.
    several: the report has other digits too.
    """

    digit: Label
    pair: PairScore
    net: float | None
    net_normalized: float | None
    net_rank: float | None
    human_rank: float | None
    ranked: int
    disagreement: float | None
    layer: str
    several: bool

    @property
    def human(self) -> float | None:
        return self.pair.human


def pair_rows(report: Report, layer: str) -> tuple[PairRow, ...]:
    """Every pair of every group, in the report's order. Ranks are within a digit."""
    rows: list[PairRow] = []
    for group in report.groups:
        scored = [p for p in group.pairs if p.human is not None and p.similarity.get(layer) is not None]
        net = dict(zip([p.id for p in scored], _ranks([p.similarity[layer] or 0.0 for p in scored]), strict=True))
        human = dict(zip([p.id for p in scored], _ranks([p.human or 0.0 for p in scored]), strict=True))
        largest = max(1, len(scored) - 1)
        for pair in group.pairs:
            both = pair.id in net
            rows.append(
                PairRow(
                    digit=group.digit,
                    pair=pair,
                    net=pair.similarity.get(layer),
                    net_normalized=pair.similarity_normalized.get(layer),
                    net_rank=net.get(pair.id),
                    human_rank=human.get(pair.id),
                    ranked=len(scored),
                    disagreement=abs(net[pair.id] - human[pair.id]) / largest if both else None,
                    layer=layer,
                    several=len(report.groups) > 1,
                )
            )
    return tuple(rows)


def by_disagreement(rows: Sequence[PairRow]) -> list[int]:
    """Positions of the rows, the greatest disagreement first, those without a score last."""
    return sorted(range(len(rows)), key=lambda i: -(-1.0 if (d := rows[i].disagreement) is None else d))


def _ranks(values: Sequence[float]) -> list[float]:
    """1 for the largest; ties share the mean of their ranks."""
    ordered = sorted(values, reverse=True)
    first = {value: place for place, value in reversed(list(enumerate(ordered, start=1)))}
    return [first[value] + (ordered.count(value) - 1) / 2 for value in values]
