"""The clock of the machine is set back in the middle of a run."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from simtui.session import file as session_file
from simtui.study import file as study_file
from tests.builders import saved, small_study
from tests.faults.running import PAIRS, Rating, rate, start

# The command as it is, except that its wall clock loses two hours once the file `set-back` is there.
LATER_EARLIER = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
from simtui import cli
from simtui.session import model as session

class Clock(datetime):
    @classmethod
    def now(cls, tz=None):
        return datetime.now(tz) - timedelta(hours=2 if Path(sys.argv[0]).exists() else 0)

session.datetime = Clock
cli.main()
"""


def test_the_clock_is_set_back_during_a_run(tmp_path: Path) -> None:
    """The real command on a real terminal and file system; only what it takes for the time of day is changed.

    Setting the machine's own clock back would disturb everything else that runs on it, and a time namespace has
    no time of day of its own: so the one function that reads it, `simtui.session.model.timestamp`, gets a clock that
    loses two hours. The monotonic clock, which response times are measured by, never goes back on any system.
    """
    study_path = saved(small_study(pairs=PAIRS), tmp_path)
    set_back = tmp_path / "set-back"
    rating = Rating(study_file.load(study_path), study_path, tmp_path / "sessions")
    launcher = tmp_path / "launch.py"
    launcher.write_text(LATER_EARLIER.replace("sys.argv[0]", repr(str(set_back))))
    command = [sys.executable, str(launcher)]
    with rating.screen(command) as terminal:
        start(terminal)
        rate(terminal, range(1, 4))
        set_back.touch()
        rate(terminal, range(4, 5))
        terminal.kill()
        assert terminal.exited()
    rating.is_whole(4)
    times = [datetime.fromisoformat(trial.timestamp or "") for trial in session_file.load(rating.file).trials]
    assert times[3] < times[0], "the clock was not set back, so nothing was tested"
    rating.resume_and_finish(4)
    session = session_file.load(rating.file)
    elapsed = [trial.time_elapsed or 0.0 for trial in session.trials]
    assert elapsed == sorted(elapsed)
    assert all(trial.rt is not None and 0 < trial.rt < 60_000 for trial in session.trials)
