"""`simtui kiosk`: one participant after another on one terminal."""

from __future__ import annotations

import contextlib
import os
import time
import traceback
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
from simtui.errors import SimtuiError, printable
from simtui.storage import system

FAULTS_FILE = "kiosk-faults.txt"
LARGEST_FAULT, LARGEST_FILE = 20_000, 500_000
"""Characters of one fault, and bytes after which a new file is begun and only the one before it kept."""
MOST_FAULTS, WITHIN_S = 5, 60.0
"""A kiosk that fails so often in such a time fails always."""


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

    startup.begin()
    from simtui.session.completion import completion
    from simtui.session.participants import read_participants
    from simtui.session.store import SessionStore
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
        from simtui.tui.participant.kiosk import Kiosk, ignore_signals, run_kiosk

        ignore_signals()
    terminal = replace(terminal, round_trip_ms=trip.ms, light=bool(trip.light))
    idle_s = float(60 * idle_minutes) if idle_minutes else None
    kiosk = Kiosk(study, store, terminal, exit_word, idle_s, codes)
    faults = Faults(sessions)
    tell_broken()
    try:
        raise click.exceptions.Exit(run_kiosk(kiosk, faults.note))
    except SimtuiError:
        from simtui.rating.texts import sentence
        from simtui.terminal.closed import stay_closed

        # Whoever sits there would be given the shell that it was started from.
        ignore_signals()
        stay_closed(sentence(study, "kiosk_closed"), exit_word)
        raise


def _open_own(path: Path) -> int:
    """Open a file to add to, though others may have put it there: no link is followed, and no pipe waited for."""
    own = system.flags("O_NOFOLLOW", "O_NONBLOCK", "O_NOCTTY")
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | own, 0o600)


class Faults:
    """Keeps a record of what should never have happened, for whoever runs the kiosk; participants see nothing."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FAULTS_FILE
        self._times: list[float] = []

    def note(self, fault: BaseException | None) -> None:
        """Write a fault down, without the values of any variable. Raises SimtuiError where there are too many."""
        now = time.monotonic()
        self._times = [moment for moment in self._times if now - moment < WITHIN_S] + [now]
        where = printable(self._path)
        told = "" if fault is None else "".join(traceback.format_exception(fault))[-LARGEST_FAULT:]
        try:
            with contextlib.suppress(FileNotFoundError):
                if self._path.lstat().st_size > LARGEST_FILE:
                    self._path.replace(self._path.with_suffix(".old.txt"))
            with os.fdopen(_open_own(self._path), "a", encoding="utf-8", errors="backslashreplace") as file:
                file.write(time.strftime("%Y-%m-%d %H:%M:%S\n") + told)
        except OSError:
            where = "nowhere, as it cannot be written"
        if len(self._times) >= MOST_FAULTS:
            raise SimtuiError(
                f"The kiosk failed {MOST_FAULTS} times within a minute and was closed; what happened is in {where}."
            )
