"""Tokens of the page, each good for one socket; and passes, by which who has given the code is known again.

Both are sealed with a key that all hosts of one user share, so that a page of one may have its socket at another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

import msgspec

from simtui.hosting.links import Came
from simtui.session.outside import Outside

PASS_S = 12 * 3600
LONGEST = 2000


class _Token(msgspec.Struct, frozen=True):
    nonce: str
    until: float
    outside_id: str
    participant_id: str
    outside: Outside | None = None


_read = msgspec.json.Decoder(_Token).decode


class Tokens:
    """Made and taken with one key. Raises nothing: a token that is strange, used or too old gives nobody."""

    LAST_S = 120.0

    def __init__(self, key: bytes, clock: Callable[[], float] = time.time) -> None:
        self._key = key
        self._clock = clock
        self._used: OrderedDict[str, float] = OrderedDict()

    def give(self, came: Came) -> str:
        """A new one, for the page that somebody has just been given."""
        made = _Token(
            secrets.token_urlsafe(12), self._clock() + self.LAST_S, came.outside_id, came.participant_id, came.outside
        )
        data = msgspec.json.encode(made)
        return base64.urlsafe_b64encode(_seal(self._key, data) + data).decode()

    def take(self, token: str) -> Came | None:
        """Whose it is; from then on it is nobody's."""
        now = self._clock()
        while self._used and next(iter(self._used.values())) < now:
            self._used.popitem(last=False)
        try:
            data = base64.urlsafe_b64decode(token[:LONGEST].encode("ascii"))
        except (binascii.Error, UnicodeEncodeError):
            return None
        seal, data = data[:32], data[32:]
        if not hmac.compare_digest(seal, _seal(self._key, data)):
            return None
        found = _read(data)
        if found.until < now or found.nonce in self._used:
            return None
        self._used[found.nonce] = found.until
        return Came(found.outside_id, found.participant_id, found.outside)


def make_pass(key: bytes, participant_id: str, now: float | None = None) -> str:
    """What a browser shows that was given the code, for one id and half a day."""
    until = int((time.time() if now is None else now) + PASS_S)
    return f"{until}.{_seal(key, _passing(participant_id, until)).hex()}"


def is_pass(key: bytes, participant_id: str, shown: str, now: float | None = None) -> bool:
    """Whether this was made with the key for this id, not too long ago."""
    until, _, seal = shown.partition(".")
    if not (until.isascii() and until.isdigit()) or len(until) > 12:
        return False
    if int(until) < (time.time() if now is None else now):
        return False
    right = _seal(key, _passing(participant_id, int(until))).hex()
    return hmac.compare_digest(seal.encode("utf-8", "replace"), right.encode())


def _passing(participant_id: str, until: int) -> bytes:
    return f"pass {participant_id}.{until}".encode()


def _seal(key: bytes, data: bytes) -> bytes:
    return hmac.new(key, data, hashlib.sha256).digest()
