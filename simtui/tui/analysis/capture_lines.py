"""What a layer captures, as text: from the numbers of the Report alone."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from simtui.analysis.layer_results import LEVEL, Judged
from simtui.analysis.results import Group
from simtui.errors import printable

PASSES = "*"
"""Marks an r beyond the family-wise threshold; such an r is bold too."""


def reading(group: Group, layer: str) -> str:
    """The Report's one sentence about this layer, or why there is none."""
    capture = group.captures.get(layer)
    if capture is None:
        return "Nothing can be said of what it captures: that takes more pairs, with ratings that differ."
    if capture.threshold is None and group.covariate_threshold is None:
        return "So few pairs judge nothing: the r below are shown, and say no more than of these very pairs."
    return capture.reading or "No measure of the images goes with people or with this layer beyond chance."


def accuracy(group: Group, *, centred: bool) -> tuple[str, bool]:
    """Whether these images look to the network like those it learnt, and whether that is a warning.

    centred: it saw centred copies of them already.
    """
    share = group.accuracy_on_stimuli
    if share is None:
        return "Whether the network knows such images cannot be said.", False
    if not group.accuracy_is_low:
        return f"The network reads {100 * share:.0f} % of these images.", False
    # What to try comes last: in a narrow window it goes first.
    return f"! The network reads only {100 * share:.0f} % of these images" + (
        "." if centred else ": try --centre"
    ), True


def measures(group: Group, layer: str, *, given: bool) -> Text:
    """The covariates: r with people and with the layer, and given each other too.

    given: the columns of what is left of one once the other is taken out are beside the others, and not below.
    """
    name = printable(layer, 10)
    rows = [(one.label, one.people, one.layers[layer]) for one in group.covariates]
    plain = [(label, [people, of.layer]) for label, people, of in rows]
    left = [(label, [of.people_given_layer, of.layer_given_people]) for label, _, of in rows]
    first, second = ("people", name), (f"people|{name}", f"{name}|people")
    if given:
        both = [(label, [*one, *other]) for (label, one), (_, other) in zip(plain, left, strict=True)]
        return _columns(("r of each measure", *first, *second), both)
    return Text("\n\n").join(
        [_columns(("r of each measure", *first), plain), _columns(("r, the other taken out", *first), left)]
    )


def _columns(header: Sequence[str], rows: Sequence[tuple[str, Sequence[Judged]]]) -> Text:
    wide = [max(len(header[0]), *(len(label) for label, _ in rows))] + [max(6, len(title)) for title in header[1:]]
    table = Text(no_wrap=True)
    table.append(
        header[0].ljust(wide[0]) + "".join(f"  {title:>{w}} " for title, w in zip(header[1:], wide[1:], strict=True)),
        "underline",
    )
    for label, found in rows:
        table.append("\n" + label.ljust(wide[0]))
        for judged, width in zip(found, wide[1:], strict=True):
            table.append(
                f"  {_r(judged):>{width}}{PASSES if passes(judged) else ' '}", "bold" if passes(judged) else ""
            )
    return table


def passes(judged: Judged) -> bool:
    """Whether an r is more than chance over all measures of its column."""
    return judged.r is not None and judged.p is not None and judged.p <= LEVEL


def thresholds(group: Group, layer: str, *, given: bool) -> str:
    """What the mark means, with the numbers; given: as for the measures."""
    capture, name = group.captures[layer], printable(layer, 10)
    ends = [("people", group.covariate_threshold), (name, capture.threshold)]
    left = [
        (f"people|{name}", capture.threshold_people_given_layer),
        (f"{name}|people", capture.threshold_layer_given_people),
    ]
    if not _known(ends):
        return ""
    meaning = f"{PASSES} p ≤ .05 over all measures: |r| from {_known([*ends, *left] if given else ends)}"
    if given:
        return f"{meaning}. people|{name}: people once {name} is taken out."
    taken = _known([("people", left[0][1]), (name, left[1][1])])
    return f"{meaning}; the other taken out, {taken}" if taken else meaning


def _known(ends: Sequence[tuple[str, float | None]]) -> str:
    return ", ".join(f"{value:.2f} {column}" for column, value in ends if value is not None)


def _r(judged: Judged) -> str:
    return "–" if judged.r is None else f"{round(judged.r, 2) + 0.0:.2f}"
