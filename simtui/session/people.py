"""People: many session files, from any number of folders, told apart by person, and copies found."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from simtui.errors import SimtuiError, printable
from simtui.session.faults import name_fault
from simtui.session.model import Session
from simtui.words import natural_order

Sites = tuple[tuple[str, Path], ...]
"""Folders that were given a name, each with it."""

_USUAL_FOLDER = "sessions"
_SITE = re.compile(r"[A-Za-z0-9-]{1,32}")


@dataclass(frozen=True, slots=True)
class Recording:
    """A session file as far as it takes to tell people and copies apart.

    damaged: whether its answers cannot be used. renamed: whether `simtui rename` corrected the id. answers: how many
    there are. fits: whether the file has the name that its session leads to.
    """

    path: Path
    study_id: str
    session_id: str
    participant_id: str
    run: int
    damaged: bool
    withdrawn: bool
    renamed: bool
    complete: bool
    answers: int
    fits: bool

    @classmethod
    def of(cls, path: Path, session: Session, *, damaged: bool) -> Recording:
        """What there is to know of the session in a file."""
        return cls(
            path,
            session.study_id,
            session.session_id,
            session.participant_id,
            session.run,
            damaged,
            session.status == "withdrawn",
            session.renamed_from is not None,
            session.complete,
            sum(trial.response is not None for trial in session.trials),
            name_fault(session, path.name) is None,
        )


def copies(recordings: Iterable[Recording]) -> dict[Path, Recording]:
    """Of each file that is a copy of another (the same session_id), the one that counts.

    That is one that was withdrawn, one that is not damaged, the one with the corrected id, the complete one, the one
    with the most answers, the one whose name fits, in this order; and else the first.
    """
    by_session: dict[str, list[Recording]] = defaultdict(list)
    for recording in recordings:
        by_session[recording.session_id].append(recording)
    found: dict[Path, Recording] = {}
    for same in by_session.values():
        if len(same) > 1:
            first = min(same, key=_rank)
            found |= {other.path: first for other in same if other is not first}
    return found


def _rank(recording: Recording) -> tuple[bool, bool, bool, bool, int, bool, object]:
    return (
        not recording.withdrawn,
        recording.damaged,
        not recording.renamed,
        not recording.complete,
        -recording.answers,
        not recording.fits,
        natural_order(str(recording.path)),
    )


def copy_reason(copy: Recording, original: Recording) -> str:
    """Why a copy does not count, after "is"."""
    of = printable(original.path.name, 60)
    where = "" if copy.path.parent == original.path.parent else f" in {printable(original.path.parent, 200)}"
    under = (
        f" under the id {printable(copy.participant_id, 40)}" if copy.participant_id != original.participant_id else ""
    )
    return f"a copy of {of}{where}{under} (one session_id), which is used"


def names(recordings: Sequence[Recording], sites: Sites = ()) -> dict[Path, str]:
    """Of each file, what its participant is called: the id, or folder/id where other folders have others of that id.

    Runs of one id in one folder are one person's, and so are those in folders of which one has a copy of a session of
    the other.
    """
    by_id: dict[str, list[Recording]] = defaultdict(list)
    for recording in recordings:
        by_id[recording.participant_id].append(recording)
    told: dict[Path, str] = {}
    for participant_id, own in by_id.items():
        people = _people(own)
        if len(people) == 1:
            told |= {recording.path: participant_id for recording in own}
            continue
        called = _folder_names([(min(folders), own[0].study_id) for folders in people], sites)
        for folders, name in zip(people, called, strict=True):
            told |= {
                recording.path: f"{name}/{participant_id}" for recording in own if recording.path.parent in folders
            }
    return told


def _people(recordings: Sequence[Recording]) -> list[set[Path]]:
    """The folders of each of the people who have one id."""
    people: list[set[Path]] = []
    sessions: list[set[str]] = []
    by_folder: dict[Path, set[str]] = defaultdict(set)
    for recording in recordings:
        by_folder[recording.path.parent].add(recording.session_id)
    for folder, ids in by_folder.items():
        joined = [i for i, known in enumerate(sessions) if known & ids]
        folders, all_ids = {folder}, set(ids)
        for i in reversed(joined):
            folders |= people.pop(i)
            all_ids |= sessions.pop(i)
        people.append(folders)
        sessions.append(all_ids)
    return people


def as_sites(texts: Sequence[str]) -> Sites:
    """The named folders in texts such as “berlin=data/berlin”. Raises SimtuiError where one is none."""
    sites: dict[str, Path] = {}
    for text in texts:
        name, equals, folder = text.partition("=")
        if not equals or not _SITE.fullmatch(name) or not folder:
            raise SimtuiError(
                f"“{printable(text, 60)}” names no folder: write NAME=FOLDER, the name 1 to 32 letters, digits and "
                "hyphens, such as --site berlin=data/berlin."
            )
        if name in sites:
            raise SimtuiError(f"Two folders are called {name}: give each a name of its own.")
        if not Path(folder).is_dir():
            raise SimtuiError(f"There is no folder {printable(folder)} to call {name}: check the path.")
        sites[name] = Path(folder)
    return tuple(sites.items())


def site_of(path: Path, sites: Sites) -> str:
    """The name of the innermost named folder that a file is in; "" where it is in none."""
    absolute = path.absolute()
    inside = [
        (len(folder.absolute().parts), name) for name, folder in sites if absolute.is_relative_to(folder.absolute())
    ]
    return max(inside, default=(0, ""))[1]


def _folder_names(folders: Sequence[tuple[Path, str]], sites: Sites) -> list[str]:
    """Names that tell these folders apart, each with the study's id; as short as they can be.

    What every sessions folder is called (sessions, and the study's id) says nothing and is left out, if that will do.
    """
    named = [site_of(folder, sites) for folder, _ in folders]
    whole = [folder.absolute().parts for folder, _ in folders]
    for candidates in ([_telling(parts, study_id) for parts, (_, study_id) in zip(whole, folders, strict=True)], whole):
        for depth in range(1, max(map(len, candidates)) + 1):
            found = ["/".join(parts[-depth:]).strip("/") for parts in candidates]
            found = [site or name for site, name in zip(named, found, strict=True)]
            if all(found) and len(set(found)) == len(found):
                return found
    # Two people of one id in one named folder.
    return ["/".join(parts).strip("/") for parts in whole]


def _telling(parts: tuple[str, ...], study_id: str) -> tuple[str, ...]:
    while len(parts) > 1 and parts[-1] in (study_id, _USUAL_FOLDER):
        parts = parts[:-1]
    return parts


def same_names_note(told: Mapping[Path, str]) -> str:
    """That equal ids from different folders are different people here; "" where there are none."""
    apart = sorted({name for name in told.values() if "/" in name}, key=natural_order)
    if not apart:
        return ""
    listed = ", ".join(printable(name, 60) for name in apart[:4])
    more = f" and {len(apart) - 4} more" if len(apart) > 4 else ""
    return (
        f"Different folders have the same participant ids, of different sessions: these are {len(apart)} people, "
        f"called {listed}{more}. Give everybody an id of their own, or name the folders with --site NAME=FOLDER."
    )
