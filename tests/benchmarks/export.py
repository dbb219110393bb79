"""What exporting a large study costs in processor time and memory.

    python -m tests.benchmarks.export [--quick]

Every number is of a whole command, a process of its own. csv must take under 8 s for 5,000 people × 50 pairs, and its
memory must not grow with the people: what is kept of each is where to find the session again.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from simtui.export.write import FORMATS
from tests.benchmarks.size import Cost, cost, make

PEOPLE, PAIRS = 5_000, 50
SECONDS, KILOBYTES_A_PERSON = 8.0, 10.0


def main(arguments: Sequence[str]) -> int:
    """All formats of a large study, and csv of one with an eighth of the people; 1 where csv misses its goals."""
    people = PEOPLE // (10 if "--quick" in arguments else 1)
    found: list[Cost] = []
    for count in (people // 8, people):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            make(folder, count, PAIRS)
            for form in FORMATS if count == people else ("csv",):
                used = cost(folder, "export", "study.json", "--simulated", "--to", form, "--format", form)
                print(
                    f"{count:6,} people × {PAIRS} pairs, {form:8}: {used.seconds:6.2f} s {used.megabytes:5.0f} MB",
                    flush=True,
                )
                if form == "csv":
                    found.append(used)
    small, large = found
    growth = (large.megabytes - small.megabytes) * 1024 / (people - people // 8)
    print(f"csv: {growth:.1f} KB more for each person")
    return 0 if large.seconds < SECONDS and growth < KILOBYTES_A_PERSON else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
