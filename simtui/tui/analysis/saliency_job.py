"""Which strokes make a pair alike to a layer: computed in a thread that touches no widget and answers in messages."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from textual.message import Message

from simtui.errors import SimtuiError, printable
from simtui.study.model import Study

if TYPE_CHECKING:
    from simtui.network.net import Net

Gradient = NDArray[np.float64]
"""Of the cosine, with respect to the left and to the right image, (2, 28, 28)."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One pair in one layer of one checkpoint (its file's sha256). centred: as the network sees centred copies."""

    sha256: str
    layer: str
    left: str
    right: str
    centred: bool = False


class Strokes(Message):
    """An answer. gradient: None where it cannot be had, for the reason in `sentence`."""

    def __init__(self, wanted: Wanted, gradient: Gradient | None, sentence: str = "") -> None:
        super().__init__()
        self.wanted = wanted
        self.gradient = gradient
        self.sentence = sentence


@dataclass
class Tracer:
    """Answers for one study; its nets stay loaded. For any thread, one at a time."""

    study: Study
    _nets: dict[str, Net] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, wanted: Wanted, checkpoint: Path | None, post: Callable[[Message], object]) -> None:
        """Compute and post one answer. checkpoint: the file whose sha256 is wanted; None for simtui's own."""
        try:
            with self._lock:
                gradient = self._gradient(wanted, checkpoint)
        except SimtuiError as fault:
            post(Strokes(wanted, None, str(fault)))
            return
        if np.isfinite(gradient).all():
            post(Strokes(wanted, gradient))
        else:
            name = printable(wanted.layer)
            post(Strokes(wanted, None, f"An image of this pair leaves {name} wholly at zero: it has no cosine there."))

    def _gradient(self, wanted: Wanted, checkpoint: Path | None) -> Gradient:
        from simtui.network.saliency import saliency

        pair = self.study.pixels((wanted.left, wanted.right))
        net = self._net(wanted.sha256, checkpoint)
        if not wanted.centred:
            plain: Gradient = saliency(net, pair[:1], pair[1:], wanted.layer)[0]
            return plain
        from simtui.analysis.shape import centred, moved_back

        grey = pair.astype(np.float64)
        seen = centred(grey).astype(np.float32)
        return moved_back(saliency(net, seen[:1], seen[1:], wanted.layer)[0], grey)

    def _net(self, sha256: str, checkpoint: Path | None) -> Net:
        from simtui.network import checkpoint as checkpoints

        if sha256 not in self._nets:
            found = checkpoints.load(checkpoint or checkpoints.default_checkpoint())
            if found.sha256 != sha256:
                raise SimtuiError(f"{printable(found.path)} has changed since the analysis: choose it again with k.")
            self._nets[sha256] = found.net
        return self._nets[sha256]
