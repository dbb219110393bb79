"""The keys for yes and no: y and n everywhere, and those of the study's language before them."""

from __future__ import annotations

from textual import events

from simtui.rating.texts import sentence
from simtui.study.model import Study

KEYS = {"y": True, "n": False}


def keys_of(study: Study) -> tuple[str, str]:
    """The keys for yes and for no in the study's language."""
    return sentence(study, "yes_key"), sentence(study, "no_key")


def meaning(event: events.Key, keys: tuple[str, str]) -> bool | None:
    """Whether a key means yes or no, in either case of the letter; None where it means neither."""
    yes, no = (key.casefold() for key in keys)
    return (KEYS | {yes: True, no: False}).get((event.character or "").casefold())
