"""What a document says of a Report: the same numbers as the screen and the text, with the pairs as pictures."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from simtui.analysis.capture_results import LEVEL, Judged, RankedPair
from simtui.analysis.ratings import Ratings
from simtui.analysis.results import ICC_NAMES, Group, Report
from simtui.errors import SimtuiError, printable
from simtui.reporting import methods, svg
from simtui.reporting.blocks import (
    Block,
    Bullets,
    Cell,
    Drawing,
    Heading,
    OwnWords,
    Paragraph,
    Table,
)
from simtui.reporting.gallery import drawn_pairs
from simtui.reporting.layout import NONE, interval, number, p_value
from simtui.reporting.pictures import Pictures, pictures
from simtui.reporting.summary import summary
from simtui.reporting.text import plot
from simtui.study.model import Study

_HARMLESS = (
    "\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{IDEOGRAPHIC SPACE}"
    "\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}"
)
"""What languages and emoji are written with though Python counts it among what cannot be printed."""


def content(report: Report, study: Study, ratings: Ratings, layer: str, own_words: str = "") -> list[Block]:
    """The document, block by block. own_words: the student's notes, "" for none.

    Raises SimtuiError for a layer that the Report has not.
    """
    if layer not in report.layers:
        raise SimtuiError(f"There is no layer {printable(layer)!r} here: choose from {', '.join(report.layers)}.")
    images = pictures(study)
    blocks: list[Block] = [*summary(report, layer)]
    if own_words.strip():
        blocks += [Heading("Notes of the author"), OwnWords(_harmless(own_words))]
    blocks += [Heading("Network against people"), _scatter(report, layer)]
    for group in report.groups:
        of = f", digit {printable(group.digit, 40)}" if len(report.groups) > 1 else ""
        blocks += [Heading(f"Layers{of}"), *_layers(report, group, layer)]
        blocks += [Heading(f"People{of}"), *_people(report, group, layer)]
        blocks += [*_captures(group, layer, of, images)]
    for group in report.groups:
        of = f", digit {printable(group.digit, 40)}" if len(report.groups) > 1 else ""
        blocks += [Heading(f"Pairs{of}"), _pairs(group, layer, images)]
    return [*blocks, *_methods(report, study, ratings)]


def _scatter(report: Report, layer: str) -> Drawing:
    points = [
        svg.Point(x, y, printable(group.digit, 20), f"{pair.id}: net {x:.2f}, human {y:.2f}")
        for group in report.groups
        for pair in group.pairs
        if (x := pair.similarity_normalized[layer]) is not None and (y := pair.human_normalized) is not None
    ]
    digits = ", ".join(printable(group.digit, 20) for group in report.groups)
    title = f"Convnet vs. human similarity judgments (digit{'s' if len(report.groups) > 1 else ''} {digits})"
    drawn = svg.scatter(
        points, title=title, xlabel="network similarity (normalized)", ylabel="human similarity (normalized)"
    )
    return Drawing(drawn, title, tuple(plot(report, layer, width=72).text(color=False).splitlines()))


def _layers(report: Report, group: Group, layer: str) -> Iterator[Block]:
    header = (
        "layer",
        "r",
        "95 %",
        "95 %, BCa",
        "95 %, pairs and people",
        "p",
        "of ceiling",
        "untrained",
        "given pixels",
        "p given pixels",
        "df",
    )
    rows = []
    for name in report.layers:
        found = group.layers[name]
        pearson = found.pearson
        rows.append(
            (
                name,
                number(pearson.r),
                *(interval(ends, 2) for ends in (pearson.ci, pearson.ci_bca, pearson.ci_crossed)),
                p_value(pearson.p),
                number(found.r_over_ceiling, 2),
                number(group.untrained[name].r if name in group.untrained else None),
                number(found.partial_given_pixels.r),
                p_value(found.partial_given_pixels.p),
                NONE if found.partial_given_pixels.df is None else str(found.partial_given_pixels.df),
                number(found.spearman.rho),
                number(found.kendall.tau_b),
                number(found.mean_individual_r),
            )
        )
    yield Table((*header, "ρ", "τ-b", "mean r with single people"), tuple(rows))
    gaps = [gap for gap in group.differences if layer in (gap.first, gap.second)]
    if gaps:
        yield Table(
            ("difference of two r", "value", "95 %", "p"),
            tuple(
                (f"{gap.first} minus {gap.second}", number(gap.difference), interval(gap.ci, 2), p_value(gap.p))
                for gap in gaps
            ),
        )


def _people(report: Report, group: Group, layer: str) -> Iterator[Block]:
    reliability, bounds, found = group.reliability, group.ceilings, group.layers[layer]
    rows = [("mean r between two people", reliability.mean_pairwise_r)]
    rows += [(f"{names[0]} [{names[1]}]", getattr(reliability, key)) for key, names in ICC_NAMES.items()]
    rows += [
        ("Krippendorff's α, interval", reliability.alpha_interval),
        ("Krippendorff's α, ordinal", reliability.alpha_ordinal),
        ("split half, Spearman–Brown", reliability.split_half_sb),
    ]
    yield Table(("reliability", ""), tuple((name, number(value)) for name, value in rows))
    if bounds.individual_lower is not None and found.mean_individual_r is not None:
        yield Paragraph(
            f"Mean r of {layer} with single people: {number(found.mean_individual_r)}; its ceiling lies between "
            f"{number(bounds.individual_lower)} (lower bound) and {number(bounds.individual_upper)} (upper bound)."
        )
    if group.pairwise_r is not None and len(report.participants) > 1:
        names = [printable(name) for name in report.participants]
        matrix: list[tuple[Cell, ...]] = [
            (name, number(others, 2), number(net, 2), *("" if i == j else number(r, 2) for j, r in enumerate(row)))
            for i, (name, others, net, row) in enumerate(
                zip(names, group.leave_one_out_r, found.individual_r, group.pairwise_r, strict=True)
            )
        ]
        yield Table(("r of", "mean of the others", layer, *names), tuple(matrix))


def _captures(group: Group, layer: str, of: str, images: Pictures) -> Iterator[Block]:
    found, odd = group.captures.get(layer), group.disagreements.get(layer)
    if found is not None or odd is not None:
        yield Heading(f"What {layer} captures{of}")
    if found is not None:
        if found.reading:
            yield Paragraph(found.reading)
        limits = (
            group.covariate_threshold,
            found.threshold,
            found.threshold_people_given_layer,
            found.threshold_layer_given_people,
        )
        rows = [
            (
                covariate.label,
                _judged(covariate.people),
                _judged(covariate.layers[layer].layer),
                _judged(covariate.layers[layer].people_given_layer),
                _judged(covariate.layers[layer].layer_given_people),
            )
            for covariate in group.covariates
        ]
        beyond = [("* beyond chance from", *(f"±{number(limit, 2)}" for limit in limits))]
        if all(limit is None for limit in limits):
            beyond = []
        yield Table(
            ("r of each measure with", "people", layer, f"people given {layer}", f"{layer} given people"),
            (*rows, *beyond),
        )
    if odd is not None:
        yield from _gallery(group, layer, "More similar for the network than for people", odd.network_higher, images)
        yield from _gallery(group, layer, "More similar for people than for the network", odd.people_higher, images)


def _gallery(group: Group, layer: str, title: str, ranked: tuple[RankedPair, ...], images: Pictures) -> Iterator[Block]:
    if not ranked:
        return
    pairs = {pair.id: pair for pair in group.pairs}
    yield Heading(title, 3)
    yield Table(
        ("pair", "images", "net rank", "human rank", "cosine", "mean rating"),
        tuple(
            (
                one.id,
                images.of(pairs[one.id]),
                f"{one.network_rank:g}",
                f"{one.human_rank:g}",
                number(pairs[one.id].similarity[layer]),
                number(pairs[one.id].human, 2),
            )
            for one in ranked
        ),
        tuple(drawn_pairs(group, layer, ranked, images.draw)),
    )


def _judged(found: Judged) -> str:
    return number(found.r, 2) + ("*" if found.p is not None and found.p <= LEVEL else "")


def _pairs(group: Group, layer: str, images: Pictures) -> Table:
    return Table(
        ("pair", "images", "net", "human", f"cosine in {layer}", "mean rating", "ratings"),
        tuple(
            (
                pair.id,
                images.of(pair),
                number(pair.similarity_normalized[layer], 2),
                number(pair.human_normalized, 2),
                number(pair.similarity[layer]),
                number(pair.human, 2),
                str(pair.n_ratings),
            )
            for pair in group.pairs
        ),
    )


def _methods(report: Report, study: Study, ratings: Ratings) -> Iterator[Block]:
    yield Heading("Methods")
    yield Paragraph(methods.collection(study, ratings, report))
    yield from (Paragraph(sentence) for sentence in methods.definitions(report))
    yield Heading("Where these numbers come from")
    yield Bullets(tuple(methods.provenance(report)))
    yield Table(
        ("session file", "participant", "run", "sha256"),
        tuple(
            (printable(Path(used.file).name, 200), printable(used.participant_id), str(used.run), _sha256(used.file))
            for used in report.sessions
        ),
    )
    if report.skipped:
        yield Heading("Files not used", 3)
        yield Bullets(
            tuple(f"{printable(Path(file.file).name, 200)}: {printable(file.reason, 300)}" for file in report.skipped)
        )
    notes = tuple(printable(note, 500) for note in report.notes)
    if notes:
        yield Heading("What a reader must know", 3)
        yield Bullets(notes)


def _harmless(text: str) -> str:
    """The student's lines, whole, without what a terminal could obey."""
    return "\n".join(
        "".join(c if c in _HARMLESS else printable(c) for c in line.expandtabs(4)) for line in text.splitlines()
    )


def _sha256(file: str) -> str:
    try:
        return hashlib.sha256(Path(file).read_bytes()).hexdigest()
    except OSError:
        return "the file is no longer there"
