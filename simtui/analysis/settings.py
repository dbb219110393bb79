"""How to analyse, as the options of `simtui analyze` say it."""

from __future__ import annotations

from dataclasses import dataclass

from simtui.network.layers import DEFAULT_LAYER
from simtui.session.quality import Rule


@dataclass(frozen=True, slots=True)
class Settings:
    """layer: the one that is shown at first. seed: of the resampling. rules: by which sessions are left out."""

    layer: str = DEFAULT_LAYER
    seed: int = 0
    zscore: bool = False
    centre: bool = False
    rules: tuple[Rule, ...] = ()


DEFAULT = Settings()
