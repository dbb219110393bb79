"""Participants: a file that says who may take part, and, if wanted, with which pair list."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from simtui.errors import FileError, printable
from simtui.sentences import ParticipantError
from simtui.session.model import is_participant_id
from simtui.storage.json_file import read_utf8
from simtui.study.model import Study

WHAT = "a file of participants"
MAX_PARTICIPANTS = 100_000

_KEY = re.compile(r"\s((?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[A-Za-z0-9@.-]+)\s+([A-Za-z0-9+/]+=*)(?:\s.*)?$")
"""A public key as OpenSSH writes it; a comment of its own may follow."""

_APART = re.compile(r"[\s,;]+")


@dataclass(frozen=True, slots=True)
class Participants:
    """Who may take part. lists: by id, in the order of the file, the pair list from 0; None where it says none.

    keys: by id, the public key of SSH with which a host lets them in, as OpenSSH writes it; where the file has one.
    """

    lists: dict[str, int | None] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    def admit(self, participant_id: str) -> None:
        """Raises ParticipantError where the id is none of them."""
        if participant_id not in self.lists:
            raise ParticipantError("fault_not_listed", participant=participant_id)

    def list_of(self, participant_id: str) -> int | None:
        """The pair list that a participant is to get; None where the file says none."""
        return self.lists.get(participant_id)


def read_participants(path: Path, study: Study) -> Participants:
    """The ids in a text file, one a line, with a pair list of the study behind it if wanted: “P07” or “P07, 2”.

    A public key of SSH may end the line. Empty lines and those that begin with # are passed over. Raises SimtuiError,
    naming the line, where it cannot be used.
    """
    text = read_utf8(path, WHAT)
    lists: dict[str, int | None] = {}
    lines: dict[str, int] = {}
    keys: dict[str, str] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        plain, key = _key_apart(line)
        words = [word for word in _APART.split(plain.strip()) if word]
        if not words or words[0].startswith("#"):
            continue
        where = f"cannot be used: line {number}"
        if len(words) > 2:
            raise FileError(path, f"{where} has more than an id and a list: “{printable(line.strip(), 60)}”")
        name = words[0]
        if not is_participant_id(name):
            raise FileError(path, f"{where}: “{printable(name, 40)}” is no id of 1 to 32 letters and digits")
        if name in lists:
            raise FileError(path, f"{where} has {name} once more, after line {lines[name]}")
        if key:
            keys[name] = key
        lists[name], lines[name] = _list(path, where, words[1:], study.design.lists), number
        if len(lists) > MAX_PARTICIPANTS:
            raise FileError(path, f"has more than {MAX_PARTICIPANTS:,} participants")
    if not lists:
        raise FileError(path, f"is not {WHAT}: it has no id")
    return Participants(lists, keys)


def _key_apart(line: str) -> tuple[str, str]:
    """A line without the public key at its end, and the key: its kind, and what it is."""
    found = _KEY.search(line)
    return (line[: found.start()], f"{found[1]} {found[2]}") if found else (line, "")


def _list(path: Path, where: str, words: list[str], lists: int) -> int | None:
    if not words:
        return None
    if not (words[0].isascii() and words[0].isdigit() and len(words[0]) < 5 and int(words[0]) < lists):
        there = f"the lists are 0 to {lists - 1}" if lists > 1 else "the study has one list, 0"
        raise FileError(path, f"{where}: “{printable(words[0], 20)}” is no pair list: {there}")
    return int(words[0])
