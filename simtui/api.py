"""The door for programs: what a notebook or a script does with simtui, and what the commands do with it too.

`import simtui` shows these names and imports this module when one of them is used.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, cast

from simtui.analysis import ratings as session_ratings
from simtui.analysis import report as reports
from simtui.analysis import results
from simtui.analysis.comparison_results import Comparison
from simtui.analysis.ratings import Ratings
from simtui.errors import SimtuiError, printable, require_installed
from simtui.network import container
from simtui.network.layers import DEFAULT_LAYER
from simtui.network.preprocess import Preprocess, for_networks, parse
from simtui.progress import Progress, untold
from simtui.session.exclusion import Rule, parse_rule
from simtui.session.people import as_sites
from simtui.session.pool import Choice
from simtui.study import file as study_file
from simtui.study import model as studies
from simtui.words import counted

if TYPE_CHECKING:
    from torch import nn

    from simtui.analysis.candidates import Loaded
    from simtui.network.foreign import Network
    from simtui.simulation.engines import How

__all__ = [
    "Comparison",
    "Ratings",
    "Report",
    "SimtuiError",
    "Study",
    "analyze",
    "compare",
    "load_ratings",
    "load_study",
    "simulate",
]


class Report(results.Report, frozen=True, kw_only=True, dict=True):
    """`simtui.analysis.results.Report`, which a notebook can show; its JSON has no more in it than that one's."""

    def _repr_html_(self) -> str:
        """The whole report as `simtui report` writes it, for the layer fc or else the first, in a frame of its own."""
        from simtui.reporting import content, html

        study, ratings = cast("tuple[studies.Study, Ratings]", self.__dict__["made_of"])
        layer = DEFAULT_LAYER if DEFAULT_LAYER in self.layers else self.layers[0]
        document = escape(html.render(content.full(self, study, ratings, layer), study))
        return f'<iframe srcdoc="{document}" style="width: 100%; height: 40rem; border: 1px solid #ccc"></iframe>'


CODE_NOTE = "The study file in this export has the study's completion code in it: think of that before you publish it."
"""Of an archive that carries the study file."""

MEASURES_NOTE = "The table of pairs has no measures of the images: they take scipy, which is not installed here."


class Study(studies.Study, frozen=True, kw_only=True, dict=True):
    """`simtui.study.model.Study`, which can be exported, and knows the bytes of its file."""

    def export(
        self,
        to: str | Path,
        *sessions: str | Path,
        format: str = "csv",  # noqa: A002
        checkpoint: str | Path | None = None,
        exclude: str | Rule | Sequence[str | Rule] = (),
        simulated: bool = False,
        choice: Choice | None = None,
        pseudonyms: bool = False,
        force: bool = False,
        on_progress: Progress = untold,
    ) -> Exported:
        """Write the study and what people said of it into the new folder `to`, for other programs.

        sessions, exclude, simulated: as for `load_ratings`. choice: everything by which sessions count.
        format: "csv", "parquet", "psych-ds", "bids" or "rdm". checkpoint: weights of a network whose similarities are
        exported too; for rdm, simtui's own unless told. pseudonyms: whether ids and clock times are replaced; the
        table that tells them stands beside `to`, and its owner alone can read it. force: whether an earlier export
        there is replaced.
        The same arguments give the same bytes. Raises SimtuiError where the folder is taken, an argument cannot be
        used or there is no session that can; nothing is written then.
        """
        from simtui.export import folder, measures, write
        from simtui.export.pseudonyms import table_path
        from simtui.export.sources import choose

        write.check_format(format)
        place = Path(to)
        folder.require_free(place, force=force)
        paths = [Path(path) for path in sessions] or [Path("sessions")]
        short = format in write.LABELLED
        chosen = choose(self, paths, choice or Choice(simulated=simulated), rules_of(exclude), short=short)
        path = container.default_checkpoint() if format == "rdm" and checkpoint is None else checkpoint
        path = None if path is None else Path(path)
        measured = measures.of_pairs(self, path, on_progress=on_progress)
        if pseudonyms:
            chosen = chosen.under(table_path(self, place))
        files = write.export(
            self,
            chosen.sessions,
            len(chosen),
            place,
            format,
            measured=measured,
            data=self.__dict__.get("data"),
            force=force,
            on_progress=on_progress,
        )
        table = None if chosen.pseudonyms is None else chosen.pseudonyms.path
        notes = (
            *chosen.notes,
            *([CODE_NOTE] if self.completion_code and short else []),
            *([] if measured else [MEASURES_NOTE]),
        )
        return Exported(tuple(files), len(chosen), chosen.skipped, notes, table)


