"""The records of a comparison of networks; their names are those of its JSON."""

from __future__ import annotations

from msgspec import Struct

from simtui.analysis.layer_results import Interval
from simtui.analysis.results import Skipped
from simtui.stimuli.source import Label
from simtui.storage.json_file import json_text

UNTRAINED = "untrained"


class NetworkInfo(Struct, frozen=True, kw_only=True):
    """A network that was compared.

    source: the checkpoint's file, or module:factory. weights: the file of a foreign network's weights. sha256: of
    the checkpoint's file, or of a foreign network's parameters. preprocess: how images enter a foreign network.
    """

    name: str
    source: str
    sha256: str
    test_acc: float | None = None
    weights: str | None = None
    preprocess: str | None = None


class Row(Struct, frozen=True, kw_only=True):
    """One layer of one network against people, over all digits (Fisher-z mean of the r within each).

    network: "" for the raw pixels, "untrained" for the mean of random weights in the homework's architecture, which
    has r alone: it is a baseline and never the best row, even where its r is the highest. ci: Fisher. difference: r
    minus that of the best row, with the paired bootstrap's interval and p; null for the best itself.
    r_over_ceiling: with one digit. by_digit: r within each, in the order of the digits. p, ci_crossed: permutation,
    and interval over pairs and raters; with one digit.
    """

    network: str
    layer: str
    r: float | None
    ci: Interval | None = None
    ci_crossed: Interval | None = None
    p: float | None = None
    r_over_ceiling: float | None = None
    difference: float | None = None
    difference_ci: Interval | None = None
    difference_p: float | None = None
    by_digit: tuple[float | None, ...] = ()


class ComparedDigit(Struct, frozen=True, kw_only=True):
    """What bounds every network on one digit. n_rated: pairs with a rating. ceiling: of r with the mean, √ICC(C,k)."""

    digit: Label
    n_pairs: int
    n_rated: int
    n_participants: int
    ceiling: float | None
    another_person_r: float | None


class Comparison(Struct, frozen=True, kw_only=True):
    """The whole comparison; rows from the highest r to the lowest, those without r last.

    n_untrained: how many networks with random weights the rows “untrained” are the mean of.
    centred: networks and pixels saw copies of the images with the centre of mass in the middle.
    """

    format: str = "simtui.comparison"
    version: int = 1
    study_id: str
    study_sha256: str
    study_title: str
    study_note: str
    sampling: str
    seed: int
    zscored: bool
    centred: bool
    n_untrained: int = 0
    participants: tuple[str, ...]
    simulated: bool
    skipped: tuple[Skipped, ...]
    networks: tuple[NetworkInfo, ...]
    digits: tuple[ComparedDigit, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def as_json(comparison: Comparison) -> str:
    """One JSON object, indented, the same comparison always the same text."""
    return json_text(comparison)
