"""Install the built wheel in an empty environment and use it from an empty folder, as its users do.

usage: check_wheel.py PYTHON_OF_AN_EMPTY_VENV WHEEL
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from urllib.request import urlopen

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests import surroundings
from tests.terminal_session import TerminalSession

ANALYSIS_ONLY = ("torch", "torchvision", "scipy", "pandas", "plotext")


def run(*command: str, cwd: Path) -> str:
    """The output of a command that must succeed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return done.stdout


def rate(python: str, folder: Path) -> None:
    """Rate the study through a real terminal, key by key."""
    with TerminalSession(
        [python, "-m", "simtui", "rate", "study.json", "--participant", "P01"], cwd=folder
    ) as terminal:
        terminal.wait_for("Enter")
        terminal.send("\r")
        for number in range(1, 5):
            terminal.wait_for(f"Pair {number} of 4")
            while f"Pair {number} of 4" in terminal.text:
                terminal.send(str(2 * number))
                terminal.pump(0.3)
        terminal.wait_for("Thank you")
        terminal.send("\r")
        if not terminal.exited(10) or terminal.status != 0:
            sys.exit(f"rating ended with {terminal.status}:\n{terminal.text}")


def check_guides(python: str, folder: Path) -> None:
    """Every guide is in the wheel, and readable without the analysis extra."""
    for line in run(python, "-m", "simtui", "guide", cwd=folder).partition("\n\n")[0].splitlines():
        topic, _, title = line.partition(" ")
        if not run(python, "-m", "simtui", "guide", topic, cwd=folder).startswith(title.strip()):
            sys.exit(f"the guide {topic} is not what the list of guides says")


def host(python: str, folder: Path) -> None:
    """Host the study for a moment, and fetch its page and what the page needs."""
    argv = [python, "-m", "simtui", "host", "study.json", "--web", "127.0.0.1:0", "--grace", "0"]
    with subprocess.Popen(argv, cwd=folder, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = iter(process.stdout.readline, "")
        address = next(line.strip() for line in said if line.strip().startswith("http"))
        page = urlopen(f"{address}?id=P02").read().decode()
        for name in re.findall(r'(?:src|href)="(static/[^"]+)"', page):
            if urlopen(address + name).status != 200:
                sys.exit(f"{name} is not in the wheel")
        process.terminate()
        process.communicate()  # its last words need a reader
    if process.returncode:
        sys.exit(f"the host ended with {process.returncode}")


def main(python: str, wheel: str) -> None:
    # Compiling all that is installed takes longer than the few modules that are imported here.
    install = (python, "-m", "pip", "install", "-q", "--no-compile")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        run(*install, wheel, cwd=folder)
        installed = run(python, "-m", "pip", "list", "--format=freeze", cwd=folder).lower()
        brought = [package for package in ANALYSIS_ONLY if f"\n{package}==" in f"\n{installed}"]
        if brought:
            sys.exit(f"the rating station brings {', '.join(brought)}")
        check_guides(python, folder)
        run(python, "-m", "simtui", "new", "study.json", "--pairs", "4", "--practice", "0", cwd=folder)
        rate(python, folder)
        without = subprocess.run(
            [python, "-m", "simtui", "analyze", "study.json"], cwd=folder, capture_output=True, text=True, check=False
        )
        if without.returncode != 2 or "pip install" not in without.stderr:
            sys.exit(f"analyze without its extra should say what to install, and said: {without.stderr}")
        run(*install, f"{wheel}[host]", cwd=folder)
        host(python, folder)
        run(*install, f"{wheel}[analysis]", cwd=folder)
        report = json.loads(run(python, "-m", "simtui", "analyze", "study.json", "--json", cwd=folder))
        if report["participants"] != ["P01"] or report["groups"][0]["layers"]["fc"]["pearson"]["r"] is None:
            sys.exit(f"the wheel's analysis is not whole: {report}")
        print(f"wheel: rated 4 pairs and analysed them, r = {report['groups'][0]['layers']['fc']['pearson']['r']:.3f}")


if __name__ == "__main__":
    surroundings.forget()
    main(*sys.argv[1:])
