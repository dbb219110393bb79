"""SessionStore: session files that survive kills, full disks and second writers.

Every write goes to a temporary file in the same folder, is fsynced, takes the place of the old file in one
step, and the folder is fsynced: at every moment the file on disk is whole. A run's first write never takes
the place of any file, and every later one only of a file that says exactly what this very process wrote before.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from types import TracebackType

from filelock import FileLock, Timeout

from simtui.errors import SimtuiError, printable
from simtui.sentences import ParticipantError
from simtui.session import file as session_file
from simtui.session.model import Session, check_participant_id
from simtui.session.participants import Participants
from simtui.session.stored import StoredSession
from simtui.storage.atomic import WriteFailedError, write_failed
from simtui.storage.folder import Folder, LinkedFolderError
from simtui.storage.system import own_user

_UNFINISHED = re.compile(r"\.([A-Za-z0-9]{1,32})_run-[0-9]+\.[0-9a-f]{8}\.tmp")

_RUN_FILE = re.compile(r"([A-Za-z0-9]{1,32})_run-[1-9][0-9]*\.json")

LOCK_PATIENCE_S = 60
"""How long others may take to begin their runs: milliseconds each, and a class of sixty begins at once."""


class BusyError(ParticipantError):
    """Another live process holds this participant's sessions of this study."""


class SessionStore:
    """The sessions of one study: `<root>/<study id>/<participant>_run-<n>.json`.

    mode: permissions of the session files, whatever the umask. participants: who may take part; None for everybody.
    """

    def __init__(self, root: Path, study_id: str, mode: int = 0o600, participants: Participants | None = None) -> None:
        self.folder = root / study_id
        self.mode = mode
        self.participants = participants
        self._cleared = False

    def path(self, participant_id: str, run: int) -> Path:
        """The file of a run, whether it is there or not. Raises SimtuiError for an impossible participant id."""
        return self.folder / f"{check_participant_id(participant_id)}_run-{run}.json"

    def runs(self, participant_id: str) -> list[StoredSession]:
        """A participant's runs, first to last.

        Found by trying the names, not by listing the folder: a drop-box folder can be written to and not
        listed.
        """
        found = []
        for run in range(1, self.next_run(participant_id)):
            path = self.path(participant_id, run)
            try:
                session, data = session_file.read(path)
                if session.participant_id == participant_id:
                    found.append(StoredSession(path, run, session, data=data))
                else:
                    # A file system that ignores case has found the file of somebody else.
                    found.append(StoredSession(path, run, None, f"{path.name} is another participant's"))
            except SimtuiError as error:
                found.append(StoredSession(path, run, None, str(error)))
        return found

    def has(self, session: Session) -> bool:
        """Whether exactly this session is in its file."""
        path = self.path(session.participant_id, session.run)
        return path.is_file() and path.read_bytes() == session_file.encode(session)

    def next_run(self, participant_id: str) -> int:
        """The number of the first run that is not there yet, whatever is in the files before it."""
        return next(run for run in count(1) if not os.path.lexists(self.path(participant_id, run)))

    def rated(self) -> set[str]:
        """The ids that have a run here; empty where the folder cannot be listed (a drop-box)."""
        try:
            names = [path.name for path in self.folder.iterdir()]
        except OSError:
            return set()
        return {found[1] for found in map(_RUN_FILE.fullmatch, names) if found}

    def claims(self) -> Iterator[session_file.Claim]:
        """What every session of the study says of its list, of whatever participant.

        Raises PermissionError where one account cannot see what the others have: in a drop-box folder, which can be
        written to and not listed, or where a file may not be read.
        """
        # Not glob: it takes a folder that may not be listed for an empty one.
        names = sorted(path.name for path in self.folder.iterdir()) if self.folder.is_dir() else []
        for name in names:
            if "_run-" in name and name.endswith(".json") and not name.startswith("."):
                claim = session_file.read_claim(self.folder / name)
                if claim is not None:
                    yield claim

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else is in this block for this study meanwhile. Raises WriteFailedError.

        Not so in a drop-box folder: there one account cannot open the lock of another, nor see its sessions.
        """
        if self.folder.is_dir() and not os.access(self.folder, os.R_OK):
            yield
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            # Other accounts that may write here take it too.
            with FileLock(
                self.folder / ".lists.lock", timeout=LOCK_PATIENCE_S, mode=self.folder.stat().st_mode & 0o666
            ):
                yield
        except (OSError, NotImplementedError) as error:
            raise write_failed(self.folder, error) from None

    def hold(self, participant_id: str) -> Hold:
        """Take hold of a participant: until released, no other process can begin or resume their runs.

        Raises ParticipantError where they may not take part, BusyError where another process has them, WriteFailedError
        where the folder cannot be written.
        """
        check_participant_id(participant_id)
        if self.participants is not None:
            self.participants.admit(participant_id)
        lock = FileLock(self.folder / f".{participant_id}.lock", timeout=0, mode=self.mode)
        try:
            self._make_folder()
            lock.acquire()
        except Timeout:
            raise BusyError("fault_busy", participant=participant_id) from None
        except (OSError, NotImplementedError) as error:
            raise write_failed(self.folder, error) from None
        self._clear(participant_id)
        return Hold(self, participant_id, lock)

    def put_beside(self, name: str, data: bytes) -> None:
        """Put a hidden file that is no session into the study's folder, durably. Raises WriteFailedError."""
        try:
            self._make_folder()
            with Folder(self.folder, follow=False) as folder:
                folder.put(name, data, replace=False, mode=self.mode)
        except OSError as error:
            raise write_failed(self.folder / name, error) from None

    def put_key(self, name: str, data: bytes) -> None:
        """The same for a secret, of mode 0600; one that another process has put there meanwhile stays.

        Raises SimtuiError where the folder is another account's, in which each would make a key of their own.
        """
        self._make_folder()
        if self.folder.stat().st_uid != own_user() and own_user() is not None:
            raise SimtuiError(
                f"{printable(self.folder)} belongs to another account, so no key for completion codes is made in it: "
                "give one code for all, or let its owner begin with it."
            )
        try:
            with contextlib.suppress(FileExistsError), Folder(self.folder, follow=False) as folder:
                folder.put(name, data, replace=False, mode=0o600)
        except OSError as error:
            raise write_failed(self.folder / name, error) from None

    def remove_beside(self, name: str) -> None:
        """Remove what `put_beside` put there, if it can be removed."""
        with contextlib.suppress(OSError), Folder(self.folder, follow=False) as folder:
            folder.remove(name)

    def _make_folder(self) -> None:
        """Raises WriteFailedError where it may not be made, or is a link; OSError where it cannot be."""
        if self.folder.is_symlink():
            # In a folder that many can write to, anybody could have put it there.
            raise WriteFailedError("fault_link", path=self.folder)
        _check_drop_box(self.folder)
        self.folder.mkdir(parents=True, exist_ok=True)

    def _clear(self, participant_id: str) -> None:
        """Once, remove what killed processes have left unfinished: of a participant whom nobody else holds."""
        if self._cleared:
            return
        self._cleared = True
        with contextlib.suppress(OSError, NotImplementedError), Folder(self.folder, follow=False) as folder:
            for name in folder.names():
                found = _UNFINISHED.fullmatch(name)
                if found is None:
                    continue
                with contextlib.suppress(Timeout), contextlib.ExitStack() as held:
                    if found[1] != participant_id:
                        held.enter_context(FileLock(self.folder / f".{found[1]}.lock", timeout=0, mode=self.mode))
                    folder.remove(name)


