"""Which pair list a participant gets: the one with the fewest runs, those just begun included."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

from simtui.session.file import Claim
from simtui.session.store import Hold
from simtui.study.model import Study
from simtui.study.schedule import choose_list, list_by_number, list_of


@contextmanager
def assigned_list(study: Study, hold: Hold, *, simulated: bool = False) -> Iterator[int]:
    """The list of the run that is begun inside the block, during which nobody else is given one.

    So many who begin at once are spread over the lists. Where one account cannot see the others' runs (a drop-box),
    the number at the end of the id takes its turn instead, as `simtui plan` shows it; as it does for simulated
    participants, who must not depend on who else was there.
    """
    lists = study.design.lists
    if lists == 1:
        yield 0
        return
    people = hold.store.participants
    listed = people.list_of(hold.participant_id) if people is not None else None
    if listed is not None:
        yield listed
        return
    if simulated:
        yield list_by_number(hold.participant_id, lists)
        return
    with hold.store.alone():
        try:
            runs, now = [0] * lists, datetime.now(UTC)
            for claim in hold.store.claims():
                if claim.study_sha256 == study.sha256 and not claim.simulated and keeps_list(claim, study, now):
                    list_index = list_of(study, claim.schedule.order) if claim.list_index is None else claim.list_index
                    # A file that names a list which is not there has a fault, and takes no list from anybody.
                    if 0 <= list_index < lists:
                        runs[list_index] += 1
            list_index = choose_list(runs)
        except PermissionError:
            list_index = list_by_number(hold.participant_id, lists)
        yield list_index


def keeps_list(claim: Claim, study: Study, now: datetime) -> bool:
    """Whether a run keeps its list: complete, with an answer, or begun or gone on with within the study's time."""
    if claim.status == "withdrawn":
        return False
    if claim.status == "complete" or claim.answered:
        return True
    try:
        idle = (now - datetime.fromisoformat(claim.updated_at)).total_seconds()
    except (ValueError, TypeError, OverflowError):
        return True
    return idle < study.design.claim_s
