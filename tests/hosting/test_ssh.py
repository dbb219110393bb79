"""`simtui host` for OpenSSH's own clients: a whole run, lost lines, and everything that is refused."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import socket
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path

import asyncssh
import pytest

from simtui.hosting import secrets, ssh
from simtui.hosting.access import Access
from simtui.hosting.host import Host
from simtui.hosting.limits import Door
from simtui.hosting.wire import Setup
from tests.builders import saved, small_study
from tests.hosting.running import PAIRS, Hosted, alive, need, rate, start, wait_until

pytestmark = pytest.mark.posix("a host's processes are listed there", "/proc")

UNFINISHED = "What you have answered is saved: 1 of 3."


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    need("ssh", "scp", "sftp", "ssh-agent")
    folder = tmp_path_factory.mktemp("lab")
    saved(small_study(pairs=PAIRS), folder)
    with Hosted(folder) as hosted:
        yield hosted


def test_a_whole_run(host: Hosted) -> None:
    with host.ssh("A01") as terminal:
        start(terminal)
        rate(terminal, range(1, PAIRS + 1))
        assert "3 of 3 answers were saved." in terminal.wait_for("Thank you!")
        terminal.send("\r")
        assert terminal.exited(30.0)
        assert terminal.status == 0
        assert "All your answers are saved. Thank you!" in terminal.text
    stored = host.session("A01")
    assert stored.complete
    assert [trial.response for trial in stored.trials] == [1, 2, 3]
    assert stored.environment.ssh
    assert stored.environment.term == "xterm-256color"
    with host.ssh("A01") as terminal:
        terminal.wait_for("This id has finished the study.")


def test_ctrl_c_asks_and_who_stops_early_can_come_back(host: Hosted) -> None:
    with host.ssh("B01") as terminal:
        start(terminal)
        rate(terminal, range(1, 2))
        terminal.wait_for("Pair 2 of 3")
        terminal.press_until("\x03", lambda text: "Stop here?" in text)
        terminal.send("y")
        terminal.wait_for("Stopped")
        terminal.send("\r")
        assert terminal.exited(30.0)
        assert terminal.status == 0
        assert UNFINISHED in terminal.text
    with host.ssh("B01") as terminal:
        assert "2 of 3 pairs are left" in terminal.wait_for("Enter starts")
        terminal.send("\r")
        terminal.wait_for("Pair 2 of 3")


def test_the_window_is_followed(host: Hosted) -> None:
    with host.ssh("C01") as terminal:
        start(terminal)
        terminal.wait_for("Pair 1 of 3")
        terminal.resize(40, 10)
        terminal.wait_for("too small")
        terminal.resize(100, 30)
        terminal.wait_for("Pair 1 of 3")


def test_a_killed_client_comes_back_to_the_same_pair(host: Hosted) -> None:
    before = host.rated_by()
    with host.ssh("D01") as terminal:
        start(terminal)
        rate(terminal, range(1, 3))
        terminal.wait_for("Pair 3 of 3")
        (pid,) = set(host.rated_by()) - set(before)
        terminal.kill()
        assert terminal.exited()
    with host.ssh("D01") as terminal:
        assert "1 of 3 pairs are left" in terminal.wait_for("Enter starts")
        assert not alive(pid)
        terminal.send("\r")
        terminal.wait_for("Pair 3 of 3")
    assert len(host.session("D01").trials) == 2


def test_a_second_window_gets_the_sentence(host: Hosted) -> None:
    with host.ssh("E01") as first:
        start(first)
        first.wait_for("Pair 1 of 3")
        with host.ssh("E01") as second:
            second.wait_for("is being rated in another window")
        first.press_until("5", lambda text: "Pair 2 of 3" in text)


@pytest.mark.parametrize("name", ["../../etc", "a b", "x" * 33, "P-", "é", "root@lab"])
def test_a_name_that_is_no_id_is_told_why(host: Hosted, name: str) -> None:
    done = subprocess.run(
        host.ssh_command(name, "-o", "LogLevel=INFO"),
        input="",
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        encoding="utf-8",
    )
    assert done.returncode == 255
    assert "cannot be a participant id" in done.stderr
    assert not list(host.folder.glob(f"sessions/*/*{name[-3:]}*"))


def refused(host: Hosted, *argv: str, into: str = "") -> str:
    done = subprocess.run(argv, input=into, capture_output=True, text=True, timeout=60, check=False, cwd=host.folder)
    assert done.returncode != 0
    return done.stdout + done.stderr


def test_no_command_no_shell_without_a_terminal_no_files(host: Hosted) -> None:
    (host.folder / "secret.txt").write_text("what nobody may read")
    secret = host.folder / "secret.txt"
    command = host.ssh_command("F01")
    options = ["-P", *command[4:-3]]
    tried = [
        refused(host, *command, f"cat '{secret}'"),
        refused(host, *command, "-tt", f"cat '{secret}'"),
        refused(host, *command, into=f"cat '{secret}'\n"),
        refused(host, *command, "-s", "sftp"),
        refused(host, "sftp", *options, "-b", "-", "F01@127.0.0.1", into=f"get '{secret}' got"),
        refused(host, "scp", *options, f"F01@127.0.0.1:'{secret}'", "got"),
        refused(host, "scp", "-O", *options, f"F01@127.0.0.1:'{secret}'", "got"),
        refused(host, "scp", *options, "study.json", "F01@127.0.0.1:put.json"),
    ]
    assert not any("what nobody may read" in text or "Traceback" in text for text in tried)
    assert "The study needs a terminal of its own" in tried[2]
    assert not (host.folder / "got").exists()
    assert not list(Path("/").glob("put.json"))
    assert not list(host.folder.glob("sessions/*/F01*"))


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def test_nothing_is_forwarded_to_anywhere(host: Hosted) -> None:
    with socket.socket() as target:
        target.bind(("127.0.0.1", 0))
        target.listen()
        target.settimeout(0.2)
        port = target.getsockname()[1]
        refused(host, *host.ssh_command("G01", "-W", f"127.0.0.1:{port}"))
        for options in (["-L", f"{free_port()}:127.0.0.1:{port}"], ["-D", str(free_port())]):
            near = int(options[-1].partition(":")[0])
            with subprocess.Popen(host.ssh_command("G01", "-N", *options), stderr=subprocess.DEVNULL) as client:
                try:
                    connected = connect(near, client)
                    with connected:
                        connected.sendall(
                            b"\x05\x01\x00" + b"\x05\x01\x00\x01\x7f\x00\x00\x01" + port.to_bytes(2, "big")
                        )
                        with contextlib.suppress(ConnectionError):
                            while connected.recv(100):
                                pass
                finally:
                    client.terminate()
        with pytest.raises(TimeoutError):
            target.accept()


def connect(port: int, client: subprocess.Popen[bytes]) -> socket.socket:
    while client.poll() is None:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=10)
        except ConnectionRefusedError:
            continue
    raise AssertionError("the client ended")


def test_nothing_is_forwarded_from_there(host: Hosted, tmp_path: Path) -> None:
    for where in (f"{free_port()}", f"{tmp_path}/socket"):
        text = refused(
            host, *host.ssh_command("G02", "-N", "-o", "ExitOnForwardFailure=yes", "-R", f"{where}:127.0.0.1:9")
        )
        assert "remote port forwarding failed" in text
        assert not (tmp_path / "socket").exists()


async def test_no_socket_and_no_tunnel(host: Hosted, tmp_path: Path) -> None:
    """What OpenSSH's client asks for with -L to a path, and with -w, which takes a device of its own machine."""
    async with asyncssh.connect(
        "127.0.0.1", host.ssh_port, username="G03", known_hosts=None, config=None, client_keys=None, agent_path=None
    ) as line:
        for asked in (
            line.open_unix_connection(str(tmp_path / "socket")),
            line.open_connection("127.0.0.1", host.ssh_port),
            line.create_tun(asyncssh.SSHTunTapSession),
            line.create_tap(asyncssh.SSHTunTapSession),
        ):
            with pytest.raises(asyncssh.ChannelOpenError):
                await asked
        for there in (line.start_server, line.start_unix_server):
            with pytest.raises(asyncssh.ChannelListenError):
                await there(lambda *_: False, *(("", 0) if there == line.start_server else ("/tmp/simtui",)))


