"""The Report as plain text: readable without colour, in a pipe, and at any width from 40 columns on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from textwrap import wrap

from simtui.analysis.plot import POINT, Plot, scatter
from simtui.analysis.results import SELF_PARTIAL, Group, Interval, Report
from simtui.errors import SimtuiError, printable
from simtui.network.layers import DEFAULT_LAYER, KNOWN

HEADLINE = "Correlation between net and human similarity ratings"
"""The homework's own words."""

MIN_WIDTH = 40
_NONE = "–"
_MOST_NAMES = 30


def as_text(report: Report, layer: str = DEFAULT_LAYER, width: int = 80, color: bool = False) -> str:
    """The whole Report, for one layer (all layers are compared in a table), in lines of at most `width`.

    The homework's line alone is never broken, so that it can be looked for.
    color: headings in bold and the plot in colour. Raises SimtuiError for a layer that the Report has not.
    """
    if layer not in report.layers:
        raise SimtuiError(f"There is no layer {printable(layer)!r} here: choose from {', '.join(report.layers)}.")
    width = max(width, MIN_WIDTH)
    blocks = [
        _subject(report, layer, width),
        [*_headline(report, layer, width, color)],
        [plot(report, layer, width=min(width, 80)).text(color=color)],
        [_bold("Layers", color), *_layers(report, width)],
        *([_bold(f"People{_of(report, group)}", color), *_people(group, layer, width)] for group in report.groups),
        *([_bold(f"Pairs{_of(report, group)}", color), *_pairs(group, layer, width)] for group in report.groups),
    ]
    skipped = [f"{printable(file.file, 300)}: {printable(file.reason, 300)}" for file in report.skipped]
    if skipped:
        blocks.append([_bold("Files not used", color), *_items(skipped, width)])
    # The table shows a dash there, and everybody sees why.
    notes = [printable(note, 500) for note in report.notes if note != SELF_PARTIAL]
    if notes:
        blocks.append([_bold("Notes", color), *_items(notes, width)])
    return "\n\n".join("\n".join(block) for block in blocks) + "\n"


