"""`simtui rate`: one participant rates one study."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from simtui.commands.options import (
    colors_option,
    completion_code_option,
    examples,
    mode_option,
    participants_option,
    polarity_option,
    renderer_option,
    sessions_option,
    study_argument,
)
from simtui.commands.output import broken_promises
from simtui.errors import SimtuiError

if TYPE_CHECKING:
    from simtui.session.store import SessionStore
    from simtui.study.model import Study


@click.command(
    "rate",
    epilog=examples(
        "simtui rate eights.json --participant me",
        "simtui rate study.json --participant P07 --sessions /data/sessions",
        guide="participants",
    ),
)
@study_argument
@click.option("--participant", metavar="ID", help="Your id, 1 to 32 letters and digits; asked for if not given.")
@sessions_option
@participants_option
@completion_code_option
@colors_option
@polarity_option
@renderer_option
@click.option("--plain", is_flag=True, help="In lines of text: for dumb terminals, screen readers and pipes.")
@mode_option
# The robot of `simtui simulate --through-screen` says with it that it is none of the participants, and what it is.
@click.option("--simulated", metavar="JSON", hidden=True)
def command(
    study_path: Path,
    participant: str | None,
    sessions: Path,
    participants_path: Path | None,
    completion_code: str | None,
    colors: str | None,
    polarity: str,
    renderer: str,
    simulated: str | None,
    plain: bool,
    mode: int,
) -> None:
    """Rate the pairs of STUDY.json, one key a pair. Every answer is on disk before the next pair shows."""
    from simtui.rating import startup

    startup.begin()
    from simtui.rating.texts import counts, error_sentence, in_words_of, sentence
    from simtui.session.completion import completion
    from simtui.session.file import decode_simulation
    from simtui.session.participants import read_participants
    from simtui.session.store import SessionStore
    from simtui.study import file as study_file
    from simtui.terminal.detection import prepare
    from simtui.terminal.round_trip import BACKGROUND, RoundTrip

    study = study_file.load(study_path)
    if plain and simulated is not None:
        raise SimtuiError("--simulated is for the robot at the screen, and --plain has none: leave one of them out.")
    simulation = decode_simulation(simulated) if simulated is not None else None
    people = read_participants(participants_path, study) if participants_path is not None else None
    store = SessionStore(sessions, study.id, mode, people)
    tell_broken = broken_promises(sessions)
    with in_words_of(study):
        codes = completion(study, store, completion_code) if simulation is None else None
        if participant is not None and simulation is None:
            participant = _meant(study, store, participant)
        hold = store.hold(participant) if participant is not None else None
        if plain:
            from simtui.rating.plain import rate_plain

            startup.settle()
            tell_broken()
            raise click.exceptions.Exit(rate_plain(study, store, hold, codes=codes))
    terminal = prepare(colors, polarity, renderer)
    if terminal.mute:
        # Above the screen, where it can be read while what cannot be drawn runs down the paper.
        click.echo(f"simtui: {sentence(study, 'no_screen', why=terminal.why)}", err=True)

    # Only now: Textual reads the colours of the terminal from the environment when it is imported. And
    # meanwhile: so much time, and no more, does a slow terminal have to answer.
    with RoundTrip(timeout_s=0.3 if terminal.ssh else 0.0, first=BACKGROUND if terminal.unicode else b"") as trip:
        from simtui.rating.environment import environment
        from simtui.tui.app import SimtuiApp
        from simtui.tui.participant.flow import Outcome, RatingHost, Visit

    terminal = replace(terminal, round_trip_ms=trip.ms, light=bool(trip.light))
    tell_broken()
    visit = Visit(study, store, terminal, environment(terminal), hold, simulation, codes=codes)
    app = SimtuiApp(lambda: RatingHost(visit), terminal.depth, light=terminal.light)
    result = app.run_or_tell(mouse=False)
    if isinstance(result, SimtuiError):
        raise SimtuiError(error_sentence(study, result))
    if isinstance(result, Outcome):
        values = counts(result.session) | {"participant": result.participant_id, "path": result.path}
        click.echo(sentence(study, "closing", **values))
        code = codes.code(result.session) if codes is not None else None
        if code is not None:
            click.echo(sentence(study, "completion_code", code=code))
    if app.return_code:
        raise click.exceptions.Exit(app.return_code)


def _meant(study: Study, store: SessionStore, participant: str) -> str | None:
    """The id that --participant means; None to ask for another.

    On a terminal the question is asked that the id leads to. Lines in a pipe are answers to other questions: there a
    warning says who looks like whom.
    """
    from simtui.rating.who import recognise

    meant = recognise(study, store, participant)
    if not meant.question:
        return meant.participant
    if sys.stdin is None or not sys.stdin.isatty():
        if meant.otherwise:
            click.echo(
                f"simtui: {participant} looks like {meant.participant}, who has rated. This run is of {participant}: "
                "stop it if they are one person.",
                err=True,
            )
        return participant
    from simtui.rating.dialogue import Dialogue, EndOfInputError
    from simtui.rating.plain import who_is_meant
    from simtui.sentences import ParticipantError

    try:
        return who_is_meant(Dialogue(sys.stdin.buffer, sys.stdout), study, meant)
    except EndOfInputError:
        raise ParticipantError("plain_ended") from None
