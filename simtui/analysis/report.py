"""How the immutable Report is made that the screen, the text and the JSON all show.

Of ratings, and of what the networks said of the pairs (`similarities.compute_similarities`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simtui.analysis.ratings import Ratings
from simtui.analysis.results import Group, Overall, Report
from simtui.analysis.similarities import Similarities
from simtui.errors import printable
from simtui.network.layers import DEFAULT_LAYER
from simtui.session.exclusion import Rule
from simtui.session.pool import USUAL, Choice
from simtui.session.quality import flags, measure
from simtui.stimuli.source import Label
from simtui.storage.json_file import json_text
from simtui.study.model import COMPLETE, Study
from simtui.words import p_in_words


@dataclass(frozen=True, slots=True)
class Settings:
    """How to analyse, as the options of `simtui analyze` say it.

    layer: the one that is shown at first. seed: of the resampling. rules: by which sessions are left out.
    cache: whether similarities are kept for the next time. choice: which sessions count.
    """

    layer: str = DEFAULT_LAYER
    seed: int = 0
    zscore: bool = False
    centre: bool = False
    rules: tuple[Rule, ...] = ()
    cache: bool = True
    choice: Choice = USUAL


DEFAULT = Settings()


def build(study: Study, ratings: Ratings, similarities: Similarities, *, seed: int = 0, zscore: bool = False) -> Report:
    """The Report of ratings and similarities of one study, group by group (one a digit).

    zscore: each participant's ratings of a digit are z-scored before they are averaged.

    The same arguments give the same Report. Raises ValueError where the similarities are another study's.
    """
    if similarities.study_sha256 != study.sha256:
        raise ValueError("these similarities are those of another study")
    from simtui.analysis.grouping import analyze_group
    from simtui.analysis.overall import overall

    groups, tables, notes = [], [], list(_general_notes(study, ratings))
    if similarities.centred:
        notes.append("Network, pixels and covariates saw centred copies of the images, not the images that people saw.")
    digits = _digits(study)
    for digit in digits:
        group, table, why = analyze_group(study, ratings, similarities, digit, seed=seed, zscore=zscore)
        groups.append(group)
        tables.append(table)
        # With one group there is nothing to tell apart.
        notes += [f"Digit {printable(digit)}: {note}" if len(digits) > 1 else note for note in why]
    over_all = overall(groups, tables, seed=seed)
    if len(groups) > 1:
        notes.append(
            "Over all digits r is weighted with pairs − 3. Its interval for new people and pairs sums what pairs and "
            "people's own slopes over all digits add to its variance; Fisher's is for these people."
        )
        notes += _overall_notes(groups, over_all)
    return Report(
        study_id=study.id,
        study_sha256=study.sha256,
        study_title=study.title,
        study_note=study.source.described,
        scale=(study.scale.low, study.scale.high),
        sampling=study.design.sampling,
        seed=seed,
        checkpoint=similarities.checkpoint,
        layers=tuple(similarities.layers),
        participants=ratings.participants,
        sessions=ratings.used,
        skipped=ratings.skipped,
        simulated=ratings.simulated,
        groups=tuple(groups),
        overall=over_all,
        notes=tuple(dict.fromkeys(notes)),
        zscored=zscore,
        centred=similarities.centred,
    )


def as_json(report: Report) -> str:
    """The analysis JSON: one object, indented, the same report always the same text."""
    return json_text(report)


def _digits(study: Study) -> list[Label]:
    """The classes of the pairs, numbers first."""
    return sorted({study.group(pair) for pair in study.pairs}, key=lambda label: (isinstance(label, str), label))


def _general_notes(study: Study, ratings: Ratings) -> Iterator[str]:
    simulated = sum(session.simulated for session in ratings.sessions)
    if simulated:
        yield f"{simulated} of the {len(ratings.sessions)} participants are simulated, not people."
    yield from ratings.notes
    unfinished = sum(not session.complete for session in ratings.sessions)
    if unfinished:
        who = f"{unfinished} of the {len(ratings.sessions)} participants"
        yield f"{who} did not finish: what they rated is used, and more pairs lack ratings for it."
    sampling = study.design.sampling
    if sampling != "random":
        yield (
            "The pairs were given: how they were chosen is not known here, and r may not be that of random pairs."
            if sampling == "given"
            else "Every two of the images are a pair: r is over all their pairs, and images are what is random."
            if sampling == COMPLETE
            else f"The pairs are a {printable(sampling, 40)} sample: r is not comparable with that of random pairs."
        )
    for session in ratings.sessions:
        found = flags(measure(session, study), study.scale)
        if found:
            yield f"{session.participant_id}: {', '.join(found)} (--exclude leaves sessions out by a rule)."


def _overall_notes(groups: Sequence[Group], over_all: Overall) -> Iterator[str]:
    for name, layer in over_all.layers.items():
        lacking = [str(group.digit) for group in groups if group.layers[name].pearson.r is None]
        if layer.r is None:
            yield f"Layer {name} has no r over all digits."
        elif lacking:
            yield f"The r of layer {name} over all digits leaves out {', '.join(lacking)}, where it has none."
        if layer.r is not None and layer.ci is None:
            yield f"The r of layer {name} over all digits has no interval: no digit has four pairs, or an r is 1."
        q = over_all.q.get(name)
        if q is not None and q.p < 0.05:
            yield (
                f"r of layer {name} differs between digits beyond chance "
                f"(Q = {q.q:.1f}, df {q.df}, {p_in_words(q.p)}): "
                "the mean over digits is that of these digits."
            )
