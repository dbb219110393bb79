"""`simtui host` for a real Chromium: a whole run, exact pixels, lost lines, and who is not let in."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from PIL import Image

from simtui.session import file as session_file
from simtui.study import file as study_file
from tests.builders import saved, small_study
from tests.decoding import pixels
from tests.hosting.browser import Chromium, Page
from tests.hosting.running import PAIRS, Hosted, alive, wait_until

pytestmark = [
    pytest.mark.asyncio(loop_scope="module"),
    pytest.mark.posix("a host's processes are listed there", "/proc"),
]

WEB = ("--web", "127.0.0.1:0")


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hosted]:
    folder = tmp_path_factory.mktemp("lab")
    saved(small_study(pairs=PAIRS), folder)
    with Hosted(folder, fronts=WEB) as hosted:
        yield hosted


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def browser() -> AsyncIterator[Chromium]:
    async with Chromium() as chromium:
        yield chromium


async def started(page: Page, host: Hosted, participant: str) -> None:
    await page.open(f"{host.address}?id={participant}")
    await page.wait_for("Enter starts")
    await page.press_until("\r", lambda: "Pair 1 of 3" in page.text)


def places(page: Page, host: Hosted) -> Iterator[tuple[int, int, list[list[int]]]]:
    """Where each image of the study stands in the terminal, column and row, and its greys as shown."""
    assert page.screen is not None
    study = study_file.load(host.folder / "study.json")
    for image in study.images:
        shown = [[255 - value for value in row] for row in study.image(image)]
        for y in range(page.screen.lines - 14):
            for x in range(page.screen.columns - 28):
                cells = [page.screen.buffer[y][x + i] for i in range(28)]
                blocks = all(cell.data in "▀▄█ " and "default" not in (cell.fg, cell.bg) for cell in cells)
                if blocks and pixels(page.screen, x, y) == shown:
                    yield x, y, shown


def wrong_cells(picture: Image.Image, page: Page, x: int, y: int, shown: list[list[int]]) -> int:
    """How many of the 28 × 14 cells of an image are not, in every pixel of the screen, what the stimulus has there."""
    width, height = page.hello["cell_width"], page.hello["cell_height"]
    assert height % 2 == 0
    wrong = 0
    for j in range(14):
        for i in range(28):
            for half in (0, 1):
                grey = shown[2 * j + half][i]
                corner = (x + i) * width, (y + j) * height + half * height // 2
                part = picture.crop((*corner, corner[0] + width, corner[1] + height // 2))
                wrong += part.getextrema() != ((grey, grey),) * 3
    return wrong


@pytest.mark.parametrize("ratio", [1, 2])
async def test_every_pixel_of_the_screen_is_that_of_the_stimulus(host: Hosted, ratio: int) -> None:
    async with Chromium(f"--force-device-scale-factor={ratio}") as browser:
        await every_pixel_is_that_of_the_stimulus(host, await browser.page(), ratio)


async def every_pixel_is_that_of_the_stimulus(host: Hosted, page: Page, ratio: int) -> None:
    await started(page, host, f"A0{ratio}")
    await page.wait_for(lambda: len(list(places(page, host))) == 2)
    found = list(places(page, host))
    picture = await page.picture()
    for _ in range(100):  # the page paints its next frame a moment later
        if not any(wrong_cells(picture, page, *place) for place in found):
            break
        picture = await page.picture()
    assert [wrong_cells(picture, page, *place) for place in found] == [0, 0]
    x, y, shown = found[0]
    assert wrong_cells(picture, page, x, y, shown[2:] + shown[:2]) > 100
    await page.rate(range(1, 3), PAIRS)
    await page.wait_for("Pair 3 of 3")
    browser_of = host.session(f"A0{ratio}").environment.browser
    assert browser_of is not None
    assert (browser_of.renderer, browser_of.device_pixel_ratio) == ("webgl", ratio)
    assert browser_of.cell_height == page.hello["cell_height"]
    assert browser_of.key_to_paint_ms is not None
    assert 0 < browser_of.key_to_paint_ms < 5000
    assert page.faults == []


async def test_a_whole_run_by_keys_and_no_request_to_another_host(host: Hosted, browser: Chromium) -> None:
    page = await browser.page()
    await started(page, host, "B01")
    await page.rate(range(1, PAIRS + 1), PAIRS)
    await page.wait_for("Thank you!")
    await page.press("\r")
    await page.wait_for_message("All your answers are saved. Thank you!")
    stored = host.session("B01")
    assert stored.complete
    assert [trial.response for trial in stored.trials] == [1, 2, 3]
    assert not stored.environment.ssh
    here = urlsplit(host.address).netloc
    assert {urlsplit(address).netloc for address in page.requests if not address.startswith("data:")} == {here}
    assert page.faults == []


async def test_a_reload_comes_back_to_the_same_pair(host: Hosted, browser: Chromium) -> None:
    page = await browser.page()
    await started(page, host, "C01")
    await page.rate(range(1, 2), PAIRS)
    await page.wait_for("Pair 2 of 3")
    await page.call("Page.reload")
    await page.wait_for("2 of 3 pairs are left")
    await page.press_until("\r", lambda: "Pair 2 of 3" in page.text)
    assert len(host.session("C01").trials) == 1


async def test_a_second_tab_gets_the_sentence(host: Hosted, browser: Chromium) -> None:
    first, second = await browser.page(), await browser.page()
    await started(first, host, "D01")
    await second.open(f"{host.address}?id=D01")
    await second.wait_for("is being rated in another window")
    await first.press_until("5", lambda: "Pair 2 of 3" in first.text)


async def test_who_stops_early_gets_no_completion_and_who_is_complete_goes_on(
    tmp_path: Path, browser: Chromium
) -> None:
    saved(small_study(pairs=PAIRS), tmp_path)
    arrived: list[str] = []

    async def note(request: web.Request) -> web.Response:
        arrived.append(request.path_qs)
        return web.Response(text="<main>done there</main>", content_type="text/html")

    app = web.Application()
    app.router.add_get("/complete", note)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    options = ["--id-from", "prolific", "--completion-url", f"http://127.0.0.1:{port}/complete?cc=C0FFEE&who={{id}}"]
    link = "?PROLIFIC_PID=5f0c1&STUDY_ID=s&SESSION_ID=t"
    try:
        with Hosted(tmp_path, *options, fronts=WEB) as host:
            page = await browser.page()
            await page.open(host.address + link)
            await page.wait_for("Enter starts")
            await page.press_until("\r", lambda: "Pair 1 of 3" in page.text)
            await page.press_until("q", lambda: "Stop here?" in page.text)
            await page.press("y")
            await page.wait_for("Stopped")
            await page.press("\r")
            await page.wait_for_message("Come back with the same id")
            assert "C0FFEE" not in await page.message()
            assert arrived == []
            await page.call("Page.reload")
            await page.wait_for("Enter starts")
            await page.press_until("\r", lambda: "Pair 1 of 3" in page.text)
            await page.rate(range(1, PAIRS + 1), PAIRS)
            await page.wait_for("Thank you!")
            assert arrived == []
            await page.press("\r")
            await page.wait_for_message("done there")
            assert arrived == ["/complete?cc=C0FFEE&who=5f0c1"]
            elsewhere = [address for address in page.requests if f":{port}/" not in address]
            assert "C0FFEE" not in "".join(elsewhere)
            (path,) = tmp_path.glob("sessions/*/*_run-1.json")
            said = session_file.load(path).outside
            assert said is not None
            assert re.fullmatch("[A-Z2-7]{16} [A-Z2-7]{16}", f"{said.study} {said.session}")
            assert "5f0c1" not in path.read_text()
            assert "5f0c1" not in path.name
            # Who comes back to it is sent on again.
            await page.open(host.address + link)
            await page.wait_for("has finished the study")
            await page.press("\r")
            await page.wait_for_message("done there")
    finally:
        await runner.cleanup()


async def test_the_host_killed_and_started_again_the_page_comes_back_by_itself(
    tmp_path: Path, browser: Chromium
) -> None:
    saved(small_study(pairs=PAIRS), tmp_path)
    page = await browser.page()
    with Hosted(tmp_path, fronts=WEB) as host:
        await started(page, host, "E01")
        await page.rate(range(1, 2), PAIRS)
        await page.wait_for("Pair 2 of 3")
        left = [host.parent, *host.rated_by()]
        os.kill(host.process.pid, signal.SIGKILL)
        await page.wait_for_message("The line to the study is lost.")
        wait_until(lambda: not any(map(alive, left)), "the end of all that the host had started")
    same = urlsplit(host.address).netloc
    with Hosted(tmp_path, fronts=("--web", same)) as host:
        await page.wait_for("2 of 3 pairs are left")
        assert len(host.session("E01").trials) == 1


async def test_with_a_code_the_page_asks_for_it(tmp_path: Path, browser: Chromium) -> None:
    saved(small_study(pairs=PAIRS), tmp_path)
    with Hosted(tmp_path, "--access", "code", "--access-code", "open sesame", fronts=WEB) as host:
        page = await browser.page()
        await page.open(host.address)
        for code, words in (("wrong", "That is not the code"), ("open sesame", "")):
            await page.wait_for_message("Your participant id")
            await page.evaluate("document.getElementById('id').value = 'F01'")
            await page.evaluate(f"document.getElementById('code').value = '{code}'")
            await page.evaluate("document.querySelector('form').submit()")
            if words:
                await page.wait_for_message(words)
        await page.wait_for("Enter starts")
        await page.call("Page.reload")
        await page.wait_for("Enter starts")
        assert "sesame" not in "".join(page.requests)
        other = await browser.page()
        await other.open(f"{host.address}?id=F02")
        await other.wait_for_message("The code of the study")


async def test_an_id_is_typed_where_the_link_has_none(host: Hosted, browser: Chromium) -> None:
    page = await browser.page()
    await page.open(host.address)
    await page.wait_for_message("Your participant id")
    for key in "G1":
        await page.press(key)  # with no click before
    await page.press("\r")
    await page.wait_for("Enter starts")
    assert not page.screen or page.hello["columns"] >= 80


async def test_a_window_that_is_too_small_gets_a_sentence(host: Hosted, browser: Chromium) -> None:
    page = await browser.page(390, 700)
    await page.open(f"{host.address}?id=H01")
    await page.wait_for_message("This window is too small")
    assert not host.folder.glob("sessions/*/H01*") or not list(host.folder.glob("sessions/*/H01*"))


async def test_a_phone_gets_a_sentence_however_large(host: Hosted, browser: Chromium) -> None:
    page = await browser.page(1200, 900)
    await page.call("Emulation.setTouchEmulationEnabled", enabled=True, maxTouchPoints=5)
    await page.call("Emulation.setEmitTouchEventsForMouse", enabled=True, configuration="mobile")
    await page.open(f"{host.address}?id=H02")
    await page.wait_for_message("This window is too small")
    assert not list(host.folder.glob("sessions/*/H02*"))


async def test_without_webgl_nothing_is_shown(host: Hosted) -> None:
    async with Chromium("--disable-gpu", "--disable-3d-apis") as browser:
        page = await browser.page()
        await page.open(f"{host.address}?id=I01")
        await page.wait_for_message("cannot draw the images exactly")
    assert not list(host.folder.glob("sessions/*/I01*"))


async def test_the_window_is_followed(host: Hosted, browser: Chromium) -> None:
    page = await browser.page()
    await started(page, host, "J01")
    await page.resize(300, 200)
    await page.wait_for("too small")
    await page.resize(1200, 800)
    await page.wait_for("Pair 1 of 3")


async def test_a_page_of_another_origin_is_refused(host: Hosted) -> None:
    address = host.address.replace("http", "ws") + "socket"
    async with aiohttp.ClientSession() as client:
        for origin in ("http://evil.example", "null", host.address.rstrip("/").replace("http", "https"), None):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await client.ws_connect(address, headers={"Origin": origin} if origin else {})
            assert refused.value.status == 403
        async with client.post(host.address, data={"id": "K01"}, headers={"Origin": "http://evil.example"}) as answer:
            assert answer.status == 403


async def test_a_token_is_good_once(host: Hosted) -> None:
    origin = host.address.rstrip("/")
    hello = {"columns": 80, "rows": 24, "renderer": "webgl", "ratio": 1, "cell_width": 8, "cell_height": 16}
    async with aiohttp.ClientSession() as client:
        async with client.get(f"{host.address}?id=L01") as answer:
            token = (await answer.text()).partition('data-token="')[2].partition('"')[0]
            policy = answer.headers["Content-Security-Policy"]
            assert "default-src 'none'" in policy
            assert "http" not in policy
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["X-Frame-Options"] == "DENY"
            assert answer.headers["Cache-Control"] == "no-store"
        address = host.address.replace("http", "ws") + "socket"
        for sent, comes_in in (({"token": "x" * 32}, False), ({"token": token}, True), ({"token": token}, False)):
            async with client.ws_connect(address, origin=origin) as line:
                await line.send_json(hello | sent)
                message = await line.receive(timeout=60)
                assert (message.type is aiohttp.WSMsgType.BINARY) == comes_in
                if not comes_in:
                    assert line.close_code == 4001


@pytest.mark.parametrize("path", ["../page.html", "page.html", "..%2f..%2fhost.py", "xterm.js.map", ""])
async def test_nothing_but_the_pages_own_files_is_served(host: Hosted, path: str) -> None:
    async with aiohttp.ClientSession() as client, client.get(f"{host.address}static/x/{path}") as answer:
        assert answer.status == 404
        assert "Content-Security-Policy" in answer.headers


async def test_ids_from_outside_are_escaped_in_the_page(host: Hosted) -> None:
    async with (
        aiohttp.ClientSession() as client,
        client.get(host.address, params={"id": '"><script>alert(1)</script>'}) as answer,
    ):
        assert answer.status == 400
        assert "<script>alert" not in await answer.text()
