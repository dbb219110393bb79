"""Wording: the texts of a study, read from files: consent, debriefing, and sentences in another language."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from string import Template

import msgspec
from msgspec import Struct

from simtui.errors import SimtuiError, printable
from simtui.sentences import DEFAULT
from simtui.storage.json_file import read_json, read_utf8
from simtui.study.model import QUESTION, Scale, Study

OWN = ("consent", "debrief")
"""Texts that simtui has nothing to say for: without one of the researcher's own, their screen is not shown."""

FIELDS = ("title", "question", "low_label", "high_label")
"""What a file of texts may say too, although the study keeps it in places of its own."""

KEYS = ("yes_key", "no_key", "withdraw_key")
"""Texts that are keys to press."""

RETIRED = ("source_drawn", "source_note")
"""Sentences that participants no longer read: files of texts may still have them."""

MAX_CHARACTERS = 20_000

MAX_SENTENCE = 500
"""More than a screen has room for in one of its sentences."""


class _Entry(Struct):
    """A sentence in a template: what is not the translation only tells what it is a translation of."""

    text: str = ""
    english: str = ""
    placeholders: list[str] = []


_TEXTS = msgspec.json.Decoder(dict[str, str | _Entry])


def read_text(path: Path, what: str) -> str:
    """A plain text of some paragraphs, as the screen shows it.

    Raises SimtuiError where the file cannot be read, is empty, too long, not UTF-8, or holds a character that a
    terminal would obey.
    """
    text = read_utf8(path, what).expandtabs(4)
    text = "\n".join(line.rstrip() for line in text.splitlines()).strip("\n")
    _check_text(text, printable(path))
    return text


def read_texts(path: Path) -> dict[str, str]:
    """The sentences of a JSON file {"name": "sentence", …}, by name, or of a filled-in `template`.

    Raises SimtuiError where the file is not that, names a sentence that there is not, one has a $value that
    is not filled in there, or a key is none.
    """
    shown = printable(path)
    entries, _ = read_json(path, "a file of texts", _TEXTS)
    texts = {
        name: entry if isinstance(entry, str) else entry.text
        for name, entry in entries.items()
        if isinstance(entry, str) or entry.text
    }
    for name, text in texts.items():
        if name not in (*DEFAULT, *OWN, *FIELDS, *RETIRED):
            raise SimtuiError(
                f"{shown} has a text “{printable(name, 40)}”, and there is none of that name: "
                f"the names are {', '.join((*FIELDS, *OWN, *DEFAULT))}."
            )
        where = f"The text “{name}” in {shown}"
        _check_text(text, where, lines=name in OWN)
        if name in DEFAULT:
            _check_values(text, DEFAULT[name], where)
        if name in KEYS and (len(text) != 1 or text.isdigit()):
            raise SimtuiError(f"{where} is “{printable(text, 20)}”, and a key is one letter: such as {DEFAULT[name]}.")
    yes, no = (texts.get(name, DEFAULT[name]) for name in KEYS[:2])
    if yes.casefold() == no.casefold():
        raise SimtuiError(f"{shown} has one key for yes and for no, {yes}: give another yes_key or no_key.")
    withdraw = texts.get(KEYS[2], DEFAULT[KEYS[2]])
    if withdraw.casefold() in (yes.casefold(), no.casefold()):
        raise SimtuiError(f"{shown} has {withdraw} for yes or no and to withdraw: give another withdraw_key.")
    return {name: text for name, text in texts.items() if name not in RETIRED}


def template(study: Study) -> dict[str, dict[str, object]]:
    """Every text that participants of a study may read, by name: the English, its $values, and what it says instead."""
    usual = {"question": QUESTION, "low_label": Scale().low_label, "high_label": Scale().high_label}
    said = {
        "title": study.title,
        "question": study.question,
        "low_label": study.scale.low_label,
        "high_label": study.scale.high_label,
    }
    found: dict[str, dict[str, object]] = {}
    for name in FIELDS:
        english = usual.get(name, said[name])
        found[name] = {"english": english, "placeholders": [], "text": "" if said[name] == english else said[name]}
    for name in OWN:
        if name in study.texts:
            found[name] = {"english": study.texts[name], "placeholders": [], "text": ""}
    for name, english in DEFAULT.items():
        values = sorted(f"${value}" for value in _values(english))
        found[name] = {"english": english, "placeholders": values, "text": study.texts.get(name, "")}
    return found


def untranslated(texts: Mapping[str, str]) -> list[str]:
    """The names of the sentences that stay English, where a study's texts replace some; else none."""
    if not any(name in texts for name in DEFAULT):
        return []
    return [name for name in DEFAULT if name not in texts]


def _check_values(text: str, default: str, where: str) -> None:
    known = _values(default)
    for value in sorted(_values(text) - known):
        there = f"has only {', '.join(f'${name}' for name in sorted(known))}" if known else "has none"
        raise SimtuiError(f"{where} names ${printable(value, 40)}, which is filled in nowhere: that sentence {there}.")


def _values(text: str) -> set[str]:
    return {match["named"] or match["braced"] for match in Template.pattern.finditer(text)} - {None}


def _check_text(text: str, where: str, *, lines: bool = True) -> None:
    if not text.strip():
        raise SimtuiError(f"{where} is empty: write something, or leave it out.")
    longest = MAX_CHARACTERS if lines else MAX_SENTENCE
    if len(text) > longest:
        raise SimtuiError(f"{where} has {len(text)} characters, and there is room for {longest}: make it shorter.")
    for number, line in enumerate(text.split("\n") if lines else [text], start=1):
        for character in line:
            if not character.isprintable():
                raise SimtuiError(
                    f"{where} has {printable(character)} in line {number}, which is not text: take it out."
                )
