"""Headless Chromium, spoken to through pipes: the Chrome DevTools Protocol, as far as tests of our pages need it.

The browser reads commands from its descriptor 3 and writes answers and events to 4 (``--remote-debugging-pipe``), each as
JSON that ends in a NUL. So no port is opened, and whoever has the pipes has the browser. Protocol:
https://chromedevtools.github.io/devtools-protocol/tot/.
"""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.support.tools import require_tool

_SECONDS = 60.0
"""How long an answer may take. A machine that runs other tests beside is slow to start a browser."""
_FLAGS = (
    *("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars", "--mute-audio"),
    *("--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-component-update"),
    *("--disable-background-networking", "--disable-sync", "--disable-default-apps", "--force-color-profile=srgb"),
    *("--remote-debugging-pipe", "about:blank"),
)
Node = Mapping[str, Any]
"""A node of the accessibility tree, as `Accessibility.getFullAXTree` gives it."""


class PageError(Exception):
    """The browser refused a command, or did not answer in time."""


@dataclass
class Browser:
    """A browser that runs."""

    _ask: int
    _answers: int
    _process: subprocess.Popen[bytes]
    _unread: bytearray = field(default_factory=bytearray)
    _last: int = 0
    events: list[dict[str, Any]] = field(default_factory=list)
    """What it told since it started."""

    def command(self, method: str, session: str = "", **given: object) -> dict[str, Any]:
        """What *method* answers. Raises `PageError`."""
        self._last += 1
        asked = {"id": self._last, "method": method, "params": given} | ({"sessionId": session} if session else {})
        written = json.dumps(asked).encode() + b"\0"
        while written:
            written = written[os.write(self._ask, written) :]
        said = self._until(lambda message: message.get("id") == self._last)
        if "error" in said:
            msg = f"{method}: {said['error']['message']}"
            raise PageError(msg)
        return dict(said["result"])

    def event(self, method: str, session: str) -> dict[str, Any]:
        """The next event of this kind that nobody has waited for yet."""
        for place, message in enumerate(self.events):
            if message["method"] == method and message.get("sessionId") == session:
                return self.events.pop(place)
        return self._until(lambda message: message.get("method") == method and message.get("sessionId") == session)

    def _until(self, is_wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        while True:
            message = self._next()
            if is_wanted(message):
                return message
            if "method" in message:
                self.events.append(message)

    def _next(self) -> dict[str, Any]:
        """The next message, whatever it is."""
        deadline = time.monotonic() + _SECONDS
        while b"\0" not in self._unread:
            ready, _, _ = select.select([self._answers], [], [], max(0.0, deadline - time.monotonic()))
            chunk = os.read(self._answers, 1 << 20) if ready else b""
            if not chunk:
                msg = f"the browser says nothing (exit code {self._process.poll()})"
                raise PageError(msg)
            self._unread += chunk
        message, _, rest = self._unread.partition(b"\0")
        self._unread = rest
        return dict(json.loads(message))

    @contextmanager
    def page(self) -> Iterator[Page]:
        """A tab of its own, without cookies or cache of another."""
        context = self.command("Target.createBrowserContext")["browserContextId"]
        target = self.command("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.command("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        tab = Page(self, session)
        for domain in ("Page", "Runtime", "Log", "Network", "Accessibility", "DOM"):
            tab.command(f"{domain}.enable")
        try:
            yield tab
        finally:
            self.command("Target.disposeBrowserContext", browserContextId=context)


@dataclass
class Page:
    """A tab."""

    browser: Browser
    session: str

    def command(self, method: str, **given: object) -> dict[str, Any]:
        """What *method* answers of this tab."""
        return self.browser.command(method, self.session, **given)

    def open(self, url: str) -> None:
        """Go to *url* and wait until it is loaded."""
        said = self.command("Page.navigate", url=url)
        if "errorText" in said:
            raise PageError(said["errorText"])
        self.browser.event("Page.loadEventFired", self.session)

    def evaluate(self, expression: str) -> Any:
        """What a JavaScript *expression* comes to, by value. It runs from outside: no policy of the page forbids it."""
        said = self.command("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in said:
            raise PageError(json.dumps(said["exceptionDetails"]))
        return said["result"].get("value")

    def resize(self, width: int, height: int = 900, scale: float = 1) -> None:
        """Be a screen of so many pixels; a narrow one is a phone's."""
        self.command(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale, mobile=width < 600
        )

    def emulate(self, media: str = "screen", **features: str) -> None:
        """Show it on *media*, with features like ``prefers_color_scheme="dark"`` or ``forced_colors="active"``."""
        named = [{"name": name.replace("_", "-"), "value": value} for name, value in features.items()]
        self.command("Emulation.setEmulatedMedia", media=media, features=named)

    def without_scripts(self) -> None:
        """Run none that the page brings."""
        self.command("Emulation.setScriptExecutionDisabled", value=True)

    def press(self, key: str) -> None:
        """Press a key by its name, like ``Tab``."""
        code = {"Tab": 9, "Enter": 13}[key]
        text = "\r" if key == "Enter" else ""
        self.command("Input.dispatchKeyEvent", type="keyDown", key=key, code=key, windowsVirtualKeyCode=code, text=text)
        self.command("Input.dispatchKeyEvent", type="keyUp", key=key, code=key, windowsVirtualKeyCode=code)

    def accessible(self) -> Sequence[Node]:
        """What a screen reader is told, in the order in which it reads."""
        nodes = self.command("Accessibility.getFullAXTree")["nodes"]
        by_id = {node["nodeId"]: node for node in nodes}
        return list(_in_order(nodes[0], by_id))

    def screenshot(self, file: Path, *, whole: bool = True) -> None:
        """A picture as PNG of the *whole* page, or of what a screen shows of it."""
        said = self.command("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        file.write_bytes(base64.b64decode(said["data"]))

    def complaints(self) -> Sequence[str]:
        """Dialogs, errors, and what the console or a policy had to say of this tab."""
        ours = [message for message in self.browser.events if message.get("sessionId") == self.session]
        bad = {"Page.javascriptDialogOpening", "Runtime.exceptionThrown", "Runtime.consoleAPICalled", "Log.entryAdded"}
        return [json.dumps(message) for message in ours if message["method"] in bad]

    def requests(self) -> Sequence[str]:
        """The addresses that this tab has asked for."""
        ours = [message for message in self.browser.events if message.get("sessionId") == self.session]
        return [each["params"]["request"]["url"] for each in ours if each["method"] == "Network.requestWillBeSent"]


def _in_order(node: Node, by_id: Mapping[str, Node]) -> Iterator[Node]:
    if not node.get("ignored"):
        yield node
    for child in node.get("childIds", ()):
        if child in by_id:
            yield from _in_order(by_id[child], by_id)


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser with a profile of its own, which ends with the block."""
    program = require_tool("chromium")
    with TemporaryDirectory(prefix="vendorwatch-chromium-") as profile:
        to_read, ask = os.pipe()
        answers, to_write = os.pipe()
        process = _started(program, profile, to_read, to_write)
        os.close(to_read)
        os.close(to_write)
        try:
            yield Browser(ask, answers, process)
        finally:
            os.close(ask)
            _ended(process)
            os.close(answers)


def _started(program: str, profile: str, to_read: int, to_write: int) -> subprocess.Popen[bytes]:
    """The browser, in a group of its own. A shell puts the pipes where it wants them: a child may not do so by itself."""
    arguments = [program, f"--user-data-dir={profile}", *_FLAGS]
    script = f'exec 3<&{to_read} 4>&{to_write}; exec "$@"'
    return subprocess.Popen(
        ["bash", "-c", script, "chromium", *arguments],
        pass_fds=(to_read, to_write),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        env={**os.environ, "HOME": profile},
    )


def _ended(process: subprocess.Popen[bytes]) -> None:
    """Wait for the browser, which ends when its pipe does; kill its own group where it does not."""
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, 9)
        process.wait(timeout=10)
