"""simtui: rate pairs of handwritten digits in a terminal, and see how well a convnet explains the ratings.

In a program or a notebook: `load_study`, `load_ratings`, `analyze`, `compare`, `simulate`, and the classes they give.
They are imported when they are first used: nothing else may make `simtui rate` start later.
"""

__version__ = "0.1.0"

TYPE_CHECKING = False  # known to type checkers by its name, and typing need not be imported for it
if TYPE_CHECKING:
    from simtui.api import Comparison, Ratings, Report, Study, analyze, compare, load_ratings, load_study, simulate
    from simtui.errors import SimtuiError

__all__ = [
    "Comparison",
    "Ratings",
    "Report",
    "SimtuiError",
    "Study",
    "__version__",
    "analyze",
    "compare",
    "load_ratings",
    "load_study",
    "simulate",
]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value: object = getattr(import_module("simtui.api"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
