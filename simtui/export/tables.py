"""The exported tables of a study: trials, pairs, participants and revisions, column by column.

A new field of a session or study file becomes a column by one entry here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from simtui.analysis.covariates import COVARIATES
from simtui.analysis.layer_results import BASELINE
from simtui.export.columns import MS, Column, Kind, Place, Table, of_field
from simtui.export.participants import NO_SCREEN, PAIR_LIST, participants, who
from simtui.session.environment import Environment
from simtui.session.model import Revision, Session, Trial
from simtui.study.model import Pair, Scale, Study

NOT_TOLD = "it is not known (imported or simulated ratings, a terminal that does not say)"
SIMILARITY = "similarity_"
"""Starts the name of a column with a network's similarity; the layer's name follows."""

TRIAL_TYPES = {
    "practice": "shown first, not analysed",
    "main": "analysed",
    "repeat": "a pair of the run shown once more",
    "catch": "a pair with a known answer",
}


def tables(study: Study, measured: Sequence[str] = ()) -> tuple[Table, ...]:
    """The tables of a study's export. measured: what is known of its pairs: covariates, and layers after SIMILARITY."""
    return (
        Table("trials", "one response, in the order in which they were given", _trials(study)),
        Table("pairs", "one pair of the study", _pairs(study, measured)),
        Table("participants", "one participant", participants(study)),
        Table("revisions", "one response that was taken back", _revisions(study)),
    )


def _trials(study: Study) -> tuple[Column, ...]:
    return (
        *who(study),
        *_which(),
        *_images(study),
        of_field(Trial, "stimulus_left"),
        of_field(Trial, "stimulus_right"),
        of_field(Trial, "swapped"),
        *_answer(study, Trial),
        of_field(Trial, "interruptions"),
        Column(
            name="n_revisions",
            description="How many responses to this showing were taken back; the table revisions has them.",
            kind="integer",
            level="trial",
            get=lambda place: len(place.trial.revisions),
            lowest=0,
        ),
        Column(
            name="retest_of",
            description="Of a repeat, the trial_index of the trial in which its pair was rated first.",
            kind="integer",
            level="trial",
            get=_retest_of,
            lowest=0,
            missing="the trial is no repeat",
        ),
        _expected(study.scale),
        *_environment(),
        Column(
            name="resumed_at",
            description="UTC wall clock at which the interrupted run was taken up again before this trial or earlier.",
            kind="datetime",
            level="environment",
            get=lambda place: place.resumption.timestamp if place.resumption else None,
            missing="the run had not been interrupted",
        ),
        of_field(Session, "session_id"),
        of_field(Session, "study_id"),
        of_field(Session, "simulated", description="Whether nobody was there: the response was made up by a program."),
    )


def _pairs(study: Study, measured: Sequence[str]) -> tuple[Column, ...]:
    return (
        of_field(Pair, "id", "pair_id"),
        Column(
            name="pair_type",
            description="In which trials the pair is shown.",
            kind="string",
            level="pair",
            get=lambda place: place.pair_kind,
            levels={"practice": "shown first", "main": "analysed, and repeated", "catch": "has a known answer"},
        ),
        of_field(Pair, "list_index", "list", description=PAIR_LIST, lowest=0),
        *_images(study),
        _expected(study.scale),
        *(_measure(name) for name in measured),
    )


def _revisions(study: Study) -> tuple[Column, ...]:
    return (
        *who(study),
        *_which(),
        Column(
            name="revision",
            description="Which of the responses to this showing that were taken back this is, from 1.",
            kind="integer",
            level="revision",
            get=lambda place: place.revision_number,
            lowest=1,
        ),
        *_answer(study, Revision),
        of_field(Revision, "reason"),
    )


def _which() -> tuple[Column, ...]:
    return (
        of_field(Trial, "trial_index", lowest=0),
        of_field(Trial, "trial_type", levels=TRIAL_TYPES),
        of_field(Trial, "pair_id"),
    )


def _images(study: Study) -> tuple[Column, ...]:
    # Classes are numbers where all of them are digits, and names otherwise.
    numbers = all(isinstance(label, int) for pair in study.every_pair() for label in pair.digits)
    kind: Kind = "integer" if numbers else "string"
    return (
        of_field(Pair, "digit", kind=kind),
        of_field(Pair, "right_digit", kind=kind, missing="both images are of one class"),
        of_field(Pair, "left"),
        of_field(Pair, "right"),
    )


def _answer(study: Study, struct: type[Trial] | type[Revision]) -> tuple[Column, ...]:
    """The response, its key and its times: in the same words whether it stood or was taken back."""
    scale = study.scale
    return (
        of_field(
            struct,
            "response",
            description=f"The rating: the answer to “{study.question}”.",
            levels={str(scale.low): scale.low_label, str(scale.high): scale.high_label},
            lowest=scale.low,
            highest=scale.high,
        ),
        of_field(struct, "key", unknown="", missing=NO_SCREEN),
        of_field(struct, "rt", unit=MS, missing=NO_SCREEN),
        of_field(struct, "onset", unit=MS, missing=NO_SCREEN),
        of_field(struct, "onset_confirmed", missing="there was no screen, or simtui was of a version that did not ask"),
        of_field(struct, "time_elapsed", unit=MS, missing=NO_SCREEN),
        of_field(
            struct, "timestamp", kind="datetime", missing="the rating was given elsewhere, at a time that is not known"
        ),
    )


def _expected(scale: Scale) -> Column:
    return of_field(
        Pair,
        "expected",
        description="Of a catch pair, the rating that everybody gives who looks at it.",
        lowest=scale.low,
        highest=scale.high,
        missing="the pair is no catch pair",
    )


def _environment() -> tuple[Column, ...]:
    def told(field: str, name: str = "", unknown: object = "", unit: str = "") -> Column:
        return of_field(Environment, field, name, unknown=unknown, unit=unit, missing=NOT_TOLD)

    return (
        told("color_depth"),
        told("renderer"),
        told("polarity"),
        told("terminal_round_trip_ms", unknown=None, unit=MS),
        told("term"),
        told("columns", "terminal_columns", 0),
        told("rows", "terminal_rows", 0),
        of_field(Environment, "ssh"),
        of_field(Environment, "simtui", "simtui_version"),
        told("python", "python_version"),
        told("textual", "textual_version"),
    )


def _measure(name: str) -> Column:
    layer = name.removeprefix(SIMILARITY)
    if name == layer:
        kind = COVARIATES[name]
        more = "more is more alike" if kind.kind == "similarity" else "more is more different"
        description = f"Of the two images: {kind.label} ({kind.says}): {more}."
    elif layer == BASELINE:
        description = "Cosine similarity of the two images' raw pixels."
    else:
        description = f"Cosine similarity of the network's activations in the layer {layer}."
    return Column(
        name=name,
        description=description,
        kind="number",
        level="pair",
        get=lambda place: place.measured.get(name),
        unit="" if name != layer else COVARIATES[name].unit,
        missing="it cannot be computed: an image has no ink, or activations are all zero",
    )


def _retest_of(place: Place) -> int | None:
    return place.first.get(place.trial.pair_id) if place.trial.trial_type == "repeat" else None


def by_name(made: Sequence[Table]) -> Mapping[str, Table]:
    """The tables by their names."""
    return {table.name: table for table in made}
