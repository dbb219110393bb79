"""How well people agree with each other, and the two ceilings, each beside the number that it bounds."""

from __future__ import annotations

from collections.abc import Iterator

from simtui.analysis.layer_results import BASELINE, SHAPE
from simtui.analysis.results import ICC_NAMES, Group, Report
from simtui.errors import printable
from simtui.reporting.blocks import Block, Bullets, Profile, Table
from simtui.reporting.numbers import NONE, number, p_value
from simtui.reporting.summary import ceiling_of_mean

MOST_IN_MATRIX = 20
"""People up to whom a terminal shows the table of their correlations."""

_ICC_KINDS = {
    "icc_a1": "agreement of one",
    "icc_ak": "agreement of all",
    "icc_c1": "consistency of one",
    "icc_ck": "consistency of all",
}
_ICC_NOTE = (
    "of one: of one person's ratings; of all: of the mean of all k people. Agreement counts that some rate higher "
    "throughout, consistency does not"
)


def people(report: Report, group: Group, layer: str, profile: Profile) -> Iterator[Block]:
    """Reliability, the ceiling of r with single people, and everybody's r with everybody.

    brief: without what is not known, and without a table of many people.
    """
    yield from reliability(group, profile)
    if group.ceilings.individual_lower is not None and group.layers[layer].mean_individual_r is not None:
        yield Bullets((_ceiling_of_single_people(group, layer),))
    if profile == "full" or len(report.participants) <= MOST_IN_MATRIX:
        yield from correlations(report, group, layer)
    else:
        yield Bullets((why_no_correlations(report),))
    yield from follows(report, group, layer, everybody=profile == "full")


def reliability(group: Group, profile: Profile) -> Iterator[Table]:
    """How far people agree, in one table; brief: without what is not known, and no table where nothing is."""
    rows = tuple(row for row in _reliability(group) if profile == "full" or row[1] != NONE)
    if rows:
        has_icc = any("ICC" in name for name, _ in rows)
        title = "reliability; ICC: intraclass correlation" if has_icc else "reliability"
        yield Table((title, ""), rows, note=_ICC_NOTE if has_icc else "")


def _reliability(group: Group) -> Iterator[tuple[str, str]]:
    found = group.reliability
    yield "mean r between two people", number(found.mean_pairwise_r)
    for key, names in ICC_NAMES.items():
        yield ", ".join((_ICC_KINDS[key], *names)), number(getattr(found, key))
    yield "Krippendorff's alpha, interval", number(found.alpha_interval)
    yield "Krippendorff's alpha, ordinal", number(found.alpha_ordinal)
    yield "split half, Spearman–Brown", number(found.split_half_sb)


def correlations(report: Report, group: Group, layer: str) -> Iterator[Table]:
    """Each person's r with the mean of all others, with the layer and with every other person, if any are known.

    Rows and the columns from the fourth on are in the Report's order of participants.
    """
    if group.pairwise_r is None or len(report.participants) < 2:
        return
    names = [printable(name) for name in report.participants]
    rows = zip(names, group.leave_one_out_r, group.layers[layer].individual_r, group.pairwise_r, strict=True)
    yield Table(
        ("r of", "others", printable(layer, 40), *names),
        tuple(
            (name, number(others, 2), number(own, 2), *("" if i == j else number(r, 2) for j, r in enumerate(row)))
            for i, (name, others, own, row) in enumerate(rows)
        ),
        note="others: with the mean of all others",
    )


def follows(report: Report, group: Group, layer: str, *, everybody: bool = False) -> Iterator[Table]:
    """Who follows what: each person's slope on the layer, on pixels and on deskewed shape, and whether people differ.

    Of many people only what holds of all, unless `everybody` is wanted; nothing of fewer than two.
    """
    names = [name for name in dict.fromkeys((layer, BASELINE, SHAPE)) if name in group.follows]
    found = [group.follows[name] for name in names]
    if not found or group.n_participants < 2:
        return
    rows = []
    if everybody or len(report.participants) <= MOST_IN_MATRIX:
        slopes = zip(*(one.slopes for one in found), strict=True)
        rows = [
            (printable(person), *(number(each, 2) for each in own))
            for person, own in zip(report.participants, slopes, strict=True)
        ]
    last = (
        ("mean", *(number(one.mean, 2) for one in found)),
        ("F test, people differ", *(number(one.differ_f, 2) for one in found)),
        ("p", *(p_value(one.differ_p) for one in found)),
    )
    unit = "standard deviations of their ratings" if report.zscored else "rating points"
    yield Table(
        ("who follows what", *("shape" if name == SHAPE else printable(name, 40) for name in names)),
        (*rows, *last),
        note=f"{unit} per standard deviation of each; shape: cosine once slant and place are taken out",
    )


def why_no_correlations(report: Report) -> str:
    """What stands in place of that table where the people are too many for it; "" where they are not."""
    n = len(report.participants)
    if n <= MOST_IN_MATRIX:
        return ""
    there = "the JSON has it (simtui analyze --json)" if any(g.pairwise_r for g in report.groups) else "there is none"
    return f"A table of r between every two people is shown for up to {MOST_IN_MATRIX}; of these {n} {there}."


def ceilings(group: Group, layer: str) -> tuple[str, str]:
    """A sentence for each of the two numbers that people's agreement bounds; where it does not, with the reason.

    Where the people stand alone (on the screen); a text and a document say the reasons in their notes.
    """
    why = group.no_ceilings
    single, mean = _ceiling_of_single_people(group, layer), ceiling_of_mean(group, layer)
    if why.individual:
        single = f"{single}: {printable(why.individual, 500)}"
    if why.mean == why.individual and why.mean:
        mean = f"{mean} either"
    elif why.mean:
        mean = f"{mean}: {printable(why.mean, 500)}"
    return single, mean


def _ceiling_of_single_people(group: Group, layer: str) -> str:
    bounds = group.ceilings
    name = f"mean r of {layer} with single people is {number(group.layers[layer].mean_individual_r)}"
    if (bounds.individual_lower, bounds.individual_upper) == (None, None):
        return f"{name}; it has no ceiling"
    return (
        f"{name}; its ceiling lies between {number(bounds.individual_lower)} (lower bound) and "
        f"{number(bounds.individual_upper)} (upper bound)"
    )
