"""`simtui texts`: every sentence that participants read, to be written in other words or another language."""

from __future__ import annotations

from pathlib import Path

import click

from simtui.commands.options import FILE, examples, force_option, study_argument
from simtui.errors import printable


@click.command(
    "texts",
    epilog=examples(
        "simtui texts study.json --out german.json",
        "simtui new studie.json --texts german.json",
        guide="questions",
    ),
)
@study_argument
@click.option("--out", type=FILE, metavar="FILE", help="Write it there. [default: print it]")
@force_option
def command(study_path: Path, out: Path | None, force: bool) -> None:
    """Write the template of all texts of STUDY.json: of each sentence its name, the English, the $values that are
    filled in, and what the study says instead, if anything.

    Fill in `text` and give the file to `simtui new --texts`; what is left empty stays English, and `simtui validate`
    lists it.
    """
    from simtui.storage import atomic
    from simtui.storage.json_file import json_text
    from simtui.study import file as study_file
    from simtui.study.wording import template

    study = study_file.load(study_path)
    text = json_text(template(study)) + "\n"
    if out is None:
        click.echo(text, nl=False)
        return
    atomic.write(out, text.encode(), force=force)
    entries = template(study)
    left = sum(not entry["text"] for entry in entries.values())
    click.echo(f"{printable(out)}: {len(entries)} texts, {left} of them in English")
