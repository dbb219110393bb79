"""How images enter a foreign network, stated so that it can be repeated; to be had without torch."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from simtui.errors import SimtuiError, printable

_KEYS = ("size", "channels", "mean", "std")
_LARGEST = 1024


@dataclass(frozen=True, slots=True)
class Preprocess:
    """Grey values 0..255 become (x / 255 − mean) / std in `channels` equal planes of `size` × `size` pixels.

    Resized (bilinear, before the normalisation) where `size` is not 28. mean, std: one number for all channels, or
    one a channel.
    """

    size: int = 28
    channels: int = 1
    mean: tuple[float, ...] = (0.1307,)
    std: tuple[float, ...] = (0.3081,)

    def __str__(self) -> str:
        mean, std = ("/".join(f"{value:g}" for value in values) for values in (self.mean, self.std))
        return f"size={self.size},channels={self.channels},mean={mean},std={std}"


def parse(text: str) -> Preprocess:
    """What `str` of a Preprocess gives back: "size=224,channels=3,mean=0.5,std=0.5"; what is left out is as for MNIST.

    Raises SimtuiError for anything else.
    """
    given: dict[str, str] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        key, equals, value = part.partition("=")
        if key not in _KEYS or not equals or key in given:
            raise SimtuiError(
                f"--preprocess has {printable(part)!r}: write each of {', '.join(_KEYS)} at most once as "
                "name=value, for example size=224,channels=3,mean=0.485/0.456/0.406,std=0.229/0.224/0.225."
            )
        given[key] = value
    plain = Preprocess()
    channels = _whole(given, "channels", plain.channels, 16)
    mean = _numbers(given, "mean", plain.mean, channels)
    std = _numbers(given, "std", plain.std, channels)
    if any(value <= 0 for value in std):
        raise SimtuiError("--preprocess divides by std: each must be above 0.")
    return Preprocess(size=_whole(given, "size", plain.size, _LARGEST), channels=channels, mean=mean, std=std)


def for_networks(given: Sequence[str | Preprocess], networks: int, weights: int) -> list[Preprocess]:
    """How images enter each of so many networks: once for all, once for each, or as MNIST's do where it is not given.

    weights: how many files of weights there are for them. Raises SimtuiError where the numbers do not fit, or a text
    is none of `parse`.
    """
    parsed = [parse(each) if isinstance(each, str) else each for each in given or ("",)]
    if len(parsed) not in (1, networks):
        raise SimtuiError(
            f"There are {len(parsed)} --preprocess for {networks} --network: give one for all, or one for each."
        )
    if weights and weights != networks:
        raise SimtuiError(f"There are {weights} --weights for {networks} --network: give one for each, or none.")
    return parsed * networks if len(parsed) == 1 else parsed


def _whole(given: dict[str, str], key: str, default: int, largest: int) -> int:
    text = given.get(key, str(default))
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= largest):
        raise SimtuiError(f"--preprocess has {key}={printable(text)}: a whole number from 1 to {largest} is needed.")
    return int(text)


def _numbers(given: dict[str, str], key: str, default: tuple[float, ...], channels: int) -> tuple[float, ...]:
    if key not in given:
        return default
    try:
        values = tuple(float(part) for part in given[key].split("/"))
    except ValueError:
        values = ()
    if len(values) not in (1, channels) or not all(math.isfinite(value) for value in values):
        raise SimtuiError(
            f"--preprocess has {key}={printable(given[key])}: give one number, or {channels} with / between them."
        )
    return values
