"""Who it is: an id as somebody typed it, as it is stored, and whether one much like it has rated already."""

from __future__ import annotations

import re
from dataclasses import dataclass

from simtui.rating.texts import sentence
from simtui.session.model import is_participant_id, stored_id
from simtui.session.store import SessionStore
from simtui.study.model import Study
from simtui.words import natural_order


@dataclass(frozen=True, slots=True)
class Recognised:
    """Whose id was typed. question: to ask first, "" where there is nothing to ask.

    participant: the id to rate under, if the answer is yes. otherwise: if it is no; "" to ask for an id again.
    """

    participant: str
    question: str = ""
    otherwise: str = ""


def recognise(study: Study, store: SessionStore, text: str) -> Recognised:
    """Whose id was typed, where somebody is asked for it; what is no id is given back as it is."""
    stored = stored_id(text)
    other = look_alike(store, stored) if is_participant_id(stored) else None
    if other is not None:
        question = sentence(study, "id_like", participant=stored, other=other)
        return Recognised(other, question, stored)
    if stored != text:
        return Recognised(stored, sentence(study, "id_stored", typed=text, participant=stored))
    return Recognised(text)


def look_alike(store: SessionStore, participant_id: str) -> str | None:
    """Somebody who has rated whose id differs in the case of letters or in zeros before a number alone; else None.

    None too where the participant themselves has rated or is on the list of participants, and where the folder cannot
    be listed (a drop-box).
    """
    others = store.rated()
    if participant_id in others or (store.participants is not None and participant_id in store.participants.lists):
        return None
    alike = [other for other in others if _essence(other) == _essence(participant_id)]
    return min(alike, key=natural_order, default=None)


def _essence(participant_id: str) -> str:
    return re.sub(r"(?<![0-9])0+(?=[0-9])", "", participant_id.casefold())
