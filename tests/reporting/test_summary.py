"""What r is read against: how the network reads the images, in one wording of several lengths, and the marks."""

from __future__ import annotations

import msgspec
import pytest

from simtui.analysis.results import Ceilings, Group
from simtui.reporting.accuracy import accuracy_on_stimuli
from simtui.reporting.figures import axis, marks, scatter
from simtui.reporting.summary import read_against
from tests.reporting.test_conclusion import group, report


def reads(digit: int, share: float | None, *, low: bool = False) -> Group:
    changed = msgspec.structs.replace(group(0.5, (0.2, 0.7)), digit=digit)
    return msgspec.structs.replace(changed, accuracy_on_stimuli=share, accuracy_is_low=low)


def test_a_network_that_knows_the_images_reads_them_rightly() -> None:
    found = accuracy_on_stimuli([reads(8, 0.975)])

    assert found is not None
    assert not found.low
    assert found.wordings == ("reads 97.5 % of these images rightly", "reads 97.5 % rightly")
    assert "the network reads 97.5 % of these images rightly" in [*read_against(reads(8, 0.975), "fc")]


def test_of_images_that_it_does_not_know_every_wording_warns() -> None:
    found = accuracy_on_stimuli([reads(8, 0.5, low=True)])

    assert found is not None
    assert found.low
    assert found.wordings[0] == "reads only 50.0 % of these images rightly: r may be about their format"
    assert all("reads only 50.0 %" in words for words in found.wordings)
    assert [*map(len, found.wordings)] == sorted(map(len, found.wordings), reverse=True)


def test_of_several_digits_those_are_named_that_it_does_not_know() -> None:
    digits = [reads(3, 0.99), reads(4, 0.5, low=True), reads(5, 0.7, low=True)]

    found = accuracy_on_stimuli(digits, several=True)
    known = accuracy_on_stimuli(digits[:1], several=True)

    assert found is not None
    assert found.wordings[0].startswith("reads only 50.0 to 70.0 % of the images of digits 4, 5 rightly")
    assert known is not None
    assert known.wordings[0] == "reads 99.0 % of the images of digit 3 rightly"


def test_where_it_is_not_known_of_all_nothing_is_said() -> None:
    assert accuracy_on_stimuli([reads(3, 0.99), reads(4, None)], several=True) is None


def test_marks_are_the_numbers_that_there_are_and_pixels_are_none_of_their_own() -> None:
    bounded = msgspec.structs.replace(group(0.5, (0.2, 0.7)), ceilings=Ceilings(mean=0.9), another_person_r=0.6)
    one = report(bounded, r=0.5, new=(0.2, 0.7))

    assert [(mark.short, mark.value) for mark in marks(one, "fc", bounded)] == [
        ("ceiling", 0.9),
        ("person", 0.6),
        ("pixels", 0.3),
        ("untrained", 0.3),
    ]
    assert "pixels" not in [mark.short for mark in marks(one, "pixels", bounded)]
    # Over all digits there is no ceiling, but where there is one digit alone.
    assert [mark.short for mark in marks(one, "fc")] == ["ceiling", "pixels", "untrained"]
    assert [mark.short for mark in marks(report(bounded, bounded), "fc")] == ["pixels", "untrained"]


def test_without_r_there_is_no_axis() -> None:
    nothing = report(group(None, None))

    assert [*axis(nothing, "fc", nothing.groups[0])] == []


@pytest.mark.parametrize(("layer", "who"), [("fc", "Convnet"), ("pixels", "Pixels")])
def test_the_plot_names_who_is_held_against_people(layer: str, who: str) -> None:
    assert scatter(report(group(0.5, (0.2, 0.7))), layer).title == f"{who} vs. human similarity judgments (digit 8)"
