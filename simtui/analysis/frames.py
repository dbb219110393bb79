"""Ratings and results as tidy pandas tables. Pandas takes half a second to import and is imported only here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from simtui.errors import require_installed

if TYPE_CHECKING:
    import pandas as pd

    from simtui.analysis.layer_results import Interval
    from simtui.analysis.ratings import Ratings
from simtui.analysis.results import Group, Report

_OF_SESSION = ("participant_id", "run", "simulated")
_OF_TRIAL = (
    *("trial_index", "trial_type", "pair_id", "stimulus_left", "stimulus_right", "swapped"),
    *("response", "key", "rt", "onset", "time_elapsed", "timestamp", "interruptions"),
)
"""Columns that are named, and mean the same, as in the session file."""


def ratings_frame(ratings: Ratings) -> pd.DataFrame:
    """One row a response; see `Ratings.to_frame`."""
    require_installed("to_frame()", ("pandas",))
    import pandas as pd

    digits = {pair.id: pair.digit for pair in ratings.study.every_pair()}
    rows = [
        (
            *(getattr(session, name) for name in _OF_SESSION),
            *(getattr(trial, name) for name in _OF_TRIAL),
            digits.get(trial.pair_id),
        )
        for session in ratings.sessions
        for trial in session.trials
        if trial.response is not None
    ]
    return pd.DataFrame(rows, columns=[*_OF_SESSION, *_OF_TRIAL, "digit"])


def report_frame(report: Report) -> pd.DataFrame:
    """One row a group and layer; see `Report.to_frame`."""
    require_installed("to_frame()", ("pandas",))
    import pandas as pd

    return pd.DataFrame([_layer_row(group, layer) for group in report.groups for layer in report.layers])


def _layer_row(group: Group, layer: str) -> dict[str, Any]:
    found, partial = group.layers[layer], group.layers[layer].partial_given_pixels
    return {
        "digit": group.digit,
        "layer": layer,
        "n_pairs": group.n_rated,
        "n_participants": group.n_participants,
        "r": found.pearson.r,
        **_ends("ci", found.pearson.ci),
        **_ends("ci_bca", found.pearson.ci_bca),
        **_ends("ci_crossed", found.pearson.ci_crossed),
        **_ends("ci_new", group.interval(layer)),
        "p_new": group.p_new(layer),
        "p": found.pearson.p,
        "rho": found.spearman.rho,
        "tau_b": found.kendall.tau_b,
        "mean_individual_r": found.mean_individual_r,
        "as_another_person_r": found.as_another_person_r,
        "r_over_ceiling": found.r_over_ceiling,
        **{f"partial_given_pixels_{name}": value for name, value in msgspec.structs.asdict(partial).items()},
        "untrained_r": group.untrained[layer].r if layer in group.untrained else None,
        "another_person_r": group.another_person_r,
        "ceiling": group.ceilings.mean,
    }


def _ends(name: str, interval: Interval | None) -> dict[str, float | None]:
    low, high = interval or (None, None)
    return {f"{name}_low": low, f"{name}_high": high}
