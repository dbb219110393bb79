"""What a layer captures: image measures against people and the layer, and the pairs on which these two part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from simtui.analysis.layer_results import BASELINE, LEVEL, Judged, RankedPair
from simtui.analysis.results import Group, Report
from simtui.errors import printable
from simtui.reporting.blocks import Block, Gallery, Images, Paragraph, Table
from simtui.reporting.numbers import number, predictor

_MORE_SIMILAR = "more similar for "


def captures(report: Report, group: Group, layer: str) -> Iterator[Block]:
    """The reading, the table of the measures, and the disagreements in a table and as images."""
    yield Paragraph(reading(group, layer))
    if layer in group.captures:
        yield measures(group, layer)
    if disagreement(group, layer):
        yield disagreements(report, group, layer)
        yield from galleries(group, layer)


def reading(group: Group, layer: str) -> str:
    """The Report's one sentence on what the layer captures, or why there is none."""
    found = group.captures.get(layer)
    if found is None:
        return "Nothing can be said of what it captures: that takes more pairs, with ratings that differ."
    if found.threshold is None and group.covariate_threshold is None:
        return "So few pairs judge nothing: the r below are shown, and say no more than of these very pairs."
    return found.reading or "No measure of the images goes with people or with this layer beyond chance."


def measures(group: Group, layer: str) -> Table:
    """A row a measure: r with people, with the layer, with each while the other is held constant; last, the thresholds.

    A star marks an r beyond chance. The layer must be one of `group.captures`.
    """
    found, name = group.captures[layer], printable(layer, 40)
    rows = [
        (one.label, *map(_starred, (one.people, of.layer, of.people_given_layer, of.layer_given_people)))
        for one in group.covariates
        for of in (one.layers[layer],)
    ]
    limits = (
        group.covariate_threshold,
        found.threshold,
        found.threshold_people_given_layer,
        found.threshold_layer_given_people,
    )
    note = ""
    if any(limit is not None for limit in limits):
        rows.append(("* beyond chance from", *(f"±{number(limit, 2)}" for limit in limits)))
        note = (
            f"r: correlation. *: chance alone rarely reaches it (p ≤ .05 over all measures of a column together). With "
            f"{name} held constant: what {name} misses in people; with people held constant: what it has of its own."
        )
    header = (
        "r of each measure with",
        "people",
        name,
        f"people,\n{name} held\nconstant",
        f"{name},\npeople held\nconstant",
    )
    return Table(header, tuple(rows), note=note)


def _starred(found: Judged) -> str:
    return number(found.r, 2) + ("*" if found.p is not None and found.p <= LEVEL else "")


def disagreement(group: Group, layer: str) -> list[tuple[str, RankedPair]]:
    """The pairs on which layer and people disagree most, each with who finds it more alike; the layer's side first."""
    found = group.disagreements.get(layer)
    if found is None:
        return []
    sides = (
        (f"{_MORE_SIMILAR}{predictor(layer)}", found.network_higher),
        (f"{_MORE_SIMILAR}people", found.people_higher),
    )
    return [(side, ranked) for side, pairs in sides for ranked in pairs]


def disagreements(report: Report, group: Group, layer: str) -> Table:
    """These pairs with their scores and ranks, in the order of `disagreement`."""
    return _ranked(report, layer, [(group, side, ranked) for side, ranked in disagreement(group, layer)])


def worst(report: Report, layer: str, most: int = 3) -> Table | None:
    """Of all digits the pairs on which layer and people disagree most, so many each way; None where they never do."""
    found = [(group, side, ranked) for group in report.groups for side, ranked in disagreement(group, layer)]
    sides = dict.fromkeys(side for _, side, _ in found)
    # Digits may have different numbers of pairs.
    found.sort(key=lambda each: -abs(each[2].network_rank - each[2].human_rank) / max(1, each[0].n_rated - 1))
    chosen = [each for side in sides for each in [each for each in found if each[1] == side][:most]]
    return _ranked(report, layer, chosen, several=len(report.groups) > 1) if chosen else None


def _ranked(
    report: Report, layer: str, found: Sequence[tuple[Group, str, RankedPair]], *, several: bool = False
) -> Table:
    rows = []
    for group, side, ranked in found:
        pair = next(pair for pair in group.pairs if pair.id == ranked.id)
        rows.append(
            (
                f"{printable(group.digit, 8)}, {printable(ranked.id)}" if several else printable(ranked.id),
                side.removeprefix(_MORE_SIMILAR),
                f"{ranked.network_rank:g}",
                f"{ranked.human_rank:g}",
                number(pair.similarity[layer]),
                number(pair.human, 2),
            )
        )
    return Table(
        (
            "digit, pair" if several else "pair",
            _MORE_SIMILAR.strip(),
            f"{_net(layer)} rank",
            "human rank",
            "cosine",
            "rating",
        ),
        tuple(rows),
        note=f"rank 1: the most similar{'; human ranks are of z-scored ratings' if report.zscored else ''}",
    )


def galleries(group: Group, layer: str) -> Iterator[Gallery]:
    """The images of these pairs, those that the layer finds more alike apart from those that people do."""
    found = disagreement(group, layer)
    for side in dict.fromkeys(side for side, _ in found):
        yield _gallery(group, layer, side, [ranked for other, ranked in found if other == side])


def _gallery(group: Group, layer: str, title: str, pairs: Sequence[RankedPair]) -> Gallery:
    scores = {pair.id: pair for pair in group.pairs}
    shown = []
    for ranked in pairs:
        pair = scores[ranked.id]
        network = f"{_net(layer)} {number(pair.similarity[layer], 2)} rank {ranked.network_rank:g}"
        people = f"people {number(pair.human, 1)} rank {ranked.human_rank:g}"
        shown.append((f"{printable(pair.id, 10)}: {network}, {people}", Images(pair.left, pair.right)))
    return Gallery(title, tuple(shown))


def _net(layer: str) -> str:
    return "pixels" if layer == BASELINE else "net"
