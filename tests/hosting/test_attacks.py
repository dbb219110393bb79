"""What people do to a host who mean no good, and what the others notice of it."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Iterator
from pathlib import Path

import aiohttp
import asyncssh
import pytest

from simtui.hosting import secrets, ssh
from simtui.hosting.access import Access
from simtui.hosting.host import Host
from simtui.hosting.limits import Door
from simtui.hosting.wire import Setup
from tests.builders import saved, small_study
from tests.hosting.running import PAIRS, Hosted, need, rate, start, wait_until

pytestmark = pytest.mark.posix("what a host holds is listed there", "/proc")

HELLO = {"columns": 80, "rows": 24, "renderer": "webgl", "ratio": 1, "cell_width": 8, "cell_height": 16}
"""What a page says first, but for its token."""

OTHER = "127.0.0.2"
"""Another source of this machine's."""


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    need("ssh")
    folder = tmp_path_factory.mktemp("lab")
    saved(small_study(pairs=PAIRS), folder)
    with Hosted(folder, "--max", "40", fronts=("--ssh", "127.0.0.1:0", "--web", "127.0.0.1:0")) as hosted:
        yield hosted


def web_port(host: Hosted) -> int:
    return int(host.address.rstrip("/").rpartition(":")[2])


def descriptors(pid: int) -> int:
    return len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208


