"""Batches: the one unit of work of whatever takes hours, and what has come of them so far.

Index i of a job is drawn from `SeedSequence(seed, spawn_key=(i,))`, and a batch is always the same indices: what comes
of a job is the same to the last digit, whoever computes its batches, in whatever order and number at a time.
"""

from __future__ import annotations

import hashlib
import importlib
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
from msgspec import Struct

from simtui.errors import FileError, SimtuiError, printable
from simtui.storage import atomic, system, untrusted
from simtui.storage.atomic import write_failed

FORMAT, VERSION = "simtui.batches", 1
LARGEST = 4 << 30
"""Bytes of a file of batches that are read."""

Work = Callable[[Mapping[str, Any], range, int], Any]
"""What is done for a batch: from the job's parameters, indices and seed to what JSON can say."""


class Job(Struct, frozen=True, kw_only=True):
    """What is to be computed: `count` indices in batches of `size`.

    kind: which command's, so that `simtui merge` can say what came of it. work: "module:function", a `Work`; only
    simtui's own is called. parameters: all that it needs, as JSON can say it.
    """

    kind: str
    work: str
    parameters: dict[str, Any]
    seed: int
    count: int
    size: int

    @property
    def batches(self) -> int:
        """How many there are."""
        return -(-self.count // self.size)

    def indices(self, batch: int) -> range:
        """Those of a batch."""
        return range(batch * self.size, min((batch + 1) * self.size, self.count))

    @property
    def digest(self) -> str:
        """What two jobs that give the same have in common."""
        return hashlib.sha256(msgspec.json.encode(self, order="deterministic")).hexdigest()


def run(job: Job, batch: int) -> Any:
    """What comes of one batch. Raises SimtuiError where the job is not one of simtui's."""
    module, _, name = job.work.partition(":")
    if not module.startswith(("simtui.", "tests.")):
        raise SimtuiError(f"{printable(job.work, 100)} is no work of simtui's.")
    work: Work = getattr(importlib.import_module(module), name)
    return work(job.parameters, job.indices(batch), job.seed)


def generator(seed: int, index: int) -> np.random.Generator:
    """The random numbers of one index of a job."""
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(index,)))


class Part(NamedTuple):
    """Part `number` of `of`, from 1: every so-manieth batch."""

    number: int = 1
    of: int = 1

    def batches(self, job: Job) -> range:
        """Those of this part."""
        return range(self.number - 1, job.batches, self.of)


WHOLE = Part()


def parse_part(text: str) -> Part:
    """“2/10” as a Part. Raises SimtuiError."""
    found = re.fullmatch(r"([0-9]{1,6})/([0-9]{1,6})", text.strip())
    part = Part(int(found[1]), int(found[2])) if found else Part(0, 0)
    if not 1 <= part.number <= part.of:
        raise SimtuiError(f"“{printable(text, 40)}” is no part of a whole: write 1/4, 2/4, 3/4 and 4/4 for four parts.")
    return part


# ---------------------------------------------------------------- files


class _Head(Struct, frozen=True, kw_only=True):
    format: str
    version: int
    job: Job
    digest: str


class _Line(Struct, frozen=True, kw_only=True):
    batch: int
    result: Any


class BatchFile:
    """Finished batches on disk, a line of JSON each behind one that says of what job: whoever is killed goes on there.

    done: what has come of each batch that is finished.
    """

    def __init__(self, path: Path, job: Job) -> None:
        """Go on with a file of this job, or begin one.

        Raises SimtuiError where the file is of another, or no such, or another process has it.
        """
        self.path = path
        self.done: dict[int, Any] = {}
        if not (path.exists() or path.is_symlink()):
            atomic.write(path, written(job, ()))
        try:
            self._file = path.open("r+b")
        except OSError as error:
            raise write_failed(path, error) from None
        try:
            if not system.take_alone(self._file.fileno()):
                raise SimtuiError(f"{printable(path)} is being written by another process: let it finish.")
            found, self.done, whole = read(path)
            if found.digest != job.digest:
                raise SimtuiError(
                    f"{printable(path)} has batches of another {found.kind}, of other options, study or version: "
                    "name another file with --out."
                )
            # What a kill has left of a line is cut off.
            self._file.truncate(whole)
            self._file.seek(whole)
        except BaseException as error:
            self._file.close()
            if isinstance(error, OSError):
                raise write_failed(path, error) from None
            raise

    def add(self, batch: int, result: Any) -> None:
        """Keep what has come of a batch. Raises WriteFailedError."""
        try:
            self._file.write(msgspec.json.encode(_Line(batch=batch, result=result)) + b"\n")
            self._file.flush()
        except OSError as error:
            raise write_failed(self.path, error) from None
        self.done[batch] = result

    def close(self) -> None:
        """Nothing more is added."""
        self._file.close()


def read(path: Path) -> tuple[Job, dict[int, Any], int]:
    """The job of a file of batches, what has come of them, and how many of its bytes are whole lines.

    Raises SimtuiError where it is no such file.
    """
    whole, _, _ = untrusted.read(path, "a file of batches", LARGEST).rpartition(b"\n")
    first, *lines = whole.split(b"\n")
    try:
        head = msgspec.json.decode(first, type=_Head)
        if (head.format, head.version) != (FORMAT, VERSION) or head.digest != head.job.digest or head.job.size < 1:
            raise ValueError
        done = {}
        for line in lines:
            found = msgspec.json.decode(line, type=_Line)
            if not 0 <= found.batch < head.job.batches:
                raise ValueError
            done[found.batch] = found.result
    except ValueError:
        raise FileError(path, "is not a file of batches, as --out of power or compare writes it") from None
    return head.job, done, len(whole) + 1


def written(job: Job, results: Sequence[Any]) -> bytes:
    """A file of all batches of a job."""
    lines: list[Struct] = [_Head(format=FORMAT, version=VERSION, job=job, digest=job.digest)]
    lines += [_Line(batch=batch, result=result) for batch, result in enumerate(results)]
    return b"".join(msgspec.json.encode(line) + b"\n" for line in lines)


def merged(paths: list[Path]) -> tuple[Job, list[Any]]:
    """The job that these files are parts of, and what has come of all its batches, in their order.

    Raises SimtuiError where they are of different jobs, or a batch is in none of them.
    """
    jobs: list[Job] = []
    done: dict[int, Any] = {}
    for path in paths:
        job, results, _ = read(path)
        if jobs and job.digest != jobs[0].digest:
            raise SimtuiError(
                f"{printable(path)} and {printable(paths[0])} are not parts of one whole: their commands, options, "
                "studies or versions differ."
            )
        jobs.append(job)
        done |= results
    job = jobs[0]
    missing = [batch for batch in range(job.batches) if batch not in done]
    if missing:
        raise SimtuiError(
            f"{len(missing)} of {job.batches} batches are in none of these files, the first of them {missing[0]}: "
            "name the files of all parts, and run those that are not finished again, which go on where they were."
        )
    return job, [done[batch] for batch in range(job.batches)]