class Hold:
    """The right to write one participant's sessions; release it when the run is left."""

    def __init__(self, store: SessionStore, participant_id: str, lock: FileLock) -> None:
        self.store = store
        self.participant_id = participant_id
        self._lock = lock

    def last_run(self, study_sha256: str) -> StoredSession | None:
        """The participant's last run of exactly this study, interrupted or finished; None before the first."""
        runs = self.store.runs(self.participant_id)
        return next((r for r in reversed(runs) if r.session and r.session.study_sha256 == study_sha256), None)

    def create(self, session: Session) -> SessionFile:
        """Write a new run's first file. Raises WriteFailedError, also where the run is there already."""
        path = self.store.path(session.participant_id, session.run)
        file = SessionFile(path, None, self.store.mode)
        file.save(session)
        return file

    def reopen(self, stored: StoredSession) -> SessionFile:
        """Take up the file of an interrupted run, to write it on."""
        return SessionFile(stored.path, stored.data, self.store.mode)

    def release(self) -> None:
        """Let others hold the participant; releasing twice does no harm."""
        if self._lock.is_locked and self.store.next_run(self.participant_id) == 1:
            # Who declined, or left before a run began, leaves nothing behind: the name of the lock is their id.
            with contextlib.suppress(OSError), Folder(self.store.folder, follow=False) as folder:
                folder.remove(Path(self._lock.lock_file).name)
        self._lock.release()

    def __enter__(self) -> Hold:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


class SessionFile:
    """One run's file, written again and again by the one process that holds it.

    written: what the file says, as far as we know; None before the first write. Not its inode, size and time, which
        some file systems change without a change of what it says (sshfs, SMB, FAT).
    """

    def __init__(self, path: Path, written: bytes | None, mode: int = 0o600) -> None:
        self.path = path
        self._mode = mode
        self._written = written

    def save(self, session: Session) -> None:
        """Make `session` what the file says, durably.

        Raises WriteFailedError; the file then says what it said before. Calling again tries again.
        """
        name, data = self.path.name, session_file.encode(session)
        try:
            # A folder that was removed under a running session is made again: all of the run is in memory.
            self.path.parent.mkdir(parents=True, exist_ok=True)
            # From here on it is this very folder, even if its name is given to a link to another.
            with Folder(self.path.parent, follow=False) as folder:
                with folder.unfinished(name, data, self._mode) as unfinished:
                    folder.finish(unfinished, name, replace=self._is_there(folder))
                self._written = data
                folder.sync()
        except LinkedFolderError:
            raise WriteFailedError("fault_link", path=self.path.parent) from None
        except OSError as error:
            raise write_failed(self.path, error) from None

    def _is_there(self, folder: Folder) -> bool:
        """Whether our own earlier file is in its place. Raises WriteFailedError where another's is."""
        found = folder.holds(self.path.name, self._written or b"")
        if found is None:
            return False
        if self._written is None or not found:
            raise WriteFailedError("fault_changed", path=self.path)
        return True


def _check_drop_box(folder: Path) -> None:
    """Raises WriteFailedError in a folder that all can write to, without a sub-folder of the study.

    A participant who made the sub-folder would own it, and could delete what others write there.
    """
    with contextlib.suppress(FileNotFoundError):
        root = folder.parent.stat()
        shared = root.st_mode & stat.S_ISVTX and root.st_mode & stat.S_IWOTH and root.st_uid != own_user()
        if shared and not folder.is_dir():
            raise WriteFailedError("fault_drop_box", folder=folder.parent, path=folder)
