"""Completion codes: what who has answered everything is given, to show that they did.

A code of each participant's own follows from a key and the session: nobody can work it out who cannot read the key.
The key stands in a hidden file beside the sessions, of mode 0600 whatever theirs is, so that it is neither in the
study, which participants may read, nor in the sessions, which are published.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import stat
from dataclasses import dataclass
from pathlib import Path

from simtui.errors import SimtuiError, printable
from simtui.session.model import Session
from simtui.session.store import SessionStore
from simtui.storage import untrusted
from simtui.storage.system import own_user
from simtui.study.file import COMPLETION_CODE, is_completion_code
from simtui.study.model import Study

EACH = "each"
"""Instead of a code: one for each participant."""

KEY_FILE = ".completion-key"
_KEY_BYTES = 32

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's: no letter is taken for a digit or for another."""


@dataclass(frozen=True, slots=True)
class Completion:
    """The codes of a study. same: the code of all; empty where each has their own, from the key."""

    same: str = ""
    key: bytes = b""

    def code(self, session: Session) -> str | None:
        """The code of a session in which everything is answered; None of any other, and of a simulated one."""
        if not session.complete or session.simulated:
            return None
        return self.same or _own_code(self.key, session.session_id)


def completion(study: Study, store: SessionStore, given: str | None = None) -> Completion | None:
    """The codes that a study gives, for a process that collects; None where it gives none.

    given: a code, or “each”, which goes before what the study says. The key of codes for each is made where there is
    none yet. Raises SimtuiError where it cannot be read or made.
    """
    said = checked(given) or study.completion_code
    if said != EACH:
        return Completion(same=said) if said else None
    path = store.folder / KEY_FILE
    if not path.exists():
        store.put_key(KEY_FILE, secrets.token_hex(_KEY_BYTES).encode())
    return Completion(key=_key(path))


def codes_given(study: Study, folder: Path, given: str | None = None) -> Completion | None:
    """The same for a process that only looks: None also where there is no key, or it may not be read."""
    said = checked(given) or study.completion_code
    path = folder / KEY_FILE
    if said and said != EACH:
        return Completion(same=said)
    try:
        return Completion(key=_key(path)) if path.exists() else None
    except (SimtuiError, OSError):
        return None


def checked(code: str | None) -> str | None:
    """A code that was asked for. Raises SimtuiError where participants cannot be given it."""
    if code is not None and not is_completion_code(code):
        raise SimtuiError(f"--completion-code “{printable(code, 50)}” is not {COMPLETION_CODE}, nor the word each.")
    return code


def _key(path: Path) -> bytes:
    """Raises SimtuiError."""
    shown = printable(path)
    try:
        status = path.lstat()
    except OSError as error:
        raise untrusted.unreadable(path, error) from None
    if status.st_uid != own_user() and own_user() is not None:
        raise SimtuiError(
            f"{shown} belongs to another account, and with it anybody could work out the codes: give one code for "
            "all, or collect with `simtui kiosk` under its owner's account."
        )
    if stat.S_IMODE(status.st_mode) & 0o077 and own_user() is not None:
        raise SimtuiError(f"{shown} can be read by others: chmod 600 it.")
    text = untrusted.read(path, "the key of completion codes", 1000, follow=False).decode("ascii", "replace").strip()
    if len(text) != 2 * _KEY_BYTES or not all(c in "0123456789abcdef" for c in text):
        raise SimtuiError(f"{shown} is no key of completion codes: restore it, or remove it if no code was given yet.")
    return bytes.fromhex(text)


def _own_code(key: bytes, session_id: str) -> str:
    """Eight letters and digits, 40 bits, which follow from the session and not from the id, that may be corrected."""
    digest = hmac.new(key, f"simtui completion 1|{session_id}".encode(), hashlib.sha256).digest()
    number = int.from_bytes(digest[:5], "big")
    letters = "".join(_ALPHABET[number >> 5 * place & 31] for place in range(7, -1, -1))
    return f"{letters[:4]}-{letters[4:]}"
