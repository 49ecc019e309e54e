"""How long readers of the app wait, alone and twenty at once, and how much memory that takes.

    python -m tests.bench.app_store FOLDER      # once: 500 cities, six rounds
    python -m tests.bench.app_load FOLDER [--times 5] [--users 20] [--clicks 10]

starts the app on a free port of this machine and measures, in a browser, a reader who is alone:
from the click or the address until the answer can be read. Then many readers click, each on pages
of their own: when they have read, or all at the same moment, again and again. Twenty browsers would
measure the browsers, so these speak the protocol of Streamlit's own page (one message asks for a
page, the last answer says that it is complete), and one browser clicks beside them to hold the
figures against.

"First" is a page whose figures nobody has asked this server for, "again" one that it has shown. A
server makes likely pages ahead while nobody asks; only the last figures are of one that has done.
"""

import argparse
import asyncio
import json
import random
import shutil
import threading
import time
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import urlopen

import numpy as np
import websockets
from playwright.sync_api import Browser, Page, sync_playwright
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from tests.e2e.app_server import Server, free_port, started, stopped
from urban_safety_monitor.store import RunStore

HARDLY_EVER = 120_000
"""Milliseconds after which a page counts as never shown."""

SHORT = 500
"""Bytes that the message saying a page is complete never has; longer ones need no reading."""

PAUSE = 1000
"""Milliseconds the browser looks at an answer before the next click."""

READING = (2.0, 8.0)
"""Seconds a reader takes for a page, at least and at most."""

UNTIL_DRAWN = """(clicked, [answer, text]) => new Promise(done => {
    const begun = performance.now();
    const look = () => [...document.querySelectorAll(answer)].some(it =>
        it.textContent.includes(text)) ? done(performance.now() - begun)
        : requestAnimationFrame(look);
    clicked.click();
    look();
})"""

Times = dict[str, list[float]]
Ask = tuple[str, str]
"""A page's name and what its address asks for."""


class Places:
    """Cities, countries, rounds and indicators of a folder's last run, in an order by chance."""

    def __init__(self, folder: Path, chance: random.Random) -> None:
        """Read what there is."""
        store = RunStore(folder)
        results = store.open(store.latest())
        cities = results.areas[results.areas["level"] == "city"]
        self.cities: list[str] = cities["area"].tolist()
        self.countries: list[str] = sorted(cities["country"].unique())
        self.periods: list[str] = sorted(results.held["period"].unique())
        self.indicators = sorted(results.indicators)
        self.chance = chance
        chance.shuffle(self.cities)

    def pages(self) -> list[Ask]:
        """Twenty readers' pages: profiles most of all, then comparisons and lists."""
        draw = self.chance.choice
        country = [f"country={draw(self.countries)}&period={draw(self.periods)}" for _ in range(9)]
        indicator = [f"ind={draw(self.indicators)}" for _ in range(8)]
        return [
            *(("city", f"city={self.cities.pop()}") for _ in range(9)),
            *(("compare", f"{country[k]}&{indicator[k]}") for k in range(4)),
            *(("compare", f"{country[k]}&view=all") for k in (4, 5)),
            ("compare", f"{country[6]}&{indicator[4]}&view=time"),
            ("indicators", indicator[5]),
            ("indicators", ""),
            ("data", country[7]),
            ("", ""),
        ]


@contextmanager
def served(folder: Path) -> Iterator[tuple[str, Server]]:
    """The app over a folder: its address, and the process."""
    port = free_port()
    call = ["urban_safety_monitor", "app", "--data", str(folder), "--port", str(port)]
    with TemporaryDirectory() as scratch:
        server = started(call, port, "/healthz", Path(scratch) / "log")
        try:
            yield f"127.0.0.1:{port}", server
        finally:
            stopped(server)


