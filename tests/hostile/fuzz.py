"""A fuzzer: files damaged at random, and keys that no hand would press; seeded, so that a find can be repeated.

    python -m tests.hostile.fuzz --seconds 600 --seed 1        all targets, for ten minutes
    python -m tests.hostile.fuzz --only checkpoint --seed 7 --case 1234

Each result must be a sentence or a use without a fault, within 2 s of the processor and 300 MB.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

from simtui.errors import SimtuiError
from simtui.reporting import notes
from simtui.session import file as session_file
from simtui.session.faults import contradictions, session_faults
from simtui.session.table import read_table
from simtui.session.validation import odd_texts
from simtui.stimuli.convert import read_image
from simtui.stimuli.files import load_pairs
from simtui.study import file as study_file
from simtui.study.wording import read_texts
from tests.builders import small_study
from tests.hostile.corpus import ESCAPES, Case, sessions, studies
from tests.hostile.limits import assert_harmless
from tests.sessions import demanding_study, diligent, rate
from tests.terminal_session import SIMTUI, TerminalSession

LIMIT_S, LIMIT_MB = 2.0, 300.0
STUDY = demanding_study(9, repeats=1, catch=1)


@dataclass(frozen=True, slots=True)
class Target:
    """What is fed with files. seeds: sound ones, and hostile ones that were made by hand. suffix: of their names."""

    seeds: tuple[bytes, ...]
    feed: Callable[[Path], object]
    suffix: str


def targets() -> dict[str, Target]:
    """Every reader of files."""
    with tempfile.TemporaryDirectory() as folder:
        session = rate(STUDY, Path(folder), "P1", answer=diligent).read_bytes()
    study = study_file.encode(STUDY)
    table = ("pair,P1,P2\n" + "".join(f"{pair.id},5,6\n" for pair in STUDY.pairs)).encode()
    return {
        "session": Target(
            (session, *(data for _, data, _ in sessions(session) if len(data) < 10**5)), _session, ".json"
        ),
        "study": Target((study, *(data for _, data, _ in studies(study) if len(data) < 10**5)), _study, ".json"),
        "texts": Target((b'{"yes": "Ja", "leave": "Halt? $done von $total"}',), read_texts, ".json"),
        "notes": Target((f"# Mine\n{ESCAPES}\n".encode(),), notes.read, ".md"),
        "csv": Target((table, table.replace(b",", b";"), b"\xef\xbb\xbf" + table), _table, ".csv"),
        "npz": Target(tuple(_npz()), load_pairs, ".npz"),
        "picture": Target(tuple(_pictures()), read_image, ""),
        "checkpoint": Target(tuple(_checkpoints()), _checkpoint, ".pt"),
    }


def _small(cases: Iterator[Case]) -> Iterator[bytes]:
    return (data for _, data, _ in cases if len(data) < 10**5)


def _session(path: Path) -> None:
    session_file.read_any(path)
    for _ in session_faults(session_file.load(path), STUDY):
        pass


def _study(path: Path) -> None:
    study = study_file.load(path)
    for _ in (*contradictions(study), *odd_texts(study)):
        pass


def _table(path: Path) -> None:
    read_table(STUDY, path)


def _checkpoint(path: Path) -> None:
    from simtui.network import checkpoint

    checkpoint.load(path)


def _npz() -> Iterator[bytes]:
    for save in (np.savez, np.savez_compressed):
        buffer = io.BytesIO()
        save(buffer, left=np.ones((2, 28, 28), np.uint8), right=np.zeros((2, 28, 28)))
        yield buffer.getvalue()


def _pictures() -> Iterator[bytes]:
    for kind in ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP", "PPM"):
        buffer = io.BytesIO()
        image = Image.new("L" if kind != "WEBP" else "RGB", (40, 30), 0)
        image.paste(255 if kind != "WEBP" else (255, 200, 9), (5, 5, 20, 20))
        image.save(buffer, kind)
        yield buffer.getvalue()


def _checkpoints() -> Iterator[bytes]:
    from tests.hostile.checkpoints import cases, saved, whole

    yield saved(whole(training={"seed": 1}))
    yield saved(whole(), _use_new_zipfile_serialization=False)
    yield from (data for _, make, _ in cases() if len(data := make()) < 10**6)


_PIECES = (
    b"\x00",
    b"\xff",
    b"\x1b[2J",
    b"{",
    b"[" * 50,
    b'"',
    b"9" * 400,
    b"-",
    b",",
    b"\n",
    b"PK\x05\x06",
    b"\x80\x02",
    "\u202e".encode(),
)


def damaged(rng: random.Random, seed: bytes, others: tuple[bytes, ...]) -> bytes:
    """The bytes changed in one to eight places: bits, pieces, cuts, doublings, and parts of others."""
    data = bytearray(seed)
    for _ in range(rng.choice((1, 1, 2, 3, 8))):
        at = rng.randrange(len(data) + 1)
        length = min(rng.choice((1, 2, 8, 100, 5_000)), len(data) - at)
        match rng.randrange(7):
            case 0 if data:
                data[min(at, len(data) - 1)] ^= 1 << rng.randrange(8)
            case 1:
                data[at : at + length] = rng.choice(_PIECES)
            case 2:
                del data[at : at + length]
            case 3:
                data[at:at] = data[at : at + length] * rng.choice((1, 2, 20))
            case 4:
                data[at : at + length] = rng.randbytes(length)
            case 5:
                other = rng.choice(others)
                start = rng.randrange(len(other) + 1)
                data[at : at + length] = other[start : start + length]
            case _:
                data[at : at + 4] = rng.choice((0, 1, 2**31 - 1, 2**32 - 1)).to_bytes(4, rng.choice(("big", "little")))
    return bytes(data)


def files(seconds: float, seed: int, only: str = "", case: int | None = None) -> tuple[int, list[str]]:
    """Feed every target with damaged files; how many there were, and what was wrong, a line each."""
    wrong: list[str] = []
    chosen = {name: target for name, target in targets().items() if only in ("", name)}
    count = 0
    with tempfile.TemporaryDirectory() as folder:
        for name, target in chosen.items():
            numbers = iter([case]) if case is not None else iter(range(10**9))
            end = time.monotonic() + seconds / len(chosen)
            for number in numbers:
                if time.monotonic() > end:
                    break
                rng = random.Random(f"{seed} {name} {number}")
                path = Path(folder) / f"file{target.suffix}"
                path.write_bytes(damaged(rng, rng.choice(target.seeds), target.seeds))
                fault = _fault(target, path)
                count += 1
                if fault:
                    wrong.append(f"--only {name} --seed {seed} --case {number}: {fault}")
    return count, wrong


def _fault(target: Target, path: Path) -> str:
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        target.feed(path)
    except SimtuiError as refusal:
        try:
            assert_harmless(str(refusal))
        except AssertionError:
            return f"its sentence can do harm: {refusal!r}"
    except BaseException as error:
        return f"{type(error).__name__} in {traceback.extract_tb(error.__traceback__)[-1]}: {error}"
    seconds = time.process_time() - start
    megabytes = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    if seconds > LIMIT_S or megabytes > LIMIT_MB:
        return f"it took {seconds:.1f} s and {megabytes:.0f} MB"
    return ""


_KEYS = (
    *("1", "5", "9", "0", "\r", "\x7f", "?", "q", "n", "\t", " ", "P1", "ä", "\u202e"),
    *("\x1b", "\x1b[A", "\x1b[1;5D", "\x1bOP", "\x1b[<0;1;1M", "\x1b[I", "\x1b[O", "\x1b[12;40R", "\x1b[?62;c"),
    # Key events with no number or that of no character, a paste without an end, and one with an end.
    *("\x1b[97;5:1u", "\x1b[1114112u", "\x1b[99999999999u", "\x1b[200~", "\x1b[200~5\r\x03\x1b[201~", "\x1b[3;1R"),
    *("\x1b]11;rgb:0/0/0\x07", "\x1bP", "\x9b", "\x00", "\x1b[M !!", "\x1b[?2026;2$y", "\x1b[>0;0;0c"),
)


def keys(seconds: float, seed: int, command: str, folder: Path) -> list[str]:
    """Press keys at random in `rate` or `kiosk`; what was wrong, a line each."""
    study_file.save(small_study(pairs=40), folder / "study.json", force=True)
    rng = random.Random(f"{seed} {command}")
    argv = [*SIMTUI, command, "study.json", "--sessions", "sessions"]
    argv += ["--participant", "P1"] if command == "rate" else []
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        sent: list[str] = []
        with TerminalSession(argv, cwd=folder) as terminal:
            terminal.wait_for_bytes(b"\x1b[?2004h")  # from here on the keys are the app's
            while time.monotonic() < end and not terminal.exited(0.0):
                sent.append(rng.choice(_KEYS))
                terminal.write(sent[-1].encode("utf-8", "surrogateescape"))
                terminal.pump(rng.choice((0.0, 0.02, 0.1)))
            gone = terminal.exited(0.0)
            if "Traceback" in terminal.raw.decode("utf-8", "replace"):
                return [f"a traceback after {sent[-20:]!r}"]
            if gone and (command == "kiosk" or terminal.status not in (0, 2)):
                return [f"{command} ended with {terminal.status} after {sent[-20:]!r}"]
            if not gone:
                terminal.kill()
    return []


def main() -> None:
    """By hand, for as long as it takes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="a target: session, study, …, rate, kiosk")
    parser.add_argument("--case", type=int)
    options = parser.parse_args()
    wrong: list[str] = []
    if options.only not in ("rate", "kiosk"):
        count, wrong = files(options.seconds, options.seed, options.only, options.case)
        print(f"{count} files")
    for command in ("rate", "kiosk"):
        if options.only in ("", command):
            with tempfile.TemporaryDirectory() as folder:
                wrong += keys(options.seconds / 4, options.seed, command, Path(folder))
    print("\n".join(wrong) or "nothing found")
    raise SystemExit(bool(wrong))


if __name__ == "__main__":
    main()
