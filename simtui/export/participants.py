"""What is exported of a participant: who it was, how the run went, and how far its ratings can be trusted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simtui.export.columns import MS, Column, Kind, Place, of_field, sentence
from simtui.session import file as session_file
from simtui.session.descriptions import descriptions
from simtui.session.model import Consent, Session
from simtui.session.outside import Outside
from simtui.session.quality import FAST_MS, flags
from simtui.study.model import Study
from simtui.study.questions import Question
from simtui.study.schedule import list_of

ANSWER, ANSWERED_AT = "answer_", "answered_at_"
"""Start the names of the columns of an answer and of its time; the question's id follows."""

WITHHELD = -1
"""What stands for the seed of a plan that is not to be told; no plan has a negative one."""

PAIR_LIST = "The pair list, from 0: of a participant the one that was met, of a pair the one that it belongs to."
NO_SCREEN = "there was no screen (imported ratings, simulated keys)"


def participants(study: Study) -> tuple[Column, ...]:
    """The columns of the table of participants."""
    steps = "steps of the scale"
    return (
        *who(study),
        of_field(Session, "session_id"),
        of_field(Session, "study_id"),
        of_field(Session, "study_sha256"),
        of_field(Session, "simulated", description="Whether nobody was there: a program made up the responses."),
        of_field(Session, "renamed_from", missing="the id was not corrected"),
        of_field(Session, "status", levels={"complete": "everything is answered", "in_progress": "left unfinished"}),
        of_field(Session, "imported_from", missing="simtui took the ratings itself"),
        _simulation(),
        of_field(Session, "started_at", kind="datetime"),
        of_field(Session, "updated_at", kind="datetime"),
        of_field(Session, "finished_at", kind="datetime", missing="the run was not finished"),
        Column(
            name="schedule_seed",
            description="The seed of the generator that shuffled the order and swapped the sides of the run.",
            kind="integer",
            level="run",
            get=_seed,
            missing="the participant has another id here (pseudonyms, equal ids of different folders)",
        ),
        Column(
            name="n_resumptions",
            description="How often the interrupted run was taken up again.",
            kind="integer",
            level="run",
            get=lambda place: len(place.session.resumptions),
            lowest=0,
        ),
        _quality("n_responses", "responses", "How many main pairs were rated.", kind="integer"),
        _quality("catch_trials", "catch_trials", "How many catch trials were answered.", kind="integer"),
        _quality("catch", "catch", "Share of the catch trials that were passed.", missing="no catch trial"),
        _quality("repeats", "repeats", "How many pairs were rated a second time.", kind="integer"),
        _quality(
            "retest",
            "retest",
            "Pearson r of the second with the first rating of the repeated pairs.",
            missing="fewer than three repeats, or ratings that do not vary",
        ),
        _quality(
            "difference",
            "difference",
            "Mean absolute difference of the second from the first rating of the repeated pairs.",
            unit=steps,
            missing="no repeat",
        ),
        _quality("median_rt", "rt", "Median rt of the main trials, without interrupted ones.", MS, missing=NO_SCREEN),
        _quality("fast", "fast", f"Share of the main responses under {FAST_MS} ms.", missing=NO_SCREEN),
        _quality("same", "same", "Share of the commonest rating among the main ratings.", missing="no rating"),
        _quality("lowest", "lowest", "The lowest main rating.", kind="integer", missing="no rating"),
        _quality("highest", "highest", "The highest main rating.", kind="integer", missing="no rating"),
        _quality(
            "sd", "sd", "Standard deviation of the main ratings (n - 1).", steps, missing="fewer than two ratings"
        ),
        Column(
            name="flags",
            description="What is conspicuous about the run, in words, separated by semicolons.",
            kind="string",
            level="run",
            get=_flags,
            missing="nothing is",
        ),
        _outside("study"),
        _outside("session"),
        *(_consent() if "consent" in study.texts else ()),
        *(column for question in study.questions() for column in _answer(question)),
    )


def _consent() -> tuple[Column, ...]:
    def column(name: str, field: str, kind: Kind) -> Column:
        return Column(
            name=name,
            description=sentence(descriptions(Consent)[field]),
            kind=kind,
            level="run",
            get=lambda place: getattr(place.session.consent, field, None),
            missing="nobody was asked (imported or simulated ratings)",
        )

    return (
        column("consent", "answer", "boolean"),
        column("consent_at", "timestamp", "datetime"),
        column("consent_text_sha256", "text_sha256", "string"),
    )


def _outside(field: str) -> Column:
    return Column(
        name=f"outside_{field}",
        description=sentence(descriptions(Outside)[field]),
        kind="string",
        level="run",
        get=lambda place: getattr(place.session.outside, field, None) or None,
        missing="nobody came by a link that says it",
        later=True,
    )


def _answer(question: Question) -> tuple[Column, Column]:
    """The answers to one question of the study, and when they were given."""
    number: Kind = "integer" if question.whole else "number"
    kinds: dict[str, Kind] = {"number": number, "yes-no": "boolean"}
    limits = [int(limit) if question.whole and limit is not None else None for limit in (question.low, question.high)]

    def given(field: str) -> Callable[[Place], Any]:
        return lambda place: next(
            (getattr(answer, field) for answer in place.session.answers if answer.question_id == question.id), None
        )

    nobody = "nobody was asked (imported or simulated ratings)"
    answer = Column(
        name=f"{ANSWER}{question.id}",
        description=sentence(f"answer to “{question.text}”"),
        kind=kinds.get(question.kind, "string"),
        level="run",
        get=given("answer"),
        levels=dict.fromkeys(question.options, "an answer to choose"),
        lowest=limits[0],
        highest=limits[1],
        missing=f"the question was left open, or {nobody}",
    )
    return answer, Column(
        name=f"{ANSWERED_AT}{question.id}",
        description=f"UTC wall clock of the answer in {ANSWER}{question.id}.",
        kind="datetime",
        level="run",
        get=given("timestamp"),
        missing=nobody,
    )


def who(study: Study) -> tuple[Column, ...]:
    """Whose run it is: the same first columns in every table of people."""
    return (
        of_field(Session, "participant_id"),
        Column(
            name="site",
            description="The name that was given to the folder of the run (--site).",
            kind="string",
            level="run",
            get=lambda place: place.site or None,
            missing="folders were not given names",
        ),
        Column(
            name="list",
            description=PAIR_LIST,
            kind="integer",
            level="run",
            get=_list,
            lowest=0,
            highest=study.design.lists - 1,
        ),
        of_field(Session, "run", lowest=1),
    )


def _quality(
    name: str, field: str, description: str, unit: str = "", *, kind: str = "number", missing: str = ""
) -> Column:
    return Column(
        name=name,
        description=description,
        kind="integer" if kind == "integer" else "number",
        level="run",
        get=lambda place: getattr(place.quality, field),
        unit=unit,
        missing=missing,
    )


def _seed(place: Place) -> int | None:
    seed = place.session.schedule.seed
    return None if seed == WITHHELD else seed


def _list(place: Place) -> int:
    given = place.session.list_index
    return list_of(place.study, place.session.schedule.order) if given is None else given


def _simulation() -> Column:
    def get(place: Place) -> str | None:
        simulation = place.session.simulation
        return None if simulation is None else session_file.encode_simulation(simulation)

    return Column(
        name="simulation",
        description="The whole model that made up the responses, as JSON; the schema of the session file explains it.",
        kind="string",
        level="run",
        get=get,
        missing="somebody was there",
    )


def _flags(place: Place) -> str | None:
    found = flags(place.quality, place.study.scale) if place.quality is not None else ()
    return "; ".join(found) or None
