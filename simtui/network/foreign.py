"""Networks that are not the homework's: any torch.nn.Module with named layers, from the user's own code."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from simtui.errors import SimtuiError, printable
from simtui.network.cosines import pair_cosines
from simtui.network.layers import KNOWN
from simtui.network.net import Net
from simtui.network.preprocess import Preprocess
from simtui.network.similarity import Images, pair_similarities
from simtui.network.users_code import seeded, users_code
from simtui.progress import Progress, untold

PAIRS_AT_ONCE = 16
"""A large network at 224 pixels holds some 10 MB an image in one layer."""

_MOST_NAMES = 60


class Network(Protocol):
    """A network that can be asked for similarities, wherever it runs.

    known: its layers by name. homeworks: whether it is the homework's own net. sha256: of its weights.
    """

    @property
    def name(self) -> str: ...
    @property
    def sha256(self) -> str: ...
    @property
    def known(self) -> tuple[str, ...]: ...
    @property
    def homeworks(self) -> bool: ...

    def similarities(
        self,
        left: Images,
        right: Images,
        layers: tuple[str, ...],
        preprocess: Preprocess,
        on_progress: Progress = untold,
    ) -> dict[str, NDArray[np.float64]]:
        """See the function `similarities`."""
        ...


@dataclass(frozen=True, slots=True)
class Foreign:
    """A module in this process and what is known of it.

    name: as it was asked for. weights: the file they were read from, None for those that the factory made.
    sha256: of all parameters and buffers, in the order of their names. seed: of whatever is random in it.
    """

    name: str
    module: nn.Module
    weights: Path | None
    sha256: str
    seed: int = 0

    @property
    def known(self) -> tuple[str, ...]:
        """Its layers by name."""
        return layer_names(self.module)

    @property
    def homeworks(self) -> bool:
        """Whether it is the homework's own net."""
        return isinstance(self.module, Net)

    def similarities(
        self,
        left: Images,
        right: Images,
        layers: tuple[str, ...],
        preprocess: Preprocess,
        on_progress: Progress = untold,
    ) -> dict[str, NDArray[np.float64]]:
        """See the function `similarities`."""
        return similarities(self, left, right, layers, preprocess, on_progress)


def given(module: nn.Module) -> Foreign:
    """A module that is there already, called as its class is. Raises SimtuiError where it is none."""
    if not isinstance(module, nn.Module):
        raise SimtuiError(f"A network is module:factory or a torch.nn.Module, not {printable(type(module).__name__)}.")
    return Foreign(name=type(module).__name__, module=module, weights=None, sha256=state_sha256(module))


def chosen_layers(foreign: Network, layers: Sequence[str]) -> tuple[str, ...]:
    """Those of `layers` that the module has; where it has none of them, all of the homework's own net.

    Raises SimtuiError, with the names there are, for any other module of which no layer is named.
    """
    known = foreign.known
    own = tuple(dict.fromkeys(name for name in layers if name in known))
    if own or foreign.homeworks:
        return own or known
    shown = printable(foreign.name)
    if not known:
        raise SimtuiError(f"{shown} has no part with a name: there is no layer to take.")
    named = ", ".join(map(printable, known[:_MOST_NAMES]))
    raise SimtuiError(f"Which layers of {shown}? Name them with --layer (layers= in Python): {named}.")


def layer_names(module: nn.Module) -> tuple[str, ...]:
    """The layers of a module: for the homework's own net those that simtui knows, else every named sub-module."""
    if isinstance(module, Net):
        return tuple(name for name in KNOWN if name != "pixels")
    return tuple(name for name, _ in module.named_modules() if name)


def unknown_layer(name: str, known: Sequence[str]) -> SimtuiError:
    """The error that lists the right names, the likeliest first where there are many."""
    near = get_close_matches(name, known, n=5)
    listed = [*near, *(other for other in known if other not in near)]
    more = f" and {len(listed) - _MOST_NAMES} more" if len(listed) > _MOST_NAMES else ""
    names = ", ".join(printable(other) for other in listed[:_MOST_NAMES])
    if not names:
        return SimtuiError(f"There is no layer {printable(name)!r}: the network has no part with a name.")
    return SimtuiError(f"There is no layer {printable(name)!r}: choose from {names}{more}.")


