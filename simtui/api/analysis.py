"""How well a network predicts the people."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, cast

from simtui.analysis import report as reports
from simtui.analysis import results
from simtui.analysis.ratings import Ratings
from simtui.errors import SimtuiError, require_installed
from simtui.network.layers import DEFAULT_LAYER
from simtui.network.preprocess import Preprocess, parse
from simtui.progress import Progress, untold
from simtui.study import model as studies

if TYPE_CHECKING:
    from torch import nn

    from simtui.network.foreign import Network


class Report(results.Report, frozen=True, kw_only=True, dict=True):
    """`simtui.analysis.results.Report`, which a notebook can show; its JSON has no more in it than that one's."""

    def _repr_html_(self) -> str:
        """The whole report as `simtui report` writes it, for the layer fc or else the first, in a frame of its own."""
        from simtui.reporting import content, html

        study, ratings = cast("tuple[studies.Study, Ratings]", self.__dict__["made_of"])
        layer = DEFAULT_LAYER if DEFAULT_LAYER in self.layers else self.layers[0]
        document = escape(html.render(content.full(self, study, ratings, layer), study))
        return f'<iframe srcdoc="{document}" style="width: 100%; height: 40rem; border: 1px solid #ccc"></iframe>'


def analyze(
    study: studies.Study,
    ratings: Ratings,
    checkpoint: str | Path | None = None,
    layers: str | Sequence[str] = (),
    network: str | nn.Module | None = None,
    *,
    weights: str | Path | None = None,
    preprocess: str | Preprocess = "",
    seed: int = 0,
    zscore: bool = False,
    centre: bool = False,
    cache: bool = True,
    on_progress: Progress = untold,
) -> Report:
    """How well a network's similarity predicts the people's, digit by digit.

    checkpoint: weights of the homework's network; simtui's own unless told.
    layers: those to analyse besides fc, pool2, conv2, conv1 and pixels; of another `network`, all of them, beside
    the raw pixels.
    network: another network, as "module:factory" (which runs that code) or as a torch module. A layer of it is a
    sub-module by its name; functions that its `forward` applies after it, such as a ReLU, are not part of the layer.
    weights: a file with a state dict for a "module:factory". preprocess: how images enter it, as in
    "size=224,channels=3,mean=0.5,std=0.5", on a scale of 0 to 1; what is left out is as for MNIST.
    seed: of the resampling, and of a factory's random weights. zscore: each participant's ratings are z-scored before
    they are averaged. centre: the network is shown copies with the centre of mass in the middle, as MNIST's are.
    cache: whether what simtui's own architecture says of the study is kept for the next time, see `similarity_cache`.
    The same arguments give the same numbers, kept or not. Raises SimtuiError where the ratings are another study's, a
    file cannot be used or a layer does not exist.
    """
    if ratings.study.sha256 != study.sha256:
        raise SimtuiError(f"These ratings are of another study than {study.id}: load those of this one.")
    require_installed("The analysis")
    if network is not None and checkpoint is not None:
        raise SimtuiError("A checkpoint is of the homework's network: give it or another network, not both.")
    if network is None and (weights is not None or preprocess):
        raise SimtuiError("Weights and preprocess are for another network: name it, or leave them out.")
    from simtui.analysis import similarity_cache

    names = (layers,) if isinstance(layers, str) else tuple(layers)
    if network is None:
        path = None if checkpoint is None else Path(checkpoint)
        similarities = similarity_cache.similarities(
            study, path, names, centre=centre, keep=cache, on_progress=on_progress
        )
    else:
        from simtui.analysis.similarities import foreign_similarities

        entering = parse(preprocess) if isinstance(preprocess, str) else preprocess
        foreign = _foreign(network, weights, seed)
        similarities = foreign_similarities(study, foreign, names, entering, centre=centre, on_progress=on_progress)
    on_progress(1, 1, "statistics")
    found = reports.build(study, ratings, similarities, seed=seed, zscore=zscore)
    report = Report(**{name: getattr(found, name) for name in found.__struct_fields__})
    report.__dict__["made_of"] = study, ratings
    return report


def _foreign(network: str | nn.Module, weights: str | Path | None, seed: int) -> Network:
    from simtui.network import foreign
    from simtui.network.foreign_process import ForeignProcess

    if isinstance(network, str):
        return ForeignProcess(network, None if weights is None else Path(weights), seed)
    if weights is not None:
        raise SimtuiError("This network has its weights already: load others into it before it is given here.")
    return foreign.given(network)
