"""KeyGuard: one key press is one answer, whatever the keyboard, the clipboard or the line does.

Terminals report no key releases: a held key is a stream of presses 25 to 100 ms apart that begins 250 to
1,000 ms after the first, and pasted text is a burst of presses within a millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

BURST_S = 0.01
"""Two presses of any keys closer than this were not typed by a finger; pasted ones are 0.1 ms apart."""

REPEAT_S = 0.12
"""Presses of one key closer than this are its auto-repeat: keyboards repeat 10 to 40 times a second."""

FAST_REPEAT_S = 0.05
"""The same where a study sets no minimum viewing time, and so expects the same key again sooner: the repeats of most
keyboards, 25 to 40 ms apart, are still seen for what they are."""

REPEAT_DELAY_S = 1.1
"""The longest common wait before a held key begins to repeat, with a margin."""


REACTION_S = 0.1
"""Nobody answers a picture sooner than this after it appeared: a 0 within it completes a 10."""

FIRST_DIGIT, SECOND_DIGIT = "1", "0"
"""The keys of a 10 that is typed as it is written."""


class Verdict(Enum):
    """What is to be done about a key press."""

    ACCEPT = auto()
    IGNORE = auto()
    COMPLETE = auto()
    """The second digit of the answer just given: what was taken for a 1 is a 10."""
    RETRACT = auto()
    """Ignore this press, and take back the answer given by the one before it: that was an auto-repeat too."""


@dataclass(slots=True)
class KeyGuard:
    """Judges each press from its key and time (seconds, monotonic).

    min_viewing_s: a press sooner than this after the pair was painted is no answer to it.
    has_ten: whether the scale has a 10, which people type as 1 and 0.
    in_burst: whether the press judged last was an auto-repeat or a part of pasted text.
    awaits_second_digit: whether the last press was an answer that a second digit would change.
    """

    min_viewing_s: float
    has_ten: bool = False
    in_burst: bool = False
    awaits_second_digit: bool = False
    _last_key: str = ""
    _last_at: float = float("-inf")
    _accepted_key: str = ""
    _accepted_at: float = float("-inf")
    _suspect: bool = False

    def judge(self, key: str, at: float, onset: float | None) -> Verdict:
        """Whether this press answers the pair painted at `onset` (None: no pair is on the screen)."""
        gap, same = at - self._last_at, key == self._last_key
        self._last_key, self._last_at = key, at
        begun, self.awaits_second_digit = self.awaits_second_digit, False
        if begun and key == SECOND_DIGIT and (onset is None or at < onset + max(self.min_viewing_s, REACTION_S)):
            # Also in a burst: a line may bring two keys at once that a person pressed one after the other.
            self._accepted_key, self._accepted_at, self._suspect, self.in_burst = key, at, False, False
            return Verdict.COMPLETE
        repeat_s = REPEAT_S if self.min_viewing_s else FAST_REPEAT_S
        self.in_burst = gap < BURST_S or (same and gap < repeat_s)
        if self.in_burst:
            suspect, self._suspect = self._suspect and key == self._accepted_key, False
            self.awaits_second_digit = begun and same and not suspect
            return Verdict.RETRACT if suspect else Verdict.IGNORE
        if onset is None or at < onset + self.min_viewing_s:
            return Verdict.IGNORE
        # The first repeat of a held key can come when the next pair is already up. Alone it looks like an
        # answer, so it is taken for one; the repeats behind it give it away.
        self._suspect = key == self._accepted_key and at - self._accepted_at < REPEAT_DELAY_S
        self._accepted_key, self._accepted_at = key, at
        self.awaits_second_digit = self.has_ten and key == FIRST_DIGIT
        return Verdict.ACCEPT
