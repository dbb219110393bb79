"""Whatever text is in a file, no command writes it to a terminal so that it could be obeyed or would not be seen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simtui.analysis.ratings import collect
from simtui.errors import SimtuiError
from simtui.reporting import notes
from simtui.session import file as session_file
from simtui.study import file as study_file
from tests.commands.in_process import simtui
from tests.hostile.limits import assert_harmless
from tests.sessions import demanding_study, diligent, rate

HOSTILE = "\x1b[2J\x1b]0;o\x07\x9b31m\x85\u202egnp\u2066\u200b\ufeff\u2028\u3164\U000e0041[/x][red]"
"""ESC, C1, a line break of Unicode, bidi, zero-width, a letter without ink, a tag character, markup."""


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where there are texts in a JSON document."""
    if isinstance(value, dict):
        return [place for key, inner in value.items() for place in places(inner, (*path, key))]
    if isinstance(value, list):
        return [place for key, inner in enumerate(value) for place in places(inner, (*path, key))]
    return [path] if isinstance(value, str) else []


def spoilt(path: Path, load: Callable[[Path], object]) -> list[str]:
    """Put the hostile text into every text of a JSON file that can have it and still be loaded; where that was."""
    document = json.loads(path.read_bytes())
    done = []
    for *way, last in places(document):
        inner = document
        for key in way:
            inner = inner[key]
        before = inner[last]
        inner[last] = before + HOSTILE
        path.write_text(json.dumps(document))
        try:
            load(path)
            done.append(".".join(str(key) for key in (*way, last)))
        except SimtuiError:
            inner[last] = before
    path.write_text(json.dumps(document))
    return done


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A study and sessions with the hostile text wherever it can be, and notes of nothing else."""
    folder = tmp_path_factory.mktemp("visible")
    made = demanding_study(9, repeats=1, catch=1)
    study_file.save(made, folder / "study.json")
    document = json.loads((folder / "study.json").read_bytes())
    document |= {"title": "T", "texts": {"consent": "c", "debrief": "d", "yes": "Y", "leave": "l", "nonsense": "n"}}
    document["source"] |= {"note": "n"}
    (folder / "study.json").write_text(json.dumps(document))
    assert {"title", "question", "scale.low_label", "source.note", "texts.yes"} <= set(
        spoilt(folder / "study.json", study_file.load)
    )
    study = study_file.load(folder / "study.json")
    for participant in ("P1", "P2", "P3", "P4"):
        path = rate(study, folder / "sessions", participant, answer=diligent)
        # The last one keeps nothing that an analysis needs.
        where = spoilt(path, session_file.load if participant == "P4" else lambda path: collect(study, [path]))
        assert {"environment.term", "trials.0.key", "schedule.trials.0.pair_id"} & set(where)
    notes.write(notes.place(folder / "sessions", study.id), f"# Mine\n{HOSTILE}\n`\n<script>")
    (folder / "sessions" / study.id / f"x{HOSTILE.replace('/', '')}.json").write_text("{}")
    (folder / "sessions" / study.id / os.fsdecode(b"P9\xff_run-1.json")).write_text("{}")
    (folder / f"r{HOSTILE.replace('/', '')}.csv").write_text(f"pair,P1{HOSTILE}\n1,{HOSTILE}\n")
    return folder


COMMANDS = [
    "analyze study.json sessions",
    "analyze study.json sessions --json",
    "compare study.json sessions",
    "compare study.json sessions --json",
    "report study.json sessions --out r.html",
    "report study.json sessions --out r.md",
    "show study.json sessions",
    "plan study.json",
    "plan study.json --json",
    "status study.json --sessions sessions",
    "status study.json --sessions sessions --json",
    "validate study.json sessions",
    "validate sessions --no-such-option",
    "import study.json {csv}",
    "rate study.json --plain --participant P9 --sessions other",
    "rate {csv} --plain",
    "doctor --sessions {csv}",
]


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_writes_what_a_terminal_could_obey(command: str, lab: Path) -> None:
    pytest.importorskip("torch")
    csv = next(lab.glob("*.csv")).name
    argv = [word if word != "{csv}" else csv for word in command.split()]
    if argv[0] == "rate":
        done = subprocess.run(
            [sys.executable, "-m", "simtui", *argv],
            check=False,
            cwd=lab,
            input="y\n" + "5\n" * 40,
            capture_output=True,
            text=True,
            errors="surrogateescape",
        )
    else:
        done = simtui(lab, *argv)
    assert "Traceback" not in done.stderr, done.stderr
    refused = command.startswith(("import", "rate {csv}", "validate", "doctor"))
    assert done.returncode in ((1, 2) if refused else (0,)), done.stderr
    assert done.stdout or done.stderr
    assert_harmless(done.stdout)
    assert_harmless(done.stderr)


def test_the_reports_hold_nothing_that_runs(lab: Path) -> None:
    pytest.importorskip("torch")
    for name in ("all.html", "all.md"):
        assert simtui(lab, "report", "study.json", "sessions", "--out", name).returncode == 0
        text = (lab / name).read_text()
        assert "<script" not in text
        assert_harmless(text)
