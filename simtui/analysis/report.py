"""The immutable Report that the screen, the text and the JSON all show."""

from __future__ import annotations

import msgspec

from simtui.analysis.results import (
    Ceilings,
    CheckpointInfo,
    Group,
    LayerAgreement,
    Overall,
    PairScore,
    Reliability,
    Report,
    Skipped,
    Used,
)

__all__ = [
    "Ceilings",
    "CheckpointInfo",
    "Group",
    "LayerAgreement",
    "Overall",
    "PairScore",
    "Reliability",
    "Report",
    "Skipped",
    "Used",
    "as_json",
]


def as_json(report: Report) -> str:
    """The analysis JSON: one object, indented, the same report always the same text."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2).decode()
