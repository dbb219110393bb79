"""Slots: which trials of a run are repeats and catch trials, and whether a design has room for them.

A run of n pairs has n gaps, gap g after the g-th pair. Every repeat and every catch trial stands in a gap of
its own, so that two of them are never neighbours. Positions count the trials after the practice, from 0.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Literal

Kind = Literal["main", "repeat", "catch"]


def lag(trials: int) -> int:
    """The fewest trials from a pair to its repeat: a third of the run, and never the very next trial."""
    return max(2, -(-trials // 3))


def lay_out(pairs: int, repeats: int, catch: int, rng: random.Random) -> list[Kind]:
    """The kind of every trial of a run; repeats and catch trials are spread evenly, with some play.

    The j-th repeat has at least j different pairs that are `lag` or more trials before it. The caller has
    asked `slots_fault` first.
    """
    caught, repeated = _gaps(pairs, repeats, catch, lambda window: window[int(rng.random() * len(window))])
    kinds: list[Kind] = []
    for gap in range(1, pairs + 1):
        kinds.append("main")
        if gap in caught:
            kinds.append("catch")
        elif gap in repeated:
            kinds.append("repeat")
    return kinds


def deadlines(kinds: Sequence[Kind]) -> list[int]:
    """Of every repeat, the last trial that its pair can have had for the first time."""
    return [position - lag(len(kinds)) for position, kind in enumerate(kinds) if kind == "repeat"]


def slots_fault(pairs: int, repeats: int, catch: int) -> str:
    """Why a run of so many pairs cannot hold so many repeats and catch trials; empty where it can."""
    if repeats < 0 or catch < 0:
        return f"it has {repeats} repeats and {catch} catch trials, and neither can be less than 0"
    if catch > max(0, pairs - 1):
        return (
            f"{catch} catch trials do not fit between {pairs} pairs, one at a time: "
            f"there is room for at most {max(0, pairs - 1)}"
        )
    if not _room(pairs, repeats, catch):
        among = f"{pairs} pairs and {catch} catch trials" if catch else f"{pairs} pairs"
        return (
            f"{repeats} repeats do not fit among {among}, each a third of the run after the pair it repeats and none "
            f"beside another repeat or catch trial: there is room for at most {most_repeats(pairs, catch)}"
        )
    return ""


def most_repeats(pairs: int, catch: int) -> int:
    """How many repeats a run has room for, whatever play its catch trials take."""
    return bisect_left(range(1, pairs + 1), True, key=lambda repeats: not _room(pairs, repeats, catch))


def _room(pairs: int, repeats: int, catch: int) -> bool:
    """Late catch trials leave the least room: the fewer stand before the first repeat, the later that can be."""
    try:
        _gaps(pairs, repeats, catch, lambda window: window[-1])
    except _FullError:
        return False
    return True


class _FullError(Exception):
    """There are fewer free gaps than repeats."""


def _gaps(
    pairs: int, repeats: int, catch: int, choose: Callable[[Sequence[int]], int]
) -> tuple[frozenset[int], frozenset[int]]:
    """The gaps of the catch trials and those of the repeats."""
    # Neither the first nor the last trial of a run is a catch trial: gap 0 does not exist, and the last is left out.
    caught = frozenset(choose(window) for window in _windows(range(1, pairs), catch))
    needed = lag(pairs + repeats + catch)
    before = 0
    free: list[int] = []
    for gap in range(1, pairs + 1):
        if gap in caught:
            before += 1
        elif gap + before >= needed:
            free.append(gap)
    if repeats > len(free):
        raise _FullError
    return caught, frozenset(choose(window) for window in _windows(free, repeats))


def _windows(places: Sequence[int], count: int) -> list[Sequence[int]]:
    """The middle halves of `count` equal stretches of `places`: one from each are never close together."""
    edges = [k * len(places) // max(count, 1) for k in range(count + 1)]
    return [places[a + (b - a) // 4 : b - (b - a) // 4] for a, b in pairwise(edges)]