@dataclass(frozen=True, slots=True)
class Exported:
    """What an export wrote. skipped: the session files that were not used, with the reasons.

    notes: what a reader must know of how the sessions came together. pseudonyms: the table that tells who is who, if
    there is one.
    """

    files: tuple[Path, ...]
    participants: int
    skipped: tuple[results.Skipped, ...]
    notes: tuple[str, ...] = ()
    pseudonyms: Path | None = None

    def __str__(self) -> str:
        return f"{counted(self.participants, 'participant')} in {counted(len(self.files), 'file')}"


def load_study(path: str | Path) -> Study:
    """The study in a file. Raises SimtuiError, naming the file and the fault, where it holds none."""
    found, data = study_file.read(Path(path))
    study = Study(**{name: getattr(found, name) for name in found.__struct_fields__})
    study.__dict__["data"] = data
    return study


def load_ratings(
    study: studies.Study,
    *folders: str | Path,
    exclude: str | Rule | Sequence[str | Rule] = (),
    simulated: bool = False,
    run: str = "first",
    incomplete: bool = False,
    sites: Mapping[str, str | Path] | None = None,
) -> Ratings:
    """What people said of the study's pairs: the first complete run of each, out of session files and folders.

    folders: where to look; ./sessions unless told, or there are `sites`. A folder stands for the session files in it
    and in its sub-folders. exclude: rules by which sessions are left out, such as "catch<0.8" or
    'participant=P07:"asleep"'. simulated: whether simulated sessions count too. run: "last" for the last complete run
    of each. incomplete: whether those count who have not finished, with what they have rated. sites: folders by the
    names that tell apart equal ids in them. `skipped` names every file that was not used, with the reason.
    Raises SimtuiError where a rule cannot be read or there is no session that can be used.
    """
    named = as_sites([f"{name}={folder}" for name, folder in (sites or {}).items()])
    if run not in ("first", "last"):
        raise SimtuiError(f"There is no run {printable(run)!r} to use: say first or last.")
    choice = Choice(run="last" if run == "last" else "first", incomplete=incomplete, simulated=simulated, sites=named)
    return ratings_of(study, [*map(Path, folders), *(folder for _, folder in named)], choice, exclude)


def ratings_of(
    study: studies.Study, paths: Sequence[Path], choice: Choice, exclude: str | Rule | Sequence[str | Rule] = ()
) -> Ratings:
    """As `load_ratings`, of these files and folders (./sessions where there are none) and by this choice."""
    return session_ratings.collect(study, list(paths) or [Path("sessions")], choice).excluding(rules_of(exclude))


def rules_of(exclude: str | Rule | Sequence[str | Rule]) -> list[Rule]:
    """One rule or several, as rules. Raises SimtuiError where a text is none."""
    rules = [exclude] if isinstance(exclude, str | Rule) else exclude
    return [parse_rule(rule) if isinstance(rule, str) else rule for rule in rules]


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


def compare(
    study: studies.Study,
    ratings: Ratings,
    checkpoints: Sequence[str | Path] = (),
    networks: Sequence[str] = (),
    *,
    weights: Sequence[str | Path] = (),
    layers: Sequence[str] = (),
    preprocess: Sequence[str | Preprocess] = (),
    seed: int = 0,
    zscore: bool = False,
    centre: bool = False,
    how: How | None = None,
    on_progress: Progress = untold,
) -> Comparison:
    """Which of several networks, and which layer of it, predicts the people's ratings best.

    checkpoints: weights of the homework's network; simtui's own, where there is no network either. networks: others,
    each as "module:factory". weights: a state dict for each of them, or none. preprocess: once for all of them, or
    once for each. layers: those to take, of every network that has one of the name. how: which processes or machines
    run the networks, and the file that keeps what is finished; all here unless told. The rest is as for `analyze`.
    Raises SimtuiError where one of them cannot be used or a layer is in none of them.
    """
    chosen = _chosen(checkpoints, networks, weights, layers, preprocess, seed)
    from simtui.analysis import candidates, comparison

    if how is None:
        found = candidates.candidates(study, chosen, centre=centre, on_progress=on_progress)
    else:
        from simtui.simulation.engines import compute

        results = compute(candidates.job(study, chosen, centre=centre, seed=seed), how, on_progress)
        found = candidates.found_of(study, chosen, results, centre=centre)
    return comparison.compare(
        study,
        ratings,
        found.candidates,
        found.pixels,
        found.untrained,
        seed=seed,
        zscore=zscore,
        centred=found.centred,
    )


