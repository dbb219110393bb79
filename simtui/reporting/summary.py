"""What comes first of a Report: what was compared, r of one layer, and what it must be read against."""

from __future__ import annotations

from collections.abc import Iterator

from simtui.analysis.layer_results import BASELINE, VsPerson
from simtui.analysis.results import Group, Report
from simtui.errors import printable
from simtui.network.layers import KNOWN
from simtui.reporting.accuracy import accuracy_on_stimuli
from simtui.reporting.blocks import Block, Bullets, Facts, Heading, Paragraph, Profile, Result, Table
from simtui.reporting.conclusion import conclude, conclusion_wordings
from simtui.reporting.figures import axis, marks
from simtui.reporting.numbers import NEW, digits, interval, number, of_digit, p_is, predictor
from simtui.words import counted

HEADLINE = "Correlation between net and human similarity ratings"
"""The homework's own words."""

CEILING = "ceiling of r with the mean rating (root of the intraclass correlation, √ICC(C,k))"

_MOST_NAMES = 30


def summary(report: Report, layer: str, profile: Profile) -> Iterator[Block]:
    """Title, what was compared and how, r within each digit and over all, with all that it must be read against."""
    yield from opening(report, profile)
    yield Facts(tuple(compared(report, layer)))
    if len(report.groups) > 1:
        yield from over_digits(report, layer)
        yield Bullets(tuple(read_against_over_digits(report, layer)))
    for group in report.groups:
        yield headline(report, group, layer)
        if group.layers[layer].pearson.r is None:
            continue
        if len(report.groups) == 1:
            yield from concluded(report, layer)
        yield from axis(report, layer, group)
        yield Bullets(tuple(read_against(group, layer)))


def opening(report: Report, profile: Profile) -> Iterator[Block]:
    """The title, and what makes these numbers others than a reader would take them for."""
    title, study = printable(report.study_title, 300), f"Study {printable(report.study_id)}"
    if profile == "full":
        yield Heading(title or study, 1)
    else:
        yield Heading(f"{study}: {title}" if title else study, 1)
    yield from (Paragraph(sentence, strong=True) for sentence in warnings(report))


def headline(report: Report, group: Group, layer: str) -> Result | Paragraph:
    """The homework's line with r within one digit, or that there is none."""
    r, of = group.layers[layer].pearson.r, of_digit(report, group)
    if r is None:
        return Paragraph(f"{HEADLINE}{of}: there is none; the notes say why", strong=True)
    return Result(f"{HEADLINE}{of}: r = {number(r)}")


def over_digits(report: Report, layer: str) -> Iterator[Block]:
    """r over all digits, what it says, and r within each beside what it is read against."""
    ends = report.interval(layer)
    ci = f", {NEW} {interval(ends)}, {p_is(report.p_new(layer))}" if ends else ""
    how = "Over all digits (Fisher-z mean of the r within each digit)"
    yield Paragraph(f"{how}: r = {number(report.overall.layers[layer].r)}{ci}", strong=True)
    yield from concluded(report, layer)
    beside = [{mark.short: mark.value for mark in marks(report, layer, group)} for group in report.groups]
    known = list(dict.fromkeys(short for found in beside for short in found))
    yield Table(
        ("digit", "r", "95 % interval", *known),
        tuple(
            (
                printable(group.digit, 8),
                number(group.layers[layer].pearson.r),
                interval(group.interval(layer), 2),
                *(number(found.get(short)) for short in known),
            )
            for group, found in zip(report.groups, beside, strict=True)
        ),
    )


def warnings(report: Report) -> Iterator[str]:
    """What makes these numbers others than a reader would take them for."""
    if report.study_note:
        yield f"Images: {printable(report.study_note)}"
    if report.simulated:
        yield "SIMULATED: some of these participants are not people"
    if report.zscored:
        yield "Each participant's ratings were z-scored before they were averaged"
    if report.centred:
        yield "Images: centred copies for the network, pixels and measures; people saw the originals"


def compared(report: Report, layer: str) -> Iterator[tuple[str, str]]:
    """People, pairs, network and layer."""
    people, pairs = len(report.participants), sum(group.n_pairs for group in report.groups)
    names = ", ".join(report.participants[:_MOST_NAMES])
    more = f" and {people - _MOST_NAMES} more" if people > _MOST_NAMES else ""
    yield "People", f"{counted(people, 'participant')} ({names}{more})"
    yield "Pairs", f"{pairs} ({digits(report)}), rated {report.scale[0]} to {report.scale[1]}"
    known = accuracy_by_its_file(report) or "accuracy unknown"
    checkpoint = report.checkpoint
    yield "Network", f"{printable(checkpoint.file)} ({known}; sha256 {checkpoint.sha256[:12]}…)"
    # A layer of another network is not the homework's, whatever it is called.
    known_layer = layer in KNOWN and (checkpoint.preprocess is None or layer == BASELINE)
    yield "Layer", f"{layer} ({KNOWN[layer].description})" if known_layer else layer


def accuracy_by_its_file(report: Report) -> str:
    """How good the network is by its own word; "" where its file does not say."""
    accuracy = report.checkpoint.test_acc
    return "" if accuracy is None else f"{accuracy:.2f} % of MNIST's test set correct, says its file"


