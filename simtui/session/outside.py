"""Outside: what another service, which sent somebody here, says of them."""

from __future__ import annotations

from msgspec import Struct


class Outside(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What the link of another service said beside who comes (`simtui host --id-from`), "" where it did not say it.

    Keyed hashes, as the participant_id then is, unless the host kept ids as they are (`--keep-ids`).

    study: the service's own id of the study (Prolific's STUDY_ID).
    session: the service's own id of this person's go at it (Prolific's SESSION_ID).
    """

    study: str = ""
    session: str = ""
