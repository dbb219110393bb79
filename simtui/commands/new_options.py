"""What the texts and layers given to `simtui new` must be like."""

from __future__ import annotations

import click

from simtui.errors import SimtuiError, printable

LONGEST_LINE = 150
"""Characters of a title or a question: two lines of the smallest roomy terminal."""


LONGEST_LABEL = 30
"""Characters: two of them stand side by side below the scale."""


def label_fits(_: click.Context, option: click.Parameter, text: str) -> str:
    """What an end of the scale means. Raises SimtuiError where it cannot be shown."""
    name = f"--{str(option.name).replace('_', '-')}"
    if not text.strip() or not text.isprintable() or len(text) > LONGEST_LABEL:
        raise SimtuiError(f"{name} is 1 to {LONGEST_LABEL} characters of text: “{printable(text, 40)}” is not.")
    return text


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


class TwoWords(click.Command):
    """Takes the layers of --between as two words too: “--between fc pixels”, as it was written before."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        at = args.index("--between") + 1 if "--between" in args else len(args)
        if at + 1 < len(args) and "," not in args[at] and not args[at + 1].startswith("-"):
            args = [*args[:at], ",".join(args[at : at + 2]), *args[at + 2 :]]
        return super().parse_args(ctx, args)
