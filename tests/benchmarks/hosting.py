"""How fast and how frugal `simtui host` is: `python -m tests.benchmarks.hosting [--raters N] [--keys K]`.

N raters by SSH and N by the web, at once, each with a key every 2 s, through the protocols of real clients (asyncssh's
and aiohttp's) in one process beside the host; starts one at a time are those of OpenSSH's own client. Beside them the
same with a plain process for each person, which is how textual-serve does it: `simtui rate` on a terminal of its own.
"Painted" is the last byte of an update. Writes HOSTING.md beside this file.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import platform
import random
import re
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import asyncssh

from simtui.session import file as session_file
from simtui.stimuli import drawn
from simtui.study.sampling import sample_study
from tests.benchmarks.line import Line, cpu_s
from tests.builders import saved
from tests.hosting.running import Hosted
from tests.terminal_session import QUESTION, SIMTUI, TerminalSession, reply

RESULTS = Path(__file__).with_name("HOSTING.md")
PERIOD_S, QUIET_S = 2.0, 0.12
"""Between two keys of a rater; and so long after the last byte an update is over."""

IDLE_S = 10.0
"""How long everybody only looks."""

HELLO = {"columns": 80, "rows": 24, "renderer": "webgl", "ratio": 1, "cell_width": 8, "cell_height": 16}


@dataclass(slots=True)
class Rater:
    """One person, whatever their line. painted: of each key, seconds to the last byte of what came of it."""

    name: str
    write: Callable[[str], Awaitable[None]] | None = None
    last: float = 0.0
    seen: bytes = b""
    painted: list[float] = field(default_factory=list)
    answering: asyncio.Future[None] | None = None
    started: asyncio.Event = field(default_factory=asyncio.Event)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    def take(self, data: bytes) -> None:
        """What was painted; a question of the program is answered as a terminal does."""
        self.last = time.monotonic()
        at = max(0, len(self.seen) - len(QUESTION) + 1)
        self.seen += data
        if (asked := self.seen.find(QUESTION, at)) >= 0 and self.write is not None:
            self.answering = asyncio.ensure_future(self.write(reply(self.seen[:asked]).decode()))
        self.seen = self.seen[-20_000:]
        self.came.set()

    async def until(self, words: bytes, timeout: float = 120.0) -> None:
        end = time.monotonic() + timeout
        while words not in self.seen:
            self.came.clear()
            await asyncio.wait_for(self.came.wait(), max(0.01, end - time.monotonic()))

    async def press(self, key: str) -> float:
        """Seconds from the key to the last byte of what it painted."""
        if self.write is None:
            raise RuntimeError("no line")
        began = self.last = time.monotonic()
        await self.write(key)
        while time.monotonic() - self.last < QUIET_S or (self.last == began and time.monotonic() - began < 5):
            await asyncio.sleep(0.02)
        return self.last - began

    async def rate(self, keys: int, all_sit: asyncio.Event) -> None:
        """Start, and once everybody sits a key every period."""
        await self.until(b"Enter starts")
        await self.press("\r")
        self.started.set()
        await all_sit.wait()
        rng = random.Random(self.name)
        await asyncio.sleep(rng.random() * PERIOD_S)
        for _ in range(keys):
            began = time.monotonic()
            self.painted.append(await self.press(str(rng.randint(1, 9))))
            await asyncio.sleep(max(0.0, PERIOD_S - (time.monotonic() - began)))


class _Session(asyncssh.SSHClientSession[bytes]):
    def __init__(self, rater: Rater) -> None:
        self._rater = rater

    def data_received(self, data: bytes, datatype: object) -> None:
        self._rater.take(data)


async def by_ssh(host: Hosted, rater: Rater, keys: int, all_sit: asyncio.Event) -> None:
    async with asyncssh.connect(
        "127.0.0.1",
        host.ssh_port,
        username=rater.name,
        known_hosts=None,
        config=None,
        client_keys=None,
        agent_path=None,
    ) as connection:
        channel, _ = await connection.create_session(
            lambda: _Session(rater), term_type="xterm-256color", term_size=(80, 24), encoding=None
        )

        async def write(key: str) -> None:
            channel.write(key.encode())

        rater.write = write
        await rater.rate(keys, all_sit)


async def by_web(host: Hosted, rater: Rater, keys: int, all_sit: asyncio.Event, client: aiohttp.ClientSession) -> None:
    origin = host.address.rstrip("/")
    async with client.get(f"{host.address}?id={rater.name}") as answer:
        token = (await answer.text()).partition('data-token="')[2].partition('"')[0]
    async with client.ws_connect(f"{origin.replace('http', 'ws')}/socket", origin=origin, max_msg_size=0) as line:
        await line.send_json(HELLO | {"token": token})

        async def take() -> None:
            async for message in line:
                if message.type is aiohttp.WSMsgType.BINARY:
                    rater.take(message.data)

        taking = asyncio.create_task(take())

        async def write(key: str) -> None:
            await line.send_bytes(key.encode())

        rater.write = write
        try:
            await rater.rate(keys, all_sit)
        finally:
            taking.cancel()


def pss_mb(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024


@dataclass(frozen=True, slots=True)
class Crowd:
    """What many at once came to. painted: seconds from a key, of everybody. pss: MB of each process.

    lost: answers that a screen had moved on from and that are in no file. cpu: processor time a key, ms: of the front,
    and of the participant's process. idle: processor time of all processes of the host, as a share of one core, while
    everybody sits and nobody presses a key.
    """

    painted: Sequence[float]
    pss: Sequence[float]
    lost: int
    answers: int
    cpu: Sequence[float]
    idle: float


async def attack(host: Hosted) -> None:
    """Two hundred silent lines on each front, and connections in a row for as long as others rate."""
    ports = [host.ssh_port, int(host.address.rstrip("/").rpartition(":")[2])]
    silent = [await asyncio.open_connection("127.0.0.1", port) for port in ports for _ in range(200)]
    try:
        while True:
            for port in ports:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"GET / HTTP/1.1\r\n")
                writer.close()
            await asyncio.sleep(0.01)
    finally:
        for _, writer in silent:
            writer.close()


async def crowd(host: Hosted, ssh: int, web: int, keys: int, *, attacked: bool = False) -> Crowd:
    """attacked: whether others do what they can meanwhile, once everybody sits."""
    letters = "XY" if attacked else "SW"
    raters = [Rater(f"{letters[0]}{number}") for number in range(ssh)]
    raters += [Rater(f"{letters[1]}{number}") for number in range(web)]
    memory: list[float] = []
    cpu: list[float] = []
    idle = 0.0
    all_sit = asyncio.Event()
    attacking: asyncio.Task[None] | None = None

    async def weigh() -> None:
        nonlocal attacking, idle
        for rater in raters:
            await rater.started.wait()
        everything = [host.process.pid, host.parent, *host.rated_by()]
        rested = sum(map(cpu_s, everything))
        await asyncio.sleep(0 if attacked else IDLE_S)
        idle = (sum(map(cpu_s, everything)) - rested) / IDLE_S
        attacking = asyncio.create_task(attack(host)) if attacked else None
        people = host.rated_by()
        before = cpu_s(host.process.pid), sum(map(cpu_s, people))
        all_sit.set()
        await asyncio.sleep((keys - 1) * PERIOD_S)
        pressed = sum(len(rater.painted) for rater in raters)
        spent = [cpu_s(host.process.pid) - before[0], sum(map(cpu_s, people)) - before[1]]
        cpu.extend(1000 * each / max(1, pressed) for each in spent)
        memory.extend(map(pss_mb, host.rated_by()))

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as client:
        lines = [by_ssh(host, rater, keys, all_sit) for rater in raters[:ssh]]
        lines += [by_web(host, rater, keys, all_sit, client) for rater in raters[ssh:]]
        await asyncio.gather(weigh(), *lines)
    if attacking is not None:
        attacking.cancel()
    lost = answers = 0
    for rater in raters:
        (path,) = host.folder.glob(f"sessions/*/{rater.name}_run-1.json")
        stored = len(session_file.load(path).trials)
        # What the screen had moved on from is on disk: the last pair that it shows is the first that need not be.
        shown = [int(number) for number in re.findall(rb"Pair (\d+) of", rater.seen)]
        lost += max(0, max(shown, default=1) - 1 - stored)
        answers += stored
    return Crowd([s for rater in raters for s in rater.painted if s > 0], memory, lost, answers, cpu, idle)


def starts(host: Hosted, times: int) -> list[float]:
    """From the start of OpenSSH's client to its first painted page."""
    found = []
    for number in range(times):
        began = time.monotonic()
        with Line(host.ssh_command(f"O{number}"), cwd=host.folder) as line:
            found.append(line.until(b"Enter starts") - began)
    return found


