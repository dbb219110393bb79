"""The parts of a host that need no client: links, tokens, limits, keys, words, readiness."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import socket
from pathlib import Path

import asyncssh
import pytest

from simtui.errors import SimtuiError
from simtui.hosting import guard, keys, readiness, secrets, serve, wire
from simtui.hosting.access import Access
from simtui.hosting.child import environment_of
from simtui.hosting.host import Host
from simtui.hosting.limits import Door, Guesses, Rate, source_of
from simtui.hosting.links import Came, Links, check_id_from, check_url, hashed
from simtui.hosting.seat import Seat
from simtui.hosting.tokens import PASS_S, Tokens, is_pass, make_pass
from simtui.hosting.wire import lang_of, term_of
from simtui.session.outside import Outside
from simtui.session.overview import Overview, Watcher
from simtui.session.participants import read_participants
from simtui.session.store import SessionStore
from tests.builders import complete_run, saved, small_study
from tests.sessions import rate

KEY = bytes(range(32))


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("id_from", "query", "outside"),
    [
        ("", {"id": "P07"}, "P07"),
        ("prolific", {"PROLIFIC_PID": "5f0c1", "STUDY_ID": "s", "id": "P07"}, "5f0c1"),
        ("sona", {"id": "1234"}, "1234"),
        ("query:who", {"who": "ann@lab"}, "ann@lab"),
        ("prolific", {"id": "P07"}, None),
        ("", {}, None),
    ],
)
def test_a_link_says_who_comes(id_from: str, query: dict[str, str], outside: str | None) -> None:
    came = Links(check_id_from(id_from), KEY).came(query)
    assert (came.outside_id if came else None) == outside
    if came and id_from:
        assert came.participant_id == hashed(came.outside_id, KEY)
        assert came.outside_id not in came.participant_id
    kept = Links(id_from, None).came(query)
    assert (kept.participant_id if kept else None) == outside


def test_what_else_a_link_says_is_kept_as_the_id_is() -> None:
    query = {"PROLIFIC_PID": "5f0c1", "STUDY_ID": "60aa", "SESSION_ID": "70bb"}
    came = Links("prolific", KEY).came(query)
    assert came is not None
    assert came.outside == Outside(study=hashed("60aa", KEY), session=hashed("70bb", KEY))
    assert Tokens(KEY).take(Tokens(KEY).give(came)) == came
    kept = Links("prolific", None).came({**query, "SESSION_ID": "no id\x1b[2J"})
    assert kept is not None
    assert kept.outside == Outside(study="60aa")
    for links in (Links("prolific", KEY), Links("", None)):
        came = links.came({"PROLIFIC_PID": "5f0c1", "id": "P07", **({} if links.id_from else query)})
        assert came is not None
        assert came.outside is None


def test_a_hashed_id_is_an_id_and_of_this_key_alone() -> None:
    made = {hashed(f"person {number}", KEY) for number in range(1000)}
    assert len(made) == 1000
    assert all(not Access(small_study()).refusal(each) for each in made)
    assert hashed("person 1", KEY) == hashed("person 1", KEY)
    assert hashed("person 1", KEY) != hashed("person 1", bytes(32))


def test_the_end_of_a_link_takes_the_id_and_the_code_and_nothing_of_them_as_a_link() -> None:
    links = Links("sona", None, "https://sona.example/credit?x=1&survey_code={id}&c={code}")
    assert (
        links.end("a&b=/{code}", "C0-DE") == "https://sona.example/credit?x=1&survey_code=a%26b%3D%2F%7Bcode%7D&c=C0-DE"
    )
    assert Links().end("P07") == ""


@pytest.mark.parametrize("text", ["qualtrics", "query:", "query:a b", "query:<script>"])
def test_what_is_no_id_from_is_a_sentence(text: str) -> None:
    with pytest.raises(SimtuiError, match="--id-from takes"):
        check_id_from(text)


@pytest.mark.parametrize("text", ["javascript:alert(1)", "//lab/", "lab.example/", "https://", "https://lab/\x1b[2J"])
def test_what_is_no_address_is_a_sentence(text: str) -> None:
    with pytest.raises(SimtuiError, match="takes a whole address"):
        check_url(text, "--base-url")


def test_a_token_is_taken_once_soon_and_by_every_host_with_the_key() -> None:
    clock, came = Clock(), Came("5f0c1", "ABC")
    tokens = Tokens(KEY, clock)
    token = tokens.give(came)
    assert tokens.take(token) == came
    assert tokens.take(token) is None
    assert Tokens(KEY, clock).take(tokens.give(came)) == came
    assert Tokens(bytes(32), clock).take(tokens.give(came)) is None
    late = tokens.give(came)
    clock.now += Tokens.LAST_S + 1
    assert tokens.take(late) is None
    for strange in ("", "x", "é", "A" * 100_000, token[:-4], token[::-1]):
        assert tokens.take(strange) is None


def test_a_pass_is_of_one_id_and_half_a_day() -> None:
    made = make_pass(KEY, "P07", 1000.0)
    assert is_pass(KEY, "P07", made, 1000.0)
    assert not is_pass(KEY, "P08", made, 1000.0)
    assert not is_pass(bytes(32), "P07", made, 1000.0)
    assert not is_pass(KEY, "P07", made, 1001.0 + PASS_S)
    for strange in ("", ".", "9" * 400 + ".x", "٣.x", f"99999999999.{made.partition('.')[2]}"):
        assert not is_pass(KEY, "P07", strange, 1000.0)


def test_a_door_counts_in_all_and_of_each_source() -> None:
    door = Door(most=3, most_of_source=2)
    assert [door.admit(b"a") for _ in range(3)] == [True, True, False]
    assert [door.admit(b"b") for _ in range(2)] == [True, False]
    door.release(b"a")
    assert door.admit(b"b")


def test_a_source_is_told_apart_and_not_told() -> None:
    assert source_of(("192.0.2.1", 5)) == source_of(("192.0.2.1", 6)) != source_of(("192.0.2.2", 5))
    assert source_of(("2001:db8:1:2::1", 5)) == source_of(("2001:db8:1:2:ffff::9", 5))
    assert source_of(("2001:db8:1:2::1", 5)) != source_of(("2001:db8:1:3::1", 5))
    assert source_of(("2001:db8::1", 5)) == source_of(("2001:db8::9", 5, 0, 0)) != source_of(("2001:db8:1::1", 5))
    assert source_of(("::ffff:192.0.2.1", 5)) != source_of(("::ffff:192.0.2.2", 5))
    assert b"192" not in source_of(("192.0.2.1", 5))
    assert source_of(None) == source_of(None)


def test_who_guesses_waits() -> None:
    clock = Clock()
    access = Access(small_study(), "code", code="right", guesses=Guesses(clock))
    assert access.takes_code("P07", " right ", b"a")
    assert not any(access.takes_code("P07", "wrong", b"a") for _ in range(Guesses.MOST))
    assert not access.takes_code("P07", "right", b"a")
    assert access.takes_code("P07", "right", b"b")
    clock.now += Guesses.WITHIN_S + 1
    assert access.takes_code("P07", "right", b"a")
    assert not Access(small_study()).takes_code("P07", "", b"a")


def test_a_rate_is_a_burst_and_then_so_much_a_second() -> None:
    clock = Clock()
    rate_of = Rate(10, 20, clock)
    assert [rate_of.takes(10) for _ in range(3)] == [True, True, False]
    clock.now += 1
    assert [rate_of.takes(10) for _ in range(2)] == [True, False]


@pytest.mark.parametrize("text", ["../../etc/passwd", "xterm\x1b]0;x\x07", "-x", "", "x" * 41, "xterm\n"])
def test_a_terminal_that_is_no_name_is_none(text: str) -> None:
    assert term_of(text) == ""


def test_of_a_line_the_process_knows_terminal_and_language_alone() -> None:
    assert lang_of({"LANG": "de_DE.UTF-8", "LC_ALL": ""}) == "de_DE.UTF-8"
    assert lang_of({"LC_ALL": "/tmp/x", "LANG": "C"}) == ""
    guest = wire.Guest(number=1, participant_id="P01", line="ssh", term="xterm")
    assert set(environment_of(guest)) == {"TERM", "LANG", "TEXTUAL_FPS", "TEXTUAL_ANIMATIONS"}


def test_keys_are_of_ids(tmp_path: Path) -> None:
    made = {name: asyncssh.generate_private_key("ssh-ed25519", comment=name) for name in ("P01", "P 2")}
    lines = {name: key.export_public_key().decode().strip() for name, key in made.items()}
    path = tmp_path / "keys"
    path.write_text(f"# ours\n\n{lines['P01']}\n")
    assert keys.read_authorized(path) == {"P01": [made["P01"].public_data]}
    wrong = {
        lines["P 2"]: "line 1 a key whose comment is no participant id",
        lines["P01"].rpartition(" ")[0]: "line 1 a key whose comment is no participant id",
        "ssh-ed25519 AAAA P01": "line 1 no public key",
        "": "has no keys",
    }
    for text, said in wrong.items():
        path.write_text(text)
        with pytest.raises(SimtuiError, match=said):
            keys.read_authorized(path)
    people = tmp_path / "people"
    people.write_text(f"P01, 0 {lines['P01']}\nP02\n")
    listed = read_participants(people, small_study())
    assert listed.lists == {"P01": 0, "P02": None}
    assert keys.of_participants(listed, people) == {"P01": [made["P01"].public_data]}


def test_secrets_are_made_once_and_not_read_where_others_can() -> None:
    made = secrets.kept("x", secrets.random_key)
    assert len(made) == 32
    assert secrets.kept("x", secrets.random_key) == made
    path = secrets.folder() / "x"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    path.chmod(0o644)
    with pytest.raises(SimtuiError, match="Others could read"):
        secrets.kept("x", secrets.random_key)
    assert keys.study_code("s") == keys.study_code("s") != keys.study_code("t")


def test_how_a_visit_ended_is_read_from_the_file(tmp_path: Path) -> None:
    study = small_study(pairs=3)
    setup = wire.Setup(
        study=str(saved(study, tmp_path)), sessions=str(tmp_path), mode=0o600, idle_s=None, polarity="", code="C0-DE"
    )
    host = Host(study, setup, 2)
    assert (host._outcome("P01").complete, host._outcome("P01").code) == (False, "")
    assert "Nothing was answered" in host._outcome("P01").text
    rate(study, tmp_path, "P01", stop_after=2)
    assert "2 of 3" in host._outcome("P01").text
    assert not host._outcome("P01").complete
    assert "C0-DE" not in host._outcome("P01").text
    complete_run(study, tmp_path, "P02", {})
    assert host._outcome("P02").complete
    assert host._outcome("P02").text.endswith("Your completion code: C0-DE")
    assert SessionStore(tmp_path, study.id).next_run("P02") == 2


async def test_a_connection_that_dawdles_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "REQUEST_S", 0.1)
    heard: list[bytes] = []

    class Inner(asyncio.Protocol):
        def data_received(self, data: bytes) -> None:
            heard.append(data)

    door = Door(1, 1)
    server = await asyncio.get_running_loop().create_server(lambda: guard.Guard(Inner(), door, {}), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"GET / HTTP/1.1\r\nHo")
    other, other_writer = await asyncio.open_connection("127.0.0.1", port)
    assert (await other.read()).startswith(b"HTTP/1.1 503")
    assert await asyncio.wait_for(reader.read(), 30) == b""
    assert heard == [b"GET / HTTP/1.1\r\nHo"]
    while not door.admit(b"x"):
        await asyncio.sleep(0)
    writer.close()
    other_writer.close()
    server.close()
    await server.wait_closed()


async def test_a_line_that_takes_nothing_holds_its_process_up_and_costs_nothing() -> None:
    taken: list[bytes] = []
    gone = asyncio.Event()
    seat = Seat((80, 24), taken.append, gone.set)
    far = os.dup(seat.far_ends[0])
    os.set_blocking(far, False)
    seat.begin()
    seat.pause()
    written = 0
    with contextlib.suppress(BlockingIOError):
        while written < 2**20:
            written += os.write(far, b"x" * 4096)
    await asyncio.sleep(0)
    assert taken == []
    assert written < 200_000
    seat.resume()
    while sum(map(len, taken)) < written:
        await asyncio.sleep(0)
    for _ in range(100):
        seat.write(b"y" * 4096)  # and nobody reads keys
    assert len(seat._keys) <= 65_536
    os.close(far)
    await gone.wait()
    seat.close()


def test_readiness_says_what_is_short(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        port = listening.getsockname()[1]
        found = {finding.name: finding for finding in readiness.examine(10, (port,))}
    assert f"another port than {port}" in found[f"Port {port}"].advice
    assert found["Descriptors"].advice == found["Clock"].advice == ""
    monkeypatch.setattr(resource, "getrlimit", lambda _: (100, 500))
    monkeypatch.setattr(readiness, "_free_mb", lambda: 200)
    short = {finding.name: finding.advice for finding in readiness.examine(100, ())}
    assert "--max 39" in short["Descriptors"]
    assert "--max 4" in short["Memory"]


async def test_a_folder_that_cannot_be_listed_sends_nobody_home(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Watcher) -> Overview:
        raise SimtuiError("The folder cannot be listed.")

    monkeypatch.setattr(Watcher, "look", refuse)
    study, stop, told = small_study(), asyncio.Event(), list[serve.State]()
    path = saved(study, tmp_path)
    plan = serve.Plan(study, path, tmp_path / "sessions", Access(study), ssh=None)

    def state(now: serve.State) -> None:
        told.append(now)
        stop.set()

    await serve._tell_state(plan, Host(study, plan.setup, 1), state, stop)
    assert (told[0].connected, told[0].finished) == (0, 0)
