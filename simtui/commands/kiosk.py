"""`simtui kiosk`: one participant after another on one terminal."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from simtui.commands.options import (
    FOLDER,
    SESSIONS_HELP,
    colors_option,
    completion_code_option,
    examples,
    idle_option,
    mode_option,
    participants_option,
    polarity_option,
    renderer_option,
    study_argument,
)
from simtui.commands.output import broken_promises
from simtui.errors import SimtuiError
from simtui.storage import system

FAULTS_FILE = "kiosk-faults.txt"


@click.command(
    "kiosk",
    epilog=examples(
        "simtui kiosk study.json --sessions /data/sessions --exit-word finis",
        guide="collecting",
    ),
)
@study_argument
@click.option("--sessions", metavar="DIR", type=FOLDER, required=True, help=SESSIONS_HELP)
@click.option("--exit-word", metavar="WORD", help="Typed instead of an id, it closes the kiosk.")
@idle_option
@participants_option
@completion_code_option
@colors_option
@polarity_option
@renderer_option
@mode_option
def command(
    study_path: Path,
    sessions: Path,
    exit_word: str | None,
    idle_minutes: int,
    participants_path: Path | None,
    completion_code: str | None,
    colors: str | None,
    polarity: str,
    renderer: str,
    mode: int,
) -> None:
    """Ask for an id, let that person rate STUDY.json, thank them, and start over for the next person.

    Whoever has finished cannot begin again. No key leads out of it: the signal TERM closes it, and
    --exit-word does. As an SSH server's ForceCommand it is all that a person can do there.
    """
    system.require_posix("A kiosk")
    from simtui.rating import startup

    startup.ignore_signals()  # before all else: who presses Ctrl+C while it starts is given no shell
    startup.begin()
    from simtui.session.completion import completion
    from simtui.session.participants import read_participants
    from simtui.session.store import SessionStore
    from simtui.storage.fault_record import FaultRecord
    from simtui.study import file as study_file
    from simtui.terminal.detection import prepare
    from simtui.terminal.round_trip import BACKGROUND, RoundTrip

    study = study_file.load(study_path)
    if exit_word is not None and not exit_word.strip():
        raise SimtuiError("The word given with --exit-word is empty: take one that nobody types as an id.")
    people = read_participants(participants_path, study) if participants_path is not None else None
    store = SessionStore(sessions, study.id, mode, people)
    codes = completion(study, store, completion_code)
    tell_broken = broken_promises(sessions)
    terminal = prepare(colors, polarity, renderer)
    with RoundTrip(timeout_s=0.3 if terminal.ssh else 0.0, first=BACKGROUND if terminal.unicode else b"") as trip:
        from simtui.tui.participant.kiosk import Kiosk, run_kiosk

    terminal = replace(terminal, round_trip_ms=trip.ms, light=bool(trip.light))
    idle_s = float(60 * idle_minutes) if idle_minutes else None
    kiosk = Kiosk(study, store, terminal, exit_word, idle_s, codes)
    faults = FaultRecord(sessions, FAULTS_FILE, "The kiosk")
    tell_broken()
    try:
        raise click.exceptions.Exit(run_kiosk(kiosk, faults.note))
    except SimtuiError:
        from simtui.rating.texts import sentence
        from simtui.terminal.closed import stay_closed

        # Whoever sits there would be given the shell that it was started from.
        startup.ignore_signals()
        stay_closed(sentence(study, "kiosk_closed"), exit_word)
        raise
