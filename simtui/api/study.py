"""A study as programs have it: read from its file, shown in a notebook, exported."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from simtui.analysis import results
from simtui.api.ratings import rules_of
from simtui.network import container
from simtui.progress import Progress, untold
from simtui.session.exclusion import Rule
from simtui.session.pool import Choice
from simtui.study import file as study_file
from simtui.study import model as studies
from simtui.words import counted

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
