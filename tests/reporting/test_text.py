"""The Report as text: the homework's line, what a reader must know, nothing a terminal could obey."""

from __future__ import annotations

import re
from pathlib import Path

import msgspec
import numpy as np
import pytest

from simtui.analysis.ratings import collect
from simtui.analysis.report import build
from simtui.analysis.results import Report, Skipped
from simtui.errors import SimtuiError
from simtui.reporting import plot
from simtui.reporting.figures import scatter
from simtui.reporting.numbers import number
from simtui.reporting.summary import CEILING
from simtui.reporting.text import as_text
from simtui.session.pool import Choice
from tests.analysis.reports import given, imported, mark_simulated
from tests.builders import small_study

LINE = "Correlation between net and human similarity ratings"


def section(text: str, heading: str) -> list[str]:
    """The lines below a heading, up to the next empty line."""
    lines = text.splitlines()
    rest = lines[lines.index(heading) + 1 :]
    return rest[: rest.index("")] if "" in rest else rest


def test_the_homeworks_line_stands_alone(homework: Report) -> None:
    assert f"{LINE}: r = -0.171" in as_text(homework).splitlines()


def test_what_was_compared(homework: Report) -> None:
    text = as_text(homework)

    assert "People: 2 participants (rater1, rater2)" in text
    assert "Pairs: 20 (digit 8), rated 1 to 10" in text
    assert "given.pt (98.50 % of MNIST's test set correct, says its file" in text
    assert "Layer: fc (fully connected layer, 50 units, after ReLU)" in text
    assert "Convnet vs. human similarity judgments (digit 8)" in text
    assert "network similarity (normalized)" in text


def test_the_pairs_are_in_order_with_both_scores(homework: Report) -> None:
    rows = section(as_text(homework), "Pairs")[3:]

    assert [row.split()[0] for row in rows] == [pair.id for pair in homework.groups[0].pairs]
    assert rows[12].split() == ["p13", "0.27", "1.00", "0.806", "10.00", "2", "10", "10"]
    assert rows[14].split() == ["p15", "1.00", "0.00", "0.952", "3.00", "2", "4", "2"]


def test_the_layers_are_compared(homework: Report) -> None:
    rows = section(as_text(homework), "Layers")

    assert rows[2].split()[:2] == ["fc", "-0.171"]
    assert rows[3].split()[0] == "pixels"
    columns = ["layer", "r", "95 % interval", "p", "untrained", "pixels", "Spearman", "Kendall"]
    assert rows[0].strip() == "given"
    assert re.split("  +", rows[1].strip()) == columns
    assert re.split("  +", rows[3].strip())[columns.index("pixels")] == "–"


def test_another_layer_is_shown_on_request(homework: Report) -> None:
    text = as_text(homework, "pixels")

    r = homework.groups[0].layers["pixels"].pearson.r
    assert f"{LINE}: r = {number(r)}" in text
    assert "Layer: pixels" in text
    with pytest.raises(SimtuiError, match="choose from fc, pixels"):
        as_text(homework, "conv3")


def test_several_digits_have_one_line_each_and_no_pooled_r(two_digits: Report) -> None:
    lines = as_text(two_digits).splitlines()

    for group in two_digits.groups:
        assert f"{LINE} (digit {group.digit}): r = {number(group.layers['fc'].pearson.r)}" in lines
    assert not any(line.startswith(f"{LINE}: r") for line in lines)
    overall = number(two_digits.overall.layers["fc"].r)
    assert any(line.startswith("Over all digits (Fisher-z mean") for line in lines)
    assert f"r = {overall}" in " ".join(lines)
    assert "Pairs (digit 3)" in lines
    assert "Pairs (digit 8)" in lines


def test_several_digits_are_told_apart_in_the_plot(two_digits: Report) -> None:
    drawn_plot = plot.draw(scatter(two_digits, "fc"), 80, 30)

    marks = [drawn_plot.lines[cell[1]][cell[0]] for cell in drawn_plot.positions if cell]
    assert len(marks) == 16
    assert set(marks) == {"3", "8"}
    assert "(digits 3, 8)" in drawn_plot.lines[0]


def test_drawn_digits_are_never_taken_for_mnist(two_digits: Report) -> None:
    assert "Images: drawn digits, not MNIST" in as_text(two_digits)


@pytest.mark.parametrize("width", [40, 62, 80, 132])
@pytest.mark.parametrize("which", ["homework", "two_digits"])
def test_only_the_homeworks_line_is_ever_wider_than_asked(
    which: str, width: int, request: pytest.FixtureRequest
) -> None:
    text = as_text(request.getfixturevalue(which), width=width)

    assert max(len(line) for line in text.splitlines() if not line.startswith(LINE)) <= width


def test_colour_changes_nothing_but_colour(homework: Report) -> None:
    plain, coloured = as_text(homework), as_text(homework, color=True)

    assert "\x1b" not in plain
    assert "\x1b[1m" in coloured
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_skipped_files_and_notes_are_shown(homework: Report) -> None:
    report = msgspec.structs.replace(homework, skipped=(Skipped(file="s/P9_run-1.json", reason="not complete"),))

    text = as_text(report)

    assert section(text, "Files not used") == ["  s/P9_run-1.json: not complete"]
    notes = " ".join(" ".join(section(text, "Notes")).split())
    assert "With two people the lower bound" in notes


