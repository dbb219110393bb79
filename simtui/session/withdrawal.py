"""Withdrawal: who takes back what they agreed to, after the run, is left out of every analysis from then on."""

from __future__ import annotations

import stat
from pathlib import Path

from msgspec.structs import replace

from simtui.errors import SimtuiError, printable
from simtui.session.model import timestamp
from simtui.session.renaming import store_with
from simtui.session.store import SessionFile
from simtui.study.model import Study


def withdraw(study: Study, folder: Path, participant_id: str) -> list[Path]:
    """Mark every run of a participant as withdrawn, as it is marked where they do so themselves; the files.

    What they answered stays in the files. folder: of all sessions, or of those of this study. Raises SimtuiError where
    the participant has no run there, one that cannot be read or is of somebody else, or none that is not withdrawn yet,
    or is rating; and WriteFailedError.
    """
    store = store_with(study, folder, participant_id)
    with store.hold(participant_id):
        runs = store.runs(participant_id)
        for run in runs:
            if run.session is None:
                raise SimtuiError(f"{printable(run.path)} cannot be read, so nothing was changed: {run.fault}")
        left = [run for run in runs if run.session is not None and run.session.status != "withdrawn"]
        if not left:
            raise SimtuiError(f"{participant_id} has withdrawn already: nothing was changed.")
        now = timestamp()
        for run in left:
            if run.session is not None:
                mode = stat.S_IMODE(run.path.stat().st_mode)
                session = replace(run.session, status="withdrawn", withdrawn_at=now, updated_at=now)
                SessionFile(run.path, run.data, mode).save(session)
    return [run.path for run in left]
