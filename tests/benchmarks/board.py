"""What the board of 300 vendors costs, and whether probes notice that people look at it: a server, and clients that reload.

The event loop here does nothing but tick each millisecond, so how late it ticks is what the board's threads take from it.
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from asyncio.subprocess import PIPE
from collections.abc import Callable, Iterator
from dataclasses import replace

from checks.model import State
from checks.values import Address
from monitor.board import document
from monitor.board.html.overview import overview_page
from monitor.board.values import Board
from monitor.web import Pages, WebServer
from monitor.web.site import Asked, Document
from tests.benchmarks.measuring import Number, percentile, stalls
from tests.support.boards import board, card

VENDORS = 300
RELOADS = (0, 1, 3, 10)
"""A second."""
_CLIENT = """
import sys, threading, time
from urllib.request import Request, urlopen
url, rate, seconds = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
took = []
def ask(path):
    began = time.perf_counter()
    with urlopen(Request(url + path, headers={"Accept-Encoding": "gzip"}), timeout=30) as page:
        page.read()
    took.append(time.perf_counter() - began)
def reload(offset):
    time.sleep(offset)
    for _ in range(int(seconds)):
        threading.Thread(target=ask, args=("/",)).start()
        time.sleep(1)
for each in range(rate):
    threading.Thread(target=reload, args=(each / rate,)).start()
until, healthy = time.perf_counter() + seconds, 0
while time.perf_counter() < until:
    began = time.perf_counter()
    with urlopen(url + "/-/healthy", timeout=30):
        healthy = max(healthy, time.perf_counter() - began)
    time.sleep(0.2)
print(healthy)
"""


def measure(*, quick: bool) -> Iterator[Number]:
    """Pages by themselves, and pages that people reload."""
    shown = board(*(card(f"vendor{number}", State.UP, number) for number in range(VENDORS)))
    about = f"{VENDORS} vendors"
    for form, make in (("HTML", _html), ("JSON", _json)):
        for what in ("cold", "warm"):
            took, size = _made(make, shown)
            yield Number(what=f"{about}: {form}, {what}", value=took, unit="ms", n=1, how=f"CPU; {size / 1e6:.2f} MB")
    for rate in RELOADS:
        yield from asyncio.run(_reloaded(about, shown, rate, 3 if quick else 10))


def _html(shown: Board) -> bytes:
    return overview_page(shown, "0").encode()


def _json(shown: Board) -> bytes:
    return b"".join(document.overview(shown))


def _made(make: Callable[[Board], bytes], shown: Board) -> tuple[float, int]:
    """CPU milliseconds of a page, and its bytes."""
    gc.collect()
    began = time.thread_time()
    size = len(make(shown))
    return (time.thread_time() - began) * 1e3, size


async def _reloaded(about: str, shown: Board, rate: int, seconds: int) -> list[Number]:
    """How late the loop is, and how long the process takes to say that it lives, while so many pages a second are loaded."""
    made = list[float]()

    def site(_: Asked) -> Document:
        cards = tuple(replace(each, strip=each.strip and replace(each.strip)) for each in shown.cards)  # a past read anew
        began = time.thread_time()
        page = _html(replace(shown, cards=cards))
        made.append(time.thread_time() - began)
        return Document(page, "text/html")

    pages = Pages(metrics=lambda: (), healthy=lambda: True, ready=lambda: True, site=site)
    with WebServer(Address("127.0.0.1", 0), pages) as server:
        arguments = (sys.executable, "-c", _CLIENT, f"http://{server.address}", str(rate), str(seconds))
        client = await asyncio.create_subprocess_exec(*arguments, stdout=PIPE)
        async with stalls() as late:
            told, _ = await client.communicate()
    what, ticks = f"{about}, {rate} reloads/s", len(late)
    return [
        Number(what=f"{what}: pages made", value=len(made) / seconds, unit="/s", n=len(made), how="the others are shared"),
        Number(
            what=f"{what}: of the time", value=sum(made) / seconds * 100, unit="%", n=len(made), how="CPU of making them"
        ),
        Number(
            what=f"{what}: loop late", value=percentile(late, 99) * 1e3, unit="ms", n=ticks, how="99 % of ticks are less"
        ),
        Number(what=f"{what}: loop late, most", value=max(late) * 1e3, unit="ms", n=ticks, how="worst tick"),
        Number(what=f"{what}: /-/healthy, most", value=float(told) * 1e3, unit="ms", n=seconds * 5, how="another process"),
    ]