def test_each_session_of_a_shared_connection_takes_a_place(host: Hosted) -> None:
    before = len(host.rated_by())
    # A fallback to a connection of its own fails.
    share = ["-S", "shared", "-o", "ProxyCommand=false"]
    with host.ssh("T01", "-M", "-S", "shared") as master:
        start(master)
        with contextlib.ExitStack() as others:
            for _ in range(3):
                other = others.enter_context(host.ssh("T01", *share))
                other.wait_for("is being rated in another window")
            assert len(host.rated_by()) == before + 4
            with host.ssh("T01", *share) as refused:
                assert refused.exited(30.0)
                assert refused.status == 255
        master.wait_for("Pair 1 of 3")


def test_no_agent_and_no_x11(host: Hosted) -> None:
    """Asked for with a terminal, both are left out, and the study is there all the same."""
    path = host.folder / "agent"
    with subprocess.Popen(["ssh-agent", "-D", "-a", str(path)], stdout=subprocess.DEVNULL) as agent:
        try:
            wait_until(path.exists, "the agent's socket")
            before = set(host.rated_by())
            # In quotes: the path may have a space.
            with host.ssh("H01", "-A", "-X", "-o", f'IdentityAgent="{path}"') as terminal:
                terminal.wait_for("Enter starts")
                (pid,) = set(host.rated_by()) - before
                # All that listens on this machine's names of sockets listened before: nothing leads to the agent.
                sockets = {line.split()[-1] for line in Path("/proc/net/unix").read_text().splitlines() if "/" in line}
                assert not any("asyncssh" in name or "agent." in name for name in sockets)
                assert b"DISPLAY" not in Path(f"/proc/{pid}/environ").read_bytes()
        finally:
            agent.terminate()


