"""Whether the network knows the images that people rated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from simtui.analysis.results import Group
from simtui.errors import printable


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How many of the study's images the network takes for their digit.

    low: so few that r may be about their format. wordings: what "the network" does, the longest first.
    """

    low: bool
    wordings: tuple[str, ...]


def accuracy_on_stimuli(groups: Sequence[Group], *, several: bool = False) -> Accuracy | None:
    """How the network reads the images of these digits; of those that it reads too rarely, where there are any.

    several: the Report has more digits than one. None where it is not known of all, and is low of none.
    """
    low = [group for group in groups if group.accuracy_is_low]
    shares = [group.accuracy_on_stimuli for group in low or groups if group.accuracy_on_stimuli is not None]
    if len(shares) < len(low or groups) or not shares:
        return None
    ends = dict.fromkeys(f"{100 * share:.1f}" for share in (min(shares), max(shares)))
    share = f"{' to '.join(ends)} %"
    names = ", ".join(printable(group.digit, 20) for group in low or groups)
    of = f"the images of {'digits' if len(low or groups) > 1 else 'digit'} {names}" if several else "these images"
    if not low:
        return Accuracy(False, (f"reads {share} of {of} rightly", f"reads {share} rightly"))
    words, why = f"reads only {share}", "r may be about their format"
    return Accuracy(
        True,
        (f"{words} of {of} rightly: {why}", f"{words} rightly: {why}", f"{words} of {of} rightly", f"{words} rightly"),
    )
