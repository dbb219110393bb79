"""The pairs of a Report: both scores, both ranks, how much they disagree, and what is said of one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from simtui.analysis.layer_results import BASELINE
from simtui.analysis.results import Group, PairScore, Report
from simtui.errors import printable
from simtui.reporting.blocks import Block, Images, Paragraph, Table
from simtui.reporting.numbers import NONE, number
from simtui.stimuli.source import Label
from simtui.study.model import Study

MOST_BESIDE = 8
"""People up to whom each one's rating stands beside a pair's scores; those of more have tables of their own."""

MOST_IN_TABLE = 20
"""People in one of these."""


def pairs(report: Report, group: Group, layer: str) -> Iterator[Block]:
    """Every pair in the study's order, with its images, both its scores, normalized and raw, and all its ratings."""
    yield Paragraph(
        "net and human are normalized to 0..1; the cosine and the mean rating are raw; ratings: of how many; then each "
        "person's own"
    )
    people = report.participants
    beside = people if len(people) <= MOST_BESIDE else ()
    yield Table(
        ("pair", "images", "net", "human", "cosine", "rating", "ratings", *map(printable, beside)),
        tuple(
            (
                printable(pair.id),
                Images(pair.left, pair.right),
                number(pair.similarity_normalized[layer], 2),
                number(pair.human_normalized, 2),
                number(pair.similarity[layer]),
                number(pair.human, 2),
                str(pair.n_ratings),
                *_own(pair, beside),
            )
            for pair in group.pairs
        ),
    )
    for start in range(0, 0 if beside else len(people), MOST_IN_TABLE):
        some = people[start : start + MOST_IN_TABLE]
        yield Table(
            ("rating of", *map(printable, some)),
            tuple((printable(pair.id), *_own(pair, some)) for pair in group.pairs),
        )


def _own(pair: PairScore, people: Sequence[str]) -> Iterator[str]:
    return (str(pair.ratings.get(person, NONE)) for person in people)


# ---------------------------------------------------------------------- to browse: on the screen


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


def unrated_rows(study: Study, similarity: Mapping[str, Sequence[float]], layer: str) -> tuple[PairRow, ...]:
    """Every pair of a study that nobody has rated, in its order. similarity: by layer, of every pair."""
    digits = {pair.digit for pair in study.pairs}
    return tuple(
        PairRow(
            digit=pair.digit,
            pair=PairScore(
                id=pair.id,
                left=pair.left,
                right=pair.right,
                n_ratings=0,
                human=None,
                human_normalized=None,
                similarity={name: values[i] for name, values in similarity.items()},
                similarity_normalized={},
            ),
            net=similarity[layer][i] if layer in similarity else None,
            net_normalized=None,
            net_rank=None,
            human_rank=None,
            ranked=0,
            disagreement=None,
            layer=layer,
            several=len(digits) > 1,
        )
        for i, pair in enumerate(study.pairs)
    )


def by_disagreement(rows: Sequence[PairRow]) -> list[int]:
    """Positions of the rows, the greatest disagreement first, those without a score last."""
    return sorted(range(len(rows)), key=lambda i: -(-1.0 if (d := rows[i].disagreement) is None else d))


def _ranks(values: Sequence[float]) -> list[float]:
    """1 for the largest; ties share the mean of their ranks."""
    ordered = sorted(values, reverse=True)
    first = {value: place for place, value in reversed(list(enumerate(ordered, start=1)))}
    return [first[value] + (ordered.count(value) - 1) / 2 for value in values]


def gap(row: PairRow) -> str:
    """Ranks apart, with the direction in which the network errs: + it finds them more alike than people do."""
    if row.net_rank is None or row.human_rank is None:
        return NONE
    apart = row.human_rank - row.net_rank
    return f"{apart:+g}" if apart else "0"


def scores(row: PairRow, highest: int) -> str:
    """Both scores of a pair, in one line of at most 60 characters. highest: of the study's scale."""
    if row.human is None:
        return f"{_name(row)}   {_who(row)} {number(row.net, 2)}   people: not rated"
    return f"{_name(row)}   {_who(row)} {number(row.net, 2)}   people {number(row.human, 1)} of {highest}"


def ranked_scores(row: PairRow) -> str:
    """The scores and the ranks of a pair in one line."""
    if row.net_rank is None or row.human_rank is None:
        return f"{_name(row)}  {_who(row)} {number(row.net, 2)}  people {number(row.human, 1)}  not ranked"
    net, human = f"{number(row.net, 2)}, rank {row.net_rank:g}", f"{number(row.human, 1)}, rank {row.human_rank:g}"
    return f"{_name(row)}  {_who(row)} {net}  people {human} of {row.ranked}"


def plotted_scores(row: PairRow, highest: int) -> tuple[str, ...]:
    """Both scores of the pair whose point is marked in the plot, as they are and normalized; the longest first."""
    net, human = f"{_who(row)} {number(row.net, 2)}", f"people {number(row.human, 1)}"
    if row.net_normalized is None or row.pair.human_normalized is None:
        return (f"◆ {scores(row, highest)}",)
    x, y = number(row.net_normalized, 2), number(row.pair.human_normalized, 2)
    return (
        f"◆ {_name(row)}   {net} (normalized {x})   {human} of {highest} ({y})",
        f"◆ {_name(row)}   {net} ({x})   {human} of {highest} ({y})",
        f"◆ {_name(row)}   {net} ({x})   {human} ({y})",
        f"◆ {_name(row)}  {net}  {human}",
    )


def ranks_in_words(row: PairRow) -> str:
    """Both ranks, and in a line of its own who finds the two images more alike. 1 is the most similar."""
    if row.net_rank is None or row.human_rank is None:
        return "not rated, or without a similarity: not ranked"
    ranks = f"rank by similarity: {_who(row)} {row.net_rank:g}, people {row.human_rank:g} of {row.ranked}"
    if row.net_rank == row.human_rank:
        return ranks
    more = "more" if row.net_rank < row.human_rank else "less"
    if row.layer == BASELINE:
        return f"{ranks}\nin pixels they are {more} alike than to people"
    return f"{ranks}\nthe network finds them {more} alike than people do"


def _name(row: PairRow) -> str:
    name = printable(row.pair.id, 16)
    return f"digit {printable(row.digit, 8)}, {name}" if row.several else name


def _who(row: PairRow) -> str:
    return "pixels" if row.layer == BASELINE else "network"
