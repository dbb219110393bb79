"""The door for programs: what a notebook or a script does with simtui, and what the commands do with it too.

`import simtui` shows these names and imports this module when one of them is used.
"""

from __future__ import annotations

from simtui.analysis.comparison_results import Comparison
from simtui.analysis.ratings import Ratings
from simtui.api.analysis import Report, analyze
from simtui.api.networks import compare, compute_part
from simtui.api.ratings import load_ratings, ratings_of, rules_of
from simtui.api.simulation import simulate
from simtui.api.study import Exported, Study, load_study
from simtui.errors import SimtuiError

__all__ = [
    "Comparison",
    "Exported",
    "Ratings",
    "Report",
    "SimtuiError",
    "Study",
    "analyze",
    "compare",
    "compute_part",
    "load_ratings",
    "load_study",
    "ratings_of",
    "rules_of",
    "simulate",
]