def test_the_process_of_a_participant_is_clean(host: Hosted) -> None:
    before = set(host.rated_by())
    with host.ssh("I01") as terminal:
        terminal.wait_for("Enter starts")
        (pid,) = set(host.rated_by()) - before
        process = Path(f"/proc/{pid}")
        opened = {int(fd.name): str(fd.readlink()) for fd in (process / "fd").iterdir()}
        tty = opened[0]
        assert tty.startswith("/dev/pts/")
        assert [opened[number] for number in (0, 1, 2)] == [tty] * 3
        # The host's news, what its own loop and the thread that reads keys are woken by, and its hold on the id.
        rest = [what for number, what in opened.items() if number > 2]
        assert sum(what.startswith("socket:") for what in rest) <= 1 + 2 + 2, opened
        assert all(what.startswith(("socket:", "pipe:", "anon_inode:")) or what.endswith(".lock") for what in rest), (
            opened
        )
        status = dict(line.split(":\t") for line in (process / "status").read_text().splitlines() if ":\t" in line)
        assert os.getsid(pid) == pid
        assert int(status["SigBlk"], 16) == 0
        assert os.getpriority(os.PRIO_PROCESS, pid) == os.getpriority(os.PRIO_PROCESS, host.process.pid)
        limits = (process / "limits").read_text()
        assert " 64 " in next(line for line in limits.splitlines() if line.startswith("Max open files"))
        maps = (process / "maps").read_text()
        assert not any(name in maps for name in ("cryptography", "_ssl", "libcrypto", "numpy"))
        assert (process / "cwd").readlink() == Path("/")


