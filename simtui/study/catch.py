"""Catch pairs: one image twice, which is rated at the top of the scale, or two digits, rated at the bottom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from simtui.stimuli.image_set import ImageSet
from simtui.stimuli.source import Label
from simtui.study.model import Pair, Scale


@dataclass(slots=True)
class _Supply:
    """The images of one class, handed out one after the other; after the last, the first again."""

    positions: Sequence[int]
    used: int = 0

    def next(self) -> int:
        position = self.positions[self.used % len(self.positions)]
        self.used += 1
        return position


def catch_pairs(count: int, supply: Mapping[Label, Sequence[int]], images: ImageSet, scale: Scale) -> list[Pair]:
    """`count` catch pairs, catch01 and so on.

    With two or more classes half of them (rounded down) are of two classes. supply: by class, the positions of
    its images in `images`, those to be used first at the front.
    """
    digits = list(supply)
    supplies = {digit: _Supply(positions) for digit, positions in supply.items()}
    between = count // 2 if len(digits) > 1 else 0
    pairs: list[tuple[Label, Label | None, int, int]] = []
    for number in range(count - between):
        digit = digits[number % len(digits)]
        position = supplies[digit].next()
        pairs.append((digit, None, position, position))
    for number in range(between):
        start, round_number = number % len(digits), number // len(digits)
        first = digits[start]
        second = digits[(start + 1 + round_number % (len(digits) - 1)) % len(digits)]
        pairs.append((first, second, supplies[first].next(), supplies[second].next()))
    return [
        Pair(
            id=f"catch{number:0{max(2, len(str(count)))}d}",
            left=images.ids[a],
            right=images.ids[b],
            digit=digit,
            right_digit=other,
            expected=scale.high if other is None else scale.low,
        )
        for number, (digit, other, a, b) in enumerate(pairs, start=1)
    ]
