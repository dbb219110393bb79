"""`simtui new`: make a study."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from simtui.commands.options import FILE, data_option, examples, force_option, study_argument
from simtui.errors import SimtuiError, printable
from simtui.stimuli.source import Label
from simtui.study.model import CLAIM_MINUTES, MAX_CLAIM_MINUTES, QUESTION, Study
from simtui.words import counted

LONGEST_LINE = 150
"""Characters of a title or a question: two lines of the smallest roomy terminal."""


def one_line(_: click.Context, option: click.Parameter, text: str) -> str:
    """A title or a question as it can be shown. Raises SimtuiError where it cannot."""
    name = f"--{option.name}"
    if not text.isprintable():
        raise SimtuiError(f"{name} has characters that cannot be shown (“{printable(text, 40)}”): leave them out.")
    if len(text) > LONGEST_LINE:
        raise SimtuiError(f"{name} has {len(text)} characters, and {LONGEST_LINE} fit beside the pairs: shorten it.")
    if option.name == "question" and not text.strip():
        raise SimtuiError("--question is empty, and participants need one to answer.")
    return text


@click.command(
    "new",
    epilog=examples(
        "simtui new eights.json --digit 8 --pairs 20",
        "simtui new study.json --digit 3 --digit 8 --source mnist --practice 4",
        "simtui new map.json --digit 8 --design complete --images 12 --lists 3",
        "simtui new faces.json --source pictures/ --class faces",
        guide="researchers",
    ),
)
@study_argument
@click.option(
    "--class",
    "--digit",
    "digits",
    metavar="NAME",
    multiple=True,
    help="What to pair up: a digit, or a class of your own images by its name; repeatable. [default: 8]",
)
@click.option("--pairs", type=click.IntRange(min=1), help="How many pairs of each class. [default: 20]")
@click.option(
    "--design",
    type=click.Choice(["pairs", "complete"]),
    default="pairs",
    show_default=True,
    help="Pairs that share no image, or every two of --images, whose similarities then make a map.",
)
@click.option("--images", "n_images", type=click.IntRange(4, 100), metavar="N", help="Images of a complete design.")
@click.option("--seed", type=int, default=0, show_default=True, help="The seed of everything random in the study.")
@click.option(
    "--source",
    metavar="drawn|mnist|FOLDER",
    default="drawn",
    show_default=True,
    help="Where the images come from: drawn digits (no download), MNIST, or your own folder of images.",
)
@click.option(
    "--split", type=click.Choice(["test", "train"]), default="test", show_default=True, help="The part of MNIST to use."
)
@data_option
@click.option(
    "--pairs-from",
    metavar="FILE.npz",
    type=FILE,
    help="Given pairs instead of sampled ones: arrays images1 and images2, or left and right.",
)
@click.option(
    "--sampling",
    type=click.Choice(["random", "stratified", "controversial"]),
    default="random",
    show_default=True,
    help="Pairs at random; spread evenly over the range of similarity; or where two layers disagree most.",
)
@click.option("--by", metavar="LAYER", help="The similarity that stratified pairs are spread over. [default: pixels]")
@click.option(
    "--between", metavar="LAYER LAYER", nargs=2, help="The two layers of controversial pairs. [default: fc pixels]"
)
@click.option(
    "--checkpoint",
    type=FILE,
    metavar="FILE",
    help="Weights of the network whose layers these are. [default: simtui's own]",
)
@click.option(
    "--lists", type=click.IntRange(1, 1000), default=1, show_default=True, help="Pair lists; each participant gets one."
)
@click.option(
    "--claim-minutes",
    type=click.IntRange(1, MAX_CLAIM_MINUTES),
    metavar="N",
    help="A run without an answer keeps its list so long; then the next participant may get it. [default: 30]",
)
@click.option(
    "--repeats",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Pairs shown a second time, later in the run.",
)
@click.option(
    "--catch",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    help="Pairs with a plain answer, to see who looks.",
)
@click.option(
    "--practice",
    type=click.IntRange(min=0),
    help="Practice pairs, not analysed. [default: 2, if there are images enough]",
)
@click.option(
    "--break-every",
    type=click.IntRange(min=0),
    default=0,
    show_default=True,
    metavar="K",
    help="A break every K trials; 0 for none.",
)
@click.option("--title", default="", callback=one_line, help="What participants read at the top.")
@click.option(
    "--question",
    default=QUESTION,
    show_default=True,
    callback=one_line,
    help="What participants answer for each pair.",
)
@click.option(
    "--consent",
    type=FILE,
    metavar="FILE",
    help="What participants agree to first, as plain text; who declines leaves nothing behind.",
)
@click.option("--debrief", type=FILE, metavar="FILE", help="What participants read at the end, as plain text.")
@click.option(
    "--texts",
    type=FILE,
    metavar="FILE.json",
    help='Sentences in another language: {"name": "sentence", ...}; a wrong name lists them all.',
)
@click.option(
    "--questions",
    type=FILE,
    metavar="FILE.toml",
    help="Questions before and after the pairs; basic for age, handedness, vision and comments.",
)
@click.option(
    "--min-viewing-ms",
    type=click.IntRange(0, 60_000),
    default=200,
    show_default=True,
    help="Milliseconds for which a new pair takes no key.",
)
@click.option(
    "--blank-ms",
    type=click.IntRange(0, 60_000),
    default=300,
    show_default=True,
    help="Milliseconds of blank screen between pairs.",
)
@force_option
def command(
    study_path: Path,
    digits: tuple[str, ...],
    pairs: int | None,
    design: str,
    n_images: int | None,
    seed: int,
    source: str,
    split: str,
    data: Path | None,
    pairs_from: Path | None,
    sampling: str,
    by: str | None,
    between: tuple[str, str] | None,
    checkpoint: Path | None,
    lists: int,
    claim_minutes: int | None,
    repeats: int,
    catch: int,
    practice: int | None,
    break_every: int,
    title: str,
    question: str,
    consent: Path | None,
    debrief: Path | None,
    texts: Path | None,
    questions: Path | None,
    min_viewing_ms: int,
    blank_ms: int,
    force: bool,
) -> None:
    """Make a study of pairs of images: STUDY.json, which carries its images and can be rated anywhere.

    The pairs are of different images of one class, such as a digit, and no image is in two pairs, unless the
    design is complete. The same options give the same file, byte for byte.
    """
    from simtui.network.pair_selection import selection
    from simtui.storage import atomic
    from simtui.study import file as study_file
    from simtui.study.building import images_for, neighbours_note, presentation

    if not force:
        atomic.require_free(study_path)
    labels = [as_label(digit) for digit in digits]
    shown = presentation(title=title, question=question, consent=consent, debrief=debrief, texts=texts)
    if questions is not None:
        from simtui.study.question_file import read_questions

        shown["question_pages"] = read_questions(questions)
    shown |= {"repeats": repeats, "catch": catch, "break_every": break_every}
    shown |= {"min_viewing_ms": min_viewing_ms, "blank_ms": blank_ms}
    if claim_minutes is not None and lists == 1:
        raise SimtuiError("--claim-minutes is about --lists: ask for several, or leave it out.")
    shown |= {"claim_minutes": claim_minutes or CLAIM_MINUTES}
    chosen = selection(sampling, by, between, checkpoint)
    if (n_images is not None) != (design == "complete"):
        raise SimtuiError("A complete design and --images belong together, as in: --design complete --images 12.")
    if design == "complete" and (pairs is not None or sampling != "random"):
        raise SimtuiError("A complete design has every pair of its --images: leave out --pairs and --sampling.")
    if pairs_from is not None:
        from simtui.stimuli.files import load_pairs
        from simtui.study.sampling import given_pairs_study

        if practice:
            raise SimtuiError("--practice needs images that are in no pair, and --pairs-from gives none.")
        if len(labels) > 1:
            raise SimtuiError("--pairs-from takes one --class: the label of all its pairs.")
        if lists > 1 or sampling != "random" or design == "complete":
            raise SimtuiError("--lists, --sampling and --design choose pairs, and --pairs-from gives them: use one.")
        left, right = load_pairs(pairs_from, labels[0] if labels else 8)
        study = given_pairs_study(left, right, seed=seed, **shown)
    elif n_images is not None:
        from simtui.study.complete import complete_study

        most = -(-n_images // max(1, len(labels)))
        images, labels = images_for(
            source, labels, pairs=-(-most // 2), seed=seed, practice=practice, catch=catch, split=split, data=data
        )
        study = complete_study(
            images, digits=labels, count=n_images, seed=seed, practice=practice, lists=lists, **shown
        )
    else:
        from simtui.study.sampling import sample_study

        pairs = 20 if pairs is None else pairs
        images, labels = images_for(
            source,
            labels,
            pairs=pairs,
            seed=seed,
            practice=practice,
            lists=lists,
            catch=catch,
            selected=sampling != "random",
            split=split,
            data=data,
        )
        study = sample_study(
            images, digits=labels, pairs=pairs, seed=seed, practice=practice, lists=lists, selection=chosen, **shown
        )
    study_file.save(study, study_path, force=force)
    click.echo(summary(study, study_path))
    note = neighbours_note(study)
    if note:
        click.echo(f"Note: {note}", err=True)


def as_label(text: str) -> Label:
    """A digit as a number, the name of any other class as it is."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else text


def summary(study: Study, path: Path) -> str:
    """What was made, and what to do with it."""
    design = study.design
    more = {
        "for practice": len(study.practice_pairs),
        "repeated" if design.repeats == 1 else "of them repeated": design.repeats,
        "to catch who does not look": design.catch,
    }
    counts = [f"{number} {what}" for what, number in more.items() if number]
    lists = f" in {design.lists} lists" if design.lists > 1 else ""
    n_images = len({image for pair in study.pairs for image in (pair.left, pair.right)})
    sampled = {
        "stratified": f"stratified by {design.by}",
        "controversial": f"{' against '.join(design.between or [])}",
        "complete": f"every two of {n_images} images",
    }
    how = f", {sampled[design.sampling]}" if design.sampling in sampled else ""
    pairs = counted(len(study.pairs), "pair")
    return (
        f"{printable(path)}: {pairs}{lists}{' and ' if counts else ''}{', '.join(counts)} "
        f"({printable(study.source.described)}), seed {design.seed}{how}, id {study.id}\n"
        f"Rate it with: simtui rate {printable(shlex.quote(str(path)))}"
    )