def similarities(
    foreign: Foreign,
    left: Images,
    right: Images,
    layers: Sequence[str],
    preprocess: Preprocess,
    on_progress: Progress = untold,
) -> dict[str, NDArray[np.float64]]:
    """Cosine of each pair (left[i], right[i]), (n, 28, 28), in each layer: by name, float64 (n,).

    A layer's activations are what its sub-module returned (the last time, if it ran more than once), flattened. The
    homework's own net gives the activations that it returns, and takes its images its own way.
    NaN where an image leaves a layer at zero. Raises SimtuiError for a layer that does not exist, did not run, or
    does not return one tensor with a row an image.
    """
    known = layer_names(foreign.module)
    for name in layers:
        if name not in known:
            raise unknown_layer(name, known)
    if isinstance(foreign.module, Net):
        return pair_similarities(foreign.module, left, right, layers, on_progress)
    result = {name: np.empty(len(left)) for name in layers}
    with _evaluating(foreign.module):
        for start in range(0, len(left), PAIRS_AT_ONCE):
            block = slice(start, start + PAIRS_AT_ONCE)
            images = np.concatenate([left[block], right[block]])
            found = _activations(foreign, to_input(images, preprocess), layers)
            for name in layers:
                first, second = np.split(found[name], 2)
                result[name][block] = pair_cosines(first, second)
            on_progress(min(start + PAIRS_AT_ONCE, len(left)), len(left))
    return result


def to_input(pixels: Images, preprocess: Preprocess) -> Tensor:
    """Images (n, 28, 28) as a foreign network wants them: float32 (n, channels, size, size)."""
    x = torch.from_numpy(pixels.astype(np.float32)).unsqueeze(1) / 255
    if preprocess.size != x.shape[-1]:
        x = functional.interpolate(
            x, size=(preprocess.size, preprocess.size), mode="bilinear", align_corners=False, antialias=True
        )
    mean, std = (torch.tensor(values).view(1, -1, 1, 1) for values in (preprocess.mean, preprocess.std))
    return (x.expand(-1, preprocess.channels, -1, -1) - mean) / std


def state_sha256(module: nn.Module) -> str:
    """A name for the weights themselves, whatever file or seed they came from."""
    digest = hashlib.sha256()
    for name, value in sorted(module.state_dict().items()):
        if isinstance(value, Tensor):
            digest.update(f"{name} {value.dtype} {tuple(value.shape)}\n".encode())
            digest.update(value.detach().cpu().contiguous().view(-1).view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _activations(foreign: Foreign, x: Tensor, layers: Sequence[str]) -> dict[str, NDArray[np.float32]]:
    caught: dict[str, object] = {}
    modules = dict(foreign.module.named_modules())

    def catch(name: str) -> Callable[[nn.Module, object, object], None]:
        def hook(module: nn.Module, given: object, output: object) -> None:  # noqa: ARG001
            # A copy: the next layer may work in place.
            caught[name] = output.detach().clone() if isinstance(output, Tensor) else output

        return hook

    shown = printable(foreign.name)
    with users_code(f"{shown} lets nobody see what its layers give"):
        handles = [modules[name].register_forward_hook(catch(name)) for name in dict.fromkeys(layers)]
    try:
        with (
            users_code(
                f"{shown} failed when it was shown images of {tuple(x.shape[1:])}",
                "If it wants other images, say so with --preprocess.",
            ),
            seeded(foreign.seed),
            torch.inference_mode(),
        ):
            foreign.module(x)
    finally:
        for handle in handles:
            handle.remove()
    if foreign.module.training or any(part.training for part in modules.values()):
        raise SimtuiError(
            f"{shown} goes back to training while it runs: what it gives for an image then depends on the images "
            "beside it, so that there is no similarity of a pair. Leave train() out of its forward."
        )
    return {name: _flat(name, caught, len(x)) for name in layers}


@contextlib.contextmanager
def _evaluating(module: nn.Module) -> Iterator[None]:
    """The module and its parts evaluate meanwhile; afterwards each trains again that did before."""
    training = [part for part in module.modules() if part.training]
    module.eval()
    try:
        yield
    finally:
        for part in training:
            part.training = True


def _flat(name: str, caught: dict[str, object], n: int) -> NDArray[np.float32]:
    shown = printable(name)
    if name not in caught:
        raise SimtuiError(f"The layer {shown} is there but does not run when the network is shown an image.")
    output = caught[name]
    if not isinstance(output, Tensor) or output.ndim < 2 or len(output) != n or not output.is_floating_point():
        raise SimtuiError(f"The layer {shown} does not give one row of numbers an image: choose another.")
    flat: NDArray[np.float32] = output.flatten(1).float().numpy()
    if not np.isfinite(flat).all():
        raise SimtuiError(f"The layer {shown} gives numbers that are not finite.")
    return flat