def alone(browser: Browser, folder: Path, places: Places, times: int) -> Times:
    """A single reader, on servers that have just been started and then on one of them."""
    found: Times = {}
    for _ in range(times):
        with served(folder) as (address, _):
            page = browser.new_page()
            _visit(page, address, places.cities.pop(), found, "cold")
            page.close()
    with served(folder) as (address, _):
        page = browser.new_page()
        page.goto(f"http://{address}/help")  # a reader whose browser has the program
        page.locator(".footer").wait_for(timeout=HARDLY_EVER)
        for _ in range(times):
            city = places.cities.pop()
            for seen in ("first", "again"):
                _visit(page, address, city, found, f"warm, {seen}")
                _clicks(page, found, seen)
        page.close()
    return found


def _visit(page: Page, address: str, city: str, found: Times, kind: str) -> None:
    """Open a profile: until its sentence, its first lines and its end are there."""
    begun = time.perf_counter()
    page.goto(f"http://{address}/city?city={city}&lang=en", wait_until="commit")
    for what, where in (
        ("first sentence", ".headline"),
        ("first chart", ".rows .row"),
        ("whole page", ".footer"),
    ):
        page.locator(where).first.wait_for(timeout=HARDLY_EVER)
        found.setdefault(f"profile, {kind}: {what}", []).append(time.perf_counter() - begun)


def _clicks(page: Page, found: Times, seen: str) -> None:
    """What a reader does on an open profile, each until the answer is there."""
    for name, click, answer, text in (
        ("filter: other benchmark", ("radio", "Similar cities"), ".headline", "similar cities"),
        ("page change: to Compare", ("link", "Compare"), "h1", "alone after dark"),
        ("rug of 30 x 68", ("radio", "All indicators"), ".rug tbody tr:nth-child(30)", ""),
        ("page change: to Data", ("link", "Data"), "h1", "Data and downloads"),
    ):
        found.setdefault(f"{name}, {seen}", []).append(_waited(page, click, answer, text))
        page.wait_for_timeout(PAUSE)


def _waited(page: Page, click: tuple[str, str], answer: str, text: str) -> float:
    """Seconds from a click until the answer is drawn, by the page's own clock."""
    role, name = click
    clicked = page.get_by_role(role, name=name, exact=True).first  # type: ignore[arg-type]
    return clicked.evaluate(UNTIL_DRAWN, [answer, text], timeout=HARDLY_EVER) / 1000


Before = Callable[[], Awaitable[object]]
"""What a reader does before a click."""


async def clicking(address: str, asks: list[list[Ask]], before: Before) -> list[float]:
    """Readers who click, page after page; seconds until each is complete.

    Args:
        address: of the app.
        asks: what each reader asks for, one list a reader.
        before: what each does before each click.
    """

    async def reader(pages: list[Ask]) -> list[float]:
        waited = []
        where = f"ws://{address}/_stcore/stream"
        async with websockets.connect(where, max_size=None, ping_interval=None) as socket:
            for name, query in pages:
                await before()
                waited.append(await _answered(socket, name, query))
        return waited

    return [seconds for waited in await asyncio.gather(*map(reader, asks)) for seconds in waited]


async def at_once(address: str, asks: list[list[Ask]]) -> list[float]:
    """All click in the same moment."""
    return await clicking(address, asks, asyncio.Barrier(len(asks)).wait)


async def when_read(address: str, asks: list[list[Ask]]) -> list[float]:
    """Each clicks when the last page is read."""
    chance = random.Random(len(asks))
    return await clicking(address, asks, lambda: asyncio.sleep(chance.uniform(*READING)))


async def _answered(socket: websockets.ClientConnection, name: str, query: str) -> float:
    """Ask for a page; seconds until the server says that it is complete."""
    message = BackMsg()
    message.rerun_script.page_name = name
    message.rerun_script.query_string = f"{query}&lang=en"
    begun = time.perf_counter()
    await socket.send(message.SerializeToString())
    while True:
        answer = await socket.recv()
        if len(answer) < SHORT and ForwardMsg.FromString(answer).HasField("script_finished"):  # type: ignore[arg-type]
            return time.perf_counter() - begun


