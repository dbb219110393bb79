"""Audit: what the plans of many participants add up to, counted from the plans alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise

from msgspec import Struct

from simtui.errors import printable
from simtui.stimuli.source import Label
from simtui.study.model import Pair, Study
from simtui.study.schedule import PlannedTrial, plan
from simtui.terminal.layout import table
from simtui.words import counted

THIRDS = 3


class PairAudit(Struct, frozen=True, kw_only=True):
    """How the participants meet one pair.

    thirds: in how many runs it comes for the first time in the first, second and last third of the run; these
        are the ratings that are analysed. shown: how often it is shown there at all, repeats included.
    sides: how often it is shown with its sides as in the study, and the other way round, repeats included.
    repeated: in how many runs it is repeated.
    """

    pair_id: str
    digit: Label
    thirds: list[int]
    shown: list[int]
    sides: list[int]
    repeated: int


class Extremes(Struct, frozen=True, kw_only=True):
    """The least, the mean and the most of some numbers."""

    least: int
    mean: float
    most: int


class Audit(Struct, frozen=True, kw_only=True):
    """What the runs of one pair list add up to.

    trials: of a run, without the practice. thirds, shown, sides, repeated: over the pairs, as in PairAudit.
    longest_streak: of neighbouring trials that show one digit alone; null for a study of one digit.
    shared_images: neighbouring trials that show the same image, in all runs; none unless the pairs leave no way.
    repeat_lags: trials from a pair to its repeat; a third of the run is lag_needed. mirrored: share of the repeats
        that have their sides the other way round. catch_distances: trials from one catch trial to the next.
        Null where there are none.
    """

    list_index: int
    participants: list[str]
    trials: int
    pairs: list[PairAudit]
    thirds: list[Extremes]
    shown: list[Extremes]
    sides: list[Extremes]
    repeated: Extremes
    longest_streak: int | None
    shared_images: int
    lag_needed: float
    repeat_lags: Extremes | None
    mirrored: float | None
    catch_distances: Extremes | None


def audit(study: Study, participants: Sequence[str], list_index: int = 0) -> Audit:
    """The audit of the first runs of these participants, who all have the same pair list."""
    runs = [
        [trial for trial in plan(study, participant, 1, list_index).trials if trial.trial_type != "practice"]
        for participant in participants
    ]
    return audit_runs(study, participants, runs, list_index)


def audit_runs(
    study: Study, participants: Sequence[str], runs: Sequence[Sequence[PlannedTrial]], list_index: int = 0
) -> Audit:
    """The audit of runs as they are: what each of these participants meets after the practice, at least one."""
    pairs = _by_pair(study.list_pairs(list_index), runs)
    by_id = {pair.id: pair for pair in study.every_pair()}
    repeats = [found for run in runs for found in _repeats(run)]
    several = len({pair.digit for pair in study.list_pairs(list_index)}) > 1
    trials = study.trials_of_run(list_index)
    return Audit(
        list_index=list_index,
        participants=list(participants),
        trials=trials,
        pairs=pairs,
        thirds=[_extremes(pair.thirds[third] for pair in pairs) for third in range(THIRDS)],
        shown=[_extremes(pair.shown[third] for pair in pairs) for third in range(THIRDS)],
        sides=[_extremes(pair.sides[side] for pair in pairs) for side in range(2)],
        repeated=_extremes(pair.repeated for pair in pairs),
        longest_streak=max((_streak(run, by_id) for run in runs), default=0) if several else None,
        shared_images=sum(shared_images(study, run, by_id) for run in runs),
        lag_needed=trials / THIRDS,
        repeat_lags=_extremes(lag for lag, _ in repeats) if repeats else None,
        mirrored=sum(turned for _, turned in repeats) / len(repeats) if repeats else None,
        catch_distances=_extremes(_catch_distances(runs)) if study.design.catch > 1 else None,
    )


def participants_of_list(count: int, lists: int, list_index: int) -> list[str]:
    """P01 to P<count>, of whom each list has every `lists`-th, as when all of them come and finish in this order."""
    width = max(2, len(str(count)))
    return [f"P{number:0{width}d}" for number in range(1 + list_index, count + 1, lists)]


def shared_images(study: Study, run: Sequence[PlannedTrial], pairs: dict[str, Pair]) -> int:
    """How many trials of a run show an image that the trial before them shows too."""
    images = [{study.images[image] for image in (pair.left, pair.right)} for pair in (pairs[t.pair_id] for t in run)]
    return sum(bool(before & after) for before, after in pairwise(images))


def as_lines(study: Study, audit: Audit) -> Iterator[str]:
    """The audit of one pair list for people, after an empty line where it is not the first; safe to print."""
    design, people = study.design, audit.participants
    if audit.list_index:
        yield ""
    ends = dict.fromkeys(printable(name, 60) for name in (people[0], people[-1]))
    # From 0, as in all files.
    of_list = f"list {audit.list_index} of 0 to {design.lists - 1}, " if design.lists > 1 else ""
    yield (
        f"{printable(study.title)}: {of_list}{counted(len(people), 'participant')} ({' to '.join(ends)}), "
        f"{audit.trials} trials each"
    )
    yield ""
    yield from _table(study, audit)
    yield ""
    if audit.longest_streak is not None:
        yield f"Longest streak of one digit in neighbouring trials: {audit.longest_streak}"
    yield f"Neighbouring trials that share an image: {audit.shared_images}"
    if audit.repeat_lags is not None and audit.mirrored is not None:
        lags = audit.repeat_lags
        yield (
            f"Repeats: {lags.least} to {lags.most} trials after the first time, {lags.mean:.1f} on average "
            f"(a third of the run is {audit.lag_needed:.1f}); {audit.mirrored:.0%} with their sides exchanged"
        )
    if audit.catch_distances is not None:
        apart = audit.catch_distances
        yield f"Catch trials: {apart.least} to {apart.most} trials from one to the next, {apart.mean:.1f} on average"


def _table(study: Study, audit: Audit) -> Iterator[str]:
    """A row a pair, and the least and the most of every column; the columns of repeats where there are any."""
    repeats = study.design.repeats > 0
    head = ["pair", "digit", "1st third", "2nd third", "3rd third", "as given", "exchanged"]
    head += ["repeated", "all in 1st", "all in 2nd", "all in 3rd"] if repeats else []
    rows = [
        [
            pair.pair_id,
            printable(pair.digit, 12),
            *map(str, pair.thirds + pair.sides + ([pair.repeated, *pair.shown] if repeats else [])),
        ]
        for pair in audit.pairs
    ]
    columns = [*audit.thirds, *audit.sides, *([audit.repeated, *audit.shown] if repeats else [])]
    ends = [
        ["least", "", *(str(column.least) for column in columns)],
        ["mean", "", *(f"{column.mean:.1f}" for column in columns)],
        ["most", "", *(str(column.most) for column in columns)],
    ]
    *lines, least, mean, most = table(head, [*rows, *ends], left=(0, 1))
    yield from (*lines, "", least, mean, most)


def _by_pair(pairs: Sequence[Pair], runs: Sequence[Sequence[PlannedTrial]]) -> list[PairAudit]:
    first, shown, sides = (Counter[tuple[str, int]]() for _ in range(3))
    repeated: Counter[str] = Counter()
    for run in runs:
        for position, trial in enumerate(run):
            third = THIRDS * position // len(run)
            first[trial.pair_id, third] += trial.trial_type == "main"
            shown[trial.pair_id, third] += 1
            sides[trial.pair_id, int(trial.swapped)] += 1
            repeated[trial.pair_id] += trial.trial_type == "repeat"
    return [
        PairAudit(
            pair_id=pair.id,
            digit=pair.digit if pair.right_digit is None else f"{pair.digit} and {pair.right_digit}",
            thirds=[first[pair.id, third] for third in range(THIRDS)],
            shown=[shown[pair.id, third] for third in range(THIRDS)],
            sides=[sides[pair.id, side] for side in range(2)],
            repeated=repeated[pair.id],
        )
        for pair in pairs
    ]


def _repeats(run: Sequence[PlannedTrial]) -> Iterator[tuple[int, bool]]:
    """Of each repeat: how many trials after the first time, and whether with its sides the other way round."""
    first: dict[str, tuple[int, bool]] = {}
    for position, trial in enumerate(run):
        if trial.trial_type == "main":
            first[trial.pair_id] = position, trial.swapped
        elif trial.trial_type == "repeat":
            at, swapped = first[trial.pair_id]
            yield position - at, trial.swapped != swapped


def _streak(run: Sequence[PlannedTrial], pairs: dict[str, Pair]) -> int:
    digits = ((pair.digit, pair.right_digit) for pair in (pairs[trial.pair_id] for trial in run))
    # Where every pair is of two digits there is no streak of one.
    return max((len(list(same)) for (_, other), same in groupby(digits) if other is None), default=0)


def _catch_distances(runs: Sequence[Sequence[PlannedTrial]]) -> Iterator[int]:
    for run in runs:
        places = [position for position, trial in enumerate(run) if trial.trial_type == "catch"]
        yield from (after - before for before, after in pairwise(places))


def _extremes(numbers: Iterable[int]) -> Extremes:
    counted = Counter(numbers)
    total = sum(number * times for number, times in counted.items())
    return Extremes(least=min(counted), mean=round(total / counted.total(), 2), most=max(counted))
