"""Exclusion: the rules by which sessions are left out of an analysis, by what was measured of them or by name."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt, ne

from simtui.errors import SimtuiError, printable
from simtui.session.model import Session
from simtui.session.quality import FAST_MS, Quality, measure
from simtui.study.model import Study

PARTICIPANT = "participant"
"""The quantity of a rule that names somebody."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A condition under which a session is left out of an analysis, such as catch<0.8.

    who, reason: of a rule that names a participant, their name and why they are left out.
    """

    quantity: str
    sign: str
    limit: float = 0.0
    who: str = ""
    reason: str = ""

    def __str__(self) -> str:
        return f"{self.quantity}{self.sign}{self.who or format(self.limit, 'g')}"

    def applies(self, quality: Quality) -> bool | None:
        """Whether the session is to be left out by what was measured; None where it has no such quantity."""
        value = getattr(quality, self.quantity, None)
        return None if value is None else _SIGNS[self.sign](float(value), self.limit)

    def names(self, participant: str) -> bool:
        """Whether the rule is about this participant: by the whole name, or by the id in folder/id."""
        return self.quantity == PARTICIPANT and self.who in (participant, participant.rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Why a session is left out. rule: every one that does so; why: what it went by."""

    rule: str
    why: str
    sentence: str


QUANTITIES = {
    "catch": "share of catch trials passed",
    "rt": "median response time, ms",
    "fast": f"share of responses under {FAST_MS} ms",
    "same": "share of the commonest rating",
    "sd": "standard deviation of the ratings",
    "range": "highest minus lowest rating",
    "retest": "r between first and second rating",
    "difference": "mean absolute difference between first and second rating",
}
"""What a rule can be about: names of Quality, and what they are."""

_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<=": le, ">=": ge, "!=": ne, "=": eq, "<": lt, ">": gt,
}  # fmt: skip
_RULE = re.compile(r"\s*([a-z]+)\s*(<=|>=|!=|==|=|<|>)\s*([+-]?[0-9]{0,12}\.?[0-9]{0,12})\s*\Z")


_NAMED = re.compile(r"\s*participant\s*==?\s*([^:\"]+?)\s*(?::\s*(.*?))?\s*\Z", re.DOTALL)
_LONGEST_REASON = 200


def parse_rule(text: str) -> Rule:
    """The rule in a text such as “catch<0.8” or “participant=S001:"fell asleep"”.

    Raises SimtuiError, naming the quantities there are.
    """
    named = _NAMED.match(text)
    if named is not None:
        reason = (named[2] or "").strip().strip("\"'“”").strip()
        if len(reason) > _LONGEST_REASON or not reason.isprintable():
            raise SimtuiError(f"The reason in “{printable(text, 40)}” is longer than {_LONGEST_REASON} characters.")
        return Rule(quantity=PARTICIPANT, sign="=", who=named[1], reason=reason)
    match = _RULE.match(text)
    if match is None or not any(c.isdigit() for c in match[3]):
        raise SimtuiError(
            f"“{printable(text, 40)}” is no rule: write a quantity, a sign and a number, such as catch<0.8, or "
            f'participant=S001:"reason"; {_known()}.'
        )
    if match[1] not in QUANTITIES:
        raise SimtuiError(f"There is no “{printable(match[1], 40)}” to make a rule of: {_known()}.")
    return Rule(quantity=match[1], sign="=" if match[2] == "==" else match[2], limit=float(match[3]))


def check_rules(
    rules: Sequence[Rule],
    study: Study,
    names: Sequence[str],
    sessions: Sequence[Session],
    left_out: Sequence[str | None] = (),
) -> None:
    """Raises SimtuiError where a rule can judge none of these participants' sessions, or names nobody of them.

    left_out: the names of those who are left out already, whom a rule may name.
    """
    for rule in rules:
        if rule.quantity == PARTICIPANT:
            meant = [name for name in names if rule.names(name)]
            if len(meant) > 1 and rule.who not in meant:
                raise SimtuiError(
                    f"{printable(rule.who, 60)} is {len(meant)} people here: say whom you mean, such as "
                    f"participant={printable(meant[0], 60)}."
                )
            if not meant and not any(name is not None and rule.names(name) for name in left_out):
                raise SimtuiError(f"The rule {printable(rule, 60)} names nobody who has a session here.")
        elif all(rule.applies(measure(session, study)) is None for session in sessions):
            raise SimtuiError(f"The rule {rule} can judge no session: none of them has what it asks for.")


def excluded(name: str, session: Session, study: Study, rules: Sequence[Rule]) -> Exclusion | None:
    """Why the rules leave a participant's session out, every rule that does so; None if none does."""
    if not rules:
        return None
    named = [rule for rule in rules if rule.names(name)]
    quality = measure(session, study) if len(named) < len(rules) else None
    by_value = [rule for rule in rules if quality is not None and rule.applies(quality)]
    if not named and not by_value:
        return None
    found = [(str(rule), rule.reason or "no reason was given") for rule in named]
    found += [(str(rule), _value(quality, rule.quantity)) for rule in by_value if quality is not None]
    return Exclusion(
        rule=" and ".join(rule for rule, _ in found),
        why=" and ".join(why for _, why in found),
        sentence=f"excluded by {' and '.join(f'{rule} ({why})' for rule, why in found)}",
    )


def _value(quality: Quality, quantity: str) -> str:
    return (
        f"{quantity} is {float(getattr(quality, quantity)):.3g}" if quantity != "rt" else f"rt is {quality.rt:.0f} ms"
    )


def _known() -> str:
    return "the quantities are " + ", ".join(f"{name} ({meaning})" for name, meaning in QUANTITIES.items())
