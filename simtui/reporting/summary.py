"""The top of a document: r, what it must be read against, and what may be concluded."""

from __future__ import annotations

from collections.abc import Iterator

from simtui.analysis.results import BASELINE, Group, Report
from simtui.errors import printable
from simtui.reporting import svg
from simtui.reporting.blocks import Block, Bullets, Drawing, Heading, Paragraph, Table
from simtui.reporting.conclusion import conclusion
from simtui.reporting.layout import interval, number
from simtui.reporting.text import HEADLINE, facts, overall_facts


def summary(report: Report, layer: str) -> Iterator[Block]:
    yield Heading(printable(report.study_title, 300) or f"Study {printable(report.study_id)}", 1)
    if report.simulated:
        yield Paragraph("SIMULATED: some of these participants are not people.", strong=True)
    if report.study_note:
        yield Paragraph(f"Images: {printable(report.study_note)}.", strong=True)
    if report.centred:
        yield Paragraph(
            "Centred copies of the images for the network, pixels and measures; people saw the originals.", strong=True
        )
    if report.zscored:
        yield Paragraph("Each participant's ratings were z-scored before they were averaged.", strong=True)
    how = "".join([", centred copies"] * report.centred + [", z-scored ratings"] * report.zscored)
    for group in report.groups:
        r = group.layers[layer].pearson.r
        of = f" (digit {printable(group.digit, 40)})" if len(report.groups) > 1 else ""
        if r is None:
            yield Paragraph(f"{HEADLINE}{of}: there is none; the notes at the end say why.", strong=True)
            continue
        yield Paragraph(f"{HEADLINE}{of}: r = {number(r)} (layer {layer}{how})", strong=True)
        if len(report.groups) == 1 and (sentence := conclusion(report, layer)):
            yield Paragraph(sentence)
        yield _axis(group, layer, r, of)
        yield Bullets(tuple(facts(group, layer)))
    if len(report.groups) > 1:
        yield from _over_digits(report, layer)


def _over_digits(report: Report, layer: str) -> Iterator[Block]:
    whole = report.overall.layers[layer]
    yield Paragraph(
        f"Over all digits (Fisher-z mean): r = {number(whole.r)}, 95 % interval {interval(whole.ci)}", strong=True
    )
    if sentence := conclusion(report, layer):
        yield Paragraph(sentence)
    yield Bullets(tuple(overall_facts(report, layer)))
    digits = tuple(printable(group.digit, 40) for group in report.groups)
    rows = [
        (
            name,
            number(each.r),
            interval(each.ci, 2),
            number(report.overall.untrained.get(name)),
            *(number(group.layers[name].pearson.r) for group in report.groups),
        )
        for name, each in report.overall.layers.items()
    ]
    yield Table(("layer, over all digits", "r", "95 %", "untrained", *digits), tuple(rows))


def _axis(group: Group, layer: str, r: float, of: str) -> Drawing:
    known = [
        ("ceiling of r with the mean rating", group.ceilings.mean),
        ("another person", group.another_person_r),
        ("pixels", group.layers[BASELINE].pearson.r if layer != BASELINE and BASELINE in group.layers else None),
        ("untrained network", group.untrained[layer].r if layer in group.untrained else None),
    ]
    marks = [svg.Mark(name, value) for name, value in known if value is not None]
    title = f"r and its 95 % interval{of}"
    return Drawing(svg.axis(r, group.layers[layer].pearson.ci, marks, title=title), title)
