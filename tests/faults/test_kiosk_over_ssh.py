"""`simtui kiosk` as the ForceCommand of a real sshd on the loopback, with the lines of the guide."""

from __future__ import annotations

import getpass
import grp
import os
import shlex
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from simtui import guides
from simtui.session import file as session_file
from simtui.session import model as sessions
from tests.builders import saved, small_study
from tests.conftest import REPOSITORY
from tests.terminal_session import TerminalSession

PAIRS = 3
PROMPT = "Your participant id"
PRIVILEGE_SEPARATION = Path("/run/sshd")


@dataclass(frozen=True, slots=True)
class Server:
    """A running sshd. command: the start of a client's command line."""

    folder: Path
    command: list[str]
    port: int

    def client(self, *arguments: str) -> list[str]:
        return [*self.command, f"{getpass.getuser()}@127.0.0.1", *arguments]


def guide_lines(match: str, command: str) -> list[str]:
    """The sshd lines of the guide, for this user and this kiosk."""
    block = guides.read("collecting").split("<!-- sshd -->")[1].split("```")[1].removeprefix("sshd-config\n")
    lines = block.strip().splitlines()
    assert lines[0].startswith("Match User ")
    forced = next(line for line in lines if "ForceCommand" in line)
    assert "exec /opt/simtui/bin/simtui kiosk " in forced
    own = forced.partition("exec ")[0] + f"exec {command}"
    return [match, *(own if line == forced else line for line in lines[1:])]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    sshd, keygen, ssh = (shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin") for name in SSH_PROGRAMS)
    if sshd is None or keygen is None or ssh is None:
        pytest.skip("needs a real sshd: install openssh-server and openssh-client")
    if os.geteuid() == 0:
        PRIVILEGE_SEPARATION.mkdir(mode=0o755, exist_ok=True)
    folder = tmp_path_factory.mktemp("lab")
    saved(small_study(pairs=PAIRS), folder)
    for name in ("host", "client"):
        subprocess.run([keygen, "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port = listening.getsockname()[1]
    argv = ["env", f"PYTHONPATH={REPOSITORY}", sys.executable, "-m", "simtui", "kiosk"]
    kiosk = shlex.join([*argv, f"{folder}/study.json", "--sessions", f"{folder}/sessions"])
    settings = [
        f"ListenAddress 127.0.0.1:{port}",
        f'HostKey "{folder}/host"',
        f'PidFile "{folder}/sshd.pid"',
        f'AuthorizedKeysFile "{folder}/client.pub"',
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication no",
        "Subsystem sftp internal-sftp",
        *guide_lines(f"Match User {getpass.getuser()}", kiosk),
        "    PermitRootLogin yes",
    ]
    (folder / "sshd_config").write_text("\n".join(settings) + "\n")
    with (folder / "log").open("wb") as log:
        argv = [*may_give_terminals(folder), sshd, "-D", "-e", "-f", f"{folder}/sshd_config"]
        process = subprocess.Popen(argv, stderr=log, stdin=log)
    command = [ssh, "-F", "/dev/null", "-i", f"{folder}/client", "-p", str(port), "-o", "BatchMode=yes"]
    command += ["-o", "StrictHostKeyChecking=no", "-o", f'UserKnownHostsFile="{folder}/known"', "-o", "LogLevel=ERROR"]
    try:
        if not _listens(port, process):
            reason = (folder / "log").read_text().strip()[-200:]
            assert "sshd_config line" not in reason, reason
            pytest.skip(f"sshd does not start here: {reason}")
        yield Server(folder, command, port)
    finally:
        process.terminate()
        process.wait()


def may_give_terminals(folder: Path) -> list[str]:
    """What to start sshd with so that it can give its clients a terminal.

    It gives each to the group tty. Where terminals are not of that group from the start, as in many containers, an
    ordinary user may not do so; in a namespace where there is no such group, sshd does not try.
    """
    far, near = os.openpty()
    group = os.fstat(near).st_gid
    os.close(far)
    os.close(near)
    try:
        tty = grp.getgrnam("tty").gr_gid
    except KeyError:
        return []
    if os.geteuid() == 0 or tty in {group, *os.getgroups()}:
        return []
    groups = folder / "group"
    groups.write_text("".join(f"{g.gr_name}:x:{g.gr_gid}:\n" for g in grp.getgrall() if g.gr_gid != tty))
    within = ["unshare", "--user", "--map-current-user", "--mount", "--keep-caps"]
    return [*within, "sh", "-c", 'mount --bind "$0" /etc/group && exec "$@"', str(groups)]


SSH_PROGRAMS = ("sshd", "ssh-keygen", "ssh")


def _listens(port: int, process: subprocess.Popen[bytes]) -> bool:
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            continue
        return True
    return False


def connected(server: Server, *arguments: str) -> TerminalSession:
    terminal = TerminalSession(server.client(*arguments), cwd=server.folder)
    try:
        terminal.wait_for(PROMPT)
    except AssertionError:
        if not terminal.exited(0.0):
            terminal.kill()
        log = (server.folder / "log").read_text()
        if "not allowed because" in log or "Permission denied" in terminal.text:
            pytest.skip(f"this account may not log in over ssh: {log.strip()[-200:]}")
        raise
    return terminal


def give_id(terminal: TerminalSession, text: str) -> None:
    terminal.wait_for(PROMPT)
    terminal.send(text)
    terminal.wait_for(f"▊ {text} ")
    terminal.send("\r")


def session(server: Server, participant: str) -> sessions.Session:
    (path,) = server.folder.glob(f"sessions/*/{participant}_run-1.json")
    return session_file.load(path)


def test_a_person_rates_over_ssh_and_the_next_one_is_asked(server: Server) -> None:
    with connected(server) as terminal:
        give_id(terminal, "A01")
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        for number in range(1, PAIRS + 1):
            terminal.wait_for(f"Pair {number} of {PAIRS}")
            terminal.press_until(str(number), lambda text, n=number: f"Pair {n} of" not in text)  # type: ignore[misc]
        terminal.wait_for("Thank you!")
        terminal.send("\r")
        terminal.wait_for(PROMPT)
        terminal.send("\x03\x04\x1a\x1c")
        give_id(terminal, "A01")
        terminal.wait_for("has finished")
    stored = session(server, "A01")
    assert stored.complete
    assert stored.environment.ssh
    assert getpass.getuser() not in (server.folder / "sessions").joinpath(stored.study_id, "A01_run-1.json").read_text()


def test_a_dropped_line_keeps_the_answers_and_frees_the_id(server: Server) -> None:
    with connected(server) as terminal:
        give_id(terminal, "B01")
        terminal.wait_for("Enter starts")
        terminal.send("\r")
        terminal.wait_for("Pair 1 of 3")
        terminal.press_until("5", lambda text: "Pair 2 of 3" in text)
        terminal.kill()
        assert terminal.exited()
    with connected(server) as terminal:
        # The far end hears of it a little later.
        give_id(terminal, "B01")
        terminal.wait_for(lambda text: "Go on from there?" in text or "another window" in text)
        while "Go on from there?" not in terminal.text:
            give_id(terminal, "B01")
            terminal.wait_for(lambda text: "Go on from there?" in text or "1 to 32" in text)
        assert "stopped after 1 of 3" in terminal.text
    assert len(session(server, "B01").trials) == 1


SECRET = "what nobody may read"


@pytest.mark.parametrize("asked", ["cat {secret}", "sh", "sftp"])
def test_no_other_program_can_be_run_there(server: Server, asked: str) -> None:
    secret = server.folder / "secret.txt"
    secret.write_text(SECRET)
    subsystem = ["-s"] if asked == "sftp" else []
    done = subprocess.run(
        [*server.command, *subsystem, f"{getpass.getuser()}@127.0.0.1", asked.format(secret=secret)],
        check=False,
        input=f"cat {secret}\nexit\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    # What a subsystem writes there is not passed on.
    assert done.stderr == "" if subsystem else "standard input is not one" in done.stderr
    assert "Traceback" not in done.stderr


def test_no_port_is_forwarded(server: Server) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        free = listening.getsockname()[1]
    with subprocess.Popen(
        [*server.client()[:-1], "-N", "-L", f"127.0.0.1:{free}:127.0.0.1:{server.port}", server.client()[-1]],
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
    ) as client:
        while True:
            try:
                through = socket.create_connection(("127.0.0.1", free), timeout=10)
            except ConnectionRefusedError:
                assert client.poll() is None, "the connection was not made"
                continue
            break
        with through:
            # An open way to the port of sshd itself would greet with its version.
            assert through.recv(100) == b""
        client.terminate()


def test_a_command_on_a_terminal_is_the_kiosk_all_the_same(server: Server) -> None:
    with connected(server, "-tt", "sh") as terminal:
        terminal.send("exit")
        terminal.wait_for("▊ exit ")
