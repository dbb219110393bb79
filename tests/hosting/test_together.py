"""Hosts behind something: two behind one address, one behind a proxy under a path, one with TLS of its own."""

from __future__ import annotations

import base64
import contextlib
import datetime
import itertools
import json
import shutil
import socket
import ssl
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path

import aiohttp
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from simtui.hosting.limits import Guesses
from simtui.session.overview import Watcher
from simtui.study import file as study_file
from tests.builders import saved, small_study
from tests.hosting.running import PAIRS, Hosted, need, rate, start
from tests.hosting.test_attacks import HELLO
from tests.hosting.test_ssh import free_port
from tests.terminal_session import TerminalSession

pytestmark = pytest.mark.posix("a host's processes are listed there", "/proc")


@contextlib.contextmanager
def one_address(ports: Sequence[int]) -> Iterator[int]:
    """A port whose connections go to these in turns, byte by byte, as a load balancer passes them on."""
    turns = itertools.cycle(ports)
    ends: list[socket.socket] = []
    threads: list[threading.Thread] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    near, _ = listening.accept()
                    ends.append(near)
                    far = socket.create_connection(("127.0.0.1", next(turns)))
                    ends.append(far)
                    for pair in ((near, far), (far, near)):
                        threads.append(threading.Thread(target=_pass_on, args=pair, daemon=True))
                        threads[-1].start()

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            serving.join()
            for end in ends:
                with contextlib.suppress(OSError):
                    end.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()
            for end in ends:
                end.close()


def _pass_on(source: socket.socket, target: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with contextlib.suppress(OSError):
        target.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def two_machines(
    folder: Path, *options: str, fronts: Sequence[tuple[str, ...]] = (("--ssh", "127.0.0.1:0"),) * 2
) -> Iterator[tuple[Hosted, Hosted]]:
    """Two hosts of one sessions folder, each with a data folder of its own, set up as the guide `host` says."""
    first, second = ({"XDG_DATA_HOME": str(folder / name)} for name in ("data of one", "data of two"))
    with Hosted(folder, *options, fronts=fronts[0], environment=first) as one:
        shutil.copytree(folder / "data of one" / "simtui" / "host", folder / "data of two" / "simtui" / "host")
        with Hosted(folder, *options, fronts=fronts[1], environment=second) as two:
            yield one, two


def test_two_hosts_behind_one_address_are_one(tmp_path: Path) -> None:
    need("ssh")
    study = saved(small_study(pairs=PAIRS), tmp_path)
    with two_machines(tmp_path) as (first, second):
        with one_address([first.ssh_port, second.ssh_port]) as port:
            command = first.ssh_command("A01")
            command[command.index("-p") + 1] = str(port)
            with TerminalSession(command, cwd=tmp_path) as terminal:
                start(terminal)
                rate(terminal, range(1, 2))
                terminal.wait_for("Pair 2 of 3")
                assert [len(first.rated_by()), len(second.rated_by())] == [1, 0]
                with TerminalSession(command, cwd=tmp_path) as other:
                    # The same key of the host, or ssh would refuse; and the id is taken there too.
                    other.wait_for("is being rated in another window")
                    assert len(second.rated_by()) == 1
                terminal.kill()
                assert terminal.exited()
            for _ in range(2):
                with TerminalSession(command, cwd=tmp_path) as terminal:
                    terminal.wait_for("2 of 3 pairs are left")
        overview = Watcher(study_file.load(study), tmp_path / "sessions").look()
        assert [(row.participant_id, row.answered) for row in overview.sessions] == [("A01", 1)]


async def token_of(client: aiohttp.ClientSession, address: str) -> str:
    async with client.get(address) as answer:
        assert answer.status == 200
        return (await answer.text()).partition('data-token="')[2].partition('"')[0]


async def page_comes(client: aiohttp.ClientSession, address: str, socket_at: str, origin: str) -> bool:
    """Whether the page at an address gives a token with which its socket shows the study."""
    token = await token_of(client, address)
    async with client.ws_connect(socket_at, origin=origin) as line:
        await line.send_json(HELLO | {"token": token})
        return (await line.receive(timeout=60)).type is aiohttp.WSMsgType.BINARY


async def test_a_page_of_one_host_may_have_its_socket_at_the_other(tmp_path: Path) -> None:
    """And whoever another service sends has one id at both, or would begin anew."""
    saved(small_study(pairs=PAIRS), tmp_path)
    ports = [free_port(), free_port()]
    ours, link = "https://lab.example", "?PROLIFIC_PID=5f0c1"
    options = ["--base-url", f"{ours}/", "--id-from", "prolific"]
    fronts = [("--web", f"127.0.0.1:{port}") for port in ports]
    with two_machines(tmp_path, *options, fronts=fronts), one_address(ports) as port:
        here = f"127.0.0.1:{port}"
        connector = aiohttp.TCPConnector(force_close=True)
        async with aiohttp.ClientSession(connector=connector) as client:
            assert await page_comes(client, f"http://{here}/{link}", f"ws://{here}/socket", ours)
            ids = set()
            for _ in ports:
                token = base64.urlsafe_b64decode(await token_of(client, f"http://{here}/{link}"))
                ids.add(json.loads(token[32:])["participant_id"])
            assert len(ids) == 1
            assert "5f0c1" not in ids


@pytest.mark.parametrize("path", ["/study", ""])
async def test_behind_a_proxy_that_passes_its_path_on_or_cuts_it_off(tmp_path: Path, path: str) -> None:
    saved(small_study(pairs=PAIRS), tmp_path)
    base = "https://lab.example/study/"
    with Hosted(tmp_path, "--base-url", base, fronts=("--web", "127.0.0.1:18022")) as host:
        assert base in host.said
        here = "127.0.0.1:18022"
        async with aiohttp.ClientSession() as client:
            assert await page_comes(
                client, f"http://{here}{path}/?id=C01", f"ws://{here}{path}/socket", "https://lab.example"
            )
            async with client.get(f"http://{here}/study?id=C01", allow_redirects=False) as answer:
                assert (answer.status, answer.headers["Location"]) == (308, "/study/?id=C01")
            typed, ours = {"id": "C02"}, {"Origin": "https://lab.example"}
            async with client.post(f"http://{here}{path}/", data=typed, headers=ours, allow_redirects=False) as answer:
                assert (answer.status, answer.headers["Location"]) == (303, "?id=C02")
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await client.ws_connect(f"ws://{here}/socket", origin="https://evil.example")


def certificate(folder: Path) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    cert, secret = folder / "cert.pem", folder / "key.pem"
    cert.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    form = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, *form))
    return cert, secret


