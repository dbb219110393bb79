"""The guide to the numbers: whole, and the one source of what the report and the app say of them."""

from __future__ import annotations

import re

import simtui.guides
from simtui.guides.numbers import TOPIC, entries, of_section


def test_every_number_has_a_sentence_what_it_is_read_against_and_a_source() -> None:
    text = simtui.guides.read(TOPIC)
    assert [entry.name for entry in entries()] == re.findall(r"^### (.+)$", text, re.MULTILINE)
    for entry in entries():
        assert entry.what.endswith("."), entry
        assert entry.against.endswith("."), entry
        assert re.search(r"\(\d{4}\)", entry.source), entry
    assert len({entry.name for entry in entries()}) == len(entries()) > 25


def test_numbers_are_found_by_where_they_are_shown() -> None:
    sections = list(dict.fromkeys(entry.section for entry in entries()))
    assert sections == ["Summary", "Layers", "People", "Map", "Captures", "Pairs"]
    assert of_section("Map", "Pairs") == tuple(entry for entry in entries() if entry.section in ("Map", "Pairs"))
    ranks = of_section("Pairs")[0]
    assert ranks.name == "Ranks"
    assert ranks.told.startswith("Rank 1 is the most similar pair")
