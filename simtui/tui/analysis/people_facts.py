"""How well people agree with each other, in words and numbers, digit by digit."""

from __future__ import annotations

from collections.abc import Iterator

from simtui.analysis.layer_results import BASELINE
from simtui.analysis.results import ICC_NAMES, Group, Report
from simtui.errors import printable
from simtui.reporting.numbers import number
from simtui.reporting.people import ceilings
from simtui.tui.widgets.reading import Block
from simtui.words import counted

ICC_MEANING = {
    "icc_a1": "one rater",
    "icc_ak": "their mean",
    "icc_c1": "shift aside",
    "icc_ck": "shift aside",
}


def people_facts(report: Report, layer: str) -> Iterator[Block]:
    """A block a digit: the ceilings first, because everything is read against them."""
    for group in report.groups:
        yield Block(
            f"Digit {printable(group.digit, 20)}: {counted(group.n_participants, 'person', 'people')}, "
            f"{counted(group.n_rated, 'pair')}",
            [*ceilings(group, layer), *_agreement(group, layer)],
        )


def _agreement(group: Group, layer: str) -> Iterator[str]:
    if group.reliability.mean_pairwise_r is None and group.n_participants < 2:
        yield "With fewer than two people nothing can be said of their agreement."
    for name, value, meaning in _numbers(group, layer):
        if value is not None:
            yield f"{name:<14} {number(value, 2):>5}  {meaning}"


def _numbers(group: Group, layer: str) -> Iterator[tuple[str, float | None, str]]:
    reliability = group.reliability
    who = "the network" if layer != BASELINE else BASELINE
    yield "another person", group.another_person_r, "with the others' mean"
    if group.another_person_r is not None:
        yield who, group.layers[layer].as_another_person_r, "set the same task"
    yield "two people", reliability.mean_pairwise_r, "mean r of two of them"
    for key, (name, other) in ICC_NAMES.items():
        yield name, getattr(reliability, key), f"or {other}, {ICC_MEANING[key]}"
    yield "alpha interval", reliability.alpha_interval, "Krippendorff"
    yield "alpha ordinal", reliability.alpha_ordinal, "Krippendorff"
    yield "split half", reliability.split_half_sb, "with Spearman–Brown"
