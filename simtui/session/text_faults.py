"""Texts of a study that are worth a second look: markup, hidden characters, and what a translation left in English."""

from __future__ import annotations

import re
from collections.abc import Iterator

from simtui.errors import is_visible, printable
from simtui.sentences import DEFAULT
from simtui.session.file import Fault
from simtui.study.model import Study
from simtui.study.wording import untranslated

MOST_NAMED = 40
"""Names of sentences in a list; `simtui texts` has all."""

_MARKUP = re.compile(r"\[[a-z#/@$][^\[\]]*\]")
"""What Textual and Rich would take for a tag in a text that is not marked as plain."""


def odd_texts(study: Study) -> Iterator[Fault]:
    """Texts of a study that say more than they seem to; no faults, for all of them are shown as they stand."""
    texts = {
        "title": study.title,
        "question": study.question,
        "scale.low_label": study.scale.low_label,
        "scale.high_label": study.scale.high_label,
        "source.note": study.source.note or "",
    }
    texts |= {f"texts.{printable(name, 40)}": text for name, text in study.texts.items()}
    for question in study.questions():
        texts |= {f"the question {printable(question.id, 40)}": " ".join((question.text, *question.options))}
    english = untranslated(study.texts)
    if english:
        named = f"{', '.join(english[:MOST_NAMED])}{' …' if len(english) > MOST_NAMED else ''}"
        yield Fault("texts", f"{len(english)} of {len(DEFAULT)} sentences stay English: {named}")
    for where, text in texts.items():
        markup = _MARKUP.search(text)
        if markup:
            yield Fault(where, f"“{printable(markup[0], 40)}” looks like markup, and is shown as it stands")
        hidden = next((c for c in text if not is_visible(c) and c != "\n"), None)
        if hidden is not None:
            yield Fault(where, f"{printable(hidden)} is no character that can be seen, and is shown so")
