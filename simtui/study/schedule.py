"""The plan of one participant's run, rebuilt exactly from the study, the participant id, the run and the list.

Participants come in no known order, so nothing is counted: the number at the end of an id (P07) says where its
participant stands in a balanced design. Six neighbours in number (1 to 6, 7 to 12, …) are a block. A block cuts
the pairs into three groups and gives every pair a first side, both at random; within it

- the groups change places from third to third of the run: numbers 1 and 4, 2 and 5, 3 and 6 agree in this,
- odd and even numbers see every pair with its sides the other way round,

so that in a block every pair comes twice in each third and, in each third, once on each side. Where the thirds
cannot have equally many pairs (20 pairs, or repeats, of which the first third has none), the larger ones are filled
up with pairs that take turns at it. Which pairs are repeated is shared out over the block as well, and within a
third the order is the participant's own.

Where a study has L lists, L neighbours in number, one a list, stand together in one place. An id without a number
gets its place by chance, from its letters: such participants are balanced on average, and not by design.
"""

from __future__ import annotations

import hashlib
import random
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

from msgspec import Struct

from simtui.study.model import Pair, Study
from simtui.study.ordering import arrange, rules
from simtui.study.slots import Kind, deadlines, lay_out

BLOCK = 6
"""Participants in whom every third meets every side."""

_THIRDS = 3
_NUMBER = re.compile(r"[0-9]+\Z")

T = TypeVar("T")

TrialType = Literal["practice", "main", "repeat", "catch"]


class PlannedTrial(Struct, frozen=True, kw_only=True):
    """One presentation as it was planned before the run began."""

    trial_type: TrialType
    pair_id: str
    swapped: bool = False


class Schedule(Struct, frozen=True, kw_only=True):
    """The whole plan of one run.

    seed: of the generator that shuffled the order and swapped the sides.
    order: the pair ids of everything but the practice, in the order they are met.
    trials: every presentation, practice included.
    """

    seed: int
    order: list[str]
    trials: list[PlannedTrial] = []


@dataclass(frozen=True, slots=True)
class BalancePosition:
    """Where a participant stands in the balanced design.

    series: what the id has before its number: P07 and P12 are balanced together, P07 and Q08 are not.
    index: counts from 0 in the series.
    """

    series: str
    index: int

    @property
    def block(self) -> int:
        """The number of the block of six that the participant is in, from 0."""
        return self.index // BLOCK

    def block_until_here(self) -> list[BalancePosition]:
        """The positions of the block up to this one."""
        return [BalancePosition(self.series, index) for index in range(self.block * BLOCK, self.index + 1)]

    @property
    def turn(self) -> int:
        """How far the groups have changed places: 0, 1 or 2."""
        return self.index % _THIRDS

    @property
    def mirrored(self) -> bool:
        """Whether every pair has its sides the other way round from the block's first participant."""
        return self.index % 2 == 1