async def test_with_tls_of_its_own(tmp_path: Path) -> None:
    saved(small_study(pairs=PAIRS), tmp_path)
    cert, secret = certificate(tmp_path)
    with Hosted(tmp_path, "--cert", str(cert), "--key", str(secret), fronts=("--web", "127.0.0.1:0")) as host:
        assert host.address.startswith("https://")
        trusting = ssl.create_default_context(cafile=cert)
        trusting.check_hostname = False
        connector = aiohttp.TCPConnector(ssl=trusting)
        async with aiohttp.ClientSession(connector=connector) as client:
            at = host.address.replace("https", "wss") + "socket"
            assert await page_comes(client, f"{host.address}?id=D01", at, host.address.rstrip("/"))


async def test_behind_a_proxy_nobody_is_kept_out_by_the_wrong_codes_of_another(tmp_path: Path) -> None:
    saved(small_study(pairs=PAIRS), tmp_path)
    port, ours = free_port(), "https://lab.example"
    options = ["--base-url", f"{ours}/", "--access", "code", "--access-code", "right"]
    with Hosted(tmp_path, *options, fronts=("--web", f"127.0.0.1:{port}")):
        async with aiohttp.ClientSession() as client:

            async def gives(code: str, *there: str) -> int:
                headers = [("Origin", ours), *(("X-Forwarded-For", each) for each in there)]
                typed = {"id": "E01", "code": code}
                async with client.post(
                    f"http://127.0.0.1:{port}/", data=typed, headers=headers, allow_redirects=False
                ) as answer:
                    return answer.status

            for number in range(Guesses.MOST):
                assert await gives("wrong", f"198.51.100.{number}, 203.0.113.1") == 403
            assert await gives("right", "203.0.113.1") == 403
            assert await gives("right", "203.0.113.1", "203.0.113.2") == 303
