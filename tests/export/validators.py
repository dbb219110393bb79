"""The validators of the two standards, where they are installed, and what they say of a folder."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path

import pytest

Issue = tuple[str, str, str]
"""Severity, code, and what it is about."""

NOT_FOR_US = {"HEDVersion", "TOO_FEW_AUTHORS"}
"""Warnings of BIDS about what no program can know (who the authors are) or what is not there (HED tags)."""


def psych_ds(folder: Path) -> list[Issue]:
    """What psychds-validator says; PSYCHDS_VALIDATOR names the file src/psychds-validator.ts of its sources."""
    source, deno = os.environ.get("PSYCHDS_VALIDATOR", ""), _tool("deno")
    if not Path(source).is_file() or deno is None:
        pytest.skip("psychds-validator is not here: PSYCHDS_VALIDATOR names src/psychds-validator.ts of its sources")
    # Its main sets no exit code, and without the network it uses the schema that it has.
    done = subprocess.run(
        [deno, "run", "--no-remote", "--deny-net", "-A", source, str(folder), "--json"],
        cwd=Path(source).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    said = json.loads(done.stdout[done.stdout.index('{"valid"') :])
    return [(issue["severity"], issue["key"], json.dumps(issue.get("files"))) for issue in said["issues"]]


def bids(folder: Path) -> list[Issue]:
    """What bids-validator-deno says, without what is NOT_FOR_US."""
    validator = _tool("bids-validator-deno")
    if validator is None or not _runs(validator):
        pytest.skip("bids-validator-deno is not installed: it is in the extra dev")
    done = subprocess.run(
        [validator, str(folder), "--format", "json", "--max-rows", "-1"], capture_output=True, text=True, check=False
    )
    said = json.loads(done.stdout)
    found = [
        (issue["severity"], issue["code"], f"{issue.get('subCode', '')} {issue.get('location', '')}")
        for issue in said["issues"]["issues"]
    ]
    return [each for each in found if not {each[1], each[2].split()[0]} & NOT_FOR_US]


def _tool(name: str) -> str | None:
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.is_file() else shutil.which(name)


@lru_cache(maxsize=2)
def _runs(tool: str) -> bool:
    return subprocess.run([tool, "--version"], capture_output=True, check=False).returncode == 0