def balance_position(participant_id: str, lists: int = 1) -> BalancePosition:
    """Where a participant stands in the balanced design; from its letters where it has no number at its end."""
    number = _NUMBER.search(participant_id)
    if number is None:
        return BalancePosition(series=f"{participant_id} alone", index=_hash("place", participant_id))
    return BalancePosition(series=participant_id[: number.start()], index=(int(number[0]) - 1) // lists)


def schedule_seed(study_sha256: str, participant_id: str, run: int) -> int:
    """A 48-bit seed that differs between studies, participants and runs, and never between machines.

    48 bits, because JSON readers in other languages keep whole numbers exactly only up to 2**53.
    """
    return _hash("schedule", study_sha256, participant_id, run)


def plan(study: Study, participant_id: str, run: int, list_index: int = 0) -> Schedule:
    """The plan of one run: practice first, then the pairs of the list, their repeats and the catch trials.

    Never fails for a study that was made or loaded by `simtui.study.file`. Raises ValueError where there is no
    such list.
    """
    pairs = study.list_pairs(list_index)
    if not pairs:
        raise ValueError(f"the study has no list {list_index}")
    design = study.design
    seed = schedule_seed(study.sha256, participant_id, run)
    rng = random.Random(seed)
    position = balance_position(participant_id, design.lists)
    series = (study.sha256, position.series, run, list_index)
    block = _random("block", *series, position.block)
    kinds = lay_out(len(pairs), design.repeats, len(study.catch_pairs), block)
    groups = _groups(pairs, block)
    sides = _sides([*groups, study.practice_pairs, study.catch_pairs], block)
    if design.order == "shuffled":
        spare = _shuffled(pairs, _random("spare", *series))
        deals = [_thirds(groups, _sizes(kinds), at, spare) for at in position.block_until_here()]
        order, again = deals[-1], _again(deals, kinds, block)
    else:
        order, again = [[pair] for pair in pairs], _again_in_order(pairs, kinds, rng)
    line = arrange(kinds, order, study.catch_pairs, again, rules(study, pairs), rng, mixable=design.order == "shuffled")
    turned = iter(_turned(design.repeats, position.index, rng))
    practice: list[tuple[TrialType, Pair]] = [("practice", pair) for pair in study.practice_pairs]
    trials = []
    for kind, pair in [*practice, *zip(kinds, line, strict=True)]:
        swapped = sides[pair.id] != position.mirrored
        if kind == "repeat" and next(turned):
            swapped = not swapped
        trials.append(PlannedTrial(trial_type=kind, pair_id=pair.id, swapped=swapped and design.swap_sides))
    return Schedule(seed=seed, order=[pair.id for pair in line], trials=trials)


def list_of(study: Study, order: Iterable[str]) -> int:
    """The pair list that a plan of these pair ids shows: with it, `plan` rebuilds a session's own plan."""
    lists = {pair.id: pair.list_index for pair in study.pairs}
    return next((lists[pair_id] for pair_id in order if pair_id in lists), 0)


def choose_list(runs: Sequence[int]) -> int:
    """The list that the next participant gets: the first of those with the fewest runs.

    runs: how many runs each list has.
    """
    return min(range(len(runs)), key=lambda index: runs[index])


def list_by_number(participant_id: str, lists: int) -> int:
    """The list of a participant where runs cannot be counted: 1, 2, 3 … take turns."""
    number = _NUMBER.search(participant_id)
    return (int(number[0]) - 1 if number else _hash("list", participant_id)) % lists


def break_due(study: Study, trial_index: int, trials: int) -> bool:
    """Whether there is a break before the trial `trial_index` of a run of `trials`, practice included in both.

    Nobody needs one before the last trial.
    """
    every, done = study.design.break_every, trial_index - len(study.practice_pairs)
    return every > 0 and done > 0 and done % every == 0 and trial_index < trials - 1


def _groups(pairs: Sequence[Pair], rng: random.Random) -> list[list[Pair]]:
    """Three groups of about the same size, with about the same number of each digit."""
    by_digit: dict[str, list[Pair]] = {}
    for pair in pairs:
        by_digit.setdefault(repr(pair.digit), []).append(pair)
    dealt = [pair for digit in by_digit.values() for pair in _shuffled(digit, rng)]
    return [dealt[start::_THIRDS] for start in range(_THIRDS)]


def _sizes(kinds: Sequence[Kind]) -> list[int]:
    """How many pairs come for the first time in each third of the run."""
    sizes = [0] * _THIRDS
    for position, kind in enumerate(kinds):
        sizes[_THIRDS * position // len(kinds)] += kind == "main"
    return sizes


def _thirds(
    groups: Sequence[Sequence[Pair]], sizes: Sequence[int], position: BalancePosition, spare_order: Sequence[Pair]
) -> list[list[Pair]]:
    """The pairs of each third for one participant.

    Where the thirds do not have the same number of pairs, the surplus of the larger ones is filled with a few
    pairs that are out of their groups for three participants, each pair of the study in its turn.
    """
    least, trio = min(sizes), position.index // _THIRDS
    surplus = sum(sizes) - _THIRDS * least
    spare = [spare_order[(trio * surplus + i) % len(spare_order)] for i in range(surplus)]
    out = {pair.id for pair in spare}
    kept = [[pair for pair in group if pair.id not in out] for group in groups]
    while max(map(len, kept)) > least:
        min(kept, key=len).append(max(kept, key=len).pop())
    spare = spare[position.turn % max(1, surplus) :] + spare[: position.turn % max(1, surplus)]
    return [
        kept[(third + position.turn) % _THIRDS] + [spare.pop() for _ in range(sizes[third] - least)]
        for third in range(_THIRDS)
    ]


def _sides(groups: Sequence[Sequence[Pair]], rng: random.Random) -> dict[str, bool]:
    """Of each pair, whether its sides are swapped: half of every group."""
    sides: dict[str, bool] = {}
    for group in groups:
        first = rng.random() < 0.5
        sides |= {pair.id: (number % 2 == 0) == first for number, pair in enumerate(group)}
    return sides


def _again(deals: Sequence[Sequence[Sequence[Pair]]], kinds: Sequence[Kind], rng: random.Random) -> frozenset[str]:
    """The pairs that the last of these participants of a block sees again: those that the others repeat least.

    deals: the thirds of every participant of the block up to this one. What comes in the first two thirds can be
    repeated: as many of the first as the early repeats need, the others of the second.
    """
    done = {pair.id: 0 for third in deals[0] for pair in third}
    chance = {pair_id: rng.random() for pair_id in done}
    repeats, early = kinds.count("repeat"), _early(kinds)
    chosen: list[str] = []
    for first, second, _ in deals:
        chosen = []
        for third, wanted in ((first, early), (second, repeats - early)):
            ranked = sorted((pair.id for pair in third), key=lambda pair_id: (done[pair_id], chance[pair_id]))
            chosen += ranked[:wanted]
        for pair_id in chosen:
            done[pair_id] += 1
    return frozenset(chosen)


def _early(kinds: Sequence[Kind]) -> int:
    """How many of the repeats must be of pairs of the first third, because the second has none for them yet."""
    needed, start = 0, -(-len(kinds) // _THIRDS)
    for number, last in enumerate(deadlines(kinds), start=1):
        needed = max(needed, number - kinds[start : last + 1].count("main"))
    return needed


def _again_in_order(pairs: Sequence[Pair], kinds: Sequence[Kind], rng: random.Random) -> frozenset[str]:
    """The pairs to see again where their order is fixed: for each repeat, any that comes early enough."""
    chosen: list[str] = []
    for last in deadlines(kinds):
        early = [pair.id for pair in pairs[: kinds[: last + 1].count("main")] if pair.id not in chosen]
        chosen.append(early[int(rng.random() * len(early))])
    return frozenset(chosen)


def _turned(repeats: int, index: int, rng: random.Random) -> list[bool]:
    """Which repeats have their sides the other way round from the first time: half; the odd one takes turns."""
    half = (repeats + index // 2 % 2) // 2
    return _shuffled([number < half for number in range(repeats)], rng)


def _random(what: str, *parts: object) -> random.Random:
    return random.Random(_hash(what, *parts))


def _hash(what: str, *parts: object) -> int:
    name = "|".join(map(str, (f"simtui {what} 2", *parts)))
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:6], "big")


def _shuffled(items: Sequence[T], rng: random.Random) -> list[T]:
    """Fisher and Yates, on random() alone: the one method whose sequence Python promises to keep."""
    shuffled = list(items)
    for last in range(len(shuffled) - 1, 0, -1):
        other = int(rng.random() * (last + 1))
        shuffled[last], shuffled[other] = shuffled[other], shuffled[last]
    return shuffled
