"""Ordering: pairs put into the trials of a run so that no two neighbours show one image, nor many one digit.

Built from the first trial to the last, each time a pair drawn at random from those that may stand there. Where
none may, the building begins anew; a study that leaves no way at all gets the order with the fewest faults met.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from simtui.study.model import Pair, Study
from simtui.study.slots import Kind, deadlines, lag

MAX_STREAK = 3
"""Neighbouring trials that may show one digit alone, in a study of several."""

_TRIALS_DRAWN = 40_000
"""How long a search may go on, in trials drawn: an instant for a person, and enough for any ordinary study."""

_LUCKY_DRAWS = 8
"""Draws before all pairs are looked through: nearly every first draw will do."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What neighbouring trials must not have in common.

    images: by pair id, what is in its images, so that one image under two names is still one image.
    streak: the most neighbouring trials that show the same digit alone; None where that says nothing.
    """

    images: Mapping[str, frozenset[str]]
    streak: int | None

    def faults(self, pair: Pair, before: Sequence[Pair]) -> int:
        """How many rules `pair` breaks as the next trial after those `before`; repeated images weigh most."""
        if not before:
            return 0
        shared = not self.images[pair.id].isdisjoint(self.images[before[-1].id])
        return 2 * shared + (self.streak is not None and self._streak(pair, before, self.streak))

    @staticmethod
    def _streak(pair: Pair, before: Sequence[Pair], longest: int) -> bool:
        if len(before) < longest or pair.right_digit is not None:
            return False
        return all(p.digit == pair.digit and p.right_digit is None for p in before[-longest:])


def rules(study: Study, pairs: Sequence[Pair]) -> Rules:
    """The rules for a run of these pairs of the study."""
    images = {p.id: frozenset((study.images[p.left], study.images[p.right])) for p in study.every_pair()}
    counts = Counter(pair.digit for pair in pairs)
    if len(counts) < 2:
        return Rules(images, None)
    most = max(counts.values())
    # Where one digit has nearly all pairs, streaks of it cannot be short.
    unavoidable = -(-most // (len(pairs) - most + 1))
    return Rules(images, MAX_STREAK if unavoidable < MAX_STREAK else unavoidable + 1)


def arrange(
    kinds: Sequence[Kind],
    groups: Sequence[Sequence[Pair]],
    catch_pairs: Sequence[Pair],
    again: Collection[str],
    rules: Rules,
    rng: random.Random,
    *,
    mixable: bool = True,
) -> list[Pair]:
    """The pair of every trial: the groups one after the other, each in random order.

    again: ids of the pairs that the repeats show; there are enough of them in time for each.
    mixable: whether the groups may be mixed where they cannot be kept without breaking a rule.
    """
    tries = max(5, min(100, _TRIALS_DRAWN // max(1, len(kinds))))
    mixed = [[pair for group in groups for pair in group]]
    for stage in [groups, mixed] if mixable else [groups]:
        for _ in range(tries):
            line = _attempt(kinds, stage, catch_pairs, again, rules, rng)
            if line is not None:
                return line
    found = _attempt(kinds, groups, catch_pairs, again, rules, rng, faulty=True)
    if found is None:
        raise AssertionError("a trial was left without a pair although no rule was kept")
    return found


def _attempt(
    kinds: Sequence[Kind],
    groups: Sequence[Sequence[Pair]],
    catch_pairs: Sequence[Pair],
    again: Collection[str],
    rules: Rules,
    rng: random.Random,
    *,
    faulty: bool = False,
) -> list[Pair] | None:
    """One order, or None where a trial is reached for which there is no pair; with `faulty` there always is."""
    waiting = [list(group) for group in groups if group]
    caught = list(catch_pairs)
    repeatable: list[Pair] = []
    line: list[Pair] = []
    group = met = 0
    urgent = _latest(kinds)
    for position, kind in enumerate(kinds):
        earlier = position - lag(len(kinds))
        if earlier >= 0 and kinds[earlier] == "main" and line[earlier].id in again:
            repeatable.append(line[earlier])
        pool = {"repeat": repeatable, "catch": caught}.get(kind)
        if pool is None:
            group += not waiting[group]
            pool = waiting[group]
        candidates: Sequence[int] = range(len(pool))
        if kind == "main" and met < urgent[position]:
            candidates = [i for i in candidates if pool[i].id in again] or candidates
        chosen = _draw(candidates, pool, line, rules, rng)
        if chosen is None and faulty:
            chosen = min(candidates, key=lambda i: rules.faults(pool[i], line))
        if chosen is None:
            return None
        pool[chosen], pool[-1] = pool[-1], pool[chosen]
        line.append(pool.pop())
        met += kind == "main" and line[-1].id in again
    return line


def _latest(kinds: Sequence[Kind]) -> list[int]:
    """By position, how many pairs that are to be repeated must have been met when its trial is over."""
    needed = [0] * len(kinds)
    for number, last in enumerate(deadlines(kinds), start=1):
        needed[last] = number
    for position in range(len(kinds) - 2, -1, -1):
        # Whatever the next trial cannot make good must be there before it.
        needed[position] = max(needed[position], needed[position + 1] - (kinds[position + 1] == "main"))
    return needed


def _draw(
    candidates: Sequence[int], pool: Sequence[Pair], line: Sequence[Pair], rules: Rules, rng: random.Random
) -> int | None:
    """One of the candidates, places in the pool, that may come next; None where none may."""
    for _ in range(_LUCKY_DRAWS):
        drawn = candidates[int(rng.random() * len(candidates))]
        if not rules.faults(pool[drawn], line):
            return drawn
    start = int(rng.random() * len(candidates))
    turned = [*candidates[start:], *candidates[:start]]
    return next((i for i in turned if not rules.faults(pool[i], line)), None)