def concluded(report: Report, layer: str) -> Iterator[Paragraph]:
    """What may be concluded, if anything may."""
    conclusion = conclude(report, layer)
    if conclusion is not None:
        yield Paragraph(conclusion_wordings(conclusion)[0])


# ---------------------------------------------------------------------- what r is read against


def read_against(group: Group, layer: str) -> Iterator[str]:
    """What r within one digit must be read against, a sentence each."""
    found = group.layers[layer]
    yield how_sure(group, layer)
    if group.ceilings.mean is not None:
        yield ceiling_of_mean(group, layer)
    accuracy = accuracy_on_stimuli([group])
    if accuracy is not None:
        yield f"the network {accuracy.wordings[0]}"
    baselines = []
    if layer != BASELINE and BASELINE in group.layers:
        baselines.append(f"raw pixels: r = {number(group.layers[BASELINE].pearson.r)}")
    baselines += untrained(group, layer)
    if baselines:
        yield "; ".join(baselines)
    if group.another_person_r is not None:
        yield another_person(group.another_person_r, found.as_another_person_r, layer, found.vs_person)[0]
    yield from power(group, layer)


def how_sure(group: Group, layer: str) -> str:
    """On how many pairs and people r stands, its interval and its p."""
    found, ends = group.layers[layer], group.interval(layer)
    facts = [f"n = {counted(group.n_rated, 'pair')}, {counted(group.n_participants, 'person', 'people')}"]
    if ends is not None:
        facts.append(f"{NEW} {interval(ends)}")
    elif found.pearson.ci is not None and group.n_participants == 1:
        facts.append(f"95 % interval for new pairs and this one person {interval(found.pearson.ci)}")
    p = group.p_new(layer)
    if p is not None:
        facts.append(p_is(p))
    return ", ".join(facts)


def read_against_over_digits(report: Report, layer: str) -> Iterator[str]:
    """The same of the r over all digits: of what `read_against` has, only this is not of one digit alone."""
    another = report.overall.another_person_r
    if another is not None:
        sentence = another_person(another, report.overall.layers[layer].as_another_person_r, layer)[0]
        yield f"{sentence}, Fisher-z mean over the digits"


def ceiling_of_mean(group: Group, layer: str) -> str:
    """What bounds r with the mean rating, and how much of it r is; where nothing does, that there is none."""
    name, found = CEILING, group.layers[layer]
    bounds, share, ends = group.ceilings, found.r_over_ceiling, found.r_over_ceiling_ci
    if bounds.mean is None:
        return f"{name}: none"
    known = f"{name}: {number(bounds.mean)}" + (f", 95 % {interval(bounds.mean_ci)}" if bounds.mean_ci else "")
    if share is None or share <= 0:
        return known
    if bounds.mean_ci is not None and bounds.mean_ci[0] <= 0:
        return f"{known}; it may be 0, so that nothing can be said of how much of it r is"
    of_it = f"; r is {number(share, 2)} of it" + (f", 95 % {interval(ends, 2)}" if ends else "")
    above = " (above 1 by chance: a perfect model is so in half of all studies of few people)" if share > 1 else ""
    return f"{known}{of_it}{above}"


def another_person(
    person: float, of_layer: float | None, layer: str, beside: VsPerson | None = None
) -> tuple[str, ...]:
    """How well one more person does, and how well the layer does the same; over one digit or several.

    Then in ever fewer words, for where there is no room.
    """
    short = f"how well one more person does: r = {number(person)}, {predictor(layer)} r = {number(of_layer)}"
    both = f"{short} (both: mean r with the mean of all others)"
    if beside is None or beside.difference is None or beside.ci_crossed is None:
        return both, short
    whole = (
        f"{both}; {predictor(layer)} less one more person: {number(beside.difference)}, 95 % by resampling pairs and "
        f"people {interval(beside.ci_crossed)}; worse by over {beside.margin:g}: {p_is(beside.p_noninferior)}"
    )
    return whole, both, short


def untrained(group: Group, layer: str) -> Iterator[str]:
    """What the layer reaches in networks that learnt nothing, over their seeds."""
    if layer in group.untrained:
        found = group.untrained[layer]
        each = [r for r in found.each if r is not None]
        spread = f", {number(min(each))} to {number(max(each))}" if each else ""
        rank = f"; rank of the trained one: {p_is(found.p, len(each))}" if found.p is not None else ""
        yield f"untrained {layer}: r = {number(found.r)} (Fisher-z mean of {len(found.each)} networks{spread}){rank}"


def power(group: Group, layer: str) -> Iterator[str]:
    """Which true r so many pairs show, and which what was found fits: no power is computed of the r that was seen."""
    if group.detectable_r is not None:
        ends = group.interval(layer)
        fits = f"; what was found fits a true r from {number(ends[0], 2)} to {number(ends[1], 2)}" if ends else ""
        shown = number(group.detectable_r, 2)
        yield f"{group.n_rated} pairs show a true r of {shown} with 80 % power, people as they are{fits}"
