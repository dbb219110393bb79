"""Checkpoints: weights in a file, loaded so that no file can run code, saved so that no file is half written."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import re
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from simtui.errors import SimtuiError, printable
from simtui.network import container
from simtui.network.net import Net
from simtui.storage import atomic

Plain = str | int | float | bool | None
"""What a checkpoint may say about itself."""


_MOST_ENTRIES = 100
"""Of a mapping among those that a checkpoint says about itself: nobody reads more."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A net and what its file says of it.

    net: ready to evaluate, on the CPU, float32.
    path, name: the file, and its name alone.
    sha256: of the file's bytes, the very ones the weights were read from.
    test_acc: percent of MNIST's test set, as the file says (nobody has checked); None where it does not.
    info: the file's other plain entries ("training" flattened to "training.seed" and so on); text in it is
        anybody's, so print it with `printable`.
    """

    net: Net
    path: Path
    name: str
    sha256: str
    test_acc: float | None
    info: dict[str, Plain]


def load(path: Path) -> Checkpoint:
    """The checkpoint in `path`: a dict with `state_dict` and, if it likes, `test_acc` and more.

    Only tensors and plain values are ever unpickled. Raises SimtuiError, one sentence, for a file that is not
    there, is no checkpoint, carries code, or whose weights are not this net's.
    """
    shown = printable(path)
    data = container.read(path)
    content = _unpickle(data, shown)
    if not isinstance(content, Mapping) or not isinstance(content.get("state_dict"), Mapping):
        raise SimtuiError(
            f"{shown} has no `state_dict`: a checkpoint is torch.save({{'state_dict': net.state_dict()}}, file)."
        )
    net = Net()
    net.load_state_dict(_checked_weights(content["state_dict"], net, shown))
    return Checkpoint(
        net=net.eval(),
        path=path,
        name=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        test_acc=_accuracy(content.get("test_acc")),
        info=_plain({key: value for key, value in content.items() if key not in ("state_dict", "test_acc")}),
    )


def save(
    path: Path,
    net: Net,
    *,
    test_acc: float | None = None,
    training: Mapping[str, Plain] | None = None,
    overwrite: bool = False,
) -> None:
    """Write `net` to `path` in the homework's form with what is known of its training.

    The file is there whole or not at all, and the same net and words give the same bytes.
    Raises SimtuiError if the file exists (unless `overwrite`) or cannot be written.
    """
    check_target(path, overwrite=overwrite)
    content: dict[str, object] = {"test_acc": test_acc, "state_dict": net.state_dict()}
    if training is not None:
        content["training"] = dict(training)
    buffer = io.BytesIO()  # not the file itself: torch would put the file's name into the bytes
    torch.save(content, buffer)
    atomic.write(path, buffer.getvalue(), force=overwrite)


def check_target(path: Path, *, overwrite: bool = False) -> None:
    """Raise SimtuiError if a checkpoint cannot go to `path`: better said before the training than after it."""
    if path.is_dir():
        raise SimtuiError(f"{printable(path)} is a folder: name the checkpoint's file, for example {container.OWN}.")
    if not path.parent.is_dir():
        raise SimtuiError(
            f"There is no folder {printable(path.parent)} to write {printable(path.name)} into: make it first."
        )
    if not os.access(path.parent, os.W_OK):
        raise SimtuiError(f"The folder {printable(path.parent)} cannot be written to: choose another.")
    if not overwrite:
        atomic.require_free(path)


def _unpickle(data: bytes, shown: str) -> Any:
    try:
        # An old or foreign pickle protocol makes torch warn on the user's terminal; the checks here decide instead.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception as error:  # whatever way a damaged or hostile file finds to fail, it is the file's fault
        wanted = re.search(r"(?:GLOBAL|Unsupported class|function|instantiate) ([\w.]+\.\w+)", str(error))
        if wanted:
            raise SimtuiError(
                f"{shown} carries code (it wants {printable(wanted[1])}) and is refused: "
                "save only {'state_dict': net.state_dict()}."
            ) from None
        if isinstance(error, pickle.UnpicklingError):
            raise SimtuiError(
                f"{shown} holds more than weights and plain values, which may be code, and is refused: "
                "save only {'state_dict': net.state_dict()}."
            ) from None
        raise SimtuiError(f"{shown} is a damaged checkpoint, perhaps cut short: copy or download it again.") from None


def _checked_weights(state: Mapping[Any, Any], net: Net, shown: str) -> dict[str, Tensor]:
    """The weights as float32, if they are exactly those of `net`."""
    expected = net.state_dict()
    missing = [key for key in expected if key not in state]
    if missing:
        raise SimtuiError(f"{shown} lacks {', '.join(missing)}: it is not a checkpoint of the homework's net.")
    unknown = [key for key in state if key not in expected]
    if unknown:
        raise SimtuiError(
            f"{shown} has weights that the homework's net does not know: {', '.join(map(printable, unknown[:5]))}."
        )
    weights: dict[str, Tensor] = {}
    for key, own in expected.items():
        weight = state[key]
        if not isinstance(weight, Tensor) or weight.layout != torch.strided or weight.device.type != "cpu":
            raise SimtuiError(f"{shown} is not a checkpoint of the homework's net: its {key} is no array of weights.")
        if weight.shape != own.shape:
            raise SimtuiError(
                f"{shown} has {key} of shape {_by(weight)} where the homework's net has {_by(own)}: it is another net."
            )
        if not weight.is_floating_point():
            raise SimtuiError(f"{shown} has {key} as {weight.dtype}, not as floating-point numbers.")
        weights[key] = weight.detach().to(torch.float32)
        if not bool(torch.isfinite(weights[key]).all()):
            raise SimtuiError(f"{shown} has weights in {key} that are not finite numbers: its training went wrong.")
    return weights


def _by(weight: Tensor) -> str:
    return "x".join(map(str, weight.shape)) or "a single number"


def _accuracy(value: object) -> float | None:
    if isinstance(value, Tensor) and value.numel() == 1 and value.layout == torch.strided and not value.is_complex():
        value = value.item()
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    # In this order: a whole number of any size can be compared, and not all of them made a fraction.
    return float(value) if 0 <= value <= 100 else None


def _plain(content: Mapping[Any, Any], prefix: str = "", depth: int = 0) -> dict[str, Plain]:
    flat: dict[str, Plain] = {}
    for key, value in islice(content.items(), _MOST_ENTRIES):
        if not isinstance(key, str):
            continue
        if isinstance(value, int) and abs(value) >= 2**63:
            continue  # there are none so large in a training, and Python refuses to write out the largest
        if isinstance(value, str | int | float | bool) or value is None:
            flat[prefix + key] = value
        elif isinstance(value, Mapping) and depth < 3:
            flat |= _plain(value, f"{prefix}{key}.", depth + 1)
    return flat
