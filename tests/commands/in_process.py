"""The command line in this process, where torch is imported already: for tests of what commands make of their input."""

from __future__ import annotations

import io
import subprocess
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from unittest.mock import patch

from simtui.cli import main


def simtui(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """`simtui` with these arguments in a folder, as if its output were piped.

    Not for `rate` and `kiosk`, which leave things out of their process for good (see simtui.rating.startup).
    """
    assert not {"rate", "kiosk"} & set(arguments[:1])
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    code: object = 0
    with chdir(folder), patch("sys.argv", ["simtui", *arguments]), redirect_stdout(out), redirect_stderr(err):
        try:
            main()
        except SystemExit as leaving:
            code = leaving.code
    assert isinstance(code, int)
    said = [stream.buffer.getvalue().decode() for stream in (out, err) if isinstance(stream.buffer, io.BytesIO)]
    return subprocess.CompletedProcess(arguments, code, *said)