def plot(
    report: Report,
    layer: str = DEFAULT_LAYER,
    *,
    width: int = 64,
    height: int | None = None,
    selected: int | None = None,
) -> Plot:
    """The homework's scatter plot of all pairs, group after group; with several digits each point is its digit.

    Both axes are normalized within each digit. selected: position of a pair in that order, to be marked.
    """
    pairs = [pair for group in report.groups for pair in group.pairs]
    several = len(report.groups) > 1
    return scatter(
        [pair.similarity_normalized[layer] for pair in pairs],
        [pair.human_normalized for pair in pairs],
        width,
        height if height is not None else max(14, width * 2 // 7),
        title=f"Convnet vs. human similarity judgments ({_digits(report)})",
        xlabel="network similarity (normalized)",
        ylabel="human similarity (normalized)",
        labels=[str(group.digit)[:1] or POINT for group in report.groups for _ in group.pairs] if several else None,
        selected=selected,
    )


def number(value: float | None, decimals: int = 3) -> str:
    """A number for people; a dash for one that cannot be had, and no minus before a zero."""
    if value is None:
        return _NONE
    return f"{round(value, decimals) + 0.0:.{decimals}f}"


def _subject(report: Report, layer: str, width: int) -> list[str]:
    lines = [f"Study {report.study_id}" + (f": {printable(report.study_title, 300)}" if report.study_title else "")]
    if report.study_note:
        lines.append(f"Images: {printable(report.study_note)}")
    if report.simulated:
        lines.append("SIMULATED: some of these participants are not people")
    people, pairs = len(report.participants), sum(group.n_pairs for group in report.groups)
    names = ", ".join(report.participants[:_MOST_NAMES])
    more = f" and {people - _MOST_NAMES} more" if people > _MOST_NAMES else ""
    lines.append(f"People: {people} {'participant' if people == 1 else 'participants'} ({names}{more})")
    lines.append(f"Pairs: {pairs} ({_digits(report)}), rated {report.scale[0]} to {report.scale[1]}")
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
        yield _bold(f"{HEADLINE}{of}: r = {number(pearson.r)}", color)
        facts = [f"n = {group.n_pairs} pairs"]
        if pearson.ci:
            facts.append(f"95 % interval {_interval(pearson.ci)}")
        if pearson.p is not None:
            facts.append(f"permutation p = {number(pearson.p, 4)}")
        yield from _items([", ".join(facts)], width)
        if group.another_person_r is not None:
            yield from _items(
                [f"another person predicts the mean of the others with r = {number(group.another_person_r)}"], width
            )
    if several:
        whole = report.overall.layers[layer]
        ci = f", 95 % interval {_interval(whole.ci)}" if whole.ci else ""
        yield from wrap(f"Over all digits (Fisher-z mean of the r within each digit): r = {number(whole.r)}{ci}", width)


def _layers(report: Report, width: int) -> list[str]:
    """r of every layer; of one digit with everything else, of several one column a digit."""
    if len(report.groups) > 1:
        header = ["layer", "all", "95 % interval", *(printable(group.digit, 8) for group in report.groups)]
        rows = [
            [name, number(report.overall.layers[name].r), _interval(report.overall.layers[name].ci)]
            + [number(group.layers[name].pearson.r) for group in report.groups]
            for name in report.layers
        ]
        return _table(header, rows, width)
    header = ["layer", "r", "95 % interval", "p", "Spearman", "Kendall", "given pixels"]
    rows = []
    for name in report.layers:
        found = report.groups[0].layers[name]
        rows.append(
            [
                name,
                number(found.pearson.r),
                _interval(found.pearson.ci),
                number(found.pearson.p, 4),
                number(found.spearman.rho),
                number(found.kendall.tau_b),
                number(found.partial_given_pixels.r),
            ]
        )
    return _table(header, rows, width)


def _people(group: Group, layer: str, width: int) -> list[str]:
    people, bounds = group.reliability, group.ceilings
    facts = []
    if people.mean_pairwise_r is not None:
        facts.append(f"mean r between two people {number(people.mean_pairwise_r)}")
    if people.icc_ck is not None:
        facts.append(
            f"ICC(A,1) {number(people.icc_a1)}, ICC(A,k) {number(people.icc_ak)}, ICC(C,k) {number(people.icc_ck)} "
            "(also called ICC(2,1), ICC(2,k), ICC(3,k))"
        )
    if people.alpha_interval is not None:
        facts.append(
            f"Krippendorff's alpha {number(people.alpha_interval)} (interval), {number(people.alpha_ordinal)} (ordinal)"
        )
    if people.split_half_sb is not None:
        facts.append(f"split-half reliability (Spearman–Brown) {number(people.split_half_sb)}")
    # Each ceiling stands beside the number that it bounds: they are easily taken for each other.
    found = group.layers[layer]
    if bounds.mean is not None and found.pearson.r is not None:
        facts.append(
            f"r of {layer} with the mean rating is {number(found.pearson.r)}, "
            f"of a perfect predictor √ICC(C,k) = {number(bounds.mean)}"
        )
    if bounds.individual_lower is not None and found.mean_individual_r is not None:
        facts.append(
            f"mean r of {layer} with single people is {number(found.mean_individual_r)}, "
            f"of a perfect predictor {number(bounds.individual_lower)} to {number(bounds.individual_upper)}"
        )
    if group.accuracy_on_stimuli is not None:
        facts.append(
            f"the network takes {100 * group.accuracy_on_stimuli:.1f} % of these images for the digit that they show"
        )
    return _items(facts, width)


def _pairs(group: Group, layer: str, width: int) -> list[str]:
    rows = [
        [
            printable(pair.id),
            number(pair.similarity_normalized[layer], 2),
            number(pair.human_normalized, 2),
            number(pair.similarity[layer], 3),
            number(pair.human, 2),
            str(pair.n_ratings),
        ]
        for pair in group.pairs
    ]
    return [
        *wrap("net and human are normalized to 0..1; the cosine and the mean rating are raw.", width),
        *_table(["pair", "net", "human", "cosine", "rating", "ratings"], rows, width),
    ]


def _table(header: Sequence[str], rows: Sequence[Sequence[str]], width: int) -> list[str]:
    """Columns set apart by two blanks, the first to the left and the others to the right.

    Columns that do not fit are left out from the right; the JSON has them all.
    """
    lines = [header, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(header))]
    while len(widths) > 2 and sum(widths) + 2 * len(widths) > width:
        widths.pop()
    return [
        "  "
        + "  ".join(
            cell.ljust(wide) if column == 0 else cell.rjust(wide)
            for column, (cell, wide) in enumerate(zip(line, widths, strict=False))
        ).rstrip()
        for line in lines
    ]


def _items(texts: Sequence[str], width: int) -> list[str]:
    return [line for text in texts for line in wrap(text, width, initial_indent="  ", subsequent_indent="    ")]


def _interval(interval: Interval | None) -> str:
    return f"{number(interval[0])} to {number(interval[1])}" if interval else _NONE


def _digits(report: Report) -> str:
    names = ", ".join(printable(group.digit, 40) for group in report.groups)
    return f"digit {names}" if len(report.groups) == 1 else f"digits {names}"


def _of(report: Report, group: Group) -> str:
    return f" (digit {printable(group.digit)})" if len(report.groups) > 1 else ""


def _bold(text: str, color: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if color else text