def test_the_parent_has_one_thread_and_no_network(host: Hosted) -> None:
    process = Path(f"/proc/{host.parent}")
    assert len(list((process / "task").iterdir())) == 1
    assert not any(name in (process / "maps").read_text() for name in ("cryptography", "_ssl", "libcrypto", "numpy"))
    key = (secrets.folder() / "ssh_host_ed25519_key") if secrets.folder().is_dir() else None
    assert key is None or stat.S_IMODE(key.stat().st_mode) == 0o600


def test_the_parent_killed_the_others_are_told_and_come_back(tmp_path: Path) -> None:
    need("ssh")
    saved(small_study(pairs=PAIRS), tmp_path)
    with Hosted(tmp_path) as host:
        with host.ssh("J01") as terminal:
            start(terminal)
            rate(terminal, range(1, 2))
            terminal.wait_for("Pair 2 of 3")
            (pid,) = host.rated_by()
            os.kill(host.parent, signal.SIGKILL)
            assert terminal.exited(30.0)
            assert "The line to the study broke." in terminal.text
            wait_until(lambda: not alive(pid), "the end of the participant's process")
        with host.ssh("J01") as terminal:
            assert "2 of 3 pairs are left" in terminal.wait_for("Enter starts", 60.0)
        assert len(host.session("J01").trials) == 1


def test_the_front_killed_nobody_is_left(tmp_path: Path) -> None:
    need("ssh")
    saved(small_study(pairs=PAIRS), tmp_path)
    with Hosted(tmp_path) as host:
        with host.ssh("K01") as terminal:
            start(terminal)
            rate(terminal, range(1, 2))
            terminal.wait_for("Pair 2 of 3")
            left = [host.parent, *host.rated_by()]
            host.process.kill()
            assert terminal.exited(30.0)
        wait_until(lambda: not any(map(alive, left)), "the end of all that the front had started")
        assert len(host.session("K01").trials) == 1


def test_term_lets_nobody_in_and_tells_those_inside(tmp_path: Path) -> None:
    need("ssh")
    saved(small_study(pairs=PAIRS), tmp_path)
    with Hosted(tmp_path, "--grace", "30") as host:
        with host.ssh("L01") as terminal:
            start(terminal)
            rate(terminal, range(1, 2))
            terminal.wait_for("Pair 2 of 3")
            left = [host.parent, *host.rated_by()]
            host.process.send_signal(signal.SIGTERM)
            terminal.wait_for("The study closes in 30 s.")
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", host.ssh_port), timeout=10)
            terminal.wait_for("How similar")
            rate(terminal, range(2, PAIRS + 1))
            terminal.wait_for("Thank you!")
            terminal.send("\r")
            assert terminal.exited(30.0)
        assert host.process.wait(30.0) == 0
        assert not any(map(alive, left))
        assert host.session("L01").complete


def test_a_second_signal_ends_the_grace(tmp_path: Path) -> None:
    need("ssh")
    saved(small_study(pairs=PAIRS), tmp_path)
    with Hosted(tmp_path, "--grace", "600") as host, host.ssh("M01") as terminal:
        start(terminal)
        rate(terminal, range(1, 2))
        terminal.wait_for("Pair 2 of 3")
        host.process.send_signal(signal.SIGINT)
        terminal.wait_for("The study closes in 600 s.")
        host.process.send_signal(signal.SIGINT)
        assert terminal.exited(30.0)
        assert "The study closes in 0 s." in terminal.text
        assert host.process.wait(30.0) == 0
        assert len(host.session("M01").trials) == 1


def test_with_a_code_only_who_has_it_comes_in(tmp_path: Path) -> None:
    need("ssh")
    saved(small_study(pairs=PAIRS), tmp_path)
    with Hosted(tmp_path, "--access", "code") as host:
        code = host.said.partition("code: ")[2].split()[0]
        with host.ssh("N01", "-o", "NumberOfPasswordPrompts=2") as terminal:
            terminal.wait_for("password:")
            terminal.send("wrong\r")
            terminal.wait_for(lambda text: text.count("password:") == 2)
            terminal.send(f"{code}\r")
            terminal.wait_for("Enter starts")
    with Hosted(tmp_path, "--access", "code") as host:
        assert host.said.partition("code: ")[2].split()[0] == code


