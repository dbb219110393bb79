"""Which pair list a participant gets: the one with the fewest completed runs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from simtui.session.store import Hold
from simtui.study.model import Study
from simtui.study.schedule import choose_list, list_by_number, list_of


@contextmanager
def assigned_list(study: Study, hold: Hold, *, simulated: bool = False) -> Iterator[int]:
    """The list of the run that is begun inside the block, during which nobody else is given one.

    Where the folder cannot be listed (a drop-box), the number at the end of the id takes its turn instead; as it
    does for simulated participants, who must not depend on who else was there.
    """
    lists = study.design.lists
    if lists == 1:
        yield 0
        return
    if simulated:
        yield list_by_number(hold.participant_id, lists)
        return
    with hold.store.alone():
        try:
            completed = [0] * lists
            for session in hold.store.sessions():
                if session.complete and not session.simulated and session.study_sha256 == study.sha256:
                    completed[list_of(study, session.schedule)] += 1
            list_index = choose_list(completed)
        except PermissionError:
            list_index = list_by_number(hold.participant_id, lists)
        yield list_index
