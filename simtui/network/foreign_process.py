"""A network from the user's own code in a process of its own, with its own output: what it prints garbles nothing.

Its prints, at whatever level and from whatever thread, child or atexit function, go to stderr, and what ends it ends
only it. It costs a second import of torch: 1.6 s of processor time and 290 MB, measured, for each network.
"""

from __future__ import annotations

import contextlib
import io
import os
import queue
import signal
import struct
import subprocess
import sys
import threading
import weakref
from dataclasses import asdict
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import msgspec
import numpy as np
from numpy.typing import NDArray

from simtui.errors import SimtuiError, printable
from simtui.network.factory import build
from simtui.network.foreign import Foreign, similarities, unknown_layer
from simtui.network.preprocess import Preprocess
from simtui.network.similarity import Images
from simtui.progress import Progress, untold

_PATIENCE_S = 5.0
"""How long the process may take to leave when it is not needed any more."""

_LOOK_S = 0.2
"""How often to see whether it is still there while it says nothing."""


class ForeignProcess:
    """A network in a process of its own; `network.foreign.Network` says what can be asked of it."""

    def __init__(self, spec: str, weights: Path | None, seed: int) -> None:
        """As `network.factory.build`, which it is handed to; the current folder and sys.path are those of now."""
        self.name = spec
        self._process, self._to, self._answers = _started()
        self._finalizer = weakref.finalize(self, _end, self._process, self._to)
        told = self._ask({"spec": spec, "weights": None if weights is None else os.fsencode(weights), "seed": seed})
        self.sha256: str = told["sha256"]
        self.known: tuple[str, ...] = tuple(told["known"])
        self.homeworks: bool = told["homeworks"]

    def similarities(
        self,
        left: Images,
        right: Images,
        layers: tuple[str, ...],
        preprocess: Preprocess,
        on_progress: Progress = untold,
    ) -> dict[str, NDArray[np.float64]]:
        """As `network.foreign.similarities`."""
        for name in layers:
            if name not in self.known:
                raise unknown_layer(name, self.known)
        question = {
            "left": _packed(left),
            "right": _packed(right),
            "layers": list(layers),
            "preprocess": asdict(preprocess),
        }
        told = self._ask(question, on_progress)
        return {name: _unpacked(data) for name, data in told["found"].items()}

    def _ask(self, question: dict[str, Any], on_progress: Progress = untold) -> dict[str, Any]:
        """Raises SimtuiError where the network fails, or its process ends."""
        try:
            with contextlib.suppress(BrokenPipeError):  # it says why below, or has ended
                _send(self._to, question)
            while True:
                answer = self._answer()
                if "progress" not in answer:
                    break
                on_progress(*answer["progress"])
        except BaseException:
            # Ctrl+C, or it is at its end: it has nothing more to say.
            self._process.kill()
            raise
        if "error" in answer:
            raise SimtuiError(answer["error"])
        return answer

    def _answer(self) -> dict[str, Any]:
        answer, ended = None, False
        while True:
            try:
                answer = self._answers.get(timeout=_LOOK_S)
                break
            except queue.Empty:
                # A child of it can hold the pipe open after it: what it said last is heard by the next look.
                if ended:
                    break
                ended = self._process.poll() is not None
        if answer is None:
            code = self._process.wait()
            how = f"was ended by the signal {-code}" if code < 0 else f"ended itself with code {code}"
            raise SimtuiError(f"The code of {printable(self.name)} {how}: run it by itself to see why.")
        return answer


_CHILD = """
import os
asked, told = os.dup(0), os.dup(1)
os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
os.dup2(2, 1)
from simtui.network.foreign_process import main
main(asked, told)
"""
"""The ends of the pipes are put away, and its output led to stderr, before it imports anything."""


