"""How many may knock at once, in all and from one source, known by a keyed hash only; and what so many take."""

from __future__ import annotations

import contextlib
import hashlib
import ipaddress
import secrets
import time
from collections import Counter
from collections.abc import Callable

DESCRIPTORS_OF_A_SEAT, DESCRIPTORS = 4, 64
"""What a seat takes in the front (line, terminal, socket, process), and the rest of the front."""

MB_OF_A_SEAT, MB_OF_THE_HOST = 20, 120
"""Memory of a participant's process that it does not share, at most, and of front and parent together."""


def at_the_door(most: int) -> int:
    """How many may stand at one front's door who have not sat down: a class begins all at once."""
    return most + 100


def descriptors(most: int) -> int:
    """The open files of a front with so many seats, both doors full."""
    return DESCRIPTORS + most * DESCRIPTORS_OF_A_SEAT + 2 * at_the_door(most)


class Door:
    """Counts connections that nobody has sat down from yet. Raises nothing: `admit` says yes or no.

    most: in all. most_of_source: from one source.
    """

    def __init__(self, most: int, most_of_source: int) -> None:
        self._most = most
        self._most_of_source = most_of_source
        self._sources: Counter[bytes] = Counter()

    def admit(self, source: bytes) -> bool:
        """Whether one more may wait; it then counts until `release`."""
        if self._sources.total() >= self._most or self._sources[source] >= self._most_of_source:
            return False
        self._sources[source] += 1
        return True

    def release(self, source: bytes) -> None:
        self._sources[source] -= 1
        self._sources += Counter()  # which forgets those of whom there is none left


class Guesses:
    """Wrong codes of each source: after some, a source waits. A class may be one source, and mistype."""

    MOST, WITHIN_S, MOST_SOURCES = 30, 60.0, 10_000

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._wrong: dict[bytes, list[float]] = {}

    def too_many(self, source: bytes) -> bool:
        """Whether nothing more of this source is looked at for now."""
        recent = [at for at in self._wrong.get(source, []) if self._clock() - at < self.WITHIN_S]
        if recent:
            self._wrong[source] = recent
        else:
            self._wrong.pop(source, None)
        return len(recent) >= self.MOST

    def note(self, source: bytes) -> None:
        """A wrong code came from there."""
        if len(self._wrong) >= self.MOST_SOURCES:
            self._wrong.pop(next(iter(self._wrong)))
        self._wrong.setdefault(source, []).append(self._clock())


class Rate:
    """So much a second, and a burst; `takes` says whether an amount is still within it."""

    def __init__(self, per_s: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_s, self._burst, self._clock = per_s, burst, clock
        self._left, self._at = burst, clock()

    def takes(self, amount: float) -> bool:
        now = self._clock()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_s)
        self._at = now
        if amount > self._left:
            return False
        self._left -= amount
        return True


_KEY = secrets.token_bytes(16)


def source_of(peer: object) -> bytes:
    """What tells one source of connections from another as long as this process runs, and tells nothing else of it.

    peer: the address of a socket, as asyncio's transports give it. Of IPv6, the network of 64 bits is one source.
    """
    address = str(peer[0]).split("%")[0].encode() if isinstance(peer, tuple) and peer else b""
    with contextlib.suppress(ValueError):
        there = ipaddress.IPv6Address(address.decode())
        address = str(there.ipv4_mapped).encode() if there.ipv4_mapped else there.packed[:8]
    return hashlib.blake2b(address, key=_KEY, digest_size=8).digest()