def plain_starts(folder: Path, times: int) -> tuple[list[float], list[float]]:
    """The same of a plain process on a terminal, and what each takes, ten of them at once, in MB."""
    found = []
    for number in range(times):
        began = time.monotonic()
        with Line(plain(folder, f"B{number}"), cwd=folder) as line:
            found.append(line.until(b"Enter starts") - began)
    together = [TerminalSession(plain(folder, f"C{number}"), cwd=folder) for number in range(10)]
    for terminal in together:
        terminal.wait_for_bytes(b"Enter starts", 60)
    memory = [pss_mb(terminal.pid) for terminal in together]
    for terminal in together:
        terminal.kill()
        terminal.exited()
        os.close(terminal.fd)
    return found, memory


def plain(folder: Path, name: str) -> list[str]:
    return [*SIMTUI, "rate", str(folder / "study.json"), "--participant", name, "--sessions", str(folder / "plain")]


def p95(values: Sequence[float]) -> float:
    return sorted(values)[max(0, round(len(values) * 0.95) - 1)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--raters", type=int, default=100)
    parser.add_argument("--keys", type=int, default=12)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ |= {"HOME": name, "XDG_DATA_HOME": f"{name}/data"}
        pairs = given.keys + 20
        images = drawn.load((8,), 2 * pairs + 8, seed=0)
        study = sample_study(images, digits=[8], pairs=pairs, seed=1, practice=0, blank_ms=0, min_viewing_ms=0)
        saved(study, folder)
        most = str(2 * given.raters + 10)
        with Hosted(folder, "--max", most, fronts=("--ssh", "127.0.0.1:0", "--web", "127.0.0.1:0")) as host:
            alone = starts(host, 15)
            many = asyncio.run(crowd(host, given.raters, given.raters, given.keys))
            few = given.raters // 5
            attacked = asyncio.run(crowd(host, few, few, given.keys, attacked=True))
        other, other_mb = plain_starts(folder, 15)
    load = os.getloadavg()[0]
    rows = [
        (
            "connect to first paint, one at a time, median",
            f"{1000 * statistics.median(alone):.0f} ms",
            "≤ 200 ms",
            f"{1000 * statistics.median(other):.0f} ms, without a line",
        ),
        ("key to paint, p95", f"{1000 * p95(many.painted):.1f} ms", "≤ 40 ms", ""),
        ("key to paint, median", f"{1000 * statistics.median(many.painted):.1f} ms", "", ""),
        ("processor time a key: front, participant", " + ".join(f"{ms:.1f}" for ms in many.cpu) + " ms", "", ""),
        (
            f"processor time while nobody presses a key, {2 * given.raters} people",
            f"{100 * many.idle:.1f} % of a core",
            f"≤ {5 * given.raters / 50:.0f} %",
            "",
        ),
        (
            "PSS of a session, mean",
            f"{statistics.mean(many.pss):.1f} MB",
            "≤ 20 MB",
            f"{statistics.mean(other_mb):.1f} MB",
        ),
        (f"key to paint under attack, {2 * few} raters, p95", f"{1000 * p95(attacked.painted):.1f} ms", "≤ 100 ms", ""),
        ("answers lost", f"{many.lost} of {many.answers}", "0", ""),
    ]
    made = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    lines = [
        "# What hosting takes",
        "",
        f"`python -m tests.benchmarks.hosting --raters {given.raters} --keys {given.keys}`, {made}, Python "
        f"{platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} at the end.",
        "",
        f"{given.raters} raters by SSH and {given.raters} by the web at once, a key every {PERIOD_S:g} s each; their "
        "clients run on the same cores. On the right a plain process for each person.",
        "",
        "| | measured | asked | a process each |",
        "| --- | --- | --- | --- |",
        *(f"| {' | '.join(row)} |" for row in rows),
    ]
    RESULTS.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
