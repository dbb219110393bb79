"""The keys and the code by which participants come in, and the key by which they know the host."""

from __future__ import annotations

import secrets as random
from pathlib import Path

import asyncssh

from simtui.errors import FileError, SimtuiError, printable
from simtui.hosting import secrets
from simtui.session.model import check_participant_id
from simtui.session.participants import Participants
from simtui.storage import untrusted

LARGEST = 4 * 2**20
HOST_KEY = "ssh_host_ed25519_key"

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Without those that look like others."""


def read_authorized(path: Path) -> dict[str, list[bytes]]:
    """For each id its public keys: lines as in OpenSSH's authorized_keys, the comment being the id.

    Raises SimtuiError, naming the line, for what is no key, and for a key without an id: it would let in everybody.
    """
    found: dict[str, list[bytes]] = {}
    text = untrusted.read(path, "a file of keys", LARGEST).decode("utf-8", "replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            key = asyncssh.import_public_key(line.strip())
        except asyncssh.KeyImportError:
            raise FileError(path, f"has in line {number} no public key, such as “ssh-ed25519 AAAA… P07”") from None
        participant = (key.get_comment() or "").strip()
        try:
            check_participant_id(participant)
        except SimtuiError:
            raise FileError(
                path, f"has in line {number} a key whose comment is no participant id: end it with one, such as P07"
            ) from None
        found.setdefault(participant, []).append(key.public_data)
    if not found:
        raise FileError(path, "has no keys: nobody could come in")
    return found


def of_participants(people: Participants, path: Path) -> dict[str, list[bytes]]:
    """The keys in a file of participants, by id. path: the file. Raises SimtuiError for what is no key."""
    found = {}
    for name, text in people.keys.items():
        try:
            found[name] = [asyncssh.import_public_key(text).public_data]
        except asyncssh.KeyImportError:
            raise FileError(path, f"has for {name} no public key, such as “ssh-ed25519 AAAA…”") from None
    return found


def study_code(study_id: str) -> str:
    """The code of a study: ten letters and digits, the same each time."""
    return secrets.kept(
        f"{study_id}.code", lambda: "".join(random.choice(LETTERS) for _ in range(10)).encode()
    ).decode()


def host_key() -> asyncssh.SSHKey:
    """This user's key of all hosts, made once. Raises SimtuiError."""
    data = secrets.kept(HOST_KEY, lambda: asyncssh.generate_private_key("ssh-ed25519").export_private_key())
    try:
        return asyncssh.import_private_key(data)
    except asyncssh.KeyImportError:
        raise SimtuiError(
            f"The host's key {printable(secrets.folder() / HOST_KEY)} cannot be read: remove it, and a new one is made."
        ) from None
