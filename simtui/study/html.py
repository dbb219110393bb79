"""A study as a fragment of HTML: what a notebook shows of it."""

from __future__ import annotations

from html import escape

from simtui.errors import printable
from simtui.study.model import Pair, Study
from simtui.words import counted

MOST_PAIRS = 100
"""More pictures than these say no more, and make a notebook heavy."""

_IMAGE = "width: 56px; height: 56px; image-rendering: pixelated; border: 1px solid #ccc; margin: 1px"


def as_html(study: Study) -> str:
    """Title, question and scale, and the pairs as pictures, ink dark on light. Whatever the study says is escaped."""
    scale = study.scale
    facts = (
        f"{counted(len(study.pairs), 'pair')} of {study.source.described}, id {study.id}",
        f"{study.question} {scale.low} ({scale.low_label}) to {scale.high} ({scale.high_label})",
    )
    pairs = "".join(_pair(study, pair) for pair in study.pairs[:MOST_PAIRS])
    more = len(study.pairs) - MOST_PAIRS
    return (
        f"<div><p><b>{_text(study.title or study.id)}</b></p>{''.join(f'<p>{_text(fact)}</p>' for fact in facts)}"
        f"<div>{pairs}</div>{f'<p>and {more} more</p>' if more > 0 else ''}</div>"
    )


def _pair(study: Study, pair: Pair) -> str:
    # The study holds ink bright on black, and people know it dark on light.
    images = "".join(
        f'<img src="data:image/png;base64,{escape(study.images[image])}" alt="{_text(image)}" '
        f'style="{_IMAGE}; filter: invert(1)">'
        for image in (pair.left, pair.right)
    )
    return f'<figure style="display: inline-block; margin: 4px"><div>{images}</div>{_text(pair.id)}</figure>'


def _text(text: object) -> str:
    return escape(printable(text, 300))