def compute_part(
    study: studies.Study,
    checkpoints: Sequence[str | Path] = (),
    networks: Sequence[str] = (),
    *,
    weights: Sequence[str | Path] = (),
    layers: Sequence[str] = (),
    preprocess: Sequence[str | Preprocess] = (),
    seed: int = 0,
    centre: bool = False,
    how: How,
    on_progress: Progress = untold,
) -> None:
    """Of a `compare` of the same arguments only one part, into the file of `how`, for which no ratings are needed."""
    chosen = _chosen(checkpoints, networks, weights, layers, preprocess, seed)
    from simtui.analysis import candidates
    from simtui.simulation.engines import compute

    compute(candidates.job(study, chosen, centre=centre, seed=seed), how, on_progress)


def _chosen(
    checkpoints: Sequence[str | Path],
    networks: Sequence[str],
    weights: Sequence[str | Path],
    layers: Sequence[str],
    preprocess: Sequence[str | Preprocess],
    seed: int,
) -> tuple[Loaded, ...]:
    require_installed("The comparison")
    files = [Path(path) for path in checkpoints]
    for path in files:
        container.read(path)  # refused before torch is imported, which takes seconds
    entering = for_networks(preprocess, len(networks), len(weights))
    from simtui.analysis import candidates

    return candidates.load(files, networks, [Path(path) for path in weights], layers, entering, seed=seed)


def simulate(
    study: studies.Study,
    participants: int = 10,
    *,
    sessions: str | Path | None = None,
    model: str = "fc",
    r: float | None = None,
    reliability: float = 0.4,
    lapses: float = 0.02,
    seed: int = 0,
    checkpoint: str | Path | None = None,
    how: How | None = None,
    on_progress: Progress = untold,
) -> Ratings:
    """Ratings by people who do not exist, S001, S002 and so on, to try things out.

    model: the similarity that they follow: a layer of the network, "pixels", or "random" for none. r: its correlation
    with what all of them share, 1 unless told. reliability: mean r of one with another. lapses: share of the trials
    in which they press any key. checkpoint: the network's weights; simtui's own unless told.
    sessions: the folder to write their session files to; none are written unless told. how: which processes or
    machines make them, and which part of them; all in this process unless told.
    The same arguments give the same ratings. Raises SimtuiError where a number is out of its range, the model cannot
    be followed, or one of the participants has a session there already; nothing is written then.
    """
    from simtui.session import file as session_file
    from simtui.session.store import SessionStore
    from simtui.simulation import sessions as simulated
    from simtui.simulation.engines import ALONE, compute
    from simtui.simulation.population import recruit

    how = how or ALONE
    ids = simulated.participant_ids(participants)
    store = None if sessions is None else SessionStore(Path(sessions), study.id)
    if store is not None:
        simulated.require_new(store, simulated.of_part(ids, how.part))
    path = None if checkpoint is None else Path(checkpoint)
    population = recruit(
        study, model, path, r=r, reliability=reliability, lapses=lapses, seed=seed, on_progress=on_progress
    )
    job = simulated.job(population, ids, None if sessions is None else Path(sessions))
    made = []
    for batch in compute(job, how, on_progress):
        for session in map(session_file.decode, batch):
            name = session.participant_id
            made.append((f"{name}, simulated in memory" if store is None else str(store.path(name, 1)), session))
    return session_ratings.of_sessions(study, made)


def _foreign(network: str | nn.Module, weights: str | Path | None, seed: int) -> Network:
    from simtui.network import foreign
    from simtui.network.foreign_process import ForeignProcess

    if isinstance(network, str):
        return ForeignProcess(network, None if weights is None else Path(weights), seed)
    if weights is not None:
        raise SimtuiError("This network has its weights already: load others into it before it is given here.")
    return foreign.given(network)
