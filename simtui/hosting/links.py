"""Links that bring a participant: who somebody is by the address of the page, and where they go at the end."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote, urlsplit

from simtui.errors import SimtuiError, printable
from simtui.session.outside import Outside

STUDY, SESSION = "STUDY_ID", "SESSION_ID"
"""The names under which Prolific gives its own ids of the study, and of a person's go at it."""

FROM = {"prolific": "PROLIFIC_PID", "sona": "id"}
"""The name in the address under which each service gives the id of a person."""

OWN = "id"
"""The name under which the researcher's own links give a participant's id, which is stored as it is."""

LONGEST = 200
HASHED = 16
"""Letters and digits of an id that stands for an outside one: 80 bits, so that no two people get the same."""

_ID = re.compile(r"[A-Za-z0-9_.-]{1,64}")
"""An id of a service that is kept as it is."""

_NAME = re.compile(r"query:([A-Za-z0-9_.-]{1,40})")


@dataclass(frozen=True, slots=True)
class Came:
    """Somebody by a link. outside_id: as the link has it, which is stored nowhere. participant_id, outside: as they are
    stored."""

    outside_id: str
    participant_id: str
    outside: Outside | None = None


@dataclass(frozen=True, slots=True)
class Links:
    """id_from: "", "prolific", "sona" or "query:NAME". key: of the hash that stands for outside ids; None to keep them.

    completion_url: where the page goes when a run is complete; "" for nowhere. `{id}` in it is the id of the link, and
    `{code}` the completion code.
    """

    id_from: str = ""
    key: bytes | None = None
    completion_url: str = ""

    @property
    def name(self) -> str:
        """What gives the id in an address."""
        found = _NAME.fullmatch(self.id_from)
        return found[1] if found else FROM.get(self.id_from, OWN)

    @property
    def asks(self) -> bool:
        """Whether somebody without an id in the address may type one: not where another service gives the ids."""
        return not self.id_from

    def came(self, query: Mapping[str, str]) -> Came | None:
        """Who comes by this address; None where it says nothing of it."""
        outside = query.get(self.name, "").strip()[:LONGEST]
        if not outside:
            return None
        if not self.id_from or self.key is None:
            return Came(outside, outside, self._outside(query))
        return Came(outside, hashed(outside, self.key), self._outside(query))

    def _outside(self, query: Mapping[str, str]) -> Outside | None:
        """What else the link says; only where another service gives the ids."""
        said = [query.get(name, "").strip()[:LONGEST] if self.id_from else "" for name in (STUDY, SESSION)]
        if self.key is None:
            study, session = (text if _ID.fullmatch(text) else "" for text in said)
        else:
            study, session = (hashed(text, self.key) if text else "" for text in said)
        return Outside(study=study, session=session) if study or session else None

    def end(self, outside_id: str, code: str = "") -> str:
        """Where somebody goes whose run is complete; "" for nowhere."""
        url = self.completion_url.replace("{code}", quote(code, safe=""))
        return url.replace("{id}", quote(outside_id, safe=""))


def hashed(outside_id: str, key: bytes) -> str:
    """The participant id that stands for an outside one: always the same, and without the key nobody's."""
    digest = hmac.new(key, outside_id.encode("utf-8", "surrogateescape"), hashlib.sha256).digest()
    return base64.b32encode(digest)[:HASHED].decode().upper()


def check_id_from(text: str) -> str:
    """Raises SimtuiError for what is no --id-from."""
    if text and text not in FROM and not _NAME.fullmatch(text):
        raise SimtuiError(f"--id-from takes prolific, sona or query:NAME, not “{printable(text, 60)}”.")
    return text


def check_url(text: str, option: str) -> str:
    """A web address, whole. Raises SimtuiError."""
    parts = urlsplit(text)
    if parts.scheme not in ("http", "https") or not parts.hostname or not text.isascii() or not text.isprintable():
        raise SimtuiError(f"{option} takes a whole address (https://lab.example/study/), not “{printable(text)}”.")
    return text
