"""Methods before data: what a study will do and how it will be tested, from the study file and its plan alone."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence

from simtui import __version__
from simtui.errors import printable
from simtui.reporting.blocks import Block, Bullets, Facts, Heading, Paragraph, Table
from simtui.simulation.power import PowerGrid
from simtui.simulation.power_studies import LEVEL, LEVEL_OF_TWO
from simtui.study.model import COMPLETE, Study
from simtui.words import counted


def preregistration(
    study: Study,
    participants: int,
    rules: Sequence[str],
    layer: str,
    checkpoint: tuple[str, str] | None,
    power: PowerGrid | None,
) -> Iterator[Block]:
    """The blocks of the text.

    participants: how many will take part. rules: of exclusion, as `simtui analyze --exclude` takes them.
    checkpoint: name and sha256 of the network's file; None where the layer is none of a network. power: for
    each true r, with as many pairs as the groups of the study have; None where these are too few.
    """
    yield Heading(f"Methods of {printable(study.title or study.id)}, written before the data", 1)
    yield Heading("Design")
    yield Paragraph(" ".join(_design(study)))
    yield Heading("Counterbalancing")
    yield Paragraph(" ".join(_counterbalancing(study)))
    yield Heading("Participants and exclusions")
    yield Paragraph(" ".join(_participants(study, participants)))
    yield Bullets(tuple(_exclusions(rules)))
    yield Heading("Planned test")
    yield Paragraph(" ".join(_test(study, participants, layer)))
    yield Heading("Power")
    yield from _power(participants, power)
    yield Heading("What identifies this")
    yield Facts(tuple(_identity(study, checkpoint)))


def _design(study: Study) -> Iterator[str]:
    scale, design, source = study.scale, study.design, study.source
    groups = Counter(study.group(pair) for pair in study.pairs)
    of = "; ".join(f"{number} of “{printable(group, 40)}”" for group, number in groups.items())
    how = {
        "random": "drawn at random",
        "stratified": f"spread evenly over the range of similarity in {design.by}",
        "controversial": f"chosen where {' and '.join(design.between or [])} disagree most",
        COMPLETE: "every two of a set of images",
        "given": "given by the researchers",
    }[design.sampling]
    drawn = "" if design.sampling == "given" else f" (seed {design.seed})"
    yield f"{counted(len(study.pairs), 'pair')} of images ({of}; {printable(source.described)}), {how}{drawn}."
    if design.lists > 1:
        sizes = sorted({len(study.list_pairs(k)) for k in range(design.lists)})
        each = str(sizes[0]) if len(sizes) == 1 else f"{sizes[0]} to {sizes[-1]}"
        yield f"They are in {design.lists} lists of {each} pairs, and each participant rates one list."
    yield (
        f"For each pair participants answer “{printable(study.question, 200)}” with one key, from {scale.low} "
        f"({printable(scale.low_label)}) to {scale.high} ({printable(scale.high_label)}). An answer counts from "
        f"{design.min_viewing_ms} ms after the pair has appeared; between pairs the screen is blank for "
        f"{design.blank_ms} ms."
    )
    more = [
        f"{counted(design.practice, 'pair')} for practice, which are not analysed" if design.practice else "",
        f"{counted(design.repeats, 'pair')} shown a second time" if design.repeats else "",
        _catch(study) if design.catch else "",
        f"a break every {design.break_every} trials" if design.break_every else "",
    ]
    if any(more):
        yield f"A run also has {', '.join(part for part in more if part)}."
    for when in ("before", "after"):
        questions = study.questions("before" if when == "before" else "after")
        if questions:
            asked = "; ".join(f"{printable(q.text, 300)} ({q.kind})" for q in questions)
            yield f"{when.capitalize()} the pairs participants are asked: {asked}."
    if study.texts.get("consent"):
        yield "Participants agree to a consent text first, and may withdraw."


def _catch(study: Study) -> str:
    same = sum(pair.left == pair.right for pair in study.catch_pairs)
    said = f"{counted(len(study.catch_pairs), 'catch pair')} with a plain answer ({same} of one image twice, "
    said += f"{len(study.catch_pairs) - same} of different material"
    if study.design.catch_by:
        said += f", chosen to be least alike in {' and '.join(printable(name, 40) for name in study.design.catch_by)}"
    return f"{said})"


def _counterbalancing(study: Study) -> Iterator[str]:
    design = study.design
    if design.order == "shuffled":
        yield (
            "The order is each participant's own. In every six participants whose ids are neighbours in number, each "
            "pair comes about twice in each third of the run."
        )
    else:
        yield "All participants meet the pairs in the order of the study file."
    if design.swap_sides:
        yield "Left and right are exchanged so that each pair is seen equally often either way in every two neighbours."
    else:
        yield "Left and right are as in the study file for everybody."
    if design.lists > 1:
        yield "Whoever begins gets the list that the fewest participants have, runs that have begun included."
    if design.repeats:
        yield (
            "A repeat comes at least about a third of the run after the first time, half of them with sides exchanged."
        )


def _participants(study: Study, participants: int) -> Iterator[str]:
    each = participants / study.design.lists
    of_list = f", about {each:.0f} for each list" if study.design.lists > 1 else ""
    yield f"{counted(participants, 'participant')} will take part{of_list}."
    yield (
        "Used are runs in which everything is answered, one of each participant (the first); runs that were not "
        "finished and those of participants who withdrew are left out, and reported."
    )


def _exclusions(rules: Sequence[str]) -> Iterator[str]:
    if not rules:
        yield "No run is left out by how it was answered."
    for rule in rules:
        yield f"Left out is every run with {printable(rule, 80)} (as simtui analyze --exclude takes it)."


def _test(study: Study, participants: int, layer: str) -> Iterator[str]:
    groups = list(dict.fromkeys(study.group(pair) for pair in study.pairs))
    level = f"{_level(participants):g}".lstrip("0")
    yield (
        f"The similarity of the two images of a pair in the layer {printable(layer, 60)} (cosine of the activations) "
        "is to predict the ratings. Tested is the slope of rating ~ similarity + (1 | person) + "
        "(0 + similarity | person) + (1 | pair), for new people and new pairs: two-sided, "
        f"α = {level}, degrees of freedom after Satterthwaite (1946)."
    )
    yield "Its interval is reported on the scale of r, with the crossed bootstrap over people and pairs beside it."
    if len(groups) > 1:
        names = ", ".join(f"“{printable(group, 40)}”" for group in groups)
        yield (
            f"It is done within {names} and, over them, as the Fisher-z mean of the r within each; ratings of "
            "different groups are never pooled."
        )
    if study.design.sampling == COMPLETE:
        yield (
            "Because the pairs share images, what these add to the variance of r is resampled in place of the model's "
            "part for pairs; Mantel's test, by permuting images, and the crossed bootstrap must agree."
        )
    if layer != "pixels":
        yield (
            "Whether it predicts better than the raw pixels is tested by the difference of Fisher z, with people "
            "resampled."
        )


def _power(participants: int, power: PowerGrid | None) -> Iterator[Block]:
    if power is None:
        yield Paragraph(
            "Fewer than four pairs of a group have no interval, so there is no power to state.", strong=True
        )
        return
    rows = tuple(
        (f"{point.r:g}", str(point.pairs), _share(point.detected_new), _share(point.detected)) for point in power.points
    )
    few = "" if _level(participants) == LEVEL else f"; of two participants the planned test asks for {LEVEL_OF_TWO:g}"
    yield Paragraph(
        f"Simulated with {counted(participants, 'participant')}, {power.simulations:,} studies a line (seed "
        f"{power.seed}), raters who agree with each other with r = {power.reliability:g} and lapse in "
        f"{power.lapses:.0%} of the trials. True r is that between the layer and what all people share."
        + (f" They rate {power.digits} groups, with so many pairs each, and r is over all." if power.digits > 1 else "")
    )
    yield Table(
        ("true r", "pairs", "the planned test detects it", "a test for these people alone"),
        rows,
        note=f"Shares of the simulated studies with p < .05{few}.",
    )
    if any(point.detected_new is None for point in power.points):
        yield Paragraph("With fewer than two participants for a list there is no test for new people.", strong=True)


def _level(participants: int) -> float:
    return LEVEL_OF_TWO if participants == 2 else LEVEL


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.0%}"


def _identity(study: Study, checkpoint: tuple[str, str] | None) -> Iterator[tuple[str, str]]:
    yield "Study", f"{printable(study.id)}, SHA-256 {study.sha256}"
    if checkpoint is not None:
        yield "Network", f"{printable(checkpoint[0])}, SHA-256 {checkpoint[1]}"
    text = study.texts.get("consent")
    if text:
        yield "Consent text", f"SHA-256 {hashlib.sha256(text.encode()).hexdigest()}"
    yield "Program", f"simtui {__version__}"
