"""Access: who may come in, and under which id."""

from __future__ import annotations

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from simtui.errors import SimtuiError
from simtui.hosting.limits import Guesses
from simtui.rating.texts import error_sentence
from simtui.session.model import check_participant_id
from simtui.session.participants import Participants
from simtui.study.model import Study

Kind = Literal["open", "code", "keys"]


@dataclass(frozen=True, slots=True)
class Access:
    """kind: "open": whoever has an id; "code": whoever has the study's code too; "keys": whoever has a key of the id.

    participants: who may take part; None for everybody. code: the study's.
    keys: for each id its public keys, as the SSH protocol writes them.
    """

    study: Study
    kind: Kind = "open"
    participants: Participants | None = None
    code: str = ""
    keys: Mapping[str, Sequence[bytes]] = field(default_factory=dict)
    guesses: Guesses = field(default_factory=Guesses)

    def refusal(self, participant_id: str) -> str:
        """The sentence why nobody can take part under this id; "" where somebody can."""
        try:
            check_participant_id(participant_id)
            if self.participants is not None:
                self.participants.admit(participant_id)
        except SimtuiError as fault:
            return error_sentence(self.study, fault)
        return ""

    def takes_code(self, participant_id: str, code: str, source: bytes) -> bool:
        """Whether this is the study's code. source: where it comes from, for nobody may try for long."""
        if self.kind != "code" or self.refusal(participant_id) or self.guesses.too_many(source):
            return False
        right = hmac.compare_digest(code.strip().encode(), self.code.encode())
        if not right:
            self.guesses.note(source)
        return right
