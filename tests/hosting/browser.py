"""A headless Chromium, driven over its own protocol, and the terminal in its page as this test sees it."""

from __future__ import annotations

import asyncio
import base64
import codecs
import io
import json
import re
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import aiohttp
import pyte
import pytest
from PIL import Image

from tests.terminal_session import UNKNOWN_TO_PYTE

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--use-gl=angle",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--remote-debugging-port=0",
    "--ignore-certificate-errors",
    "--hide-scrollbars",
)

KEYS = {"\r": ("Enter", 13), "\x03": ("c", 67)}


class Chromium:
    """One browser with a profile of its own. `page` opens tabs."""

    def __init__(self, *flags: str) -> None:
        self._flags = flags
        self._pages: dict[str, Page] = {}
        self._answers: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._count = 0

    async def __aenter__(self) -> Self:
        program = next(filter(None, map(shutil.which, PROGRAMS)), None)
        if program is None:
            pytest.skip("needs Chromium: on Debian, apt-get install chromium")
        self._profile = Path(tempfile.mkdtemp(prefix="chromium-"))
        argv = [program, *FLAGS, *self._flags, f"--user-data-dir={self._profile}", "about:blank"]
        nowhere = asyncio.subprocess.DEVNULL
        self._process = await asyncio.create_subprocess_exec(*argv, stdout=nowhere, stderr=nowhere, stdin=nowhere)
        told = self._profile / "DevToolsActivePort"
        end = time.monotonic() + 60
        while not told.exists() or told.read_text().count("\n") < 1:
            if self._process.returncode is not None or time.monotonic() > end:
                pytest.skip(f"Chromium does not start here: it ended with {self._process.returncode}")
            await asyncio.sleep(0.05)
        port, path = told.read_text().split()
        self._http = aiohttp.ClientSession()
        self._line = await self._http.ws_connect(f"ws://127.0.0.1:{port}{path}", max_msg_size=0)
        self._reader = asyncio.create_task(self._read())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._reader.cancel()
        await self._line.close()
        await self._http.close()
        self._process.kill()
        await self._process.wait()
        shutil.rmtree(self._profile, ignore_errors=True)

    async def _read(self) -> None:
        async for message in self._line:
            told = json.loads(message.data)
            if "id" in told:
                answer = self._answers.pop(told["id"])
                if not answer.done():
                    answer.set_result(told)
            elif (page := self._pages.get(told.get("sessionId", ""))) is not None:
                page.hear(told["method"], told["params"])

    async def call(self, method: str, session: str = "", **parameters: Any) -> dict[str, Any]:
        self._count += 1
        number = self._count
        answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
        self._answers[number] = answer
        asked = {"id": number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        await self._line.send_str(json.dumps(asked))
        told = await asyncio.wait_for(answer, 60)
        assert "error" not in told, f"{method}: {told['error']}"
        result: dict[str, Any] = told["result"]
        return result

    async def page(self, width: int = 1000, height: int = 700) -> Page:
        """A new tab, whose window has this size in CSS pixels."""
        target = (await self.call("Target.createTarget", url="about:blank"))["targetId"]
        session = (await self.call("Target.attachToTarget", targetId=target, flatten=True))["sessionId"]
        page = Page(self, session, target)
        self._pages[session] = page
        for domain in ("Page", "Network", "Runtime", "Log"):
            await page.call(f"{domain}.enable")
        await page.resize(width, height)
        return page


class Page:
    """A tab. screen: the terminal, worked out from what its socket brings.

    requests: the addresses of all that it asked for. navigated: those that it was to go to.
    """

    def __init__(self, browser: Chromium, session: str, target: str) -> None:
        self._browser = browser
        self._session = session
        self._target = target
        self._news = asyncio.Event()
        self._stream: pyte.Stream | None = None
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.screen: pyte.Screen | None = None
        self.hello: dict[str, Any] = {}
        self.requests: list[str] = []
        self.navigated: list[str] = []
        self.faults: list[str] = []

    async def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        return await self._browser.call(method, self._session, **parameters)

    def hear(self, method: str, told: dict[str, Any]) -> None:
        if method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
            if told.get("type") == "Document":
                self.navigated.append(told["request"]["url"])
        elif method == "Network.webSocketCreated":
            self.requests.append(told["url"])
            self.screen = None
        elif method == "Network.webSocketFrameSent" and told["response"]["opcode"] == 1:
            said = json.loads(told["response"]["payloadData"])
            if "token" in said:
                self.hello = said
                self.screen = pyte.Screen(said["columns"], said["rows"])
                self._stream = pyte.Stream(self.screen)
                self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
            elif "columns" in said and self.screen is not None:
                self.screen.resize(said["rows"], said["columns"])
        elif method == "Network.webSocketFrameReceived" and told["response"]["opcode"] == 2 and self._stream:
            data = self._decode(base64.b64decode(told["response"]["payloadData"]))
            self._stream.feed(UNKNOWN_TO_PYTE.sub("", data))
        elif method in ("Runtime.exceptionThrown", "Log.entryAdded"):
            self.faults.append(json.dumps(told))
        self._news.set()

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display) if self.screen is not None else ""

    async def open(self, address: str) -> None:
        await self.call("Page.navigate", url=address)

    async def resize(self, width: int, height: int) -> None:
        # A ratio of pixels that is only pretended here is none for the canvas: a flag of the browser sets it.
        await self.call(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=0, mobile=False
        )

    async def evaluate(self, expression: str) -> Any:
        return (await self.call("Runtime.evaluate", expression=expression, returnByValue=True))["result"].get("value")

    async def message(self) -> str:
        """The text that stands in the place of the terminal."""
        try:
            return str(await self.evaluate("document.querySelector('main')?.innerText ?? ''"))
        except AssertionError as fault:
            if "navigated" in str(fault):
                return ""  # the page is on its way to the next
            raise

    async def wait_for(self, holds: str | Callable[[], object], timeout: float = 60.0) -> None:
        """Wait until the terminal has a text, or something else holds."""
        satisfied = holds if callable(holds) else lambda: holds in self.text
        end = time.monotonic() + timeout
        while not satisfied():
            self._news.clear()
            if time.monotonic() > end:
                said = f"{await self.message()}\n{self.faults}"
                raise AssertionError(f"waited in vain for {holds}:\n{self.text}\n{said}")
            try:
                await asyncio.wait_for(self._news.wait(), 0.5)
            except TimeoutError:
                continue

    async def wait_for_message(self, words: str, timeout: float = 60.0) -> str:
        end = time.monotonic() + timeout
        while words not in (text := await self.message()):
            assert time.monotonic() < end, f"waited in vain for {words}: {text!r}\n{self.text}\n{self.faults}"
            await asyncio.sleep(0.05)
        return text

    async def press(self, key: str) -> None:
        name, code = KEYS.get(key, (key, ord(key.upper())))
        with_ctrl = 2 if key == "\x03" else 0
        text = {"text": key} if not with_ctrl else {}
        down: dict[str, Any] = {"key": name, "windowsVirtualKeyCode": code, "modifiers": with_ctrl}
        await self.call("Input.dispatchKeyEvent", type="keyDown", **down, **text)
        await self.call("Input.dispatchKeyEvent", type="keyUp", **down)

    async def press_until(self, key: str, holds: Callable[[], object], timeout: float = 60.0) -> None:
        """Press a key, and again only where nothing came of it for seconds."""
        end = time.monotonic() + timeout
        while not holds():
            assert time.monotonic() < end, f"{key!r} did not lead on:\n{self.text}"
            await self.press(key)
            try:
                await self.wait_for(holds, 4.0)
            except AssertionError:
                continue

    async def rate(self, numbers: range, total: int) -> None:
        """Rate these pairs, each with the key of its number."""
        for number in numbers:
            await self.wait_for(f"Pair {number} of {total}")
            await self.press_until(str(number), lambda n=number: not re.search(rf"Pair {n} of", self.text))  # type: ignore[misc]

    async def picture(self) -> Image.Image:
        """The page as it is on the screen, in the screen's pixels, in greys."""
        data = (await self.call("Page.captureScreenshot", format="png"))["data"]
        return Image.open(io.BytesIO(base64.b64decode(data))).convert("RGB")

    async def close(self) -> None:
        await self._browser.call("Target.closeTarget", targetId=self._target)
