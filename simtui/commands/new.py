"""`simtui new`: make a study."""

from __future__ import annotations

from pathlib import Path

import click

from simtui.commands.new_options import TwoWords, label_fits, one_line
from simtui.commands.options import FILE, completion_code_option, data_option, examples, force_option, study_argument
from simtui.errors import SimtuiError
from simtui.study.model import CLAIM_MINUTES, MAX_CLAIM_MINUTES, QUESTION, Scale


@click.command(
    "new",
    cls=TwoWords,
    epilog=examples(
        "simtui new eights.json --digit 8 --pairs 20",
        "simtui new study.json --digit 3 --digit 8 --source mnist --practice 4",
        "simtui new map.json --digit 8 --design complete --images 12 --lists 3",
        "simtui new faces.json --source pictures/ --class faces",
        "simtui new mixed.json --between 3,8 --scale 1-7 --questions basic",
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
    metavar="FILE",
    type=FILE,
    help="Given pairs instead of sampled ones: an npz file with the arrays images1 and images2, or left and right; or "
    "a csv file with the columns left and right, picture files by their paths from it, and class.",
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
    "--between",
    metavar="A,B",
    multiple=True,
    help="Pairs of one image of class A and one of B, such as 3,8; repeatable. With --sampling controversial, the two "
    "layers. [default: fc,pixels]",
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
    help="Pairs with a plain answer, to see who looks: of one image twice, and of plainly different ones.",
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
    "--scale",
    metavar="LOW-HIGH",
    default="1-10",
    show_default=True,
    help="The ratings there are, such as 1-7: at most ten, each with its number key; 0 is 10.",
)
@click.option(
    "--low-label",
    default=Scale().low_label,
    show_default=True,
    callback=label_fits,
    help="What the lowest rating means.",
)
@click.option(
    "--high-label",
    default=Scale().high_label,
    show_default=True,
    callback=label_fits,
    help="What the highest rating means.",
)
@click.option(
    "--order",
    type=click.Choice(["shuffled", "fixed"]),
    default="shuffled",
    show_default=True,
    help="Another balanced order for each participant, or for all the order of the file.",
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
@completion_code_option
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
    between: tuple[str, ...],
    checkpoint: Path | None,
    lists: int,
    claim_minutes: int | None,
    repeats: int,
    catch: int,
    practice: int | None,
    break_every: int,
    title: str,
    question: str,
    scale: str,
    low_label: str,
    high_label: str,
    order: str,
    consent: Path | None,
    debrief: Path | None,
    texts: Path | None,
    questions: Path | None,
    completion_code: str | None,
    min_viewing_ms: int,
    blank_ms: int,
    force: bool,
) -> None:
    """Make a study of pairs of images: STUDY.json, which carries its images and can be rated anywhere.

    The pairs are of different images of one class, such as a digit, or of two (--between), and no image is in two
    pairs, unless the design is complete. The same options give the same file, byte for byte (with --catch, wherever
    torch is installed, or is not).
    """
    from simtui.network.layers import LAYERS
    from simtui.network.pair_selection import catch_selection, selection
    from simtui.session.completion import checked
    from simtui.storage import atomic
    from simtui.study import file as study_file
    from simtui.study.building import neighbours_note, presentation, summary
    from simtui.study.request import StudyRequest, as_label, as_scale, make_study, two_of

    if not force:
        atomic.require_free(study_path)
    shown = presentation(
        title=title,
        question=question,
        consent=consent,
        debrief=debrief,
        texts=texts,
        questions=questions,
        scale=as_scale(scale, low_label, high_label),
    )
    shown |= {"order": order, "repeats": repeats, "catch": catch, "break_every": break_every}
    shown |= {"min_viewing_ms": min_viewing_ms, "blank_ms": blank_ms}
    if completion_code is not None:
        shown |= {"completion_code": checked(completion_code) or ""}
    if claim_minutes is not None and lists == 1:
        raise SimtuiError("--claim-minutes is about --lists: ask for several, or leave it out.")
    shown |= {"claim_minutes": claim_minutes or CLAIM_MINUTES}
    if (n_images is not None) != (design == "complete"):
        raise SimtuiError("A complete design and --images belong together, as in: --design complete --images 12.")
    layers = sampling == "controversial" or {name for two in between for name in two.split(",")} <= {*LAYERS, "pixels"}
    if layers and len(between) > 1:
        raise SimtuiError("--between names the two layers of controversial pairs: give it once.")
    named = [two_of(two) for two in between]
    request = StudyRequest(
        labels=[as_label(digit) for digit in digits],
        between=[] if layers else [(as_label(a), as_label(b)) for a, b in named],
        pairs=pairs,
        lists=lists,
        seed=seed,
        source=source,
        split=split,
        data=data,
        practice=practice,
        catch=catch,
        complete=n_images,
        given=pairs_from,
    )
    chosen = selection(sampling, by, named[0] if layers and named else None, checkpoint)
    if catch:
        shown |= {"catch_selection": catch_selection(checkpoint)}
    study = make_study(request, chosen, shown)
    study_file.save(study, study_path, force=force)
    click.echo(summary(study, study_path))
    note = neighbours_note(study)
    if note:
        click.echo(f"Note: {note}", err=True)
