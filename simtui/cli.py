"""The command line. Nothing heavier than click is imported until a command is called."""

from __future__ import annotations

import atexit
import errno
import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from simtui import __version__
from simtui.errors import CrashError, SimtuiError, printable
from simtui.terminal import charset

if TYPE_CHECKING:
    from textual.screen import Screen

    from simtui.terminal.detection import Terminal

GROUPS = {
    "Study": {
        "new": "Make a study of digit pairs.",
        "show": "Show the pairs of a study, in the terminal or on paper.",
        "plan": "Show how a study's plans balance over participants, or its sessions.",
        "methods": "Write what a study will do and test, before there are data.",
        "texts": "Write all that participants read, to be translated.",
        "power": "Show how many pairs and raters it takes to detect a correlation.",
        "simulate": "Make sessions of people who do not exist, to try things out.",
    },
    "Collect": {
        "rate": "Rate the pairs of a study.",
        "kiosk": "Let one participant after another rate a study on one terminal.",
        "host": "Put a study on SSH and on the web, for people without an account.",
        "status": "Show who has rated how much, and how well.",
        "doctor": "Show what this terminal can show, and what to change.",
    },
    "Analyse": {
        "analyze": "Show how well the network's similarity predicts the people's.",
        "report": "Write the analysis as one HTML or Markdown file, to hand in.",
        "compare": "Compare several networks, and layers, with the people.",
        "export": "Write tables and codebook for other programs, or for an archive.",
        "codebook": "Say what every column of the exported tables means.",
    },
    "Networks": {
        "evaluate": "Measure a checkpoint on the MNIST test set.",
        "train": "Train the network on the MNIST training set.",
        "download": "Fetch MNIST.",
    },
    "Files": {
        "validate": "Check study and session files, one line a fault.",
        "import": "Turn a table of ratings into session files.",
        "rename": "Correct a participant id that was mistyped.",
        "withdraw": "Leave out who withdraws after their run.",
        "merge": "Put the parts of a long computation together.",
    },
    "Help": {
        "guide": "Read how to do things with simtui.",
    },
}
"""Every command with its one line of help, so that `--help` imports none of them."""

COMMANDS = {name: told for group in GROUPS.values() for name, told in group.items()}

OTHER_SPELLINGS = {"analyse": "analyze"}

COMPLETE = "_SIMTUI_COMPLETE"
"""The variable by which a shell asks for completions, however simtui was started."""

DESCRIPTORS = 8
"""Files that are open at a time while somebody rates, sockets and pipes counted too."""

OUTPUT_FAULTS = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EBADF)
"""What a full disk, a quota or a closed stream makes of printing; the store has its own words for its files."""


class LazyGroup(click.Group):
    """Imports `simtui.commands.<name>` when that command is called, and takes its `command`."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        name = OTHER_SPELLINGS.get(cmd_name, cmd_name)
        if name not in COMMANDS:
            return None
        module = import_module(f"simtui.commands.{name.replace('import', 'import_')}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as fault:
            from difflib import get_close_matches

            near = get_close_matches(args[0], [*COMMANDS, *OTHER_SPELLINGS], n=1)
            suggestion = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"{fault.message}{suggestion}", ctx) from None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        widest = max(map(len, COMMANDS))
        for title, commands in GROUPS.items():
            with formatter.section(title):
                # Of one width, so that the columns of all groups are one.
                formatter.write_dl([(name.ljust(widest), told) for name, told in commands.items()])


@click.group(cls=LazyGroup, invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="simtui")
@click.pass_context
def app(ctx: click.Context) -> None:
    """Rate pairs of handwritten digits in the terminal, and see how well a convnet explains the ratings.

    Without a command, the home screen opens. `simtui guide` lists the guides.
    """
    if ctx.invoked_subcommand is None:
        from simtui.commands.output import open_screen

        open_screen(_home)


def _home(terminal: Terminal) -> Screen[Any]:
    from simtui.tui.home.screen import HomeScreen

    return HomeScreen(terminal, Path("sessions"))


def run() -> NoReturn:
    """`main`, as a process of its own: it multiplies in one thread, and ends without taking torch down.

    For that its libraries would be read once more: a quarter of a second, and more memory than anything else takes.
    """
    code: object = None

    def leave() -> None:
        if "torch" not in sys.modules or not isinstance(code, int):
            return
        try:
            sys.stdout.flush()
            sys.stderr.flush()
        except (OSError, ValueError):
            return  # Python says what there is to say
        os._exit(code)

    # Of the sizes that numpy multiplies here, a second thread saves little; on a busy machine both wait for each other.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    # The first that is registered is the last to be run.
    atexit.register(leave)
    try:
        main()
    except SystemExit as leaving:
        code = leaving.code
        raise


def main() -> NoReturn:
    """Run the command line. A fault that a user can mend is one sentence on stderr, and exit code 2."""
    if sys.stdout is None:  # closed by the parent process
        sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115  as long as the process
    sys.stdout, sys.stderr = charset.safe_stream(sys.stdout, os.environ), charset.safe_stream(sys.stderr, os.environ)
    try:
        _require_descriptors()
        # What a shell completes is called simtui, also where it was started as a module.
        name = "simtui" if COMPLETE in os.environ else None
        code = app.main(prog_name=name, standalone_mode=False, complete_var=COMPLETE)
    except SimtuiError as fault:
        click.echo(f"simtui: {fault}", err=True)
        sys.exit(2)
    except CrashError as crash:
        click.echo(f"simtui: {crash}", err=True)
        sys.exit(1)
    except click.exceptions.Abort:
        click.echo("simtui: stopped.", err=True)
        sys.exit(130)
    except click.exceptions.Exit as leaving:
        sys.exit(leaving.exit_code)
    except click.ClickException as fault:
        path = fault.ctx.command_path if isinstance(fault, click.UsageError) and fault.ctx is not None else "simtui"
        click.echo(f"simtui: {printable(fault.format_message(), 2000)} `{path} --help` tells more.", err=True)
        sys.exit(fault.exit_code)
    except BrokenPipeError:
        # The reader of our output (head, less) has gone: nothing is wrong, and nobody is there to be told.
        sys.stderr.close()
        sys.exit(1)
    except OSError as error:
        if error.filename is not None and error.errno not in OUTPUT_FAULTS:
            # A folder on the way that may not be entered, a name too long: whatever a path can do to who looks at it.
            click.echo(f"simtui: {printable(error.filename, 300)} cannot be used: {error.strerror}.", err=True)
            sys.exit(2)
        if error.errno not in OUTPUT_FAULTS:
            raise
        click.echo(f"simtui: the output could not be written: {error.strerror}.", err=True)
        # What is left in the buffer cannot be written either, and Python would say so a second time.
        os._exit(2)
    # A command that leaves with an exit code gets it here as the value, not as an exception.
    sys.exit(code if isinstance(code, int) else 0)


def _require_descriptors() -> None:
    """Raises SimtuiError where so few files may be open that anything could fail for it, and anywhere."""
    spare: list[int] = []
    try:
        while len(spare) < DESCRIPTORS:
            spare.append(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        if error.errno in (errno.EMFILE, errno.ENFILE):
            raise SimtuiError(
                f"Fewer than the {DESCRIPTORS} files that simtui opens at a time may be opened here: raise the limit, "
                "for example with ulimit -n 256."
            ) from None
    finally:
        for descriptor in spare:
            os.close(descriptor)
