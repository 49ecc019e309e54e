"""The demonstration, run once for all tests that show or read its results, and its app."""

import os
import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.e2e.app_server import Open, alone, shared_app

# Below a page's own address Streamlit first looks for its server there, then at the root.
EXPECTED_404 = re.compile(r"/[a-z]+/_stcore/(health|host-config)$")

expect.set_options(timeout=30_000)  # as long as Playwright waits for what is to be clicked


@pytest.fixture(scope="session")
def demonstration_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds one run: the demonstration's, shared by all test workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demonstration"
    folder.mkdir(exist_ok=True)
    data, complete = folder / "data", folder / "complete"
    with alone(folder / "lock"):
        if not complete.exists():
            call = [sys.executable, "-m", "urban_safety_monitor", "demo", "--no-serve"]
            call += ["--data", str(data), "--output", str(folder / "scorecards")]
            done = subprocess.run(call, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
            complete.touch()
    return data


@pytest.fixture(scope="session")
def app(demonstration_data: Path) -> Iterator[str]:
    """Address of the app, showing the demonstration."""
    with shared_app(demonstration_data) as address:
        yield address


@pytest.fixture(scope="session")
def reader(browser: Browser) -> Callable[[str], BrowserContext]:
    """A reader's browser by locale."""
    return cache(lambda locale: browser.new_context(locale=locale))


def watched(page: Page, app: str, faults: list[str]) -> Page:
    """The page, whose errors and whose requests to other machines are noted as faults."""

    def complain(said: ConsoleMessage) -> None:
        if said.type == "error" and not EXPECTED_404.search(said.location["url"]):
            faults.append(f"console: {said.text} {said.location['url']}")

    def outside(url: str) -> None:
        if not url.startswith((app, app.replace("http", "ws"), "data:", "blob:")):
            faults.append(f"request to {url}")

    page.on("pageerror", lambda error: faults.append(f"error: {error}"))
    page.on("console", complain)
    page.on("request", lambda asked: outside(asked.url))
    page.on("websocket", lambda opened: outside(opened.url))
    return page


@pytest.fixture(scope="session")
def faults() -> list[str]:
    """What went wrong in a page since the last test."""
    return []


@pytest.fixture(scope="session")
def tabs() -> dict[str, list[Page]]:
    """A reader's empty tabs by locale: used again, as they need not load the program again."""
    return defaultdict(list)


@pytest.fixture
def visit(
    app: str,
    reader: Callable[[str], BrowserContext],
    tabs: dict[str, list[Page]],
    faults: list[str],
) -> Iterator[Open]:
    """Open an address in a tab of its own; at the end, nothing has gone wrong in any.

    No request may leave this machine, and the console may hold no error. Another locale is
    another reader, with a browser of its own.
    """
    used: list[tuple[str, Page]] = []

    def opened(path: str, locale: str = "en-GB", width: int = 1280, height: int = 800) -> Page:
        free = tabs[locale]
        page = free.pop() if free else watched(reader(locale).new_page(), app, faults)
        used.append((locale, page))
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme="light")
        page.goto(app + path)
        expect(page.locator(".footer")).to_be_visible()
        return page

    yield opened
    for locale, page in used:
        page.goto("about:blank")
        tabs[locale].append(page)
    found = list(faults)
    faults.clear()
    assert found == []
