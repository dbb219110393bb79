"""The Report as plain text: readable without colour, in a pipe, and at any width from 40 columns on."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from simtui.analysis.results import BASELINE, Group, Report
from simtui.errors import SimtuiError, printable
from simtui.network.layers import DEFAULT_LAYER, KNOWN
from simtui.reporting import sections
from simtui.reporting.conclusion import conclusion
from simtui.reporting.gallery import Draw
from simtui.reporting.layout import bold, interval, number, p_is
from simtui.reporting.plot import POINT, Plot, scatter
from simtui.terminal.layout import paragraphs
from simtui.words import counted

HEADLINE = "Correlation between net and human similarity ratings"
"""The homework's own words."""

XLABEL, YLABEL = "network similarity (normalized)", "human similarity (normalized)"
"""The homework's too, of the plot."""

MIN_WIDTH = 40
_MOST_NAMES = 30


def as_text(
    report: Report, layer: str = DEFAULT_LAYER, width: int = 80, color: bool = False, draw: Draw | None = None
) -> str:
    """The whole Report, for one layer (all layers are compared in a table), in lines of at most `width`.

    The homework's line alone is never broken, so that it can be looked for.
    color: headings in bold and the plot in colour. draw: makes the images of the pairs on which the network and people
    disagree most; without it there are none. Raises SimtuiError for a layer that the Report has not.
    """
    if layer not in report.layers:
        raise SimtuiError(f"There is no layer {printable(layer)!r} here: choose from {', '.join(report.layers)}.")
    width = max(width, MIN_WIDTH)
    blocks = [
        _subject(report, layer, width),
        [*_headline(report, layer, width, color)],
        [plot(report, layer, width=min(width, 80)).text(color=color)],
        [bold("Layers", color), *sections.layers(report, layer, width)],
        *(
            [bold(f"People{_of(report, group)}", color), *sections.people(report, group, layer, width)]
            for group in report.groups
        ),
        *(
            [bold(f"What {layer} captures{_of(report, group)}", color), *lines]
            for group in report.groups
            if (lines := sections.captures(group, layer, width, draw, zscored=report.zscored))
        ),
        *([bold(f"Pairs{_of(report, group)}", color), *sections.pairs(group, layer, width)] for group in report.groups),
    ]
    skipped = [f"{printable(file.file, 300)}: {printable(file.reason, 300)}" for file in report.skipped]
    if skipped:
        blocks.append([bold("Files not used", color), *paragraphs(skipped, width)])
    notes = [printable(note, 500) for note in report.notes]
    if notes:
        blocks.append([bold("Notes", color), *paragraphs(notes, width)])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def plot(
    report: Report,
    layer: str = DEFAULT_LAYER,
    *,
    width: int = 64,
    height: int | None = None,
    selected: int | None = None,
    who: str = "Convnet",
    xlabel: str = XLABEL,
    ylabel: str = YLABEL,
) -> Plot:
    """The homework's scatter plot of all pairs, group after group; with several digits each point is its digit.

    Both axes are normalized within each digit. selected: position of a pair in that order, to be marked.
    who: is compared with people, as the title says; "" for no title.
    """
    pairs = [pair for group in report.groups for pair in group.pairs]
    several = len(report.groups) > 1
    return scatter(
        [pair.similarity_normalized[layer] for pair in pairs],
        [pair.human_normalized for pair in pairs],
        width,
        height if height is not None else max(14, width * 2 // 7),
        title=f"{who} vs. human similarity judgments ({_digits(report)})" if who else "",
        xlabel=xlabel,
        ylabel=ylabel,
        labels=[str(group.digit) or POINT for group in report.groups for _ in group.pairs] if several else None,
        selected=selected,
    )


def _subject(report: Report, layer: str, width: int) -> list[str]:
    lines = [f"Study {report.study_id}" + (f": {printable(report.study_title, 300)}" if report.study_title else "")]
    if report.study_note:
        lines.append(f"Images: {printable(report.study_note)}")
    if report.simulated:
        lines.append("SIMULATED: some of these participants are not people")
    people, pairs = len(report.participants), sum(group.n_pairs for group in report.groups)
    names = ", ".join(report.participants[:_MOST_NAMES])
    more = f" and {people - _MOST_NAMES} more" if people > _MOST_NAMES else ""
    lines.append(f"People: {counted(people, 'participant')} ({names}{more})")
    lines.append(f"Pairs: {pairs} ({_digits(report)}), rated {report.scale[0]} to {report.scale[1]}")
    if report.zscored:
        lines.append("Each participant's ratings were z-scored before they were averaged")
    if report.centred:
        lines.append("Images: centred copies for the network, pixels and measures; people saw the originals")
    accuracy = report.checkpoint.test_acc
    known = (
        f"{accuracy:.2f} % of MNIST's test set correct, says its file" if accuracy is not None else "accuracy unknown"
    )
    lines.append(f"Network: {printable(report.checkpoint.file)} ({known}; sha256 {report.checkpoint.sha256[:12]}…)")
    lines.append(f"Layer: {layer} ({KNOWN[layer].description})" if layer in KNOWN else f"Layer: {layer}")
    return [part for line in lines for part in wrap(line, width, subsequent_indent="  ")]


def _headline(report: Report, layer: str, width: int, color: bool) -> Iterator[str]:
    several = len(report.groups) > 1
    for group in report.groups:
        pearson = group.layers[layer].pearson
        of = f" (digit {printable(group.digit)})" if several else ""
        if pearson.r is None:
            yield from wrap(f"{HEADLINE}{of}: there is none; the notes at the end say why", width)
            continue
        yield bold(f"{HEADLINE}{of}: r = {number(pearson.r)}", color)
        if not several:
            yield from wrap(conclusion(report, layer), width)
        yield from paragraphs([*facts(group, layer)], width)
    if several:
        whole = report.overall.layers[layer]
        ci = f", 95 % interval {interval(whole.ci)}" if whole.ci else ""
        yield from wrap(f"Over all digits (Fisher-z mean of the r within each digit): r = {number(whole.r)}{ci}", width)
        yield from wrap(conclusion(report, layer), width)
        yield from paragraphs([*overall_facts(report, layer)], width)


def facts(group: Group, layer: str) -> Iterator[str]:
    """What r must be read against, shortest first."""
    found = group.layers[layer]
    facts = [f"n = {group.n_rated} pairs"]
    if found.pearson.ci:
        facts.append(f"95 % interval {interval(found.pearson.ci)}")
    if found.pearson.p is not None:
        facts.append(f"permutation {p_is(found.pearson.p)}")
    yield ", ".join(facts)
    if group.ceilings.mean is not None:
        yield (
            f"ceiling of r with the mean rating, √ICC(C,k): {number(group.ceilings.mean)} "
            f"(r is {number(found.r_over_ceiling, 2)} of it)"
        )
    if group.accuracy_on_stimuli is not None:
        warning = ": r may be about their format" if group.accuracy_is_low else ""
        yield (
            f"the network takes {100 * group.accuracy_on_stimuli:.1f} % of these images for the digit that they show"
            f"{warning}"
        )
    baselines = []
    if layer != BASELINE and BASELINE in group.layers:
        baselines.append(f"raw pixels: r = {number(group.layers[BASELINE].pearson.r)}")
    baselines += sections.never_learnt(group, layer)
    if baselines:
        yield "; ".join(baselines)
    if group.another_person_r is not None:
        yield _another_person(group.another_person_r, found.as_another_person_r, layer)
    yield from sections.power(group, layer)


def overall_facts(report: Report, layer: str) -> Iterator[str]:
    """What the r over all digits must be read against."""
    another = report.overall.another_person_r
    if another is not None:
        sentence = _another_person(another, report.overall.layers[layer].as_another_person_r, layer)
        yield f"{sentence}, Fisher-z mean over the digits"


def _another_person(person: float, layer_r: float | None, layer: str) -> str:
    who = "the network" if layer != BASELINE else "pixels"
    return (
        f"another person predicts the group with r = {number(person)}; {who} with r = {number(layer_r)} "
        "(both: mean r with the mean of all others)"
    )


def _digits(report: Report) -> str:
    names = ", ".join(printable(group.digit, 40) for group in report.groups)
    return f"digit {names}" if len(report.groups) == 1 else f"digits {names}"


def _of(report: Report, group: Group) -> str:
    return f" (digit {printable(group.digit)})" if len(report.groups) > 1 else ""