def private_mb(pid: int) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return sum(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Private_")) / 1024


def silent(port: int, number: int) -> list[socket.socket]:
    return [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(number)]


def test_silent_connections_leave_the_door_open_to_others(host: Hosted) -> None:
    before, memory = descriptors(host.process.pid), private_mb(host.process.pid)
    lines = [*silent(host.ssh_port, 200), *silent(web_port(host), 200)]
    try:
        # Of one source only so many are kept; the rest are told, and closed.
        wait_until(lambda: descriptors(host.process.pid) <= before + 2 * 50 + 20, "the refusal of most")
        said = lines[199].recv(200)
        assert b"too many are at the door" in said
        assert b"503" in lines[399].recv(200)
        with host.ssh("A01", "-b", OTHER) as terminal:
            start(terminal)
            rate(terminal, range(1, 2))
            terminal.wait_for("Pair 2 of 3")
    finally:
        for line in lines:
            line.close()
    wait_until(lambda: descriptors(host.process.pid) <= before + 5, "the end of all those lines")
    assert private_mb(host.process.pid) < memory + 30
    with host.ssh("A02") as terminal:
        terminal.wait_for("Enter starts")


def test_sockets_without_a_token_are_at_the_door_too(host: Hosted) -> None:
    port = web_port(host)
    ask = (
        f"GET /socket HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: http://127.0.0.1:{port}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n"
    )
    lines = silent(port, 50)  # that many of one source
    try:
        for line in lines:
            line.sendall(ask.encode())
        assert {line.recv(12) for line in lines} == {b"HTTP/1.1 101"}
        lines += silent(port, 1)
        assert lines[-1].recv(12) == b"HTTP/1.1 503"
    finally:
        for line in lines:
            line.close()


def test_a_thousand_connections_in_a_row_leave_nothing(host: Hosted) -> None:
    before, memory = descriptors(host.process.pid), private_mb(host.process.pid)
    for port in (host.ssh_port, web_port(host)):
        for _ in range(1000):
            socket.create_connection(("127.0.0.1", port), timeout=30).close()
    wait_until(lambda: descriptors(host.process.pid) <= before + 5, "the end of all those lines")
    assert private_mb(host.process.pid) < memory + 30
    with host.ssh("B01") as terminal:
        terminal.wait_for("Enter starts")


def flood(port: int, data: bytes, times: int) -> None:
    """Send until the other end has had enough."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        try:
            for _ in range(times):
                line.sendall(data)
        except OSError:
            return


@pytest.mark.parametrize(
    "data", [os.urandom(65_536), b"\0" * 65_536, b"A" * 65_536, b"GET / HTTP/1.1\r\nX: " + b"a" * 65_000]
)
def test_a_flood_of_bytes_is_closed(host: Hosted, data: bytes) -> None:
    before, memory = descriptors(host.process.pid), private_mb(host.process.pid)
    for port in (host.ssh_port, web_port(host)):
        flood(port, data, 160)  # 10 MB
        flood(port, b"SSH-2.0-x\r\n" + data, 160)
    wait_until(lambda: descriptors(host.process.pid) <= before + 5, "the end of all those lines")
    assert private_mb(host.process.pid) < memory + 30
    assert host.process.poll() is None


async def test_a_user_name_of_10_mb_is_nobody(host: Hosted) -> None:
    memory = private_mb(host.process.pid)
    for size in (2000, 10_000_000):
        with pytest.raises((asyncssh.Error, OSError)):
            await asyncssh.connect(
                "127.0.0.1", host.ssh_port, username="x" * size, known_hosts=None, config=None, client_keys=None
            )
    assert private_mb(host.process.pid) < memory + 30
    assert host.process.poll() is None


def test_a_window_of_60000_columns_costs_nothing(host: Hosted) -> None:
    before = set(host.rated_by())
    with host.ssh("C01") as terminal:
        start(terminal)
        terminal.wait_for("Pair 1 of 3")
        (pid,) = set(host.rated_by()) - before
        for size in ((60_000, 60_000), (65_535, 1), (0, 0)):
            terminal.resize(*size)
        terminal.resize(80, 24)
        terminal.wait_for("Pair 1 of 3")
        assert private_mb(pid) < 60


async def test_a_page_that_sends_too_much_or_nonsense_is_closed(host: Hosted) -> None:
    origin = host.address.rstrip("/")
    sent: list[tuple[str, list[bytes | str]]] = [
        ("D01", [b"x" * 5000]),
        ("D02", ["{"]),
        ("D03", [b"x"] * 600),
        ("D04", ['{"columns": "60000"}']),
        ("D05", ["[" * 4000]),
    ]
    async with aiohttp.ClientSession() as client:
        for participant, messages in sent:
            async with client.get(f"{host.address}?id={participant}") as answer:
                token = (await answer.text()).partition('data-token="')[2].partition('"')[0]
            async with client.ws_connect(host.address.replace("http", "ws") + "socket", origin=origin) as line:
                await line.send_json(HELLO | {"token": token})
                for message in messages:
                    if line.closed:
                        break
                    await (line.send_str(message) if isinstance(message, str) else line.send_bytes(message))
                while (await line.receive(timeout=60)).type is aiohttp.WSMsgType.BINARY:
                    pass
                assert line.close_code in (1003, 1006, 1008, 1009)


async def test_a_page_that_reads_nothing_costs_the_host_nothing(host: Hosted) -> None:
    """Its process is held up instead."""
    memory = private_mb(host.process.pid)
    async with aiohttp.ClientSession() as client, client.get(f"{host.address}?id=E01") as answer:
        token = (await answer.text()).partition('data-token="')[2].partition('"')[0]
    near, far = await asyncio.get_running_loop().run_in_executor(None, _raw_socket, host, token)
    for _ in range(40):
        for size in ((100, 40), (120, 50)):
            near.sendall(_frame(b'{"columns": %d, "rows": %d}' % size))
        await asyncio.sleep(0.05)
    assert private_mb(host.process.pid) < memory + 10
    near.close()
    assert far


def _raw_socket(host: Hosted, token: str) -> tuple[socket.socket, bytes]:
    """A page's socket whose bytes nobody takes, with the smallest room for them that there is."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1)
    line.connect(("127.0.0.1", web_port(host)))
    origin = host.address.rstrip("/")
    line.sendall(
        f"GET /socket HTTP/1.1\r\nHost: {origin.partition('//')[2]}\r\nOrigin: {origin}\r\nUpgrade: websocket\r\n"
        "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n".encode()
    )
    said = line.recv(64)
    line.sendall(_frame(json.dumps(HELLO | {"token": token}).encode()))
    return line, said


def _frame(data: bytes) -> bytes:
    """A text frame of a client, masked with zeros."""
    head = bytes([0x81, 0x80 | len(data)]) if len(data) < 126 else b"\x81\xfe" + len(data).to_bytes(2, "big")
    return head + bytes(4) + data


async def test_who_does_not_log_in_or_does_not_answer_is_let_go(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Twenty seconds and three quarters of a minute, in a tenth and three."""
    monkeypatch.setattr(ssh, "LOGIN_S", 0.3)
    study = small_study()
    setup = Setup(study=str(saved(study, tmp_path)), sessions=str(tmp_path), mode=0o600, idle_s=None, polarity="")

    async def nothing(_: str) -> str:
        return ""

    door = Door(10, 10)
    front = ssh.SshFront(Host(study, setup, 2), Access(study, "code", code="x"), door, nothing)
    await front.open("127.0.0.1", 0)
    reader, writer = await asyncio.open_connection("127.0.0.1", front.port)
    assert (await asyncio.wait_for(reader.readline(), 30)).startswith(b"SSH-2.0-")
    await asyncio.wait_for(reader.read(), 30)
    writer.close()
    assert front.connections == set()
    # Nor does a login alone hold a line.
    front.access = Access(study)
    line = await asyncssh.connect(
        "127.0.0.1", front.port, username="P1", known_hosts=None, config=None, client_keys=None
    )
    assert door._sources.total() == 1
    await asyncio.wait_for(line.wait_closed(), 30)
    assert (front.connections, door._sources.total()) == (set(), 0)
    front.close()
    await front.drop()


def test_nothing_that_was_written_names_an_address(host: Hosted) -> None:
    """After all of the above; what the host says at its start, on its standard output, is its own address."""
    flood(host.ssh_port, b"SSH-2.0-x\r\n" + os.urandom(2000), 1)
    flood(web_port(host), b"GET / HTTP/1.1\r\nHost: " + b"x" * 9000, 1)
    with host.ssh("F01") as terminal:
        start(terminal)
        rate(terminal, range(1, 2))
        terminal.wait_for("Pair 2 of 3")
    written = [path for path in host.folder.rglob("*") if path.is_file() and path.name != "known hosts"]
    assert host.errors in written
    assert any(path.name == "F01_run-1.json" for path in written)
    for path in [*written, *(each for each in secrets.folder().rglob("*") if each.is_file())]:
        assert b"127.0.0." not in path.read_bytes(), path