def test_simulated_people_are_said_to_be(tmp_path: Path) -> None:
    study = small_study(pairs=6)
    mark_simulated(imported(study, tmp_path, {"P1": [1, 2, 3, 4, 5, 6], "P2": [2, 2, 3, 3, 5, 6]}), "P1")
    ratings = collect(study, [tmp_path / "sessions"], Choice(simulated=True))

    text = as_text(build(study, ratings, given(study, fc=np.linspace(0.2, 0.9, 6))))

    assert "SIMULATED: some of these participants are not people" in text.splitlines()


def test_a_missing_r_is_said_in_words(tmp_path: Path) -> None:
    study = small_study(pairs=4)
    ratings = imported(study, tmp_path, {"P1": [5, 5, 5, 5]})

    text = as_text(build(study, ratings, given(study, fc=np.array([0.1, 0.2, 0.3, 0.4]))))

    assert f"{LINE}: there is none" in text
    assert "P1 rated every pair 5 and was left out" in text
    assert "nan" not in text.lower()
    assert "None" not in text


def test_text_from_files_cannot_draw_on_the_terminal(homework: Report) -> None:
    evil = "\x1b[2J\x1b]0;owned\x07\r\n[bold]"
    report = msgspec.structs.replace(
        homework,
        study_title=evil,
        study_note=evil,
        checkpoint=msgspec.structs.replace(homework.checkpoint, file=evil),
        skipped=(Skipped(file=evil, reason=evil),),
        notes=(evil,),
        groups=tuple(msgspec.structs.replace(group, digit=evil) for group in homework.groups),
    )

    text = as_text(report)

    assert all(character.isprintable() or character == "\n" for character in text)
    assert "\\x1b[2J" in text
    assert "[bold]" in text


def test_numbers() -> None:
    assert number(-0.1714) == "-0.171"
    assert number(-0.0002) == "0.000"
    assert number(None) == "–"
    assert number(0.5, 2) == "0.50"


def test_r_is_read_against_what_bounds_it_and_what_nearly_does_as_well(two_digits: Report) -> None:
    group = two_digits.groups[0]
    text = " ".join(as_text(two_digits, width=200).split())

    assert f"{CEILING}: {number(group.ceilings.mean)}" in text
    assert (
        f"how well one more person does: r = {number(group.another_person_r)}, "
        f"the network r = {number(group.layers['fc'].as_another_person_r)}"
    ) in text
    whole = two_digits.overall
    assert (
        f"how well one more person does: r = {number(whole.another_person_r)}, "
        f"the network r = {number(whole.layers['fc'].as_another_person_r)} "
        "(both: mean r with the mean of all others), Fisher-z mean over the digits"
    ) in text
    assert f"8 pairs show a true r of {number(group.detectable_r, 2)} with 80 % power" in text
    lower, upper = number(group.ceilings.individual_lower), number(group.ceilings.individual_upper)
    assert f"mean r of fc with single people is {number(group.layers['fc'].mean_individual_r)}; its ceiling" in text
    assert f"its ceiling lies between {lower} (lower bound) and {upper} (upper bound)" in text


def test_the_matrix_of_people(two_digits: Report) -> None:
    rows = section(as_text(two_digits), "People (digit 3)")
    lines = as_text(two_digits).splitlines()
    top = next(i for i, line in enumerate(lines) if line.split()[:4] == ["r", "of", "others", "fc"])

    assert rows
    matrix = two_digits.groups[0].pairwise_r
    assert matrix is not None
    own = [
        number(two_digits.groups[0].leave_one_out_r[1], 2),
        number(two_digits.groups[0].layers["fc"].individual_r[1], 2),
    ]
    assert lines[top + 2].split() == ["P2", *own, number(matrix[1][0], 2), number(matrix[1][2], 2)]


def test_the_layer_shown_is_compared_with_the_others(homework: Report) -> None:
    gap = homework.groups[0].differences[0]
    assert gap.ci is not None

    assert (
        f"r of fc minus r of pixels, for these people: {number(gap.difference)} (95 % {number(gap.ci[0])} to"
        in as_text(homework, width=200)
    )
    turned = as_text(homework, "pixels", width=200)
    assert (
        f"r of pixels minus r of fc, for these people: {number(-gap.difference)} (95 % {number(-gap.ci[1])} to"
        in turned
    )


def test_too_few_pairs_for_a_verdict(tmp_path: Path) -> None:
    study = small_study(pairs=4)
    ratings = imported(study, tmp_path, {"P1": [1, 4, 2, 9], "P2": [2, 4, 1, 7]})

    text = as_text(build(study, ratings, given(study, fc=np.array([0.1, 0.5, 0.3, 0.4]))))

    assert "4 pairs: too few to conclude anything." in text