def crowd(browser: Browser, folder: Path, places: Places, asked: argparse.Namespace) -> Times:
    """Many readers on one server, on pages it has not shown and on the same again."""
    found: Times = {}
    with served(folder) as (address, server):
        asks = [drawn(places, asked) for _ in range(3)]
        for kind, readers, pages in (
            ("each when the last page is read, first", when_read, asks[0]),
            ("in the same moment, first", at_once, asks[1]),
            ("in the same moment, again", at_once, asks[1]),
            ("in the same moment, first, all made ahead", at_once, asks[2]),
        ):
            if kind.endswith("ahead"):
                print(f"all was made ahead after {until_made_ahead(address):.0f} seconds alone")
            name = f"{asked.users} readers, {kind}"
            beside = found.setdefault(f"{name}: a browser beside them, change of page", [])
            found[name] = _beside(browser, address, readers(address, pages), beside)
        print(f"peak memory of the server: {peak_memory(server.process.pid):.0f} MB")
    return found


def until_made_ahead(address: str) -> float:
    """Seconds until the server has made what readers are likely to ask for."""
    begun = time.perf_counter()
    while not json.load(urlopen(f"http://{address}/healthz"))["all_made_ahead"]:
        time.sleep(1)
    return time.perf_counter() - begun


def drawn(places: Places, asked: argparse.Namespace) -> list[list[Ask]]:
    """Pages for each reader."""
    sets = [places.pages() for _ in range(-(-asked.clicks * asked.users // 20))]
    pages = [page for one in sets for page in one]
    return [pages[user :: asked.users][: asked.clicks] for user in range(asked.users)]


def _beside(
    browser: Browser, address: str, readers: Coroutine[Any, Any, list[float]], beside: list[float]
) -> list[float]:
    """The readers' waits; meanwhile a browser goes to and fro between two pages."""
    waits: list[float] = []
    work = threading.Thread(target=lambda: waits.extend(asyncio.run(readers)))
    page = browser.new_page()
    page.goto(f"http://{address}/data?lang=en")
    page.locator(".footer").wait_for(timeout=HARDLY_EVER)
    work.start()
    while work.is_alive():
        for link, title in (("Indicators", "Indicators"), ("Data", "Data and downloads")):
            beside.append(_waited(page, ("link", link), "h1", title))
            page.wait_for_timeout(PAUSE)
    page.close()
    return waits


def peak_memory(process: int) -> float:
    """Megabytes of a process and those it started, each at its own peak (Linux)."""
    own = Path(f"/proc/{process}")
    peak = next(
        int(line.split()[1])
        for line in (own / "status").read_text().splitlines()
        if line.startswith("VmHWM")
    )
    children = (own / "task" / str(process) / "children").read_text().split()
    return peak / 1024 + sum(peak_memory(int(child)) for child in children)


def main() -> None:
    """Measure what the command line asks for and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--clicks", type=int, default=10)
    parser.add_argument("--only", choices=["alone", "crowd"])
    parser.add_argument("--seed", type=int, default=2026)
    asked = parser.parse_args()
    places = Places(asked.folder, random.Random(asked.seed))
    found: Times = {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        if asked.only != "crowd":
            found |= alone(browser, asked.folder, places, asked.times)
        if asked.only != "alone":
            found |= crowd(browser, asked.folder, places, asked)
        browser.close()
    print("| wait, seconds | n | median | 95 % | longest |")
    print("| --- | --- | --- | --- | --- |")
    for name, waits in found.items():
        middle, late = np.percentile(waits, [50, 95])
        print(f"| {name} | {len(waits)} | {middle:.2f} | {late:.2f} | {max(waits):.2f} |")


if __name__ == "__main__":
    main()