def test_with_keys_only_who_has_the_key_of_the_id_comes_in(tmp_path: Path) -> None:
    need("ssh", "ssh-keygen")
    saved(small_study(pairs=PAIRS), tmp_path)
    for name in ("P01", "P02"):
        make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", str(tmp_path / name)]
        subprocess.run(make, check=True)
    keys = tmp_path / "keys"
    keys.write_text("# of the class\n\n" + (tmp_path / "P01.pub").read_text())
    with Hosted(tmp_path, "--access", "keys", "--authorized-keys", str(keys)) as host:
        with host.ssh("P01", "-i", str(tmp_path / "P01")) as terminal:
            terminal.wait_for("Enter starts")
        for name, key in (("P02", "P01"), ("P01", "P02"), ("P02", "P02")):
            assert "Permission denied" in refused(host, *host.ssh_command(name, "-o", "BatchMode=yes", "-i", key))


def test_when_all_places_are_taken_the_next_is_told(tmp_path: Path) -> None:
    need("ssh")
    saved(small_study(pairs=PAIRS), tmp_path)
    with Hosted(tmp_path, "--max", "1") as host:
        with host.ssh("Q01") as first:
            first.wait_for("Enter starts")
            with host.ssh("Q02") as second:
                assert second.exited(30.0)
                assert "All places are taken" in second.text
        wait_until(lambda: not host.rated_by(), "the end of the first")
        with host.ssh("Q02") as third:
            third.wait_for("Enter starts")


def test_a_terminal_that_says_so_gets_every_grey(host: Hosted) -> None:
    """COLORTERM is not sent by default: the terminal is asked, and answers as xterm does."""
    with host.ssh("R01") as terminal:
        terminal.wait_for_bytes(b"\x1bP$qm")
        terminal.send("\x1bP1$r0;48:2::1:2:3m\x1b\\\x1b[1;1R")
        start(terminal)
        terminal.wait_for("Pair 1 of 3")
        terminal.press_until("5", lambda text: "Pair 2 of 3" in text)
    assert host.session("R01").environment.color_depth == "truecolor"
    with host.ssh("R02") as terminal:
        start(terminal)
        terminal.wait_for("Pair 1 of 3")
    assert host.session("R02").environment.color_depth == "256"


async def test_a_client_that_does_not_answer_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three questions of 15 s each, here of a fifth of a second, to a client that stands still."""
    need("ssh")
    monkeypatch.setattr(ssh, "KEEPALIVE_S", 0.2)
    study = small_study(pairs=PAIRS)
    where = {"study": str(saved(study, tmp_path)), "sessions": str(tmp_path)}
    setup = Setup(**where, mode=0o600, idle_s=None, polarity="dark-on-light")
    host = Host(study, setup, 2)
    await host.parent.start()

    async def nothing(_: str) -> str:
        return ""

    front = ssh.SshFront(host, Access(study), Door(10, 10), nothing)
    await front.open("127.0.0.1", 0)
    command = ["ssh", "-tt", "-F", "/dev/null", "-p", str(front.port), "-o", "StrictHostKeyChecking=no"]
    command += ["-o", f"UserKnownHostsFile={tmp_path}/known", "S01@127.0.0.1"]
    nowhere = asyncio.subprocess.DEVNULL
    pipe = asyncio.subprocess.PIPE
    client = await asyncio.create_subprocess_exec(*command, stdin=pipe, stdout=nowhere, stderr=nowhere)
    while not host.present:
        await asyncio.sleep(0.02)
    client.send_signal(signal.SIGSTOP)
    while host.present:
        await asyncio.sleep(0.02)
    client.kill()
    await client.wait()
    front.close()
    await host.close(0)
    await front.drop()