def _started() -> tuple[subprocess.Popen[bytes], BinaryIO, queue.SimpleQueue[dict[str, Any] | None]]:
    """The process, the pipe to it, and what it answers."""
    try:
        stderr = sys.__stderr__.fileno() if sys.__stderr__ is not None else subprocess.DEVNULL
    except (OSError, ValueError, io.UnsupportedOperation):
        stderr = subprocess.DEVNULL
    process = subprocess.Popen(  # noqa: S603  our own interpreter
        [sys.executable, "-c", _CHILD],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(path or str(Path.cwd()) for path in sys.path)},
    )
    answers: queue.SimpleQueue[dict[str, Any] | None] = queue.SimpleQueue()
    # A thread, for on Windows there is no other way to wait for a pipe and for a time at once.
    threading.Thread(target=_hear, args=(cast("BinaryIO", process.stdout), answers), daemon=True).start()
    return process, cast("BinaryIO", process.stdin), answers


def _hear(pipe: IO[bytes], answers: queue.SimpleQueue[dict[str, Any] | None]) -> None:
    """Put every message of the process into the queue, and None at its end."""
    with pipe:
        heard: dict[str, Any] | None = {}
        while heard is not None:
            try:
                heard = _received(pipe)
            except (OSError, ValueError):
                heard = None
            answers.put(heard)


def _end(process: subprocess.Popen[bytes], pipe: BinaryIO) -> None:
    """Let the process go: without anybody to ask it, it leaves."""
    with contextlib.suppress(OSError):
        pipe.close()
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _send(pipe: BinaryIO, message: dict[str, Any]) -> None:
    data = memoryview(struct.pack(">Q", len(encoded := msgspec.msgpack.encode(message))) + encoded)
    while data:
        data = data[pipe.write(data) :]


def _received(pipe: IO[bytes]) -> dict[str, Any] | None:
    """The next message; None at the end."""
    head = _exactly(pipe, 8)
    data = _exactly(pipe, struct.unpack(">Q", head)[0]) if len(head) == 8 else b""
    message: dict[str, Any] | None = msgspec.msgpack.decode(data) if data else None
    return message


def _exactly(pipe: IO[bytes], size: int) -> bytes:
    """So many bytes, or those that there are before the end."""
    parts, missing = [], size
    while missing and (part := pipe.read(min(missing, 2**20))):
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)


def _packed(array: NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _unpacked(data: bytes) -> NDArray[Any]:
    array: NDArray[Any] = np.load(io.BytesIO(data), allow_pickle=False)
    return array


# ---------------------------------------------------------------------- in the process


def _serve(asked: BinaryIO, told: BinaryIO) -> None:
    """Build the network that is asked for first, and answer for it until nobody asks any more."""
    network: Foreign | None = None
    while (question := _received(asked)) is not None:
        try:
            if network is None:
                weights = question["weights"]
                path = None if weights is None else Path(os.fsdecode(weights))
                network = build(question["spec"], path, seed=question["seed"])
                answer: dict[str, Any] = {
                    "sha256": network.sha256,
                    "known": network.known,
                    "homeworks": network.homeworks,
                }
            else:
                preprocess = question["preprocess"]
                way = Preprocess(
                    **preprocess | {"mean": tuple(preprocess["mean"]), "std": tuple(preprocess["std"])},
                )
                found = similarities(
                    network,
                    _unpacked(question["left"]),
                    _unpacked(question["right"]),
                    question["layers"],
                    way,
                    lambda done, total, *_: _send(told, {"progress": [done, total]}),
                )
                answer = {"found": {name: _packed(values) for name, values in found.items()}}
        except SimtuiError as error:
            answer = {"error": str(error)}
        _send(told, answer)


def main(asked: int, told: int) -> None:
    """The process itself. asked, told: the descriptors of its pipes."""
    # Ctrl+C is for who asks; without anybody to ask, this process leaves by itself.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(BrokenPipeError):
        _serve(os.fdopen(asked, "rb", buffering=0), os.fdopen(told, "wb", buffering=0))
