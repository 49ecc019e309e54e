"""The demonstration, run once for all tests that show or read its results, and its app."""

import fcntl
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.e2e.app_server import Open, free_port, started, stopped

# Below a page's own address Streamlit first looks for its server there, then at the root.
EXPECTED_404 = re.compile(r"/[a-z]+/_stcore/(health|host-config)$")


@pytest.fixture(scope="session")
def demonstration_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds one run: the demonstration's, shared by all test workers."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "demonstration"
    folder.mkdir(exist_ok=True)
    data, complete = folder / "data", folder / "complete"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
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
    port = free_port()
    call = ["urban_safety_monitor", "app", "--data", str(demonstration_data), "--port", str(port)]
    process = started(call, port, "/healthz")
    yield f"http://127.0.0.1:{port}"
    stopped(process)


@pytest.fixture
def visit(app: str, browser: Browser) -> Iterator[Open]:
    """Open an address in a browser of its own; at the end, nothing has gone wrong in any.

    No request may leave this machine, and the console may hold no error.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def notice(page: Page) -> None:
        page.on("pageerror", lambda error: faults.append(f"error: {error}"))
        page.on("console", complain)
        page.on("request", lambda asked: outside(asked.url))

    def complain(said: ConsoleMessage) -> None:
        if said.type == "error" and not EXPECTED_404.search(said.location["url"]):
            faults.append(f"console: {said.text} {said.location['url']}")

    def outside(url: str) -> None:
        if not url.startswith((app, app.replace("http", "ws"), "data:", "blob:")):
            faults.append(f"request to {url}")

    def opened(path: str, locale: str = "en-GB", width: int = 1280, height: int = 800) -> Page:
        context = browser.new_context(
            locale=locale, viewport={"width": width, "height": height}, accept_downloads=True
        )
        contexts.append(context)
        page = context.new_page()
        notice(page)
        page.goto(app + path)
        expect(page.locator(".footer")).to_be_visible(timeout=60_000)
        return page

    yield opened
    for context in contexts:
        context.close()
    assert faults == []
