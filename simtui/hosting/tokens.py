"""Tokens of the page, each good for one socket; and passes, by which who has given the code is known again."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable

from simtui.hosting.links import Came

PASS_S = 12 * 3600


class Tokens:
    """Raises nothing: a token that is unknown, used or too old gives nobody."""

    LAST_S, MOST = 120.0, 10_000

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._given: OrderedDict[str, tuple[float, Came]] = OrderedDict()

    def give(self, came: Came) -> str:
        """A new one, for the page that somebody has just been given."""
        self._forget()
        token = secrets.token_urlsafe(24)
        self._given[token] = self._clock(), came
        return token

    def take(self, token: str) -> Came | None:
        """Whose it is; from then on it is nobody's."""
        self._forget()
        found = self._given.pop(token, None)
        return found[1] if found else None

    def _forget(self) -> None:
        oldest = self._clock() - self.LAST_S
        while self._given and (len(self._given) >= self.MOST or next(iter(self._given.values()))[0] < oldest):
            self._given.popitem(last=False)


def make_pass(key: bytes, participant_id: str, now: float | None = None) -> str:
    """What a browser shows that was given the code, for one id and half a day."""
    until = int((time.time() if now is None else now) + PASS_S)
    return f"{until}.{_seal(key, participant_id, until)}"


def is_pass(key: bytes, participant_id: str, shown: str, now: float | None = None) -> bool:
    """Whether this was made with the key for this id, not too long ago."""
    until, _, seal = shown.partition(".")
    if not until.isdigit() or len(until) > 12 or int(until) < (time.time() if now is None else now):
        return False
    return hmac.compare_digest(seal.encode("utf-8", "replace"), _seal(key, participant_id, int(until)).encode())


def _seal(key: bytes, participant_id: str, until: int) -> str:
    return hmac.new(key, f"{participant_id}.{until}".encode(), hashlib.sha256).hexdigest()
