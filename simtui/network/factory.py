"""Making a network that is not the homework's: from `module:factory` in the user's own code, and a file of weights."""

from __future__ import annotations

import importlib
import io
import warnings
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor, nn

from simtui.errors import SimtuiError, printable
from simtui.network import container
from simtui.network.foreign import Foreign, state_sha256
from simtui.network.users_code import said, seeded, users_code

_LARGEST_WEIGHTS = 4 * 2**30
"""Bytes. The largest networks of torchvision have 2.6 GB of weights."""


def build(spec: str, weights: Path | None = None, *, seed: int = 0) -> Foreign:
    """The module that `module:factory` makes when it is called without arguments, ready to evaluate.

    The module is looked for as Python does, and in the current folder. Random weights are drawn from `seed`.
    weights: a file with a state dict, or with one under the key `state_dict`; read without running any code in it.
    Importing the module runs the user's own code: that is asked for by naming it.
    Raises SimtuiError where there is no such module or factory, where it fails, or where the weights do not fit.
    """
    factory = _factory(spec)
    shown = printable(spec)
    with users_code(f"{shown} failed when it was called"), seeded(seed):
        module = factory()
    if not isinstance(module, nn.Module):
        raise SimtuiError(f"{shown} gave {printable(type(module).__name__)}, not a torch.nn.Module.")
    if weights is not None:
        _load(module, weights, shown)
    with users_code(f"{shown} cannot be made ready"):
        module.eval()
        digest = state_sha256(module)
    return Foreign(name=spec, module=module, weights=weights, sha256=digest, seed=seed)


def _factory(spec: str) -> Callable[[], object]:
    where, colon, what = spec.partition(":")
    shown = printable(spec)
    if not colon or not where or not what:
        raise SimtuiError(f"{shown} is not module:factory, such as torchvision.models:resnet18 or mynet:make.")
    with users_code(f"The module {printable(where)} could not be imported"):
        try:
            found: object = importlib.import_module(where)
        except ModuleNotFoundError as error:
            missing = printable(error.name or where)
            raise SimtuiError(f"There is no Python module {missing}, which {shown} needs, here or installed.") from None
    try:
        for part in what.split("."):
            found = getattr(found, part)
    except AttributeError:
        raise SimtuiError(f"The module {printable(where)} has no {printable(what)}.") from None
    if not callable(found):
        raise SimtuiError(f"{shown} is not a function or class that makes a network.")
    return found


def _load(module: nn.Module, path: Path, shown: str) -> None:
    name = printable(path)
    data = container.read(path, _LARGEST_WEIGHTS)
    try:
        with warnings.catch_warnings():
            # What torch would say of an old or foreign file is said below in one sentence.
            warnings.simplefilter("ignore")
            content = torch.load(io.BytesIO(data), map_location="cpu", weights_only=True)
    except Exception:
        raise SimtuiError(
            f"{name} is not a file of weights alone (torch.save of a state dict), or is damaged: it was not loaded."
        ) from None
    state = content.get("state_dict", content) if isinstance(content, dict) else None
    if not isinstance(state, dict) or not all(isinstance(value, Tensor) for value in state.values()):
        raise SimtuiError(f"{name} holds no state dict: save torch.save(module.state_dict(), file).")
    try:
        module.load_state_dict(state)
    except RuntimeError as error:
        raise SimtuiError(f"The weights in {name} do not fit {shown}: {said(error, lines=3)}.") from None
